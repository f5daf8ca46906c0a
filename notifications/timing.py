"""When a message may go out, and which deadlines a day's reminders are about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from workflow.calendar import WorkingDays
from workflow.models import Office
from workflow.policy import OVERDUE_AT_MOST, ReminderPolicy, Rule
from workflow.selectors import reminder_policy, working_days
from workflow.services.policies import within

# The rules of the daily scan without their numbers, the more urgent the later.
REMINDERS = ("before", "due_day", "overdue", "escalated")
# The same as the ledger has them, for PostgreSQL too, and “rule:ID” for those of an office's own that the
# calendar calls. Its others are “rule:ID:EVENT”: they tell of what happened, and of no deadline.
REMINDER = rf"^(({'|'.join(REMINDERS)})(_\d+)?|rule:[a-z0-9]+)$"
_REMINDER = re.compile(REMINDER)
_OWN = re.compile(r"rule:([a-z0-9]+)(?::([a-z_]+))?")
DAY = timedelta(days=1)


class Slot(NamedTuple):
    """Nodes due on the inclusive day `deadline` are told to `audience` under `rule`.

    Where the rule is one of the office's `own`, only the nodes it is about, over its channels.
    """

    deadline: date
    rule: str
    audience: str
    own: Rule | None = None


def is_reminder(rule: str) -> bool:
    """Whether a rule of the ledger speaks of a deadline, and is overtaken when that moves or is met."""
    return _REMINDER.match(rule) is not None


def own_rule(rule: str) -> str | None:
    """The id of the office's own rule that a rule of the ledger stands for; None for the standard ones."""
    found = _OWN.fullmatch(rule)
    return found[1] if found else None


def own_event(rule: str) -> str | None:
    """What happened, where an office's own rule tells of something that happened."""
    found = _OWN.fullmatch(rule)
    return found[2] if found else None


def slots(policy: ReminderPolicy, calendar: WorkingDays, on: date) -> list[Slot]:
    """What the policy says on the day `on`: nothing on a day off.

    A deadline on a day off keeps its date; its due-day reminder goes out on the last working day before.
    Of two standard reminders to the same audience about the same deadline the more urgent one is kept; of
    a deadline's slots the more urgent come later, and the office's own rules after them, in their order.
    """
    if not calendar.is_workday(on):
        return []
    found: dict[tuple[date, str], Slot] = {}
    for slot in (*_before(policy, calendar, on), *_due(policy, calendar, on), *_after(policy, calendar, on)):
        found[slot.deadline, slot.audience] = slot
    return [*found.values(), *_own(policy, calendar, on)]


def _before(policy: ReminderPolicy, calendar: WorkingDays, on: date) -> Iterator[Slot]:
    for n in sorted(policy.working_days_before, reverse=True):
        for deadline in _deadlines(calendar, on, -n):
            yield Slot(deadline, f"before_{n}", "handler")


def _due(policy: ReminderPolicy, calendar: WorkingDays, on: date) -> Iterator[Slot]:
    if policy.on_due_day:
        for deadline in _deadlines(calendar, on, 0):
            yield Slot(deadline, "due_day", "handler")


def _after(policy: ReminderPolicy, calendar: WorkingDays, on: date) -> Iterator[Slot]:
    if every := policy.overdue_every_working_days:
        for n in range(every, OVERDUE_AT_MOST + 1, every):
            for deadline in _deadlines(calendar, on, n):
                yield Slot(deadline, f"overdue_{n}", "handler")
    for step in policy.escalate:
        n = step.after_working_days_overdue
        for deadline in _deadlines(calendar, on, n):
            yield Slot(deadline, f"escalated_{n}", step.to)


def _own(policy: ReminderPolicy, calendar: WorkingDays, on: date) -> Iterator[Slot]:
    deadlines: dict[int, list[date]] = {}
    for rule in policy.rules:
        if not (rule.enabled and rule.is_timed):
            continue
        name = f"rule:{rule.id}"
        for n in rule.offsets:
            if n not in deadlines:
                deadlines[n] = list(_deadlines(calendar, on, n))
            for deadline in deadlines[n]:
                yield from (Slot(deadline, name, audience, rule) for audience in rule.to)


def _deadlines(calendar: WorkingDays, on: date, n: int) -> Iterator[date]:
    """The deadlines that on the working day `on` are overdue for exactly `n` working days, due with none
    left when it is 0, and `-n` ahead when it is less."""
    if n > 0:
        return _days(calendar.before(on, n), calendar.before(on, n - 1) - DAY)
    if n == 0:
        return _days(on, calendar.after(on, 1) - DAY)
    return _days(calendar.after(on, -n - 1) + DAY, calendar.after(on, -n))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))


def stage(calendar: WorkingDays, deadline: date, on: date) -> tuple[str, int]:
    """Where a deadline stands on the day `on`: the kind of rule that would speak of it, and working days.

    ("before", days left), ("overdue", days since), or ("due_day", 0) from the last working day up to the
    deadline on, and on days off until people work again.
    """
    if late := calendar.between(deadline, on):
        return "overdue", late
    left = calendar.between(on - DAY, deadline - DAY)
    if left and on < calendar.on_or_before(deadline):
        return "before", left
    return "due_day", 0


def send_moment(office: Office, on: date) -> datetime:
    """When the office's reminders of the day `on` go out."""
    return datetime.combine(on, reminder_policy(office).send_at, office.zone)


def next_digest(office: Office, at: datetime) -> tuple[date, datetime]:
    """The first working day whose digest is still to go out at `at`, and its hour."""
    calendar, day = working_days(office), office.day(at)
    while not calendar.is_workday(day) or send_moment(office, day) < at:
        day += DAY
    return day, send_moment(office, day)


def sendable_from(office: Office, at: datetime) -> datetime:
    """`at`, or the end of the office's quiet hours when it falls into them."""
    quiet = reminder_policy(office).quiet_hours
    return awake_from(at, office.zone, [quiet] if quiet else [])


def awake_from(at: datetime, zone: ZoneInfo, windows: Sequence[tuple[time, time]]) -> datetime:
    """`at`, or the first moment after it outside all the daily `windows`, which have to leave one; each may
    pass midnight."""
    local = at.astimezone(zone)
    while ends := next((window[1] for window in windows if within(local.time(), *window)), None):
        over = datetime.combine(local.date(), ends, zone).replace(fold=local.fold)
        local = over if ends > local.time() else over + DAY
    return local
