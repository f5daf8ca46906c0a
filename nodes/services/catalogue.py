"""Bring a year's nodes into line with its catalogue: all rows or none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from nodes.catalogue import Catalogue, CatalogueRow, Problem, counts
from nodes.catalogue_changes import CARRIED_FROM, RowReport, What, clashes, compare, plain_attributes
from nodes.models import Cycle, Indicator, WorkNode
from nodes.services.cycles import YEARS, locked
from workflow import audit
from workflow.models import Division, Office, User
from workflow.permissions import require
from workflow.refusals import Invalid, WrongState


@dataclass
class Outcome:
    """What an import did, or would do: nodes by number, and what becomes of every row of the file.

    `unchanged` counts the nodes that have begun too; `begun` are those of them that the file would change.
    """

    counts: dict[str, int]
    created: list[int] = field(default_factory=list)
    updated: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    begun: list[int] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    rows: list[RowReport] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def as_dict(self) -> dict[str, int]:
        """The figures of the file, then how many nodes were created, updated and unchanged."""
        tally = {name: len(getattr(self, name)) for name in ("created", "updated", "unchanged")}
        return {**self.counts, **tally}

    @property
    def fingerprint(self) -> str:
        """Tells whether an import would still do what a preview showed."""
        return hashlib.sha256(repr((self.rows, self.missing)).encode()).hexdigest()


class ChangedSince(WrongState):
    """The year is not what it was when the import was looked at."""


def preview_catalogue(*, actor: User, office: Office, year: int, catalogue: Catalogue) -> Outcome:
    """What `import_catalogue` would do, with every problem; nothing is written. Raises NotAllowed."""
    require(actor, "nodes.manage_catalogue", office)
    nodes = _nodes(WorkNode.objects.filter(cycle__office=office, cycle__year=year))
    return _outcome(nodes, catalogue)


@transaction.atomic
def import_catalogue(
    *,
    actor: User | None,
    office: Office,
    year: int,
    catalogue: Catalogue,
    dry_run: bool = False,
    seen: str | None = None,
    source: dict[str, str] | None = None,
) -> Outcome:
    """Create the year's nodes from `catalogue`, or update those still planned; None as actor is the system.

    Nodes that have begun keep their titles and dates, nodes missing from the file stay; the outcome names
    both. `source` says in the audit trail where the catalogue came from. Raises NotAllowed unless `actor`
    may manage the catalogue, Invalid with every problem of the file, WrongState for a closed year, and
    ChangedSince when the import would not do what the preview with the fingerprint `seen` showed.
    """
    if actor:
        require(actor, "nodes.manage_catalogue", office)
    if catalogue.problems:
        raise Invalid({"": [str(problem) for problem in catalogue.problems]})
    cycle = _cycle(office, year)
    nodes = _nodes(cycle.nodes.select_for_update(of=("self",)))
    outcome = _outcome(nodes, catalogue)
    if outcome.problems:
        raise Invalid({"": [str(problem) for problem in outcome.problems]})
    if seen is not None and seen != outcome.fingerprint:
        raise ChangedSince(_("The year %(year)d has changed since the preview.") % {"year": year})
    if outcome.created or outcome.updated:
        _Import(cycle, nodes).run(catalogue.rows, outcome)
        facts = {"year": year, **outcome.as_dict(), **(source or {})}
        audit.record(actor, "catalogue.imported", office, data=facts)
    transaction.set_rollback(dry_run)
    return outcome


def _nodes(found: QuerySet[WorkNode]) -> dict[int, WorkNode]:
    """The nodes by number, with all that a catalogue says about them."""
    related = found.select_related("indicator__parent__parent", "lead_division")
    return {node.number: node for node in related.prefetch_related("supporting_divisions")}


def _outcome(nodes: dict[int, WorkNode], catalogue: Catalogue) -> Outcome:
    rows = catalogue.rows
    outcome = Outcome(counts(rows), rows=compare(nodes, rows))
    outcome.problems = [*catalogue.problems, *clashes(nodes, rows)]
    for report in outcome.rows:
        if report.what == What.BEGUN:
            outcome.unchanged.append(report.number)
        getattr(outcome, report.what).append(report.number)
    outcome.missing = sorted(nodes.keys() - {row.number for row in rows})
    return outcome


def _cycle(office: Office, year: int) -> Cycle:
    if year not in YEARS:
        raise Invalid({"year": [_("%(year)d is not a year of ours.") % {"year": year}]})
    cycle, _created = Cycle.objects.get_or_create(
        office=office, year=year, defaults={"status": Cycle.Status.OPEN}
    )
    cycle = locked(cycle)
    if cycle.status == Cycle.Status.CLOSED:
        raise WrongState(_("The year %(year)d is closed.") % {"year": year})
    return cycle


class _Import:
    """Writes what an outcome says: each new node, and each planned one that differs."""

    def __init__(self, cycle: Cycle, nodes: dict[int, WorkNode]) -> None:
        self.cycle = cycle
        self.nodes = nodes
        self.divisions = {d.name: d for d in Division.objects.filter(office=cycle.office)}
        self.indicators = {_key(one): one for one in cycle.indicators.all()}
        self.fixed = {node.indicator_id for node in nodes.values() if node.version}

    def run(self, rows: Iterable[CatalogueRow], outcome: Outcome) -> None:
        created, updated = set(outcome.created), set(outcome.updated)
        new = []
        for position, row in enumerate(rows):
            if row.number in created:
                new.append((self._new(row, position), self._supporting(row)))
            elif row.number in updated:
                self._update(self.nodes[row.number], row, position)
        self._create(new)
        self._drop_empty_indicators()

    def _new(self, row: CatalogueRow, position: int) -> WorkNode:
        values = self._values(row, position)
        return WorkNode(office_id=self.cycle.office_id, cycle=self.cycle, number=row.number, **values)

    def _create(self, new: list[tuple[WorkNode, list[Division]]]) -> None:
        """All new nodes at once; a large catalogue would take minutes one by one."""
        WorkNode.objects.bulk_create([node for node, _divisions in new])
        through = WorkNode.supporting_divisions.through
        through.objects.bulk_create(
            through(worknode=node, division=division) for node, divisions in new for division in divisions
        )

    def _update(self, node: WorkNode, row: CatalogueRow, position: int) -> None:
        values = self._values(row, position, node)
        different = [name for name, value in values.items() if getattr(node, name) != value]
        for name in different:
            setattr(node, name, values[name])
        if different:
            node.save(update_fields=different)
        node.supporting_divisions.set(self._supporting(row))

    def _values(self, row: CatalogueRow, position: int, node: WorkNode | None = None) -> dict[str, Any]:
        return {
            "indicator": self._indicator(row, position),
            "title": row.title,
            "lead_division": self.divisions[row.lead_division],
            "planned_start": row.planned_start,
            "baseline_deadline": row.deadline,
            "current_deadline": row.deadline,
            "evidence_required": row.evidence_required,
            "attributes": _attributes(row, node),
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
        elif (known.title, known.parent) != (title, parent) and known.pk not in self.fixed:
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


def _attributes(row: CatalogueRow, node: WorkNode | None) -> dict[str, Any]:
    """The extra columns; where the node came from stays with it, whatever the file says."""
    origin = node.attributes.get(CARRIED_FROM) if node else None
    return {**plain_attributes(row.attributes), **({CARRIED_FROM: origin} if origin else {})}
