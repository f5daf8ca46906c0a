"""How long a decision may wait, and what happens when it does: the flows' timers ask here."""

from __future__ import annotations

from datetime import datetime

from approvals.events import ReviewUrged, SignOffEscalated, SignOffUrged
from approvals.models import DeferralRequest, SignOff
from nodes.models import EvidenceSubmission
from workflow import audit, events, routing
from workflow.models import Office, Post
from workflow.policy import SignOffPatience
from workflow.refusals import Invalid
from workflow.selectors import reminder_policy, working_days


def sign_off_urged_at(request: DeferralRequest) -> datetime:
    return _after(request.office, _opened_at(request), _patience(request.office).urge_after_working_days)


def sign_off_escalated_at(request: DeferralRequest) -> datetime:
    return _after(request.office, _opened_at(request), _patience(request.office).escalate_after_working_days)


def review_urged_at(submission: EvidenceSubmission) -> datetime:
    office = submission.office
    return _after(office, submission.submitted_at, _patience(office).urge_after_working_days)


def review_escalated_at(submission: EvidenceSubmission) -> datetime:
    office = submission.office
    return _after(office, submission.submitted_at, _patience(office).escalate_after_working_days)


def _patience(office: Office) -> SignOffPatience:
    return reminder_policy(office).sign_off


def _after(office: Office, since: datetime, days: int) -> datetime:
    """The office's sending time on the `days`-th working day after `since`."""
    day = working_days(office).after(office.day(since), days)
    return datetime.combine(day, reminder_policy(office).send_at, office.zone)


def urge_sign_off(request: DeferralRequest, at: datetime) -> None:
    """Remind those a waiting step needs."""
    audit.record(None, "deferral.urged", request, at=at)
    events.publish(SignOffUrged(request, tuple(open_sign_offs(request)), at))


def escalate_sign_off(request: DeferralRequest, at: datetime) -> None:
    """Tell the next posts up that a step waits too long; where there is none, only its signers hear again."""
    waiting = tuple(open_sign_offs(request))
    posts = [post for sign_off in waiting for post in sign_off.signers]
    above = dict.fromkeys(post for below in posts for post in _above(below, request))
    audit.record(None, "deferral.escalated", request, at=at)
    events.publish(SignOffEscalated(request, waiting, at, tuple(above)))


def _above(post: Post, request: DeferralRequest) -> list[Post]:
    try:
        return [routing.next_up(post, request.node.lead_division)]
    except Invalid:
        return []


def urge_review(submission: EvidenceSubmission, at: datetime, *, escalated: bool) -> None:
    """Remind the performance office of a waiting review, and the head of the unit when `escalated`."""
    audit.record(None, "evidence.escalated" if escalated else "evidence.urged", submission.node, at=at)
    events.publish(ReviewUrged(submission, at, escalated))


def open_sign_offs(request: DeferralRequest) -> list[SignOff]:
    """The signatures the request waits for now, with their posts."""
    return [one for one in SignOff.objects.undecided(request) if one.opened_at]


def _opened_at(request: DeferralRequest) -> datetime:
    """When the step that waits opened; the services keep it on the instance to save a query."""
    opened = request.__dict__.get("step_opened_at") or open_sign_offs(request)[0].opened_at
    assert opened is not None
    return opened
