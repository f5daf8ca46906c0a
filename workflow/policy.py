"""An office's policy on reminding: when, whom, and how a waiting sign-off is urged and escalated."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=1, le=250)]


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
