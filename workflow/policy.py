"""An office's policy on reminding: when, whom, and how a waiting sign-off is urged and escalated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Title = Annotated[str, Field(min_length=1, max_length=300)]
# What is overdue for more working days than this, about a year, is not spoken of any more.
OVERDUE_AT_MOST = 270
Count = Annotated[int, Field(ge=1, le=250)]
# What waits for an hour goes out so many minutes after it, each message at a time of its own.
GOES_OUT_AFTER, GOES_OUT_WITHIN = 2, 9


class Strict(BaseModel):
    """A shape that refuses keys it does not know, by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Escalation(Strict):
    """Whom to tell, once, when a node has been overdue for that many working days."""

    after_working_days_overdue: Count
    to: Literal["handler", "division_head", "leader_in_charge", "head_of_unit", "performance_office"]


class SignOffPatience(Strict):
    """How long a sign-off or a review may wait, in working days, before it is urged and escalated."""

    urge_after_working_days: Count = 2
    escalate_after_working_days: Count = 5


class Conditions(Strict):
    """Which nodes a rule is about; what is left empty does not narrow. Names are as the catalogue says them.

    `indicators` are titles of any level, or numbers of the third; `divisions` are names of lead divisions;
    `weight_at_least` asks the node's weight (`nodes.weights`), and a node without one is none of them.
    """

    indicators: Annotated[tuple[Title, ...], Field(max_length=20)] = ()
    divisions: Annotated[tuple[Title, ...], Field(max_length=50)] = ()
    weight_at_least: Annotated[Decimal, Field(gt=0, le=1000)] | None = None


Recipient = Literal[
    "handler",
    "division_head",
    "leader_in_charge",
    "head_of_unit",
    "performance_office",
    "supporting",
    "watchers",
]
By = Literal[
    "in_app", "email", "wecom_robot", "wecom_app", "dingtalk_robot", "feishu_robot", "webhook", "apprise"
]


class Rule(Strict):
    """One thing that an office tells beside its standard rhythm.

    `on` is the deadline, and then `working_days` say when (-3: three before it, 0: on it, 5: five after it,
    and from then on again `every` so many); or something that happens to a node, which is then news to
    those whom the rule names. Nobody is told twice of one node on one day over one channel: of several
    rules the last one speaks. `channels` empty is all; `template` empty is the usual words.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{0,7}$")]
    name: Annotated[str, Field(min_length=1, max_length=60)]
    enabled: bool = True
    on: Literal[
        "deadline",
        "started",
        "submitted",
        "withdrawn",
        "returned",
        "approved",
        "reopened",
        "deferred",
        "resumed",
    ] = "deadline"
    working_days: Annotated[int, Field(ge=-250, le=250)] = 0
    every: Count | None = None
    only: Conditions = Conditions()
    to: Annotated[tuple[Recipient, ...], Field(min_length=1)]
    channels: tuple[By, ...] = ()
    template: Annotated[str, Field(max_length=500)] = ""

    @property
    def offsets(self) -> Sequence[int]:
        """The working days after the deadline, before it if negative, on which a timed rule speaks."""
        if self.every is None:
            return (self.working_days,)
        return range(self.working_days, OVERDUE_AT_MOST + 1, self.every)

    @property
    def is_timed(self) -> bool:
        """Whether the calendar says when it speaks, and not something that happens."""
        return self.on == "deadline"


class ReminderPolicy(Strict):
    """Working days before and after a deadline on which somebody is told; times are the office's own."""

    working_days_before: tuple[Count, ...] = (10, 5, 3, 1)
    on_due_day: bool = True
    overdue_every_working_days: Count | None = 3
    escalate: tuple[Escalation, ...] = (
        Escalation(after_working_days_overdue=1, to="division_head"),
        Escalation(after_working_days_overdue=5, to="leader_in_charge"),
        Escalation(after_working_days_overdue=10, to="head_of_unit"),
    )
    send_at: time = time(8, 47)
    quiet_hours: tuple[time, time] | None = (time(20, 0), time(8, 0))
    digest: bool = True
    sign_off: SignOffPatience = SignOffPatience()
    rules: Annotated[tuple[Rule, ...], Field(max_length=50)] = ()
