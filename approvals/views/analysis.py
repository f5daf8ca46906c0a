"""What the year teaches: how early work was done, deadlines, crowding, waiting, and what may slip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dates import MONTHS as MONTH_NAMES
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from approvals.lessons import drawings
from approvals.lessons.asked import Asked, asked, choices
from approvals.lessons.waits import Step, WaitRow, rounds, sign_offs, wait_rows
from nodes.checks import Finding
from nodes.lessons import proposals
from nodes.lessons.bunching import rhythm, rush, rushes
from nodes.lessons.calibration import Verdict
from nodes.lessons.faults import acknowledged, by_fault
from nodes.lessons.forecast import FLAGGED, HORIZON
from nodes.lessons.margins import Measured, Row, grouped, histogram, measured, row
from nodes.lessons.outlook import outlook
from nodes.lessons.reading import submitted_on, works, years_before
from nodes.lessons.works import Work
from nodes.models import Cycle
from nodes.selectors import today
from nodes.views.choosing import visitor
from workflow.calendar import WorkingDays
from workflow.permissions import allows
from workflow.selectors import working_days

PAGE = 50
PAGES = {
    "analysis": pgettext_lazy("analysis", "Planned against actual"),
    "analysis-deadlines": pgettext_lazy("analysis", "Deadlines for next year"),
    "analysis-bunching": pgettext_lazy("analysis", "Bunching"),
    "analysis-waiting": pgettext_lazy("analysis", "Returns and waiting"),
    "analysis-forecast": pgettext_lazy("analysis", "What may slip"),
}


class By(TextChoices):
    DIVISION = "division", gettext_lazy("by division")
    KIND = "kind", gettext_lazy("by kind of work")
    MONTH = "month", gettext_lazy("by month due")


class Order(TextChoices):
    NUMBER = "number", gettext_lazy("by number")
    EARLY = "early", gettext_lazy("the earliest first")
    LATE = "late", gettext_lazy("the latest first")


@require_safe
def margins(request: HttpRequest) -> HttpResponse:
    """Planned against actual: the whole, by group, and node by node."""
    found = _asked(request)
    mine = measured(found.narrow(_year(found)), working_days(found.cycle.office))
    by, order = (_choice(kind, request.GET.get(name, "")) for kind, name in ((By, "by"), (Order, "order")))
    rows = _rows(mine, by, found)
    bars = histogram(mine)
    title = _("How far ahead of the deadline, in working days")
    facts = {
        "whole": row("", mine),
        "bars": [(drawings.bar_label(bar), bar.number) for bar in bars],
        "histogram": drawings.histogram(bars),
        "by": by,
        "every_by": By,
        "rows": rows,
        "spreads": drawings.spreads("lesson-spreads", title, [_named(one) for one in rows]),
        "order": order,
        "orders": Order,
        "page": Paginator(_ordered(mine, order), PAGE).get_page(request.GET.get("page")),
    }
    return _page(request, "analysis", found, facts)


@require_safe
def deadlines(request: HttpRequest) -> HttpResponse:
    """Which deadlines were too loose or too tight, and what next year's might be."""
    found = _asked(request)
    by_year = works(found.cycle.office, years_before(found.cycle.year + 1))
    mine = by_year.pop(found.cycle.year, [])
    proposed = proposals.next_year(found.cycle, mine, by_year)
    lines = [(work, proposed[work.number]) for work in found.narrow(mine)]
    counts = [(one, sum(line[1].verdict == one for line in lines)) for one in Verdict]
    verdict = request.GET.get("verdict", "")
    shown = [line for line in lines if verdict in ("", line[1].verdict)]
    next_year = found.cycle.year + 1
    drafted = any(c.year == next_year and c.status == Cycle.Status.DRAFT for c in found.scope.years)
    facts = {
        "counts": counts,
        "lines": len(lines),
        "verdict": verdict,
        "next_year": next_year,
        "next_is_drafted": drafted,
        "has_next": any(cycle.year == next_year for cycle in found.scope.years),
        "provisional": WorkingDays().is_provisional(date(next_year, 1, 1)),
        "may_set": allows(visitor(request), "nodes.manage_catalogue", found.cycle),
        "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),
    }
    return _page(request, "analysis-deadlines", found, facts)


