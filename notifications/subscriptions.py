"""Who is told what when something happens."""

from __future__ import annotations

from approvals.events import (
    DeferralSettled,
    ReviewUrged,
    SignOffEscalated,
    SignOffOpened,
    SignOffUrged,
)
from approvals.models import DeferralRequest, SignOff
from nodes import events as nodes
from nodes.models import EvidenceSubmission, WorkNode
from notifications.ledger import tell
from notifications.models import Channel
from workflow import events
from workflow.models import Office, PostKind


def connect() -> None:
    """Subscribe, once, when the application is ready."""
    events.subscribe(nodes.WorkStarted, work_started)
    events.subscribe(nodes.EvidenceSubmitted, evidence_submitted)
    events.subscribe(nodes.EvidenceReturned, evidence_decided("evidence_returned"))
    events.subscribe(nodes.EvidenceApproved, evidence_decided("evidence_approved"))
    events.subscribe(nodes.NodeReopened, node_reopened)
    events.subscribe(ReviewUrged, review_urged)
    events.subscribe(SignOffOpened, sign_off_opened)
    events.subscribe(SignOffUrged, sign_off_urged)
    events.subscribe(SignOffEscalated, sign_off_escalated)
    events.subscribe(DeferralSettled, deferral_settled)


def work_started(event: nodes.WorkStarted) -> None:
    tell(
        "work_started",
        node_id=event.node_id,
        slot=event.at.isoformat(),
        at=event.at,
        office=_office_of_node(event.node_id),
        audiences=["supporting"],
        actor_id=event.actor_id,
        channels=[Channel.IN_APP],
    )


def evidence_submitted(event: nodes.EvidenceSubmitted) -> None:
    tell(
        "evidence_submitted",
        node_id=event.node_id,
        slot=str(event.submission_id),
        at=event.at,
        office=_office_of_node(event.node_id),
        audiences=[PostKind.PERFORMANCE_OFFICE],
        actor_id=event.actor_id,
    )


def evidence_decided(rule: str):
    """The handler for a decision on evidence: its division is told under `rule`."""

    def decided(event: nodes.EvidenceReturned | nodes.EvidenceApproved) -> None:
        submission = EvidenceSubmission.objects.select_related("office").get(pk=event.submission_id)
        tell(
            rule,
            node_id=event.node_id,
            slot=str(event.submission_id),
            at=event.at,
            office=submission.office,
            audiences=[PostKind.HANDLER],
            users=[submission.submitted_by_id],
            actor_id=event.actor_id,
        )

    return decided


def node_reopened(event: nodes.NodeReopened) -> None:
    tell(
        "node_reopened",
        node_id=event.node_id,
        slot=event.at.isoformat(),
        at=event.at,
        office=_office_of_node(event.node_id),
        audiences=[PostKind.HANDLER, PostKind.DIVISION_HEAD],
        actor_id=event.actor_id,
    )


def review_urged(event: ReviewUrged) -> None:
    submission = EvidenceSubmission.objects.select_related("office").get(pk=event.submission_id)
    above = [PostKind.HEAD_OF_UNIT] if event.escalated else []
    tell(
        "review_escalated" if event.escalated else "review_urged",
        node_id=submission.node_id,
        slot=str(event.submission_id),
        at=event.at,
        office=submission.office,
        audiences=[PostKind.PERFORMANCE_OFFICE, *above],
    )


def sign_off_opened(event: SignOffOpened) -> None:
    _tell_signers("sign_off_opened", event)


def sign_off_urged(event: SignOffUrged) -> None:
    _tell_signers("sign_off_urged", event)


def sign_off_escalated(event: SignOffEscalated) -> None:
    _tell_signers("sign_off_escalated", event, above=event.post_ids)


def _tell_signers(
    rule: str, event: SignOffOpened | SignOffUrged | SignOffEscalated, above: tuple[int, ...] = ()
) -> None:
    """Tell the posts of the waiting signatures; the performance office where one is given on paper."""
    request = _request(event.request_id)
    for needed in SignOff.objects.filter(pk__in=event.sign_off_ids).prefetch_related("posts"):
        posts = list(needed.posts.all())
        on_paper = any(post.off_system for post in posts)
        tell(
            "sign_off_to_record" if on_paper and rule == "sign_off_opened" else rule,
            node_id=request.node_id,
            request_id=request.pk,
            slot=str(needed.pk),
            at=event.at,
            office=request.office,
            posts=[post.pk for post in posts if not post.off_system] + list(above),
            audiences=[PostKind.PERFORMANCE_OFFICE] if on_paper else [],
            actor_id=request.applicant_id,
        )


def deferral_settled(event: DeferralSettled) -> None:
    request = _request(event.request_id)
    approved = event.status == DeferralRequest.Status.APPROVED
    tell(
        f"deferral_{event.status}",
        node_id=request.node_id,
        request_id=request.pk,
        slot=str(request.pk),
        at=event.at,
        office=request.office,
        users=[request.applicant_id],
        audiences=[PostKind.HANDLER, *([PostKind.PERFORMANCE_OFFICE] if approved else [])],
        actor_id=event.actor_id,
    )


def _request(request_id: int) -> DeferralRequest:
    return DeferralRequest.objects.select_related("office").get(pk=request_id)


def _office_of_node(node_id: int) -> Office:
    return WorkNode.objects.select_related("office").only("office").get(pk=node_id).office
