"""Why somebody was not told: the causes that the proof of a month knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nodes.models import State
from notifications.channels.advice import advice
from notifications.models import Address, Attempt, Channel, ChannelKind, Notification, Preference
from notifications.timing import is_reminder
from workflow.models import AuditEntry, Office

if TYPE_CHECKING:
    from notifications.proof_due import Due

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
    "switched_off": gettext_lazy("the channel was switched off before it went out"),
    "too_old": gettext_lazy("it was too old to be sent"),
    "muted": gettext_lazy("an administrator muted the message"),
    "waiting": gettext_lazy("it still waits, and goes out from %(due)s on"),
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
        preferences: Mapping[int, Preference],
    ) -> None:
        self.office, self.now, self.scans = office, now, scans
        self.people, self.preferences = people, preferences

    def of_nothing(self, due: Due, channel: str, looked_at: datetime) -> Cause:
        """Why there is not even a row for a reminder on this channel."""
        if due.at is None and due.day not in self.scans:
            return Cause("no_scan")
        if unreached := self._unreached(due, channel, looked_at):
            return Cause(unreached)
        if self._changed_after(due, looked_at):
            return Cause("changed_later")
        return Cause("unexplained")

    def _unreached(self, due: Due, channel: str, looked_at: datetime) -> str:
        """The code of what kept the person from being reached by this channel at all."""
        assert due.user_id is not None
        person, wanted = self.people[due.user_id], self.preferences.get(due.user_id) or Preference()
        by_mail, by_messenger = (
            (wanted.email_news, wanted.messenger_news)
            if due.at
            else (wanted.email_reminders, wanted.messenger_reminders)
        )
        unwanted = "news_preference" if due.at else "preference"
        if channel == ChannelKind.IN_APP:
            return ""
        if channel == ChannelKind.EMAIL:
            if not person.email:
                return "no_address"
            return "" if by_mail else unwanted
        if not self._has(channel, due, looked_at):
            return "no_channel"
        if channel == ChannelKind.WECOM_APP and not self._accounts.get(person.pk):
            return "no_messenger"
        return "" if by_messenger else f"messenger_{unwanted}"

    def _has(self, channel: str, due: Due, looked_at: datetime) -> bool:
        """Whether a channel of this kind spoke of the node's division."""
        return any(
            one.kind == channel
            and one.made_at <= looked_at
            and one.division_id in (None, due.node.lead_division_id)
            for one in self._channels
        )

    @cached_property
    def _channels(self) -> list[Channel]:
        return list(Channel.objects.filter(office=self.office, is_active=True))

    @cached_property
    def _accounts(self) -> dict[int, str]:
        return dict(Address.objects.filter(user__office=self.office).values_list("user", "wecom"))

    def _changed_after(self, due: Due, looked_at: datetime) -> bool:
        """Whether the node's catalogue or a post of the person changed in the trail after the day's scan."""
        username = self.people[due.user_id].username  # type: ignore[index]
        of_person = Q(action__startswith="post.") & (Q(data__to=username) | Q(data__to__contains=[username]))
        of_year = Q(action="catalogue.imported", subject_id=due.node.cycle_id)
        later = AuditEntry.objects.filter(office=self.office, recorded_at__gt=looked_at)
        return later.filter(of_person | of_year).exists()

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
            case _ if row.last_error:
                return Cause("failing", self._said(row, tried))
        return Cause("waiting", (("due", self.office.minute(row.due_at)),))

    def _overtaken(self, row: Notification) -> Cause:
        if is_reminder(row.rule) and row.node.state in (State.EVIDENCE_SUBMITTED, State.APPROVED):
            return Cause("done")
        if is_reminder(row.rule) and row.node.state == State.DEFERRED:
            return Cause("deferred")
        if row.via and not row.via.is_active:
            return Cause("switched_off")
        return Cause("moved" if is_reminder(row.rule) else "too_old")

    def _said(self, row: Notification, tried: Attempt | None) -> tuple[tuple[str, str], ...]:
        code, words = (tried.vendor_code, tried.vendor_message) if tried else ("", row.last_error)
        reason, _todo = advice(row.channel, code, words)
        return ("reason", reason), ("said", " ".join(filter(None, [code, words])) or _("nothing was said"))
