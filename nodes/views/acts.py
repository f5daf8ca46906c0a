"""Acts on a node that need a word or none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from nodes import services
from nodes.addresses import node_url
from nodes.forms import ReopenForm, ResumeForm, ServiceForm
from nodes.models import WorkNode
from nodes.views.choosing import chosen_node, did_last
from workflow.permissions import require
from workflow.refusals import Invalid, WrongState


@require_POST
def start(request: HttpRequest, number: int) -> HttpResponse:
    node = chosen_node(request, number)
    done = _("Work on node %(number)d has begun.") % {"number": number}
    return once(
        request, node, "node.started", done, lambda: services.start(actor=visitor(request), node_id=node.pk)
    )


@require_POST
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    node = chosen_node(request, number)
    done = _("The evidence of node %(number)d is withdrawn; you can submit it anew.") % {"number": number}
    act = lambda: services.withdraw_evidence(actor=visitor(request), node_id=node.pk)  # noqa: E731
    return once(request, node, "evidence.withdrawn", done, act)


@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: HttpRequest, number: int) -> HttpResponse:
    node = chosen_node(request, number)
    form = ResumeForm(request.POST or None, initial={"new_due": node.current_deadline})
    done = _("Node %(number)d is taken up again.") % {"number": number}

    def act() -> None:
        services.resume(actor=visitor(request), node_id=node.pk, new_due=form.cleaned_data["new_due"])

    return _with_form(request, node, form, ("nodes.resume", "node.resumed"), done, act, "nodes/resume.html")


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest, number: int) -> HttpResponse:
    node = chosen_node(request, number)
    form = ReopenForm(request.POST or None)
    done = _("Node %(number)d is open again.") % {"number": number}

    def act() -> None:
        services.reopen(actor=visitor(request), node_id=node.pk, opinion=form.cleaned_data["opinion"])

    return _with_form(request, node, form, ("nodes.reopen", "node.reopened"), done, act, "nodes/reopen.html")


def once(
    request: HttpRequest, node: WorkNode, action: str, done: str, act: Callable[[], Any]
) -> HttpResponse:
    """Act and go to the node's page; a second click of the same person finds it done."""
    try:
        act()
    except WrongState:
        if not did_last(visitor(request), action, node):
            raise
    messages.success(request, done)
    return redirect(node_url(node))


def _with_form(
    request: HttpRequest,
    node: WorkNode,
    form: ServiceForm,
    names: tuple[str, str],
    done: str,
    act: Callable[[], Any],
    template: str,
) -> HttpResponse:
    """The form of an act; `names` are its permission and what the audit trail calls it."""
    permission, action = names
    require(visitor(request), permission, node)
    if request.method == "POST" and form.is_valid():
        try:
            return once(request, node, action, done, act)
        except Invalid as refusal:
            form.add_refusal(refusal)
    status = 422 if form.errors else 200
    return render(request, template, {"node": node, "form": form}, status=status)
