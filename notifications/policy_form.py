"""The form of an office's reminder policy, in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from workflow.forms import ClockField, ServiceForm
from workflow.models import PostKind
from workflow.policy import Escalation, ReminderPolicy, SignOffPatience
from workflow.refusals import Invalid
from workflow.services.policies import MOST_ESCALATIONS, check_policy, has_room, version_of
from workflow.visiting import whole_number

SEPARATORS = re.compile(r"[\s,，、;；]+")
LARGEST = 250
BUSY = (0, 30)  # the minutes for which everybody's scripts send
BESIDE = (-13, 7)  # minutes: off the hour, and no multiple of five either
TOLD = (
    PostKind.HANDLER,
    PostKind.DIVISION_HEAD,
    PostKind.LEADER_IN_CHARGE,
    PostKind.HEAD_OF_UNIT,
    PostKind.PERFORMANCE_OFFICE,
)


def _days(label: Any, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=LARGEST, required=False, **more)


class PolicyForm(ServiceForm):
    """What is left empty does not happen; the sending time and the patience of a sign-off are needed."""

    working_days_before = forms.CharField(
        label=gettext_lazy("Working days before the deadline on which handlers are reminded"),
        required=False,
        help_text=gettext_lazy("Numbers, for example 10, 5, 3, 1; empty for none."),
    )
    on_due_day = forms.BooleanField(label=gettext_lazy("On the day of the deadline too"), required=False)
    overdue_every = _days(
        gettext_lazy("Once overdue, every so many working days"), help_text=gettext_lazy("Empty for never.")
    )
    send_at = ClockField(label=gettext_lazy("Sent at"))
    quiet_from = ClockField(label=gettext_lazy("Quiet from"))
    quiet_until = ClockField(label=gettext_lazy("Quiet until"))
    digest = forms.BooleanField(
        label=gettext_lazy("All of a person's reminders of a day in one message"), required=False
    )
    urge_after = _days(gettext_lazy("Urged after working days"))
    escalate_after = _days(gettext_lazy("The next post up is told after working days"))

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, policy: ReminderPolicy) -> None:
        self.policy_before = policy
        super().__init__(data, initial={**_initial(policy), "seen": version_of(policy)})
        for number in range(1, MOST_ESCALATIONS + 1):
            self.fields[f"after_{number}"] = _days(
                _("Line %(number)d: overdue for working days") % {"number": number}
            )
            self.fields[f"to_{number}"] = forms.ChoiceField(
                label=_("Line %(number)d: whom to tell") % {"number": number},
                choices=[("", "—"), *((kind.value, kind.label) for kind in TOLD)],
                required=False,
            )

    def escalations(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        """The lines that say something, and two more."""
        lines = [(self[f"after_{n}"], self[f"to_{n}"]) for n in range(1, MOST_ESCALATIONS + 1)]
        said = [number for number, line in enumerate(lines, start=1) if any(one.value() for one in line)]
        yield from lines[: max(said, default=0) + 2]

    @property
    def better_time(self) -> time | None:
        """A sending time beside the one that is filled in, where that is on the hour or the half hour."""
        given = self.cleaned_data if self.is_bound else self.initial
        at, starts, ends = (given.get(name) for name in ("send_at", "quiet_from", "quiet_until"))
        if at is None or at.minute not in BUSY:
            return None
        quiet = (starts, ends) if starts and ends else None
        return next((one for one in _beside(at) if not quiet or has_room(one, quiet)), None)

    def clean_working_days_before(self) -> tuple[int, ...]:
        found = []
        for part in filter(None, SEPARATORS.split(self.cleaned_data["working_days_before"])):
            days = whole_number(part)
            if days is None or not 1 <= days <= LARGEST:
                message = _("“%(text)s” is not a number from 1 to %(limit)d.")
                raise forms.ValidationError(message % {"text": part[:20], "limit": LARGEST})
            found.append(days)
        return tuple(sorted(set(found), reverse=True))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for name in ("send_at", "urge_after", "escalate_after"):
            if given.get(name) is None and name not in self.errors:
                self.add_error(name, _("This has to be filled in."))
        if (given.get("quiet_from") is None) != (given.get("quiet_until") is None):
            self.add_error("quiet_until", _("Give both times, or neither."))
        for number in range(1, MOST_ESCALATIONS + 1):
            self._check_line(given, number)
        return given

    def _check_line(self, given: dict[str, Any], number: int) -> None:
        after, to = f"after_{number}", f"to_{number}"
        if given.get(to) and given.get(after) is None and after not in self.errors:
            self.add_error(after, _("Say after how many working days."))
        if given.get(after) is not None and not given.get(to) and to not in self.errors:
            self.add_error(to, _("Choose whom to tell."))

    def policy(self) -> ReminderPolicy:
        """What was filled in. Raises Invalid where it makes no sense."""
        given = self.cleaned_data
        quiet = (given["quiet_from"], given["quiet_until"]) if given["quiet_from"] is not None else None
        lines = [(given[f"after_{n}"], given[f"to_{n}"]) for n in range(1, MOST_ESCALATIONS + 1)]
        told = sorted({line for line in lines if line[0]})
        patience = {
            "urge_after_working_days": given["urge_after"],
            "escalate_after_working_days": given["escalate_after"],
        }
        try:
            made = ReminderPolicy(
                working_days_before=given["working_days_before"],
                on_due_day=given["on_due_day"],
                overdue_every_working_days=given["overdue_every"],
                escalate=tuple(Escalation(after_working_days_overdue=n, to=to) for n, to in told),
                send_at=given["send_at"],
                quiet_hours=quiet,
                digest=given["digest"],
                sign_off=SignOffPatience(**patience),
                rules=self.policy_before.rules,  # they have forms of their own
            )
        except ValidationError as error:
            raise Invalid(_("This is not a value that can be asked for.")) from error
        check_policy(made)
        return made


def _beside(at: time) -> Iterator[time]:
    """Times of the same day that are close to `at`."""
    exactly = datetime.combine(date.min + timedelta(days=1), at)
    for minutes in BESIDE:
        moment = exactly + timedelta(minutes=minutes)
        if moment.date() == exactly.date():
            yield moment.time()


def _initial(policy: ReminderPolicy) -> dict[str, Any]:
    quiet = policy.quiet_hours or (None, None)
    first: dict[str, Any] = {
        "working_days_before": "、".join(str(n) for n in policy.working_days_before),
        "on_due_day": policy.on_due_day,
        "overdue_every": policy.overdue_every_working_days,
        "send_at": policy.send_at,
        "quiet_from": quiet[0],
        "quiet_until": quiet[1],
        "digest": policy.digest,
        "urge_after": policy.sign_off.urge_after_working_days,
        "escalate_after": policy.sign_off.escalate_after_working_days,
    }
    for number, step in enumerate(policy.escalate, start=1):
        first[f"after_{number}"], first[f"to_{number}"] = step.after_working_days_overdue, step.to
    return first
