"""How an office words its statements: its templates, and which statements it holds up as examples."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from nodes.kinds import Kind
from nodes.models import EvidenceSubmission, ModelStatement, StatementTemplate
from nodes.statements.composing import TEMPLATES, problems
from nodes.statements.library import template_of
from workflow import audit
from workflow.clock import moment
from workflow.models import Office, User
from workflow.permissions import require
from workflow.refusals import Invalid, NotFound, WrongState


@transaction.atomic
def set_template(*, actor: User, office: Office, kind: str, text: str, at: datetime | None = None) -> bool:
    """Let statements of this kind begin with `text`, with the product's own sentence where it is empty.

    Returns whether anything changed. Raises NotAllowed, and Invalid saying what is wrong with the template.
    """
    require(actor, "nodes.word_statements", office, at=at)
    if kind not in TEMPLATES:
        raise NotFound(_("There is no such kind of work."))
    Office.objects.select_for_update(no_key=True).get(pk=office.pk)
    text = text.strip() or TEMPLATES[kind]
    if wrong := list(problems(kind, text)):
        raise Invalid({"text": wrong})
    before = template_of(office, kind)
    if text == before:
        return False
    if text == TEMPLATES[kind]:
        StatementTemplate.objects.filter(office=office, kind=kind).delete()
    else:
        StatementTemplate.objects.update_or_create(office=office, kind=kind, defaults={"text": text})
    facts = {"kind": str(Kind(kind).label), "before": before, "after": text}
    audit.record(actor, "statements.template_changed", office, at=at, data=facts)
    return True


@transaction.atomic
def hold_up(*, actor: User, submission: EvidenceSubmission, at: datetime | None = None) -> None:
    """Show an approved statement to the whole office as a good one; once is enough.

    Raises NotAllowed, NotFound for another office's, WrongState for one that is not approved.
    """
    require(actor, "nodes.word_statements", submission, at=at)
    if submission.outcome != EvidenceSubmission.Outcome.APPROVED:
        raise WrongState(_("Only an approved statement can be an example."))
    facts = {"office": submission.node.office, "chosen_by": actor, "chosen_at": moment(at)}
    _example, created = ModelStatement.objects.get_or_create(submission=submission, defaults=facts)
    if created:
        _record(actor, "statements.held_up", submission, at)


@transaction.atomic
def take_down(*, actor: User, submission: EvidenceSubmission, at: datetime | None = None) -> None:
    """Hold the statement up no longer; one that is not held up stays so. Raises NotAllowed, NotFound."""
    require(actor, "nodes.word_statements", submission, at=at)
    deleted, _by_model = ModelStatement.objects.filter(submission=submission).delete()
    if deleted:
        _record(actor, "statements.taken_down", submission, at)


def _record(actor: User, action: str, submission: EvidenceSubmission, at: datetime | None) -> None:
    audit.record(actor, action, submission.node, at=at, data={"round": submission.round})
