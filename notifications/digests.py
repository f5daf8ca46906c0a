"""What one message says, apart from how it looks: a day's digest in groups, or one urgent case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext_lazy

from notifications.ledger import MUST, RETURNS
from notifications.models import Notification
from notifications.plain_words import literal
from notifications.timing import REMINDERS
from notifications.wording import as_of, headline, urgency

A_GROUP, IN_ALL = 12, 30
OVERDUE, TODAY, SOON, WAITING, NEWS = "overdue", "today", "soon", "waiting", "news"
# The groups of a digest, the most urgent first: heading, and how many there are.
GROUPS = {
    OVERDUE: (pgettext_lazy("digest", "Overdue"), ngettext_lazy("%(n)d overdue", "%(n)d overdue", "n")),
    TODAY: (gettext_lazy("Due today"), ngettext_lazy("%(n)d due today", "%(n)d due today", "n")),
    SOON: (gettext_lazy("Due soon"), ngettext_lazy("%(n)d due soon", "%(n)d due soon", "n")),
    WAITING: (
        gettext_lazy("Waiting for you"),
        ngettext_lazy("%(n)d waiting for you", "%(n)d waiting for you", "n"),
    ),
    NEWS: (
        gettext_lazy("Other news"),
        ngettext_lazy("%(n)d other piece of news", "%(n)d other pieces of news", "n"),
    ),
}
ORDER = tuple(GROUPS)


@dataclass(frozen=True)
class Item:
    """One node: what is said of it, where to go, and for whom it is, where the message speaks to several."""

    row: Notification
    text: str
    details: tuple[str, ...] = ()
    whom: str = ""


@dataclass(frozen=True)
class Section:
    """A group of items; `left_out` is how many more there are."""

    heading: str
    items: list[Item] = field(default_factory=list)
    left_out: int = 0


@dataclass(frozen=True)
class Digest:
    """All sections, and the one line that says how much there is."""

    summary: str
    sections: list[Section]


def group_of(row: Notification, on: date) -> str:
    """The group in which a digest of the day `on` shows `row`."""
    rule, _n = as_of(row, on)
    deadline = row.node.current_deadline
    if rule not in REMINDERS or deadline is None:
        return WAITING if row.rule in MUST or row.rule in RETURNS else NEWS
    if rule in ("overdue", "escalated") or deadline < on:
        return OVERDUE
    return TODAY if deadline == on else SOON


def once_each(rows: Sequence[Notification], on: date) -> list[Notification]:
    """The row to show of each node: the most urgent, then the latest."""

    def most_urgent(row: Notification) -> tuple[int, tuple[int, object]]:
        return -ORDER.index(group_of(row, on)), urgency(row)

    found: dict[int, Notification] = {}
    for row in rows:
        known = found.get(row.node_id)
        found[row.node_id] = max(known, row, key=most_urgent) if known else row
    return list(found.values())


def digest_of(
    shown: Iterable[Notification],
    on: date,
    whom: Mapping[int, str],
    details: Callable[[Notification], tuple[str, ...]],
    most: int = IN_ALL,
) -> Digest:
    """The digest of rows that name each node once; `whom` names those concerned by node.

    It names `most` nodes at most, and counts the others.
    """
    groups: dict[str, list[Notification]] = defaultdict(list)
    for row in shown:
        groups[group_of(row, on)].append(row)
    room, sections = most, []
    for name in filter(groups.__contains__, ORDER):
        rows = groups[name]
        if whom:
            rows = _by_people(rows, whom)
        kept = rows[: min(A_GROUP, room)]
        room -= len(kept)
        items = [Item(row, headline(row, on), details(row), whom.get(row.node_id, "")) for row in kept]
        sections.append(Section(str(GROUPS[name][0]), items, len(rows) - len(kept)))
    return Digest(_summary({name: len(groups[name]) for name in ORDER if name in groups}), sections)


def _by_people(rows: list[Notification], whom: Mapping[int, str]) -> list[Notification]:
    """Those of the same people together, in the order of their first node."""
    first: dict[str, int] = {}
    for position, row in enumerate(rows):
        first.setdefault(whom[row.node_id], position)
    return sorted(rows, key=lambda row: first[whom[row.node_id]])


def _summary(counts: Mapping[str, int]) -> str:
    return _(", ").join(str(GROUPS[name][1] % {"n": count}) for name, count in counts.items())


def more(count: int) -> str:
    """That a section has `count` more."""
    return _("and %(n)d more") % {"n": count}


def names(people: Iterable[object]) -> str:
    return _(" and ").join(dict.fromkeys(literal(person) for person in people))
