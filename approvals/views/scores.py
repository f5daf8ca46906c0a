"""The scores of a year: the board, a division, a node, the workbook, and what if."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from approvals.models import PublishedScores, ScoreAppeal
from approvals.score_forms import WHATS, SuppositionRow, supposition_rows
from approvals.scores import wording
from approvals.scores.lines import Line
from approvals.scores.nodes import NodeScore
from approvals.scores.reading import Sight, sight
from approvals.scores.scheme_words import rule_facts
from approvals.scores.simulating import at_years_end, supposing
from approvals.scores.totals import Compared, Total
from approvals.scores.year import YearScores, score_year
from nodes.models import Cycle
from nodes.selectors import cycles, today
from nodes.views.choosing import chosen_cycle, visitor
from workflow import people
from workflow.models import PostKind
from workflow.permissions import allows
from workflow.refusals import NotAllowed, NotFound
from workflow.selectors import working_days
from workflow.spreadsheets import workbook_response

WORST = 30  # nodes named on the board for what they lost
NAMED = 400  # nodes that the simulator offers by name
BONUS = ("bonus", "bonus_item_cap", "bonus_cap")
DEDUCTION = ("deduction", "deduction_cap")


@dataclass(frozen=True)
class Row:
    """A division (or the office) on the board, its lines summed by what they are about."""

    total: Total

    def _sum(self, codes: tuple[str, ...]) -> Decimal:
        return sum((line.amount for line in self.total.lines if line.code in codes), Decimal(0))

    @property
    def tasks(self) -> Decimal | None:
        """None where nothing counts yet."""
        return self._sum(("tasks",)) if self.total.base else None

    @property
    def bonus(self) -> Decimal:
        return self._sum(BONUS)

    @property
    def deductions(self) -> Decimal:
        return self._sum(DEDUCTION)

    @property
    def rest(self) -> Decimal:
        """What appeals changed, and what the bounds of a score did."""
        return self._sum(("adjusted", "floor", "ceiling"))


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    cycle, seen = _sight(request)
    if seen is None:
        return render(request, "approvals/scores/not_yet.html", _frame(request, cycle, None))
    worst = sorted((one for one in seen.scores.nodes if one.lost > 0), key=lambda one: -one.lost)
    facts = {
        "rows": [Row(one) for one in seen.scores.divisions],
        "office_row": Row(seen.scores.office),
        "worst": worst[:WORST],
        "worst_in_all": len(worst),
        "uncounted": sum(not one.counts for one in seen.scores.nodes),
    }
    return render(request, "approvals/scores/board.html", _frame(request, cycle, seen) | facts)


def _sight(request: HttpRequest) -> tuple[Cycle, Sight | None]:
    """Of the chosen year; without one of the newest that is no draft, where there is nothing to score yet."""
    cycle = chosen_cycle(request)
    if not request.GET.get("year") and cycle.status == Cycle.Status.DRAFT:
        begun = (one for one in cycles(visitor(request)) if one.status != Cycle.Status.DRAFT)
        cycle = next(begun, cycle)
    return cycle, sight(visitor(request), cycle, live="live" in request.GET)


def _frame(request: HttpRequest, cycle: Cycle, seen: Sight | None) -> dict[str, Any]:
    user = visitor(request)
    return {
        "cycle": cycle,
        "years": cycles(user),
        "sight": seen,
        "overseer": allows(user, "approvals.see_unpublished_scores", cycle),
        "recorder": allows(user, "approvals.record_scores", cycle),
        "may_change_scheme": allows(user, "approvals.change_scoring", cycle),
        "grades": seen.basis.scheme.bands if seen else (),
    }


def _required(request: HttpRequest) -> tuple[Cycle, Sight]:
    """What the visitor sees. Raises NotAllowed before the scores are published for them."""
    cycle, seen = _sight(request)
    if seen is None:
        raise NotAllowed(_("The scores of %(year)d are not published yet.") % {"year": cycle.year})
    return cycle, seen


@require_safe
def division(request: HttpRequest, division_id: int) -> HttpResponse:
    cycle, seen = _required(request)
    total = seen.scores.division(division_id)
    if total is None:
        raise NotFound(_("This division leads no node of the year."))
    nodes = seen.scores.nodes_of(division_id)
    numbers = dict.fromkeys(one.place.indicator for one in nodes)
    facts = {
        "total": total,
        "nodes": nodes,
        "indicators": [seen.scores.indicator(number) for number in numbers],
        "lines": _lines(request, seen, total.lines, division_id),
    }
    return render(request, "approvals/scores/division.html", _frame(request, cycle, seen) | facts)


@require_safe
def node(request: HttpRequest, number: int) -> HttpResponse:
    """One node's score line by line, and where it goes."""
    cycle, seen = _required(request)
    one = seen.scores.node(number)
    if one is None:
        raise NotFound(_("The year has no node of this number."))
    place = one.place
    facts = {
        "one": one,
        "lines": _lines(request, seen, one.lines, place.division_id, number),
        "indicator": seen.scores.indicator(place.indicator),
        "division": seen.scores.division(place.division_id),
        "rule": rule_facts(seen.basis.scheme.rule_for(number, place.level1)),
    }
    return render(request, "approvals/scores/node.html", _frame(request, cycle, seen) | facts)


