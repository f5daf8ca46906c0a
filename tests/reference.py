"""The reference year: 省外办 2021 as the demo has it, replayed once a process and then put back as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from approvals.figures import figures
from approvals.replay import Progress, replay
from nodes.catalogue import read_catalogue
from nodes.models import Cycle, WorkNode
from nodes.selectors import cycle_of
from nodes.services.catalogue import import_catalogue
from tests import kept_worlds
from tests.builders import DEMO
from workflow import audit
from workflow.models import Division, Office
from workflow.organisation_file import parse_organisation
from workflow.selectors import office_by_code
from workflow.services.organisation import import_organisation


@dataclass(frozen=True)
class Year:
    """An office's year, and what its replay said."""

    office: Office
    cycle: Cycle
    progress: Progress | None = None

    def node(self, number: int) -> WorkNode:
        return self.cycle.nodes.get(number=number)

    def figures(self, as_of: date | None = None) -> dict[str, Any]:
        return figures(self.cycle, as_of)


def reference_office(catalogue: str = "catalogue-2021.xlsx") -> Year:
    """省外办 with its 2021 catalogue, before anything happened."""
    import_organisation(parse_organisation((DEMO / "organisation-2021.json").read_text("utf-8")))
    made = office_by_code("jx-fao")
    names = list(Division.objects.filter(office=made).values_list("name", flat=True))
    read = read_catalogue(DEMO / catalogue, filename=catalogue, year=2021, known_divisions=names)
    import_catalogue(actor=None, office=made, year=2021, catalogue=read)
    return Year(made, cycle_of(made, 2021))


def reference_year(until: date | None = None) -> Year:
    """省外办 2021 replayed from its events, all of them or those up to `until`, and sealed.

    The whole year is replayed once a process, and then put back as it was.
    """
    if until is not None:
        return _replayed(until)
    kept_worlds.world("2021", lambda: _replayed(None))
    return Year(office_by_code("jx-fao"), cycle_of(office_by_code("jx-fao"), 2021))


def _replayed(until: date | None) -> Year:
    year = reference_office()
    text = (DEMO / "events-2021.jsonl").read_text("utf-8")
    progress = replay(year.cycle, text, folder=DEMO, until=until)
    audit.seal()
    return Year(year.office, year.cycle, progress)
