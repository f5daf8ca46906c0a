"""What was acknowledged against what arrived, message by message: how every test of faults ends."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import QuerySet

from notifications.letters import message_id
from notifications.models import Attempt, ChannelKind, Notification
from tests.faults.stack import wait_for
from tests.post_office import PostOffice
from tests.vendors import Arrival, Vendors

State = Notification.State
# What a message is whose rows are in several states: some may have been overtaken.
TELLING = (State.PENDING, State.SENDING, State.SENT, State.DEAD, State.MUTED, State.LAPSED)
# Alarms to administrators are no messages of the ledger.
ALARM = "<alarm-"
ALARMS_LINK = "/settings/messages"
LINK = re.compile(r"/a/(\d+)\.")


@dataclass
class Sent:
    """One message: its rows in the ledger, and how often the other side has it."""

    key: str
    rows: list[Notification] = field(default_factory=list)
    arrivals: int = 0

    @property
    def batch(self) -> str:
        return self.rows[0].batch

    @property
    def state(self) -> str:
        return self.rows[0].state

    @property
    def acknowledged(self) -> bool:
        return self.state == State.SENT

    @property
    def too_many(self) -> int:
        """How often it arrived that it should not have; of what was overtaken nobody should hear."""
        wanted = 0 if self.state in (State.LAPSED, State.MUTED) else 1
        return max(0, self.arrivals - wanted)

    def __str__(self) -> str:
        return f"{self.batch} ({self.state}, arrived {self.arrivals} times)"


@dataclass(frozen=True)
class Reconciliation:
    """What a test of faults may go on to say: how many messages arrived, and how many of them again."""

    messages: list[Sent]
    strangers: list[str]

    @property
    def arrived(self) -> int:
        return sum(one.arrivals > 0 for one in self.messages)

    @property
    def repeats(self) -> int:
        return sum(one.too_many for one in self.messages)

    @property
    def lost(self) -> list[Sent]:
        return [one for one in self.messages if one.acknowledged and not one.arrivals]

    @property
    def unfinished(self) -> list[Sent]:
        return [one for one in self.messages if one.state in (State.PENDING, State.SENDING)]

    @property
    def given_up(self) -> list[Sent]:
        return [one for one in self.messages if one.state == State.DEAD]


def reconcile(
    post_office: PostOffice | None = None, vendors: Vendors | None = None, *, crashes: int = 0
) -> Reconciliation:
    """Assert that ledger, attempts and the other sides agree, and return what they agree on.

    Nothing that is said to be sent is missing, nothing waits any more, nothing arrived of which the ledger
    does not know, and no more was repeated than there were `crashes`: workers killed, or answers that
    never came. Messages that were given up, with a reason, are left to the test.
    """
    found = compare(post_office, vendors)
    assert not found.lost, f"lost: {_listed(found.lost)}"
    assert not found.unfinished, f"still waiting: {_listed(found.unfinished)}"
    assert not found.strangers, f"unknown to the ledger: {found.strangers[:5]}"
    assert found.repeats <= crashes, f"{found.repeats} repeats after {crashes} crashes"
    nameless = [one for one in found.given_up if not one.rows[0].last_error]
    assert not nameless, f"given up without a reason: {_listed(nameless)}"
    _compare_attempts(found)
    print(f"{found.arrived} messages arrived, {found.repeats} more than once; {len(found.given_up)} given up")
    return found


def wait_until_settled(*, within: float = 60) -> None:
    """Until every message is sent, given up or overtaken."""
    try:
        wait_for(lambda: not _waiting().exists(), within=within)
    except AssertionError:
        facts = ("batch", "state", "attempts", "due_at", "lease_until", "last_error")
        raise AssertionError(f"still waiting: {list(_waiting().values_list(*facts)[:5])}") from None


def _waiting() -> QuerySet[Notification]:
    return Notification.objects.filter(state__in=(State.PENDING, State.SENDING))


def compare(post_office: PostOffice | None = None, vendors: Vendors | None = None) -> Reconciliation:
    """The two sides beside each other, whatever they say."""
    messages = _messages()
    by_row = {row.pk: one for one in messages.values() for row in one.rows}
    strangers = []
    for key in _letters(post_office):
        if key in messages:
            messages[key].arrivals += 1
        else:
            strangers.append(key)
    for arrival in _calls(vendors):
        if one := messages.get(arrival.headers.get("x-jiedian-id", "")) or _told_by(arrival, by_row):
            one.arrivals += 1
        else:
            strangers.append(arrival.text)
    return Reconciliation(list(messages.values()), strangers)


def _messages() -> dict[str, Sent]:
    """The ledger's messages by their keys: those recorded with them, or those that they would have."""
    rows_of: dict[str, list[Notification]] = defaultdict(list)
    for row in Notification.objects.exclude(channel=ChannelKind.IN_APP):
        rows_of[row.message_id or f"{row.batch} {row.state}"].append(row)
    found: dict[str, Sent] = {}
    for rows in rows_of.values():
        one = Sent(message_id(rows), sorted(rows, key=lambda row: TELLING.index(row.state)))
        assert one.key not in found, f"two messages have one key: {one}"
        found[one.key] = one
    return found


def _letters(post_office: PostOffice | None) -> Iterator[str]:
    for letter in post_office.letters if post_office else ():
        if not letter["Message-ID"].startswith(ALARM):
            yield letter["Message-ID"]


def _calls(vendors: Vendors | None) -> Iterator[Arrival]:
    for arrival in vendors.arrivals if vendors else ():
        if arrival.taken and arrival.vendor != "token" and ALARMS_LINK not in arrival.raw.decode():
            yield arrival


def _told_by(arrival: Arrival, by_row: dict[int, Sent]) -> Sent | None:
    """The message that the links in what arrived belong to, all of them."""
    rows = {int(pk) for pk in LINK.findall(arrival.raw.decode())}
    told = {by_row[pk].key for pk in rows if pk in by_row}
    if len(told) != 1 or not rows <= by_row.keys():
        return None
    return by_row[rows.pop()]


def _compare_attempts(found: Reconciliation) -> None:
    """Each message that is sent has an attempt that was accepted, and each accepted attempt arrived."""
    messages = Counter(one.batch for one in found.messages if one.acknowledged)
    arrivals: Counter[str] = Counter()
    for one in found.messages:
        arrivals[one.batch] += one.arrivals
    accepted = Counter(Attempt.objects.filter(result="ok").order_by().values_list("batch", flat=True))
    assert accepted.keys() == messages.keys(), f"{accepted.keys() ^ messages.keys()}"
    for batch, times in accepted.items():
        assert messages[batch] <= times <= arrivals[batch], f"{batch}: accepted {times} times"


def _listed(messages: list[Sent]) -> str:
    return "; ".join(map(str, messages[:5])) + f" ({len(messages)} in all)"