@dataclass(frozen=True)
class ShownLine:
    """A line with its place among the published ones, None for what an appeal added; `appeal` is the appeal
    against it, if there is one."""

    place: int | None
    line: Line
    open: bool
    appeal: ScoreAppeal | None


def _lines(
    request: HttpRequest, seen: Sight, lines: tuple[Line, ...], division_id: int, number: int | None = None
) -> list[ShownLine]:
    """The lines, each with the appeal against it or whether the visitor may appeal against it now."""
    if seen.live or seen.publication is None:
        return [ShownLine(place, line, False, None) for place, line in enumerate(lines)]
    row = seen.publication.row
    against = {one.line: one for one in _appeals(request, row, division_id, number)}
    published = len(seen.publication.lines(division_id, number))
    may, places = _may_appeal(request, row, division_id), count()
    shown = [(None if line.code == "adjusted" else next(places), line) for line in lines]
    return [
        ShownLine(
            place,
            line,
            may and place is not None and place < published and place not in against,
            None if place is None else against.get(place),
        )
        for place, line in shown
    ]


def _appeals(
    request: HttpRequest, row: PublishedScores, division_id: int, number: int | None
) -> list[ScoreAppeal]:
    found = ScoreAppeal.objects.visible_to(visitor(request)).exclude(status=ScoreAppeal.Status.WITHDRAWN)
    return list(found.filter(publication=row, division=division_id, node_number=number))


def _may_appeal(request: HttpRequest, row: PublishedScores, division_id: int) -> bool:
    user = visitor(request)
    heads = any(
        one.post.kind == PostKind.DIVISION_HEAD and one.post.division_id == division_id
        for one in people.capacities(user)
    )
    return heads and user.office is not None and today(user.office) <= row.appeal_until


# The workbook


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Every line of every score, as a workbook."""
    cycle, seen = _required(request)
    header = [
        _("Division"), _("Node number"), _("Work node"), _("Outcome"), _("Rule"), _("Points"), _("Score"),
    ]  # fmt: skip
    filename = _("scores %(year)d.xlsx") % {"year": cycle.year}
    return workbook_response(filename, str(_("Scores")), header, _rows(seen.scores))


def _rows(scores: YearScores) -> Iterator[list[Any]]:
    for total in (scores.office, *scores.divisions):
        for line in total.lines:
            yield [total.name, None, "", "", wording.sentence(line), line.amount, None]
        yield [total.name, None, "", total.grade, _("In all"), None, total.score]
    for one in scores.indicators:
        named = f"{one.key} {one.name}"
        yield [_("Indicator"), None, named, "", _said(one), one.earned, one.score]
    for node in scores.nodes:
        yield from _node_rows(node)


def _said(indicator: Total) -> str:
    return " ".join(wording.sentence(line) for line in indicator.lines)


def _node_rows(one: NodeScore) -> Iterator[list[Any]]:
    place = one.place
    named = [place.division, place.number, place.title, str(wording.OUTCOMES[one.standing.outcome])]
    for line in one.lines:
        yield [*named, wording.sentence(line), line.amount, None]
    yield [*named, _("In all"), None, one.score if one.counts else None]


# What if


@require_safe
def simulator(request: HttpRequest) -> HttpResponse:
    """What if these nodes turned out otherwise; all of it stands in the address, nothing is stored."""
    cycle, seen = _required(request)
    rows = supposition_rows(request.GET)
    facts = {"rows": rows, "whats": WHATS.items(), "named": seen.scores.nodes[:NAMED]}
    facts |= _supposed(cycle, seen, rows)
    return render(request, "approvals/scores/simulator.html", _frame(request, cycle, seen) | facts)


def _supposed(cycle: Cycle, seen: Sight, rows: list[SuppositionRow]) -> dict[str, Any]:
    suppositions = [found for row in rows if (found := row.supposed(seen.scores))]
    wrong = any(row.error for row in rows)
    if not suppositions:
        return {"wrong": wrong}
    before, after = _both(cycle, seen, suppositions)
    numbers = dict.fromkeys(one.number for one in suppositions)
    touched = {one.place.division_id for one in before.nodes if one.place.number in numbers}
    return {
        "wrong": wrong,
        "node_pairs": [Compared(before.node(number), after.node(number)) for number in numbers],
        "division_pairs": [
            Compared(one, after.division(one.key)) for one in before.divisions if one.key in touched
        ],
        "office_pair": Compared(before.office, after.office),
    }


def _both(cycle: Cycle, seen: Sight, suppositions: list[Any]) -> tuple[YearScores, YearScores]:
    basis = seen.basis
    standings = at_years_end(basis.standings)
    adjustments = seen.publication.adjustments if seen.publication else ()
    other = supposing(standings, suppositions, basis.scheme, basis.span(working_days(cycle.office)))
    before, after = (
        score_year(each, basis.entries, basis.scheme, adjustments, basis.office)
        for each in (standings, other)
    )
    return before, after
