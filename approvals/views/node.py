"""A node's own page: where it stands, what to do next, its evidence, its deadlines, and what is said."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from approvals import deadlines, happenings, selectors
from approvals.models import DeferralRequest
from approvals.next_steps import steps, urge
from approvals.services import urging
from approvals.situation import situation
from nodes import audience
from nodes.addresses import node_url
from nodes.comparing import changes
from nodes.forms import CommentForm
from nodes.models import Cycle, EvidenceSubmission, WorkNode
from nodes.one_node import node_of_year
from nodes.selectors import rounds, works_with
from nodes.services.talking import comment
from nodes.services.watching import unwatch, watch
from nodes.views.acts import post_or_go_to_node
from nodes.views.choosing import visitor
from workflow.models import User
from workflow.permissions import allows, require
from workflow.refusals import Invalid, NotFound
from workflow.visiting import whole_number


@require_safe
def node_page(request: HttpRequest, number: int) -> HttpResponse:
    return _page(request, _node(request, number), CommentForm())


@post_or_go_to_node
def say(request: HttpRequest, number: int) -> HttpResponse:
    """Put a comment beside the node."""
    node, form = _node(request, number), CommentForm(request.POST)
    if form.is_valid():
        try:
            comment(actor=visitor(request), node_id=node.pk, text=form.cleaned_data["comment"])
        except Invalid as refusal:
            form.add_refusal(refusal)
        else:
            return redirect(f"{node_url(node)}#timeline")
    return _page(request, node, form, status=422)


@post_or_go_to_node
def watching(request: HttpRequest, number: int) -> HttpResponse:
    """Keep an eye on the node, or no longer."""
    node, actor = _node(request, number), visitor(request)
    if request.POST.get("watch") == "off":
        unwatch(actor=actor, node=node)
        messages.success(request, _("You no longer watch node %(number)d.") % {"number": number})
    else:
        watch(actor=actor, node=node)
        done = _("You watch node %(number)d and will be told what happens.")
        messages.success(request, done % {"number": number})
    return redirect(node_url(node))


@post_or_go_to_node
def urge_division(request: HttpRequest, number: int) -> HttpResponse:
    """Urge the lead division."""
    node = _node(request, number)
    urging.urge_work(actor=visitor(request), node_id=node.pk)
    messages.success(request, _("%(division)s is urged.") % {"division": node.lead_division})
    return redirect(node_url(node))


@require_safe
def readers(request: HttpRequest, number: int) -> JsonResponse:
    """Whom a comment on the node can call by name, for the list that opens at an @."""
    node, user = _node(request, number), visitor(request)
    require(user, "nodes.comment", node)
    found = [one for one in audience.readers(node) if one.pk != user.pk]
    return JsonResponse({"people": [{"name": str(one), "username": one.username} for one in found]})


def _node(request: HttpRequest, number: int) -> WorkNode:
    """The node of this number in the chosen year. Raises NotFound."""
    asked = request.GET.get("year", "")
    year = whole_number(asked)
    if asked and year is None:
        raise NotFound(_("There is no such year."))
    return node_of_year(visitor(request), year, number)


def _page(request: HttpRequest, node: WorkNode, form: CommentForm, status: int = 200) -> HttpResponse:
    user = visitor(request)
    requests = selectors.deferrals_of(user, node)
    for one in requests:
        one.node, one.office = node, node.office
    facts = {
        "node": node,
        "requests": requests,
        "form": form,
        "may_word_statements": allows(user, "nodes.word_statements", node),
        **_history(user, node, requests),
    }
    return render(request, "approvals/node.html", facts, status=status)


def _history(user: User, node: WorkNode, requests: list[DeferralRequest]) -> dict[str, Any]:
    """Everything the page tells, as far as this person may know it."""
    prefetch_related_objects([node], "supporting_divisions")
    concerned = works_with(user, node)
    handed_in = rounds(user, node) if concerned else []
    pending = next((one for one in requests if one.status == one.Status.PENDING), None)
    waiting = selectors.open_sign_offs_of(user, pending) if pending else None
    entries = happenings.entries_about(node, requests)
    moved = deadlines.changes_of(node) if _has_moved(node, requests) else []
    return {
        "concerned": concerned,
        "open": node.cycle.status == Cycle.Status.OPEN,
        "pending": pending,
        "situation": situation(node, pending, waiting, handed_in),
        "steps": steps(user, node, pending, waiting),
        "urge": urge(user, node, pending, handed_in, entries),
        **_watched(user, node),
        "shifts": deadlines.shifts(moved, requests, concerned=concerned),
        "timeline": happenings.timeline(node, entries, concerned=concerned, rounds=handed_in, shifts=moved),
        **_compared(handed_in),
    }


def _watched(user: User, node: WorkNode) -> dict[str, Any]:
    """Who watches the node, by name, and whether this person does."""
    found: list[dict[str, Any]] = node.watched_by  # type: ignore[attr-defined]
    names = [one["name"] or one["username"] for one in found]
    return {"watchers": names, "watched": any(one["pk"] == user.pk for one in found)}


def _has_moved(node: WorkNode, requests: list[DeferralRequest]) -> bool:
    """Whether the deadline may have changed, and be it back to where it was."""
    granted = any(one.status == one.Status.APPROVED for one in requests)
    return granted or node.current_deadline != node.baseline_deadline


def _compared(handed_in: list[EvidenceSubmission]) -> dict[str, Any]:
    """The newest two rounds side by side, and the others."""
    if len(handed_in) < 2:
        return {"rounds": handed_in}
    newest, before, *others = handed_in
    return {"rounds": [newest, before], "changes": changes(before, newest), "older_rounds": others}
