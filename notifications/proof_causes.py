"""Why somebody was not told: the causes that the proof of a month knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nodes.models import State
from notifications.channels.advice import advice
from notifications.ledger import LAPSES_AFTER, MUST
from notifications.models import Attempt, Channel, ChannelKind, Notification
from notifications.proof_reach import ReachThen
from notifications.selectors import ASKS_FOR_REVIEW, ASKS_FOR_SIGN_OFF, ASKS_FOR_WORK
from notifications.timing import is_reminder
from workflow.models import AuditEntry, Office

if TYPE_CHECKING:
    from notifications.proof_due import Due

NEVER = datetime.min.replace(tzinfo=UTC)
ASKS = (*ASKS_FOR_REVIEW, *ASKS_FOR_SIGN_OFF, *ASKS_FOR_WORK)
WORDS = {
    "nobody": gettext_lazy("nobody held the post that day"),
    "no_address": gettext_lazy("the person has no e-mail address"),
    "preference": gettext_lazy("the person wants no reminders by e-mail"),
    "no_messenger": gettext_lazy("the person's account of the messenger is not known"),
    "no_channel": gettext_lazy("the office had no such channel in use for the node's division"),
    "messenger_preference": gettext_lazy("the person wants no reminders by messenger"),
    "news_preference": gettext_lazy("the person wants no other news by e-mail"),
    "messenger_news_preference": gettext_lazy("the person wants no other news by messenger"),
    "no_scan": gettext_lazy("the day's reminders were not written: nothing ran for more than a week"),
    "changed_later": gettext_lazy(
        "posts or the catalogue were changed only after the day's reminders were written"
    ),
    "done": gettext_lazy("overtaken: the node was done or handed in before it went out"),
    "deferred": gettext_lazy("overtaken: the node was deferred before it went out"),
    "moved": gettext_lazy("overtaken: the deadline was moved, or it was too old to be sent"),
    "answered": gettext_lazy("overtaken: what it asked for was done or settled before it went out"),
    "closed": gettext_lazy("the person's account was closed before it went out"),
    "not_urged": gettext_lazy("the system did not urge then: its clock stood still"),
    "switched_off": gettext_lazy("the channel was switched off before it went out"),
    "too_old": gettext_lazy("it was too old to be sent"),
    "muted": gettext_lazy("an administrator muted the message"),
    "waiting": gettext_lazy("it still waits, and goes out from %(due)s on"),
    "quiet": gettext_lazy("it waits for the end of quiet hours, and goes out from %(due)s on"),
    "sending": gettext_lazy("it is just being sent"),
    "failing": gettext_lazy("it failed and is tried again: %(reason)s (%(said)s)"),
    "dead": gettext_lazy("given up: %(reason)s (%(said)s)"),
    "unexplained": gettext_lazy("no cause is known"),
}


@dataclass(frozen=True)
class Cause:
    """One of `WORDS` by its code, and what the words are filled with."""

    code: str
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def words(self) -> str:
        return str(WORDS[self.code]) % dict(self.facts)

    @property
    def title(self) -> str:
        """The words without what they are filled with, for a total."""
        return str(WORDS[self.code]).split(" %(")[0].split("：%(")[0].split(": %(")[0]


class Causes:
    """Finds the cause of what did not arrive, from what is known about a month."""

    def __init__(
        self,
        office: Office,
        now: datetime,
        scans: Mapping[date, datetime],
        people: Mapping[int, Any],
    ) -> None:
        self.office, self.now, self.scans, self.people = office, now, scans, people
        self.reach = ReachThen(office)

    def of_nothing(self, due: Due, channel: str, looked_at: datetime) -> Cause:
        """Why there is not even a row for a reminder on this channel."""
        if due.missed:
            return Cause(due.missed)
        if due.at is None and due.day not in self.scans:
            return Cause("no_scan")
        if unreached := self._unreached(due, channel, due.at or looked_at):
            return Cause(unreached)
        if self._changed_at(due) > looked_at:
            return Cause("changed_later")
        return Cause("unexplained")

    def _unreached(self, due: Due, channel: str, then: datetime) -> str:
        """The code of what kept the person from being reached by this channel at all."""
        assert due.user_id is not None
        person, about = self.people[due.user_id], "news" if due.at else "reminders"
        by_mail, by_messenger = (
            due.rule in MUST or self.reach.wants(person, f"{by}_{about}", then)
            for by in ("email", "messenger")
        )
        unwanted = "news_preference" if due.at else "preference"
        if channel == ChannelKind.IN_APP:
            return ""
        if channel == ChannelKind.EMAIL:
            if not self.reach.email(person, then):
                return "no_address"
            return "" if by_mail else unwanted
        outlets = self.reach.outlets(due.node.lead_division_id, then)
        if channel not in {one.kind for one in outlets}:
            return "no_channel"
        if channel == ChannelKind.WECOM_APP and not self.reach.wecom(person, then):
            return "no_messenger"
        return "" if by_messenger else f"messenger_{unwanted}"

    def of_outlets(
        self, due: Due, rows: Sequence[Notification], looked_at: datetime
    ) -> Iterator[tuple[Channel, Cause]]:
        """The messengers in use then that could have told the person and have no row for it, and why."""
        told, then = {row.via_id for row in rows}, due.at or looked_at
        for outlet in self.reach.outlets(due.node.lead_division_id, then):
            if outlet.pk in told or outlet.kind not in due.channels:
                continue
            if self._unreached(due, outlet.kind, then) or self.reach.has_changed(outlet, then):
                continue
            yield outlet, self.of_nothing(due, outlet.kind, looked_at)

    def _changed_at(self, due: Due) -> datetime:
        """When the trail last had a change of the node's catalogue or of a post of the person."""
        username = self.people[due.user_id].username  # type: ignore[index]
        return max(
            self._posts_changed.get(username, NEVER), self._years_changed.get(due.node.cycle_id, NEVER)
        )

    @cached_property
    def _posts_changed(self) -> dict[str, datetime]:
        """By user name: when a post of theirs changed hands last."""
        found: dict[str, datetime] = {}
        changes = AuditEntry.objects.filter(office=self.office, action__startswith="post.")
        for named, at in changes.order_by("recorded_at").values_list("data__to", "recorded_at"):
            for username in [named] if isinstance(named, str) else named or []:
                found[username] = at
        return found

    @cached_property
    def _years_changed(self) -> dict[int, datetime]:
        changes = AuditEntry.objects.filter(office=self.office, action="catalogue.imported")
        return dict(changes.order_by("recorded_at").values_list("subject_id", "recorded_at"))

    def of_row(self, row: Notification, tried: Attempt | None) -> Cause:
        """Why this row was not sent."""
        match row.state:
            case Notification.State.LAPSED:
                return self._overtaken(row)
            case Notification.State.MUTED:
                return Cause("muted")
            case Notification.State.DEAD:
                return Cause("dead", self._said(row, tried))
            case Notification.State.SENDING:
                return Cause("sending")
            case _ if row.put_off_until and row.put_off_until > self.now:
                return Cause("quiet", (("due", self.office.minute(row.due_at)),))
            case _ if row.last_error:
                return Cause("failing", self._said(row, tried))
        return Cause("waiting", (("due", self.office.minute(row.due_at)),))

    def _overtaken(self, row: Notification) -> Cause:
        reminder = is_reminder(row.rule)
        if not reminder and row.created_at - row.happened_at > LAPSES_AFTER:
            return Cause("too_old")
        if not self.people[row.recipient_id].is_active:
            return Cause("closed")
        if reminder and row.node.state in (State.EVIDENCE_SUBMITTED, State.APPROVED):
            return Cause("done")
        if reminder and row.node.state == State.DEFERRED:
            return Cause("deferred")
        if row.via and not row.via.is_active:
            return Cause("switched_off")
        if row.rule in ASKS:
            return Cause("answered")
        return Cause("moved" if reminder else "too_old")

    def _said(self, row: Notification, tried: Attempt | None) -> tuple[tuple[str, str], ...]:
        code, words = (tried.vendor_code, tried.vendor_message) if tried else ("", row.last_error)
        reason, _todo = advice(row.channel, code, words)
        return ("reason", reason), ("said", " ".join(filter(None, [code, words])) or _("nothing was said"))
