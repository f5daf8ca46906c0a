"""Bring a year's nodes into line with its catalogue: all rows or none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from nodes.catalogue import Catalogue, CatalogueRow, counts
from nodes.models import Cycle, Indicator, WorkNode
from workflow import audit
from workflow.models import Division, Office, User
from workflow.permissions import require
from workflow.refusals import Invalid, WrongState


@dataclass
class Outcome:
    """What an import did: nodes created, updated, unchanged; and what it left alone, by node number."""

    counts: dict[str, int]
    created: list[int] = field(default_factory=list)
    updated: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    begun: list[int] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)

    def as_dict(self) -> dict[str, int]:
        """The figures of the file, then how many nodes were created, updated and unchanged."""
        tally = {name: len(getattr(self, name)) for name in ("created", "updated", "unchanged")}
        return {**self.counts, **tally}


@transaction.atomic
def import_catalogue(
    *, actor: User | None, office: Office, year: int, catalogue: Catalogue, dry_run: bool = False
) -> Outcome:
    """Create the year's nodes from `catalogue`, or update those still planned; None as actor is the system.

    Nodes that have begun keep their titles and dates, nodes missing from the file stay; the outcome names
    both. Raises NotAllowed unless `actor` may manage the catalogue, Invalid with every problem of the file,
    WrongState for a closed year.
    """
    if actor:
        require(actor, "nodes.manage_catalogue", office)
    if catalogue.problems:
        raise Invalid({"": [str(problem) for problem in catalogue.problems]})
    cycle = _cycle(office, year)
    outcome = _Import(cycle).run(catalogue.rows)
    if outcome.created or outcome.updated:
        audit.record(actor, "catalogue.imported", office, data={"year": year, **outcome.as_dict()})
    transaction.set_rollback(dry_run)
    return outcome


def _cycle(office: Office, year: int) -> Cycle:
    if not 2000 <= year <= 2100:
        raise Invalid({"year": [_("%(year)d is not a year of ours.") % {"year": year}]})
    cycle, _created = Cycle.objects.get_or_create(
        office=office, year=year, defaults={"status": Cycle.Status.OPEN}
    )
    cycle = Cycle.objects.select_for_update().get(pk=cycle.pk)
    if cycle.status == Cycle.Status.CLOSED:
        raise WrongState(_("The year %(year)d is closed.") % {"year": year})
    return cycle


class _Import:
    def __init__(self, cycle: Cycle) -> None:
        self.cycle = cycle
        self.divisions = {d.name: d for d in Division.objects.filter(office=cycle.office)}
        self.nodes = {
            node.number: node
            for node in cycle.nodes.select_for_update().prefetch_related("supporting_divisions")
        }
        self.indicators = {_key(one): one for one in cycle.indicators.all()}

    def run(self, rows: Iterable[CatalogueRow]) -> Outcome:
        rows = list(rows)
        outcome = Outcome(counts(rows))
        for position, row in enumerate(rows):
            self._row(row, position, outcome)
        outcome.missing = sorted(self.nodes.keys() - {row.number for row in rows})
        self._drop_empty_indicators()
        return outcome

    def _row(self, row: CatalogueRow, position: int, outcome: Outcome) -> None:
        node = self.nodes.get(row.number)
        if node is None:
            outcome.created.append(row.number)
            self._create(row, position)
        elif node.version:
            outcome.unchanged.append(row.number)
            outcome.begun += [row.number] if _dates_and_title(node) != _dates_and_title(row) else []
        else:
            changed = self._update(node, row, position)
            (outcome.updated if changed else outcome.unchanged).append(row.number)

    def _create(self, row: CatalogueRow, position: int) -> None:
        node = WorkNode.objects.create(
            office_id=self.cycle.office_id, cycle=self.cycle, number=row.number, **self._values(row, position)
        )
        node.supporting_divisions.set(self._supporting(row))

    def _update(self, node: WorkNode, row: CatalogueRow, position: int) -> bool:
        values = self._values(row, position)
        different = [name for name, value in values.items() if getattr(node, name) != value]
        for name in different:
            setattr(node, name, values[name])
        if different:
            node.save(update_fields=different)
        supporting = self._supporting(row)
        if {d.pk for d in node.supporting_divisions.all()} != {d.pk for d in supporting}:
            node.supporting_divisions.set(supporting)
            return True
        return bool(different)

    def _values(self, row: CatalogueRow, position: int) -> dict[str, Any]:
        return {
            "indicator": self._indicator(row, position),
            "title": row.title,
            "lead_division": self.divisions[row.lead_division],
            "planned_start": row.planned_start,
            "baseline_deadline": row.deadline,
            "current_deadline": row.deadline,
            "evidence_required": row.evidence_required,
            "attributes": row.attributes,
        }

    def _supporting(self, row: CatalogueRow) -> list[Division]:
        return [self.divisions[name] for name in row.supporting_divisions]

    def _indicator(self, row: CatalogueRow, position: int) -> Indicator:
        top = self._level(1, None, None, row.level1, position)
        second = self._level(2, top, None, row.level2, position)
        return self._level(3, second, row.level3_number, row.level3, position)

    def _level(
        self, level: int, parent: Indicator | None, number: int | None, title: str, position: int
    ) -> Indicator:
        key = (level, number) if level == 3 else (level, parent.pk if parent else None, title)
        known = self.indicators.get(key)
        if known is None:
            known = self.indicators[key] = Indicator.objects.create(
                cycle=self.cycle, level=level, parent=parent, number=number, title=title, position=position
            )
        elif (known.title, known.parent) != (title, parent) and not known.nodes.filter(version__gt=0):
            known.title, known.parent = title, parent
            known.save(update_fields=["title", "parent"])
        return known

    def _drop_empty_indicators(self) -> None:
        for level in (3, 2, 1):
            self.cycle.indicators.filter(Q(level=level, nodes=None, children=None)).delete()


def _key(indicator: Indicator) -> tuple[Any, ...]:
    if indicator.level == 3:
        return (3, indicator.number)
    return (indicator.level, indicator.parent_id, indicator.title)


def _dates_and_title(of: WorkNode | CatalogueRow) -> tuple[Any, ...]:
    deadline = of.baseline_deadline if isinstance(of, WorkNode) else of.deadline
    return (of.title, of.planned_start, deadline)
