"""Acts on a node that need a word or none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nodes import services
from nodes.addresses import node_url
from nodes.forms import ReopenForm, ResumeForm, ServiceForm
from nodes.models import WorkNode
from nodes.views.choosing import chosen_node, visitor
from workflow.permissions import require
from workflow.refusals import Invalid, WrongState
from workflow.second_click import said_before
from workflow.visiting import sent, whole_number


@dataclass(frozen=True)
class Act:
    """One act: what the audit trail calls it, the service's call, and what the person is told when done.

    `same_words` tells a second click, which says the same again, from another attempt with other words.
    """

    action: str
    perform: Callable[[], Any]
    done: str
    same_words: Callable[[], bool] = lambda: True


def post_or_go_to_node(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A GET acts on nothing: who comes here after logging in again goes to the node's page."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def only_post(request: HttpRequest, number: int) -> HttpResponse:
        if request.method == "POST":
            return view(request, number)
        return redirect(node_url(chosen_node(request, number)))

    return only_post


@post_or_go_to_node
def start(request: HttpRequest, number: int) -> HttpResponse:
    node, actor = chosen_node(request, number), visitor(request)
    done = _("Work on node %(number)d has begun.") % {"number": number}
    return once(
        request, node, Act("node.started", lambda: services.start(actor=actor, node_id=node.pk), done)
    )


@post_or_go_to_node
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    node, actor = chosen_node(request, number), visitor(request)
    done = _("The evidence of node %(number)d is withdrawn; you can submit it anew.") % {"number": number}
    seen = whole_number(request.POST.get("submission_id", ""))

    def perform() -> None:
        services.withdraw_evidence(actor=actor, node_id=node.pk, submission_id=seen)

    return once(request, node, Act("evidence.withdrawn", perform, done))


@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: HttpRequest, number: int) -> HttpResponse:
    node, actor = chosen_node(request, number), visitor(request)
    require(actor, "nodes.resume", node)
    form = ResumeForm(sent(request), initial={"new_due": node.current_deadline})

    def perform() -> None:
        services.resume(actor=actor, node_id=node.pk, new_due=form.cleaned_data["new_due"])

    done = _("Node %(number)d is taken up again.") % {"number": number}
    return _with_form(request, node, form, Act("node.resumed", perform, done), "nodes/resume.html")


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest, number: int) -> HttpResponse:
    node, actor = chosen_node(request, number), visitor(request)
    require(actor, "nodes.reopen", node)
    form = ReopenForm(sent(request))

    def perform() -> None:
        services.reopen(actor=actor, node_id=node.pk, opinion=form.cleaned_data["opinion"])

    done = _("Node %(number)d is open again.") % {"number": number}
    return _with_form(request, node, form, Act("node.reopened", perform, done), "nodes/reopen.html")


def _with_form(
    request: HttpRequest, node: WorkNode, form: ServiceForm, act: Act, template: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            return once(request, node, act)
        except Invalid as refusal:
            form.add_refusal(refusal)
    status = 422 if form.errors else 200
    return render(request, template, {"node": node, "form": form}, status=status)


def once(request: HttpRequest, node: WorkNode, act: Act) -> HttpResponse:
    """Act and go to the node's page; a second click of the same person finds it done.

    Raises what the service refuses, but for WrongState where this very act is what changed the state.
    """
    try:
        act.perform()
    except WrongState:
        if not (said_before(visitor(request), node, act.action) and act.same_words()):
            raise
    messages.success(request, act.done)
    return redirect(node_url(node))
