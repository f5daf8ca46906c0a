"""Handing in evidence, taking it back, and deciding on it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from nodes import events as happened
from nodes.checks import look_over
from nodes.kinds import LONGEST_FACT, Kind, facts_given
from nodes.models import Draft, EvidenceSubmission, Upload, WorkNode
from nodes.services import acting, drafting, uploading
from workflow import events, files
from workflow.clock import moment
from workflow.models import Office, User
from workflow.refusals import Conflict, Invalid, NotFound

Outcome = EvidenceSubmission.Outcome


@dataclass(frozen=True)
class EvidenceDraft:
    """What a division wants to hand in; `completed_on` is the inclusive day the work was done.

    `uploads` are files that came in pieces before, beside those in `files`. `details` are facts by name, of
    which those count that the `kind` of work asks for.
    """

    statement: str
    completed_on: date | None
    files: Sequence[files.Upload] = field(default_factory=tuple)
    uploads: Sequence[uuid.UUID] = ()
    kind: str = Kind.OTHER
    details: Mapping[str, str] = field(default_factory=dict)


def submit_evidence(
    *, actor: User, node_id: int, draft: EvidenceDraft, at: datetime | None = None
) -> EvidenceSubmission:
    """Hand a node's evidence to the performance office.

    Raises NotAllowed unless `actor` works for the lead division, WrongState unless the node is in
    progress, Invalid with one message per field when the statement, the day or the files do not pass.
    """
    at = moment(at)
    with transaction.atomic():
        node = acting.locked(node_id, actor)
        principal = acting.check(actor, "nodes.submit_evidence", node, at=at)
        acting.require_transition(node.submit_evidence)
        _check_draft(draft, node, node.office.day(at))
        uploads = uploading.handed_in(actor, node, draft.uploads)
        with files.kept(draft.files, office=node.office, by=actor, at=at) as attachments:
            submission = _from_draft(node, draft, actor, principal, at)
            submission.files.set([*attachments, *(one.attachment for one in uploads if one.attachment)])
            _clear_away(actor, node, uploads)
            before = node.state
            node.submit_evidence(submission)
            acting.keep(
                actor,
                "evidence.submitted",
                node,
                before=before,
                at=at,
                on_behalf_of_id=principal,
                data={"round": submission.round},
            )
            events.publish(happened.EvidenceSubmitted(node, actor, at, submission))
    return submission


def _check_draft(draft: EvidenceDraft, node: WorkNode, today: date) -> None:
    errors = {}
    if not draft.statement.strip():
        errors["statement"] = [_("Say what was done, when, where and with what result.")]
    if draft.completed_on is None:
        errors["completed_on"] = [_("Give the day on which the work was done.")]
    elif draft.completed_on > today:
        errors["completed_on"] = [_("The day of completion lies in the future.")]
    elif draft.completed_on.year < node.cycle.year - 1:
        errors["completed_on"] = [
            _("The day of completion lies long before the year %(year)d.") % {"year": node.cycle.year}
        ]
    if not draft.files and not draft.uploads:
        errors["files"] = [_("Attach at least one file as evidence.")]
    if len(draft.files) + len(draft.uploads) > files.MAX_FILES:
        errors["files"] = [_("At most %(limit)d files at a time.") % {"limit": files.MAX_FILES}]
    if draft.kind not in Kind.values:
        errors["kind"] = [_("There is no such kind of work.")]
    for fact, given in facts_given(draft.kind, draft.details):
        if len(given) > LONGEST_FACT:
            errors[f"fact_{fact.name}"] = [_("At most %(limit)d characters.") % {"limit": LONGEST_FACT}]
    if errors:
        raise Invalid(errors)


def _clear_away(actor: User, node: WorkNode, uploads: Sequence[Upload]) -> None:
    """What is handed in is unfinished no more."""
    Upload.objects.filter(pk__in=[upload.pk for upload in uploads]).delete()
    drafting.discard_draft(actor=actor, node=node, form=Draft.Form.EVIDENCE)


def _from_draft(
    node: WorkNode, draft: EvidenceDraft, actor: User, principal: int | None, at: datetime
) -> EvidenceSubmission:
    assert draft.completed_on is not None
    details = {fact.name: given for fact, given in facts_given(draft.kind, draft.details) if given}
    found = look_over(draft.statement, node.title, kind=draft.kind, details=details)
    return EvidenceSubmission.objects.create(
        office_id=node.office_id,
        node=node,
        round=node.submissions.count() + 1,
        statement=draft.statement.strip(),
        completed_on=draft.completed_on,
        kind=draft.kind,
        details=details,
        warnings=[finding.as_dict() for finding in found],
        submitted_by=actor,
        on_behalf_of_id=principal,
        submitted_at=at,
    )


@transaction.atomic
def withdraw_evidence(
    *, actor: User, node_id: int, submission_id: int | None = None, at: datetime | None = None
) -> WorkNode:
    """Take evidence back before it is decided on: the round meant, None for the pending one.

    Raises NotAllowed, WrongState, Conflict when that round was decided on before.
    """
    at = moment(at)
    node = acting.locked(node_id, actor)
    principal = acting.check(actor, "nodes.withdraw_evidence", node, at=at)
    submission = _pending(node, submission_id)
    before = node.state
    node.withdraw_evidence()
    _decide(submission, Outcome.WITHDRAWN, actor, at, "")
    acting.keep(
        actor,
        "evidence.withdrawn",
        node,
        before=before,
        at=at,
        on_behalf_of_id=principal,
        data={"round": submission.round},
    )
    events.publish(happened.EvidenceWithdrawn(node, actor, at, submission))
    return node


@transaction.atomic
def approve_evidence(
    *,
    actor: User,
    node_id: int,
    submission_id: int | None = None,
    opinion: str = "",
    at: datetime | None = None,
) -> WorkNode:
    """Accept a node's evidence: the node is done.

    `submission_id` is the round the reviewer read, None for the pending one. Raises NotAllowed unless
    `actor` is of the performance office and did not submit it, Conflict when it was decided on before.
    """
    at = moment(at)
    node, submission, principal = _for_review(actor, node_id, submission_id, at)
    before = node.state
    node.approve_evidence(submission.completed_on)
    _decide(submission, Outcome.APPROVED, actor, at, opinion)
    acting.keep(
        actor,
        "evidence.approved",
        node,
        before=before,
        at=at,
        reason=opinion,
        on_behalf_of_id=principal,
        data={"round": submission.round},
    )
    events.publish(happened.EvidenceApproved(node, actor, at, submission))
    return node


@transaction.atomic
def return_evidence(
    *,
    actor: User,
    node_id: int,
    opinion: str,
    submission_id: int | None = None,
    at: datetime | None = None,
) -> WorkNode:
    """Send evidence back with the reason. Raises as `approve_evidence`, and Invalid without a reason."""
    at = moment(at)
    node, submission, principal = _for_review(actor, node_id, submission_id, at)
    if not opinion.strip():
        raise Invalid({"opinion": [_("Say what has to be mended.")]})
    before = node.state
    node.return_evidence()
    _decide(submission, Outcome.RETURNED, actor, at, opinion)
    acting.keep(
        actor,
        "evidence.returned",
        node,
        before=before,
        at=at,
        reason=opinion,
        on_behalf_of_id=principal,
        data={"round": submission.round},
    )
    events.publish(happened.EvidenceReturned(node, actor, at, submission))
    return node


def _for_review(
    actor: User, node_id: int, submission_id: int | None, at: datetime
) -> tuple[WorkNode, EvidenceSubmission, int | None]:
    node = acting.locked(node_id, actor)
    parties = node.current_submission.parties if node.current_submission else ()
    principal = acting.check_office(
        actor,
        "nodes.review_evidence",
        node,
        at=at,
        parties=parties,
        why=lambda: _why_no_review(actor, node),
    )
    return node, _pending(node, submission_id), principal


def _why_no_review(actor: User, node: WorkNode) -> str:
    message = _("%(actor)s may not review the evidence of node %(number)d.")
    if node.current_submission and actor.pk == node.current_submission.submitted_by_id:
        message = _("%(actor)s submitted the evidence of node %(number)d and cannot review it.")
    return message % {"actor": actor, "number": node.number}


def _pending(node: WorkNode, submission_id: int | None) -> EvidenceSubmission:
    """The round waiting for a decision; Conflict when the one meant was decided on already."""
    meant = node.current_submission
    if submission_id and (meant is None or meant.pk != submission_id):
        meant = node.submissions.select_related("decided_by").filter(pk=submission_id).first()
    if meant and meant.outcome != Outcome.PENDING:
        _refuse_decided(meant, node.office)
    if meant is None:
        acting.require_transition(node.approve_evidence)
        raise NotFound(_("There is no such submission."))
    return meant


def _refuse_decided(submission: EvidenceSubmission, office: Office) -> None:
    message = _("“%(outcome)s” was decided by %(person)s at %(at)s.")
    assert submission.decided_at is not None
    raise Conflict(
        message
        % {
            "outcome": submission.get_outcome_display(),
            "person": submission.decided_by,
            "at": office.minute(submission.decided_at),
        },
        decided_by=submission.decided_by,
        decided_at=submission.decided_at,
        outcome=submission.outcome,
    )


def _decide(submission: EvidenceSubmission, outcome: str, actor: User, at: datetime, opinion: str) -> None:
    submission.outcome, submission.opinion = outcome, opinion.strip()
    submission.decided_by, submission.decided_at = actor, at
    submission.save(update_fields=["outcome", "opinion", "decided_by", "decided_at"])
