"""When a message may go out, and which deadlines a day's reminders are about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from workflow.calendar import WorkingDays
from workflow.models import Office
from workflow.policy import ReminderPolicy
from workflow.selectors import reminder_policy

# How far a deadline may lie ahead of or behind the day, in calendar days, to be looked at.
AHEAD, BEHIND = 60, 400


@dataclass(frozen=True)
class Slot:
    """Nodes due on the inclusive day `deadline` are told to `audience` under `rule`."""

    deadline: date
    rule: str
    audience: str


def slots(policy: ReminderPolicy, calendar: WorkingDays, on: date) -> list[Slot]:
    """What the policy says on the day `on`: nothing on a day off.

    A deadline on a day off keeps its date; its due-day reminder goes out on the last working day before.
    Of two reminders to the same people about the same deadline the more urgent one is kept.
    """
    if not calendar.is_workday(on):
        return []
    found: dict[tuple[date, str], Slot] = {}
    for slot in (*_before(policy, calendar, on), *_due(policy, calendar, on), *_after(policy, calendar, on)):
        found[slot.deadline, slot.audience] = slot
    return list(found.values())


def _before(policy: ReminderPolicy, calendar: WorkingDays, on: date) -> Iterator[Slot]:
    wanted = sorted(policy.working_days_before, reverse=True)
    for deadline in _days(on, range(1, AHEAD)):
        for n in wanted:
            if calendar.before(deadline, n) == on:
                yield Slot(deadline, f"before_{n}", "handler")


def _due(policy: ReminderPolicy, calendar: WorkingDays, on: date) -> Iterator[Slot]:
    if policy.on_due_day:
        for deadline in _days(on, range(15)):
            if calendar.on_or_before(deadline) == on:
                yield Slot(deadline, "due_day", "handler")


def _after(policy: ReminderPolicy, calendar: WorkingDays, on: date) -> Iterator[Slot]:
    escalations = {step.after_working_days_overdue: step.to for step in policy.escalate}
    every = policy.overdue_every_working_days
    for deadline in _days(on, range(-1, -BEHIND, -1)):
        overdue = calendar.between(deadline, on)
        if every and overdue and overdue % every == 0:
            yield Slot(deadline, f"overdue_{overdue}", "handler")
        if overdue in escalations:
            yield Slot(deadline, f"escalated_{overdue}", escalations[overdue])


def _days(on: date, offsets: range) -> Iterator[date]:
    return (on + timedelta(days=offset) for offset in offsets)


def send_moment(office: Office, on: date) -> datetime:
    """When the office's reminders of the day `on` go out."""
    return datetime.combine(on, reminder_policy(office).send_at, office.zone)


def sendable_from(office: Office, at: datetime) -> datetime:
    """`at`, or the end of the office's quiet hours when it falls into them."""
    quiet = reminder_policy(office).quiet_hours
    local = at.astimezone(office.zone)
    if quiet is None or not _within(local.time(), *quiet):
        return at
    ends = datetime.combine(local.date(), quiet[1], office.zone)
    return ends if ends > local else ends + timedelta(days=1)


def _within(moment: time, starts: time, ends: time) -> bool:
    if starts <= ends:
        return starts <= moment < ends
    return moment >= starts or moment < ends
