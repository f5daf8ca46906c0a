"""What the annual summary says: a year's facts, computed from the records and frozen."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Outcome(StrEnum):
    """How a node ended; every node has exactly one, in the order documents name them."""

    ON_TIME = "on_time"
    LATE = "late"
    DEFERRED = "deferred"
    NOT_DONE = "not_done"


@dataclass(frozen=True)
class Node:
    """One node's year. `deadline` is the current one, None when left open; `statement` of an approved one."""

    number: int
    title: str
    division: str
    state: str
    outcome: Outcome
    baseline: date
    deadline: date | None
    completed_on: date | None
    returned: int
    statement: str

    @property
    def days_early(self) -> int | None:
        """Calendar days from completion to deadline, negative when late, None where either is open."""
        if self.completed_on is None or self.deadline is None:
            return None
        return (self.deadline - self.completed_on).days


@dataclass(frozen=True)
class Indicator:
    """A third-level indicator and its nodes."""

    number: int
    title: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class Division:
    """A lead division's nodes; `returned` counts submissions sent back, `pk` is its row's."""

    name: str
    nodes: tuple[Node, ...]
    pk: int | None = None

    def of(self, outcome: Outcome) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.outcome == outcome)

    def count(self, outcome: Outcome) -> int:
        return count(self.nodes, outcome)

    @property
    def returned(self) -> int:
        return sum(node.returned for node in self.nodes)


@dataclass(frozen=True)
class Signature:
    """One decision on a deferral. `principal` is whom `person` stood in for; `scans` counts its proofs."""

    post: str
    person: str
    principal: str
    approved: bool
    on: date | None
    recorded: bool
    document_number: str
    scans: int


@dataclass(frozen=True)
class Deferral:
    """One approved request; `unsigned` names the posts whose required signature is not there.

    `by_order` says that policy or what superiors arranged has changed, and that it is therefore put off.
    """

    node: Node
    reason: str
    late_request: bool
    previous_due: date | None
    new_due: date | None
    signatures: tuple[Signature, ...]
    unsigned: tuple[str, ...]
    by_order: bool = False


@dataclass(frozen=True)
class Submissions:
    """The year's submissions of evidence, those taken back excepted, and the files in them.

    `nodes` are the numbers of those they are for.
    """

    total: int
    returned: int
    files: int
    nodes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Content:
    """Everything the summary of one office's year is written from.

    `number` is the document's, None while it is not assigned; `requests` counts deferral requests,
    `requested` names their nodes and `waiting` the nodes of those not settled.
    """

    office: str
    full_name: str
    prefix: str
    addressee: str
    year: int
    issued_on: date
    number: int | None
    level1: tuple[str, ...]
    level2: tuple[str, ...]
    indicators: tuple[Indicator, ...]
    divisions: tuple[Division, ...]
    nodes: tuple[Node, ...]
    deferrals: tuple[Deferral, ...]
    submissions: Submissions
    requests: int
    waiting: tuple[int, ...]
    requested: tuple[int, ...] = ()

    def of(self, outcome: Outcome) -> tuple[Node, ...]:
        """The nodes that ended so."""
        return tuple(node for node in self.nodes if node.outcome == outcome)

    @property
    def by_order(self) -> tuple[Node, ...]:
        """The nodes put off without a new date since policy or what superiors arranged has changed."""
        last = {deferral.node.number: deferral for deferral in self.deferrals}
        put_off = {number for number, one in last.items() if one.by_order and one.new_due is None}
        return tuple(node for node in self.of(Outcome.DEFERRED) if node.number in put_off)

    @property
    def done(self) -> tuple[Node, ...]:
        return self.of(Outcome.ON_TIME) + self.of(Outcome.LATE)

    @property
    def margins(self) -> tuple[int, ...]:
        """Days each finished node was early, where both its days are known."""
        return tuple(node.days_early for node in self.done if node.days_early is not None)

    @property
    def median_margin(self) -> int | float | None:
        """Days early, negative when late; None when nothing was finished."""
        return statistics.median(self.margins) if self.margins else None

    @property
    def first_time(self) -> int:
        """How many nodes were approved without ever being returned."""
        return sum(node.returned == 0 for node in self.done)


def count(nodes: Iterable[Node], outcome: Outcome) -> int:
    return sum(node.outcome == outcome for node in nodes)
