"""Proof of a month: whether everybody who was to be reminded was, when, where and by which attempt.

What was due is recomputed from the policy, the calendar, the nodes' states and deadlines and the posts'
holders of each day, without looking at the ledger; then the ledger has to answer for it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils import timezone

from nodes.conditions import ABOUT, meets
from nodes.models import Cycle, DeadlineChange, State, WorkNode
from notifications.models import Attempt, ChannelKind, Notification, Preference, ReminderScan
from notifications.proof_causes import Cause, Causes
from notifications.proof_due import Due, roles_of, told_of
from notifications.proof_events import due_by_events
from notifications.rule_words import rule_words
from notifications.timing import Slot, send_moment, slots
from workflow.models import AuditEntry, Office
from workflow.policy import ReminderPolicy
from workflow.selectors import policy_at, working_days

Reminder = tuple[date, int, str, "int | None"]
OPEN = (State.PLANNED, State.IN_PROGRESS)
EVERYBODY_HAS = (ChannelKind.IN_APP, ChannelKind.EMAIL)


@dataclass(frozen=True)
class Proven:
    """What became of one due reminder on one channel; `cause` where it did not arrive."""

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
    """A month of an office, line by line, by day, node and person."""

    office: Office
    first: date
    lines: Sequence[Proven]
    policies: Mapping[date, ReminderPolicy] = field(default_factory=dict)

    @property
    def unexplained(self) -> list[Proven]:
        return [line for line in self.lines if line.cause and line.cause.code == "unexplained"]

    @cached_property
    def totals(self) -> dict[str, Any]:
        """How many reminders were due, how many of them arrived and where, and what kept the others."""
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
        return rule_words(due.rule, self.policies.get(due.day))

    def rule_words(self, rule: str) -> str:
        """A rule of the month as it was called last."""
        days = sorted(line.due.day for line in self.lines if line.due.rule == rule)
        return rule_words(rule, self.policies.get(days[-1]) if days else None)

    @staticmethod
    def _by_rule(asked: set[Reminder]) -> dict[str, set[Reminder]]:
        found: dict[str, set[Reminder]] = {}
        for one in sorted(asked, key=lambda one: one[:3]):
            found.setdefault(one[2], set()).add(one)
        return found


def _reminder(line: Proven) -> Reminder:
    return line.due.day, line.due.node.pk, line.due.rule, line.due.user_id


def proof(office: Office, first: date, now: datetime | None = None) -> Proof:
    """The proof of the month that begins on the day `first`, up to now."""
    now = now or timezone.now()
    month = Month(office, first, now)
    due = [*month.due(), *due_by_events(office, month.days, now)]
    return Proof(office, first, list(month.proven(due)), {day: month.policy(day) for day in month.days})


class Month:
    """What has to be known about a month of an office, each read once."""

    def __init__(self, office: Office, first: date, now: datetime) -> None:
        self.office, self.first, self.now = office, first, now
        last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        past = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        self.days = [day for day in past if send_moment(office, day) <= now]

    # What was due

    def due(self) -> Iterator[Due]:
        """By day, node and person; who hears several things of a node hears the last on each channel."""
        slotted = {day: slots(self.policy(day), working_days(self.office), day) for day in self.days}
        nodes = self._nodes({slot.deadline for found in slotted.values() for slot in found})
        roles = roles_of(self.office, [day for day, found in slotted.items() if found]) if nodes else {}
        for day, found in slotted.items():
            yield from self._due_on(day, found, nodes, roles.get(day, []))

    def _due_on(
        self, day: date, found: Sequence[Slot], nodes: Sequence[WorkNode], roles: Sequence[tuple[Any, ...]]
    ) -> Iterator[Due]:
        by_deadline: dict[date, list[Slot]] = {}
        for slot in found:
            by_deadline.setdefault(slot.deadline, []).append(slot)
        seen_at = self.looked_at(day)
        for node in nodes:
            deadline = self._deadline(node, seen_at)
            if deadline in by_deadline and self._state(node, seen_at) in OPEN:
                meant = [one for one in by_deadline[deadline] if one.own is None or meets(node, one.own.only)]
                yield from told_of(day, node, meant, roles, seen_at)

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
    def _moves(self) -> dict[int, list[tuple[datetime, date | None, date | None]]]:
        found: dict[int, list[tuple[datetime, date | None, date | None]]] = {}
        moves = DeadlineChange.objects.filter(office=self.office).order_by("changed_at", "id")
        for node, at, before, after in moves.values_list("node_id", "changed_at", "previous", "new"):
            found.setdefault(node, []).append((at, before, after))
        return found

    def _deadline(self, node: WorkNode, at: datetime) -> date | None:
        """The node's deadline at the moment `at`."""
        later = next((before for moved, before, _after in self._moves.get(node.pk, []) if moved > at), "none")
        return node.current_deadline if later == "none" else later  # type: ignore[return-value]

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
        causes = Causes(self.office, self.now, self.scans, self._people, self._preferences)
        of_scans, of_events = self._rows, self._rows_of_events({one.at for one in due if one.at})
        self._tried = self._attempts_at([*of_scans.values(), *of_events.values()])
        for one in due:
            about = (one.node.pk, one.user_id)
            rows = of_events.get((one.at, *about), []) if one.at else of_scans.get((one.day, *about), [])
            rows = [row for row in rows if row.channel in one.channels]
            person = str(self._people[one.user_id]) if one.user_id else ""
            if one.user_id is None:
                yield Proven(one, "", ChannelKind.IN_APP, cause=Cause("nobody"))
                continue
            for row in rows:
                yield self._of_row(one, person, row, causes)
            there = {row.channel for row in rows}
            for channel in one.channels:
                if channel not in there and (one.named or channel in EVERYBODY_HAS):
                    cause = causes.of_nothing(one, channel, one.written_at or self.looked_at(one.day))
                    yield Proven(one, person, channel, cause=cause)

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
    def _people(self) -> dict[int, Any]:
        return {user.pk: user for user in self.office.users.all()}

    @cached_property
    def _preferences(self) -> dict[int, Preference]:
        return {one.user_id: one for one in Preference.objects.filter(user__office=self.office)}
