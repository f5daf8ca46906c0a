"""A year's nodes as a tree: the indicators above them, and how far each has come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from nodes.light import DONE, Light
from nodes.models import Indicator, State, WorkNode


@dataclass
class Progress:
    """How many nodes there are, and how many of them are done."""

    nodes: int = 0
    done: int = 0

    def add(self, nodes: int, done: int) -> None:
        self.nodes, self.done = self.nodes + nodes, self.done + done

    @property
    def percent(self) -> int:
        """The share that is done, rounded down: 100 means all of it."""
        return self.done * 100 // self.nodes if self.nodes else 0


@dataclass
class Branch:
    """An indicator with what of it is on the page; `path` names it and those above it, by id.

    The first level holds `branches`; the second holds `rows`, which are nodes and, for a third-level
    indicator of more than one node, branches with rows of their own.
    """

    indicator: Indicator
    progress: Progress
    path: str
    branches: list[Branch] = field(default_factory=list)
    rows: list[Branch | WorkNode] = field(default_factory=list)


def progress_of(counts: Iterable[tuple[Light, int]]) -> Progress:
    """How far nodes have come of which so many show each light."""
    progress = Progress()
    for light, count in counts:
        progress.add(count, count if light in DONE else 0)
    return progress


def tree(found: QuerySet[Any], shown: Iterable[WorkNode]) -> list[Branch]:
    """The nodes `shown`, in tree order, under their indicators; progress counts all nodes of `found`."""
    shown = list(shown)
    progress = _progress(found, {node.indicator.parent.parent_id for node in shown if node.indicator.parent})
    return _Planting(progress).plant(shown)


class _Planting:
    """Puts node after node on the branches that they grow from."""

    def __init__(self, progress: dict[int, Progress]) -> None:
        self.progress = progress
        self.tops: list[Branch] = []

    def plant(self, nodes: list[WorkNode]) -> list[Branch]:
        for node in nodes:
            third = node.indicator
            second = third.parent
            assert second
            assert second.parent
            top = self._last(self.tops, second.parent)
            self._put(node, self._last(top.branches, second, top.path))
        return self.tops

    def _put(self, node: WorkNode, second: Branch) -> None:
        if self.progress[node.indicator_id].nodes > 1:
            self._last(second.rows, node.indicator, second.path).rows.append(node)
        else:
            second.rows.append(node)

    def _last(self, rows: list[Any], indicator: Indicator, path: str = "") -> Branch:
        """The branch of `indicator`, which is the last of `rows` if it is there at all."""
        last = rows[-1] if rows else None
        if not isinstance(last, Branch) or last.indicator.pk != indicator.pk:
            last = Branch(indicator, self.progress[indicator.pk], f"{path} {indicator.pk}".strip())
            rows.append(last)
        return last


def _progress(found: QuerySet[Any], tops: set[int | None]) -> dict[int, Progress]:
    """The progress of every indicator under `tops`, by id."""
    under = found.filter(indicator__parent__parent__in=tops).order_by()
    levels = ("indicator__parent__parent", "indicator__parent", "indicator")
    done = Count("pk", filter=Q(state=State.APPROVED))
    counted: dict[int, Progress] = {}
    for *indicators, nodes, finished in under.values_list(*levels).annotate(nodes=Count("pk"), done=done):
        for one in indicators:
            counted.setdefault(one, Progress()).add(nodes, finished)
    return counted
