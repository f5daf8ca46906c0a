"""Proof of a month: whether everybody who was to be told was, when, where and by which attempt.

What was due is recomputed without looking at the ledger: of deadlines from the policy, the calendar, the
nodes and the posts' holders of each day; of what happened from submissions, signatures, comments and the
audit trail. Then the ledger has to answer for it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils import timezone

from nodes.conditions import ABOUT, meets
from nodes.models import Cycle, DeadlineChange, State, WorkNode
from notifications.models import Attempt, ChannelKind, Notification, ReminderScan
from notifications.proof_causes import Cause, Causes
from notifications.proof_due import Due, told_of
from notifications.proof_events import due_by_events
from notifications.proof_posts import PostsThen
from notifications.proof_standard import due_by_standard_rules
from notifications.proof_words import event_words
from notifications.rule_words import rule_words
from notifications.timing import Slot, send_moment, slots
from workflow.models import AuditEntry, Office, User
from workflow.policy import ReminderPolicy
from workflow.selectors import policy_at, working_days

Reminder = tuple[date, int, str, "int | None", str, "datetime | None"]
# A row of the ledger that tells of what happened: rule, occurrence (its name or its moment), node, person.
Occurrence = tuple[str, "str | datetime | None", int, "int | None"]
OPEN = (State.PLANNED, State.IN_PROGRESS)
EVERYBODY_HAS = (ChannelKind.IN_APP, ChannelKind.EMAIL)


@dataclass(frozen=True)
class Proven:
    """What became on one channel of what was due; `cause` where it did not arrive."""

    due: Due
    person: str
    channel: str
    via: str = ""
    at: datetime | None = None
    attempt: int | None = None
    provider_id: str = ""
    cause: Cause | None = None

    @property
    def told(self) -> bool:
        return self.at is not None


@dataclass(frozen=True)
class Proof:
    """A month of an office, line by line: what nobody can explain first, the rest as it happened."""

    office: Office
    first: date
    lines: Sequence[Proven]
    policies: Mapping[date, ReminderPolicy] = field(default_factory=dict)

    @property
    def unexplained(self) -> list[Proven]:
        return [line for line in self.lines if line.cause and line.cause.code == "unexplained"]

    @cached_property
    def totals(self) -> dict[str, Any]:
        """How much was due, how much of it arrived and where, and what kept the rest."""
        asked = {_reminder(one) for one in self.lines}
        told = {_reminder(one) for one in self.lines if one.told}
        return {
            "due": len(asked),
            "told": len(told),
            "by_rule": {
                rule: {"due": len(reminders), "told": len(reminders & told)}
                for rule, reminders in self._by_rule(asked).items()
            },
            "by_channel": dict(sorted(Counter(one.channel for one in self.lines if one.told).items())),
            "missing": dict(sorted(Counter(one.cause.code for one in self.lines if one.cause).items())),
            "unexplained": len(self.unexplained),
        }

    def words(self, due: Due) -> str:
        """The rule of `due` as it was called that day."""
        return event_words(due.rule) or rule_words(due.rule, self.policies.get(due.day))

    def rule_words(self, rule: str) -> str:
        """A rule of the month as it was called last."""
        days = sorted(line.due.day for line in self.lines if line.due.rule == rule)
        return event_words(rule) or rule_words(rule, self.policies.get(days[-1]) if days else None)

    @staticmethod
    def _by_rule(asked: set[Reminder]) -> dict[str, set[Reminder]]:
        found: dict[str, set[Reminder]] = {}
        for one in sorted(asked, key=lambda one: (one[5] is not None, one[:3])):  # deadlines first
            found.setdefault(one[2], set()).add(one)
        return found


def _reminder(line: Proven) -> Reminder:
    due = line.due
    return due.day, due.node.pk, due.rule, due.user_id, due.slot, due.at


def proof(office: Office, first: date, now: datetime | None = None) -> Proof:
    """The proof of the month that begins on the day `first`, up to now."""
    now = now or timezone.now()
    month = Month(office, first, now)
    due = [
        *month.due(),
        *due_by_events(office, month.days, now, month.posts),
        *due_by_standard_rules(office, first, month.last, now, month.posts),
    ]
    lines = sorted(month.proven(due), key=_place)
    return Proof(office, first, lines, {day: month.policy(day) for day in month.days})


def _place(line: Proven) -> tuple[Any, ...]:
    """What nobody can explain first, then by day: deadlines, and what happened in its order."""
    unexplained = line.cause is not None and line.cause.code == "unexplained"
    at = line.due.at.timestamp() if line.due.at else 0
    return not unexplained, line.due.day, at, line.due.node.cycle.year, line.due.node.number


class Month:
    """What has to be known about a month of an office, each read once."""

    def __init__(self, office: Office, first: date, now: datetime) -> None:
        self.office, self.first, self.now = office, first, now
        self.last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        past = [first + timedelta(days=n) for n in range((self.last - first).days + 1)]
        self.days = [day for day in past if send_moment(office, day) <= now]

    # What was due

    def due(self) -> Iterator[Due]:
        """By day, node and person; who hears several things of a node hears the last on each channel."""
        slotted = {day: slots(self.policy(day), working_days(self.office), day) for day in self.days}
        nodes = self._nodes({slot.deadline for found in slotted.values() for slot in found})
        for day, found in slotted.items():
            yield from self._due_on(day, found, nodes)

    def _due_on(self, day: date, found: Sequence[Slot], nodes: Sequence[WorkNode]) -> Iterator[Due]:
        by_deadline: dict[date, list[Slot]] = {}
        for slot in found:
            by_deadline.setdefault(slot.deadline, []).append(slot)
        seen_at = self.looked_at(day)
        for node in nodes:
            deadline = self._deadline(node, seen_at)
            if deadline in by_deadline and self._state(node, seen_at) in OPEN:
                meant = [one for one in by_deadline[deadline] if one.own is None or meets(node, one.own.only)]
                yield from told_of(day, node, meant, self.posts, seen_at)

    def looked_at(self, day: date) -> datetime:
        """When the day's reminders were written, or should have been."""
        return max(self.scans.get(day, send_moment(self.office, day)), send_moment(self.office, day))

    @cached_property
    def scans(self) -> dict[date, datetime]:
        return dict(
            ReminderScan.objects.filter(office=self.office, day__in=self.days).values_list("day", "at")
        )

    def policy(self, day: date) -> ReminderPolicy:
        """The policy that was in force when the day's reminders were written."""
        return policy_at(self.office, self.looked_at(day))

    def _nodes(self, deadlines: set[date]) -> list[WorkNode]:
        """Nodes that were ever due on one of `deadlines`."""
        moved = DeadlineChange.objects.filter(
            Q(previous__in=deadlines) | Q(new__in=deadlines), office=self.office
        )
        found = WorkNode.objects.filter(
            Q(current_deadline__in=deadlines) | Q(pk__in=moved.values("node")), office=self.office
        ).exclude(cycle__status=Cycle.Status.DRAFT)
        found = found.select_related("cycle", *ABOUT).prefetch_related(
            "supporting_divisions", "watches__user"
        )
        return list(found.order_by("cycle__year", "number"))

    @cached_property
    def _moves(self) -> dict[int, list[tuple[datetime, date | None]]]:
        """By node: when its deadline was changed, and what it was before, in their order."""
        found: dict[int, list[tuple[datetime, date | None]]] = {}
        moves = DeadlineChange.objects.filter(office=self.office).order_by("changed_at", "id")
        for node, at, before in moves.values_list("node_id", "changed_at", "previous"):
            found.setdefault(node, []).append((at, before))
        return found

    def _deadline(self, node: WorkNode, at: datetime) -> date | None:
        """The node's deadline at the moment `at`."""
        later = (before for moved, before in self._moves.get(node.pk, []) if moved > at)
        return next(later, node.current_deadline)

    @cached_property
    def _states(self) -> dict[int, list[tuple[datetime, str]]]:
        found: dict[int, list[tuple[datetime, str]]] = {}
        entries = AuditEntry.objects.filter(office=self.office, subject_type="worknode").exclude(to_state="")
        for node, at, state in entries.order_by("at", "id").values_list("subject_id", "at", "to_state"):
            found.setdefault(node, []).append((at, state))
        return found

    def _state(self, node: WorkNode, at: datetime) -> str:
        moves = self._states.get(node.pk, [])
        place = bisect_right(moves, at, key=lambda move: move[0])
        return moves[place - 1][1] if place else State.PLANNED

    # What the ledger says

    def proven(self, due: Sequence[Due]) -> Iterator[Proven]:
        """A line for each channel by which somebody was or should have been told."""
        causes = Causes(self.office, self.now, self.scans, self._people)
        ledger = self._ledger(due)
        for one in due:
            rows = [row for row in ledger(one) if row.channel in one.channels]
            person = str(self._people[one.user_id]) if one.user_id else ""
            if one.user_id is None:
                yield Proven(one, "", ChannelKind.IN_APP, cause=Cause("nobody"))
                continue
            for row in rows:
                yield self._of_row(one, person, row, causes)
            yield from self._of_nothing(one, person, rows, causes)

    def _of_nothing(
        self, due: Due, person: str, rows: Sequence[Notification], causes: Causes
    ) -> Iterator[Proven]:
        """What the ledger has no row for: the channels that everybody has, those that a rule names, and
        whatever messenger was in use."""
        at = due.written_at or self.looked_at(due.day)
        outlets = list(causes.of_outlets(due, rows, at))
        there = {*(row.channel for row in rows), *(outlet.kind for outlet, _cause in outlets)}
        for channel in due.channels:
            if channel not in there and (due.named or channel in EVERYBODY_HAS):
                yield Proven(due, person, channel, cause=causes.of_nothing(due, channel, at))
        for outlet, cause in outlets:
            yield Proven(due, person, outlet.kind, outlet.name, cause=cause)

    def _ledger(self, due: Sequence[Due]) -> Callable[[Due], Sequence[Notification]]:
        """Finds the rows that answer for something due."""
        of_scans, of_events = self._rows, self._rows_of_events({one.at for one in due if one.at})
        of_standard = self._rows_of_standard([one for one in due if one.standard])
        self._tried = self._attempts_at([*of_scans.values(), *of_events.values(), *of_standard.values()])

        def rows(one: Due) -> Sequence[Notification]:
            about = (one.node.pk, one.user_id)
            if one.standard:
                return of_standard.get((one.rule, one.slot or one.at, *about), ())
            return of_events.get((one.at, *about), ()) if one.at else of_scans.get((one.day, *about), ())

        return rows

    def _of_row(self, due: Due, person: str, row: Notification, causes: Causes) -> Proven:
        tried = self._tried.get(row.batch)
        via = row.via.name if row.via else ""
        if row.state == Notification.State.SENT:
            number = tried.number if tried else None
            sent = tried.provider_id if tried else ""
            return Proven(due, person, row.channel, via, row.sent_at, number, sent)
        return Proven(
            due, person, row.channel, via,
            attempt=tried.number if tried else None, cause=causes.of_row(row, tried),
        )  # fmt: skip

    @cached_property
    def _rows(self) -> dict[tuple[date, int, int | None], list[Notification]]:
        """The ledger's rows of the month's scans, by day, node and person."""
        found: dict[tuple[date, int, int | None], list[Notification]] = {}
        if not self.days:
            return found
        rows = Notification.objects.filter(
            office=self.office,
            happened_at__gte=send_moment(self.office, self.days[0]) - timedelta(days=1),
            happened_at__lte=send_moment(self.office, self.days[-1]) + timedelta(days=1),
            slot__in=[day.isoformat() for day in self.days],
        )
        for row in rows.select_related("via", "node").order_by("channel", "pk"):
            found.setdefault((date.fromisoformat(row.slot), row.node_id, row.recipient_id), []).append(row)
        return found

    def _rows_of_events(
        self, moments: set[datetime]
    ) -> dict[tuple[datetime, int, int | None], list[Notification]]:
        """The ledger's rows about what happened at these moments, by moment, node and person."""
        found: dict[tuple[datetime, int, int | None], list[Notification]] = {}
        rows = Notification.objects.filter(office=self.office, happened_at__in=moments)
        for row in rows.select_related("via", "node").order_by("channel", "pk"):
            found.setdefault((row.happened_at, row.node_id, row.recipient_id), []).append(row)
        return found

    def _rows_of_standard(self, due: Sequence[Due]) -> dict[Occurrence, list[Notification]]:
        """The ledger's rows under standard rules, each by its occurrence's name and by its moment."""
        found: dict[Occurrence, list[Notification]] = {}
        moments = [one.at for one in due if one.at]
        if not moments:
            return found
        rows = Notification.objects.filter(
            office=self.office,
            rule__in={one.rule for one in due},
            happened_at__range=(min(moments), max(moments)),
        )
        for row in rows.select_related("via", "node").order_by("channel", "pk"):
            for occurrence in (row.slot, row.happened_at):
                key = row.rule, occurrence, row.node_id, row.recipient_id
                found.setdefault(key, []).append(row)
        return found

    def _attempts_at(self, found_rows: Sequence[Sequence[Notification]]) -> dict[str, Attempt]:
        """The attempt that got each message through, or the last one."""
        batches = {row.batch for rows in found_rows for row in rows if row.channel != "in_app"}
        tries = Attempt.objects.filter(office=self.office, batch__in=batches).defer("text", "subject")
        found: dict[str, Attempt] = {}
        for one in tries.order_by("began_at", "pk"):
            if one.batch not in found or found[one.batch].result != Attempt.Result.OK:
                found[one.batch] = one
        return found

    @cached_property
    def posts(self) -> PostsThen:
        return PostsThen(self.office)

    @cached_property
    def _people(self) -> dict[int, Any]:
        theirs = Q(office=self.office) | Q(appointments__post__office=self.office)  # who moved on since then
        return {user.pk: user for user in User.objects.filter(theirs).distinct()}
