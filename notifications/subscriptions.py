"""Who is told what when something happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from approvals.events import (
    DeferralSettled,
    ReviewUrged,
    ReviewUrgedByHand,
    SignOffEscalated,
    SignOffEvent,
    SignOffOpened,
    SignOffUrged,
    SignOffUrgedByHand,
    WorkUrgedByHand,
)
from approvals.models import DeferralRequest, SignOff
from approvals.services.signing import signing_posts
from nodes import audience
from nodes import events as nodes
from notifications import rule_events
from notifications.ledger import HERE, tell
from workflow import events
from workflow.models import Post, PostKind


def connect() -> None:
    """Subscribe, once, when the application is ready."""
    for event, handler in _HANDLERS.items():
        events.subscribe(event, handler)
    rule_events.connect()  # last, so that whoever is told anyway is not told twice


def _about_node(rule: str, **whom: Any) -> Callable[[nodes.NodeEvent], None]:
    """The handler that tells `whom` under `rule`, and those who watch, about what happened to a node."""

    def handler(event: nodes.NodeEvent) -> None:
        tell(rule, event.node, slot=event.at.isoformat(), at=event.at, actor_id=event.actor.pk, **whom)

    return handler


def _about_watched(rule: str) -> Callable[[nodes.NodeEvent], None]:
    """The handler that tells under `rule`, in the system, those alone who watch the node."""
    return _about_node(rule, watched=rule, channels=HERE)


def _about_evidence(rule: str, *, submitter: bool, **whom: Any) -> Callable[[nodes.EvidenceEvent], None]:
    """The handler that tells `whom`, the submitter and those who watch, under `rule` about a submission."""

    def handler(event: nodes.EvidenceEvent) -> None:
        tell(
            rule,
            event.node,
            slot=str(event.submission.pk),
            at=event.at,
            actor_id=event.actor.pk,
            users=[event.submission.submitted_by_id] if submitter else [],
            **whom,
        )

    return handler


def _review_urged(event: ReviewUrged) -> None:
    above = [PostKind.HEAD_OF_UNIT] if event.escalated else []
    tell(
        "review_escalated" if event.escalated else "review_urged",
        event.submission.node,
        slot=str(event.submission.pk),
        at=event.at,
        audiences=[PostKind.PERFORMANCE_OFFICE, *above],
    )


# What the performance office is told instead, of a signature that a leader gives on paper.
_TO_RECORD = {
    "sign_off_opened": "sign_off_to_record",
    "sign_off_urged": "sign_off_to_record_urged",
    "sign_off_escalated": "sign_off_to_record_escalated",
}


def _sign_off_opened(event: SignOffOpened) -> None:
    _tell_signers("sign_off_opened", event)


def _sign_off_urged(event: SignOffUrged) -> None:
    _tell_signers("sign_off_urged", event)


def _sign_off_escalated(event: SignOffEscalated) -> None:
    _tell_signers("sign_off_escalated", event, above=event.above)


def _tell_signers(rule: str, event: SignOffEvent, above: tuple[Post, ...] = ()) -> None:
    """Tell whoever can give the waiting signatures now, and `above`; the performance office of those that
    are given on paper."""
    on = event.request.office.day(event.at)
    for needed in event.sign_offs:
        posts = [*signing_posts(event.request, needed, on), *above]
        if in_system := [post.pk for post in posts if not post.off_system]:
            _tell_of(rule, event, needed, posts=in_system)
        if any(post.off_system for post in needed.signers):
            _tell_of(_TO_RECORD[rule], event, needed, audiences=[PostKind.PERFORMANCE_OFFICE])


def _tell_of(rule: str, event: SignOffEvent, needed: SignOff, **whom: Any) -> None:
    tell(
        rule,
        event.request.node,
        request_id=event.request.pk,
        slot=str(needed.pk),
        at=event.at,
        actor_id=event.request.applicant_id,
        **whom,
    )


def _deferral_settled(event: DeferralSettled) -> None:
    request = event.request
    approved = request.status == DeferralRequest.Status.APPROVED
    tell(
        f"deferral_{request.status}",
        request.node,
        request_id=request.pk,
        slot=str(request.pk),
        at=event.at,
        users=[request.applicant_id],
        audiences=[PostKind.HANDLER, *([PostKind.PERFORMANCE_OFFICE] if approved else [])],
        actor_id=event.actor.pk,
    )


# By hand


def _work_urged(event: WorkUrgedByHand) -> None:
    tell(
        "work_urged",
        event.node,
        slot=f"{event.node.pk}:{event.time}",
        at=event.at,
        audiences=[PostKind.HANDLER, PostKind.DIVISION_HEAD],
        actor_id=event.actor.pk,
    )


def _review_urged_by_hand(event: ReviewUrgedByHand) -> None:
    tell(
        "review_urged_by_hand",
        event.submission.node,
        slot=f"{event.submission.pk}:{event.time}",
        at=event.at,
        audiences=[PostKind.PERFORMANCE_OFFICE],
        actor_id=event.actor.pk,
    )


def _sign_off_urged_by_hand(event: SignOffUrgedByHand) -> None:
    """As the system urges, but of each signature anew every time."""
    on = event.request.office.day(event.at)
    for needed in event.sign_offs:
        posts = [one.pk for one in signing_posts(event.request, needed, on) if not one.off_system]
        if posts:
            _tell_by_hand("sign_off_urged_by_hand", event, needed, posts=posts)
        if any(post.off_system for post in needed.signers):
            whom = [PostKind.PERFORMANCE_OFFICE]
            _tell_by_hand("sign_off_to_record_urged_by_hand", event, needed, audiences=whom)


def _tell_by_hand(rule: str, event: SignOffUrgedByHand, needed: SignOff, **whom: Any) -> None:
    tell(
        rule,
        event.request.node,
        request_id=event.request.pk,
        slot=f"{needed.pk}:{event.time}",
        at=event.at,
        actor_id=event.actor.pk,
        **whom,
    )


# Talk, and those who watch


def _commented(event: nodes.Commented) -> None:
    """Who was called hears of it in person, and of the watchers those who may read it."""
    slot, told = str(event.comment.pk), set(event.mentioned)
    tell("mentioned", event.node, slot=slot, at=event.at, users=sorted(told), actor_id=event.actor.pk)
    if watching := {user.pk for user in audience.watchers(event.node)} - told:
        reading = {user.pk for user in audience.readers(event.node)}
        tell(
            "commented",
            event.node,
            slot=slot,
            at=event.at,
            users=sorted(watching & reading),
            actor_id=event.actor.pk,
            channels=HERE,
        )


_HANDLERS: dict[type, Callable[[Any], None]] = {
    nodes.WorkStarted: _about_node(
        "work_started", audiences=["supporting"], channels=HERE, watched="watched_started"
    ),
    nodes.NodeReopened: _about_node(
        "node_reopened", audiences=[PostKind.HANDLER, PostKind.DIVISION_HEAD], watched="watched_reopened"
    ),
    nodes.NodeDeferred: _about_watched("watched_deferred"),
    nodes.NodeResumed: _about_watched("watched_resumed"),
    nodes.EvidenceSubmitted: _about_evidence(
        "evidence_submitted",
        submitter=False,
        audiences=[PostKind.PERFORMANCE_OFFICE],
        watched="watched_submitted",
    ),
    nodes.EvidenceWithdrawn: _about_watched("watched_withdrawn"),
    nodes.EvidenceReturned: _about_evidence(
        "evidence_returned", submitter=True, audiences=[PostKind.HANDLER], watched="watched_returned"
    ),
    nodes.EvidenceApproved: _about_evidence(
        "evidence_approved", submitter=True, audiences=[PostKind.HANDLER], watched="watched_approved"
    ),
    ReviewUrged: _review_urged,
    SignOffOpened: _sign_off_opened,
    SignOffUrged: _sign_off_urged,
    SignOffEscalated: _sign_off_escalated,
    DeferralSettled: _deferral_settled,
    WorkUrgedByHand: _work_urged,
    ReviewUrgedByHand: _review_urged_by_hand,
    SignOffUrgedByHand: _sign_off_urged_by_hand,
    nodes.Commented: _commented,
}
