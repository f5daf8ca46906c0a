"""Statements to go by: those the performance office holds up, and a division's own that passed at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from nodes.checks import pairs_in
from nodes.kinds import Kind
from nodes.models import EvidenceSubmission, ModelStatement, StatementTemplate, WorkNode
from nodes.statements.composing import TEMPLATES
from workflow import people
from workflow.models import Office, User

SHOWN = 3  # beside a form
LOOKED_AT = 200  # of the newest, for those that are most like a title


def template_of(office: Office, kind: str) -> str:
    """The office's template for this kind of work, the product's own where it has none."""
    own = StatementTemplate.objects.filter(office=office, kind=kind).values_list("text", flat=True).first()
    return TEMPLATES.get(kind, "") if own is None else own


@dataclass(frozen=True)
class KindOfStatement:
    """A kind of work with the template that holds for it; `own` says that the office changed it."""

    kind: str
    template: str
    own: bool

    @property
    def label(self) -> str:
        return str(Kind(self.kind).label)


def templates(office: Office) -> list[KindOfStatement]:
    """One for each kind of work that asks for facts, in their order."""
    own = dict(StatementTemplate.objects.filter(office=office).values_list("kind", "text"))
    return [KindOfStatement(kind, own.get(kind, text), kind in own) for kind, text in TEMPLATES.items()]


def examples(user: User, chosen: dict[str, Any]) -> QuerySet[ModelStatement]:
    """The office's model statements that are as `chosen` (`kind`, `q`), the newest first."""
    found = ModelStatement.objects.filter(office=user.office_id)
    if kind := chosen.get("kind"):
        found = found.filter(submission__kind=kind)
    if text := chosen.get("q"):
        found = found.filter(
            Q(submission__node__title__icontains=text) | Q(submission__statement__icontains=text)
        )
    return found.select_related("submission__node__lead_division", "submission__node__cycle", "chosen_by")


def like(user: User, node: WorkNode, kind: str) -> list[EvidenceSubmission]:
    """Approved statements of this kind that the user may read, three at most, the likest title first."""
    held_up = Q(example__isnull=False)
    own = Q(node__lead_division__in=people.divisions_of(user), round=1, warnings=[])
    found = EvidenceSubmission.objects.filter(
        held_up | own, office=user.office_id, kind=kind, outcome=EvidenceSubmission.Outcome.APPROVED
    ).exclude(node=node)
    newest = found.select_related("node__lead_division", "node__cycle").order_by("-decided_at", "-id")
    return _nearest(newest[:LOOKED_AT], node.title)


def _nearest(found: Iterable[EvidenceSubmission], title: str) -> list[EvidenceSubmission]:
    wanted = pairs_in(title)
    shared = [(len(wanted & pairs_in(one.node.title)), one) for one in found]
    return [one for _shared, one in sorted(shared, key=lambda pair: -pair[0])[:SHOWN]]
