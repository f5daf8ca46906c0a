"""The performance office's queue, the review of one round of evidence, and the approval of several."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from approvals import reviewing
from approvals.forms import ReviewForm
from nodes import selectors, services
from nodes.addresses import node_url
from nodes.comparing import changes
from nodes.models import Cycle, EvidenceSubmission, WorkNode
from nodes.services.bulk import approve_each
from nodes.views.choosing import visitor
from workflow import people
from workflow.models import PostKind, User
from workflow.permissions import allows
from workflow.refusals import Conflict, Invalid, NotAllowed
from workflow.visiting import sent, whole_number

APPROVE, RETURN = "approve", "return"
DECISIONS = {APPROVE: EvidenceSubmission.Outcome.APPROVED, RETURN: EvidenceSubmission.Outcome.RETURNED}
PAGE = 50
AT_ONCE = 100  # rounds approved with one click, at most


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    page = Paginator(reviewing.queue(_reviewer(request)), PAGE).get_page(request.GET.get("page"))
    return render(request, "approvals/reviews.html", {"page": page})


def _reviewer(request: HttpRequest) -> User:
    """The visitor, who must be of the performance office."""
    user = visitor(request)
    if PostKind.PERFORMANCE_OFFICE not in people.roles(user):
        raise NotAllowed(_("Only the performance office reviews evidence."))
    return user


# One round


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, submission_id: int) -> HttpResponse:
    user = visitor(request)
    submission = selectors.submission_seen_by(user, submission_id)
    form = ReviewForm(sent(request))
    if request.method == "POST":
        _reviewer(request)
    if request.method == "POST" and form.is_valid():
        try:
            return _decide(request, submission, form.cleaned_data["opinion"])
        except Invalid as refusal:
            form.add_refusal(refusal)
    facts = {"form": form, **_shown(user, submission)}
    return render(request, "approvals/review.html", facts, status=422 if form.errors else 200)


def _shown(user: User, submission: EvidenceSubmission) -> dict[str, Any]:
    """What the page shows beside the form."""
    node = submission.node
    earlier = [one for one in selectors.rounds(user, node) if one.round < submission.round]
    place = reviewing.place_of(user, submission)
    return {
        "submission": submission,
        "node": node,
        "mine": _decides(user, submission),
        "place": place,
        "following": None if place else reviewing.next_after(user, submission),
        "earlier": earlier,
        "changes": changes(earlier[0], submission) if earlier else None,
        "phrases": reviewing.PHRASES,
    }


def _decides(user: User, submission: EvidenceSubmission) -> bool:
    waits = submission.outcome == submission.Outcome.PENDING
    is_open = submission.node.cycle.status == Cycle.Status.OPEN
    return waits and is_open and allows(user, "nodes.review_evidence", submission.node)


def _decide(request: HttpRequest, submission: EvidenceSubmission, opinion: str) -> HttpResponse:
    """The round the reviewer looked at is the one decided on, whatever came in meanwhile."""
    decision = request.POST.get("decision", "")
    if decision not in DECISIONS:
        raise Invalid(_("Choose to approve or to return it."))
    act = services.approve_evidence if decision == APPROVE else services.return_evidence
    user = visitor(request)
    try:
        act(actor=user, node_id=submission.node_id, submission_id=submission.pk, opinion=opinion)
    except Conflict as conflict:  # a second click finds it done
        if (conflict.decided_by, conflict.outcome) != (user, DECISIONS[decision]):
            raise
    return _go_on(request, submission, decision)


def _go_on(request: HttpRequest, submission: EvidenceSubmission, decision: str) -> HttpResponse:
    """Say what was done, with the way back to it, and open the next round that waits."""
    node = submission.node
    done = _("Node %(number)d is approved.") if decision == APPROVE else _("Node %(number)d is returned.")
    said = done % {"number": node.number}
    messages.success(
        request, format_html('{} <a href="{}">{}</a>', said, node_url(node), _("Look at it again"))
    )
    following = reviewing.next_after(visitor(request), submission)
    return redirect("review", following) if following else redirect("reviews")


# Several rounds


@require_http_methods(["GET", "HEAD", "POST"])
def approve_several(request: HttpRequest) -> HttpResponse:
    """What approving the ticked rounds would do; sent, it does it."""
    user = _reviewer(request)
    ids = _ticked(request.POST if request.method == "POST" else request.GET)
    if not ids:
        messages.info(request, _("Tick what you want to approve first."))
        return redirect("reviews")
    if request.method == "POST":
        return _approve_several(request, user, ids)
    found = reviewing.prospects(user, ids)
    able = [one for one in found if not one.obstacle]
    facts = {
        "able": able,
        "unable": [one for one in found if one.obstacle],
        "late": sum(one.late for one in able),
        "warned": sum(bool(one.submission.warnings) for one in able),
    }
    return render(request, "approvals/approve_several.html", facts)


def _ticked(given: QueryDict) -> list[int]:
    ids = [pk for text in given.getlist("id") if (pk := whole_number(text)) is not None]
    return ids[:AT_ONCE]


def _approve_several(request: HttpRequest, user: User, ids: list[int]) -> HttpResponse:
    outcome = approve_each(actor=user, submission_ids=ids)
    if approved := outcome.approved:
        said = ngettext("%(count)d node is approved: %(nodes)s", "%(count)d nodes are approved: %(nodes)s",
                        len(approved))  # fmt: skip
        messages.success(request, said % {"count": len(approved), "nodes": _numbers(approved)})
    for node, reason in outcome.refused:
        facts = {"number": node.number, "title": node.title, "reason": reason}
        messages.warning(request, _("Node %(number)d “%(title)s” is not approved: %(reason)s") % facts)
    return redirect("reviews")


def _numbers(nodes: list[WorkNode]) -> str:
    return "、".join(str(node.number) for node in sorted(nodes, key=lambda node: node.number))