@require_safe
def bunching(request: HttpRequest) -> HttpResponse:
    """How much is done at the last moment, and how much in December."""
    found = _asked(request)
    mine = measured(found.narrow(_year(found)), working_days(found.cycle.office))
    told = rhythm(found.cycle.year, mine, submitted_on(found.cycle.office, _ids(mine)))
    divisions = rushes(mine, lambda one: one.work.division)
    title = _("Done in the last three working days, per cent")
    facts = {
        "whole": rush("", mine),
        "rhythm": told,
        "months_chart": drawings.months(told),
        "divisions": divisions,
        "rush_chart": drawings.shares(
            "lesson-rush", title, [(one.key, one.share or 0.0) for one in divisions]
        ),
    }
    return _page(request, "analysis-bunching", found, facts)


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """What came back and why, and how long each step waited for whom: as far as the visitor may see."""
    found = _asked(request)
    user, office = visitor(request), found.cycle.office
    nodes, calendar = [work.pk for work in found.narrow(_year(found))], working_days(office)
    seen = rounds(user, nodes, office, calendar)
    rows = wait_rows([*seen.waits, *sign_offs(user, nodes, office, calendar)])
    rules = acknowledged(seen.returns)
    facts = {
        "returned": len(seen.returns),
        "decided": seen.decided,
        "groups": by_fault(seen.returns),
        "rules": [(Finding(rule, "").message, count) for rule, count in rules.items()],
        "steps": [(step, rows_of, _waits(step, rows_of)) for step in Step if (rows_of := _of(step, rows))],
    }
    return _page(request, "analysis-waiting", found, facts)


@require_safe
def forecast(request: HttpRequest) -> HttpResponse:
    """What is likely to slip, each with its reasons, and what such forecasts were worth."""
    found = _asked(request)
    now = today(found.cycle.office)
    told = outlook(found.cycle, found.scope.day, now)
    mine = [one for one in told.prospects if found.covers(one.work)]
    flagged = [one for one in mine if one.flagged]
    everything = request.GET.get("all") == "1"
    shown = [(one, told.rate(one)) for one in (mine if everything else flagged)]
    facts = {
        "outlook": told,
        "evaluation": told.evaluation,
        "flagged": len(flagged),
        "judged": len(mine),
        "everything": everything,
        "horizon": HORIZON,
        "threshold": FLAGGED,
        "inside": found.cycle.holds(found.scope.day),
        "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),
        "takes_day": True,
        "mid_year": date(found.cycle.year, 6, 30) if found.cycle.last_day < now else None,
    }
    return _page(request, "analysis-forecast", found, facts)


def _asked(request: HttpRequest) -> Asked:
    return asked(visitor(request), request.GET.dict())


def _page(request: HttpRequest, name: str, found: Asked, facts: dict[str, Any]) -> HttpResponse:
    frame = {"asked": found, "scope": found.scope, "cycle": found.cycle, "here": name, "pages": PAGES}
    template = name.removeprefix("analysis").removeprefix("-") or "margins"
    return render(request, f"approvals/analysis/{template}.html", {**frame, **choices(), **facts})


def _year(found: Asked) -> list[Work]:
    return works(found.cycle.office, [found.cycle.year]).get(found.cycle.year, [])


def _ids(found: Iterable[Measured]) -> list[int]:
    return [one.work.pk for one in found]


def _choice(kind: type[TextChoices], asked_for: str) -> str:
    """What was asked for, the first of its kind where that is none of them."""
    return asked_for if asked_for in kind.values else kind.values[0]


def _rows(mine: Sequence[Measured], by: str, found: Asked) -> list[tuple[str, str, Row]]:
    """Each group's label, the address that narrows to it, and its row."""
    if by == By.KIND:
        rows = sorted(grouped(mine, lambda work: work.kind), key=lambda one: -one.nodes)
        return [(str(one.key.label), f"kind={one.key.value}", one) for one in rows]
    if by == By.MONTH:
        rows = sorted(grouped(mine, lambda work: work.month), key=lambda one: one.key or 13)
        return [(_month(one.key), f"month={one.key}" if one.key else "", one) for one in rows]
    known = {one.key: one for one in grouped(mine, lambda work: work.division_id)}
    divisions = [division for division in found.scope.divisions if division.pk in known]
    return [(division.name, f"division={division.pk}", known[division.pk]) for division in divisions]


def _month(number: int | None) -> str:
    return str(MONTH_NAMES[number]) if number else _("open, or another year")


def _named(line: tuple[str, str, Row]) -> drawings.Named:
    label, _address, one = line
    return drawings.Named(label, one.working_days)


def _ordered(mine: Sequence[Measured], order: str) -> list[Measured]:
    """What cannot be measured stands last."""
    if order == Order.NUMBER:
        return list(mine)
    sign = -1 if order == Order.EARLY else 1
    known = [one for one in mine if one.working_days is not None]
    rest = [one for one in mine if one.working_days is None]
    return [*sorted(known, key=lambda one: (sign * (one.days or 0), one.work.number)), *rest]


def _of(step: Step, rows: Iterable[WaitRow]) -> list[WaitRow]:
    return [row for row in rows if row.step == step]


def _waits(step: Step, rows: Sequence[WaitRow]) -> Any:
    return drawings.waits(f"lesson-{step.value}", str(step.label), [(one.whom, one.days) for one in rows])
