"""Draw the approval flows for the documentation, or check that the drawings are those of the code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from approvals import charts
from approvals.flows import DeferralFlow, EvidenceReviewFlow, SummaryFlow
from approvals.scores.flow import ScoreAppealFlow
from workflow.cli import Command as JiedianCommand
from workflow.refusals import Invalid

FLOWS = {
    "deferral": DeferralFlow,
    "evidence-review": EvidenceReviewFlow,
    "annual-summary": SummaryFlow,
    "score-appeal": ScoreAppealFlow,
}
FORMATS = {"svg": charts.svg, "bpmn": charts.bpmn}


class Command(JiedianCommand):
    help = "Draw the approval flows as SVG and BPMN into docs/flows"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, default=settings.BASE_DIR / "docs" / "flows", metavar="FOLDER")
        parser.add_argument(
            "--check", action="store_true", help="write nothing, name the drawings out of date"
        )

    def act(self, *, to: Path, check: bool, **_options: Any) -> None:
        drawings = {
            to / f"{name}.{ending}": draw(flow)
            for name, flow in FLOWS.items()
            for ending, draw in FORMATS.items()
        }
        if check:
            _require_current(drawings)
        else:
            _write(drawings)
            self.stdout.write(f"{len(drawings)} drawings in {to}")


def _require_current(drawings: dict[Path, str]) -> None:
    stale = [path for path, text in drawings.items() if not path.exists() or path.read_text("utf-8") != text]
    if stale:
        raise Invalid({"": [f"{path} is out of date, run manage.py draw_flows" for path in stale]})


def _write(drawings: dict[Path, str]) -> None:
    try:
        for path, text in drawings.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    except OSError as error:
        raise Invalid(f"{error.filename}: {error.strerror}") from error
