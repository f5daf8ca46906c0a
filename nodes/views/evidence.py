"""Handing in evidence, and handing it out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import FileResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nodes import selectors, services
from nodes.addresses import node_url
from nodes.checks import check_statement
from nodes.downloads import attachment_response
from nodes.forms import EvidenceForm
from nodes.models import State, WorkNode
from nodes.views.acts import Act, once
from nodes.views.choosing import chosen_node, visitor
from workflow.permissions import require
from workflow.refusals import Invalid, NotFound


@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, number: int) -> HttpResponse:
    node = chosen_node(request, number)
    require(visitor(request), "nodes.submit_evidence", node)
    if request.method != "POST":
        return _empty_form(request, node)
    form = EvidenceForm(request.POST, request.FILES)
    warnings = check_statement(request.POST.get("statement", ""))
    if form.is_valid() and not _stops_to_read(request, form, bool(warnings)):
        try:
            return _submit(request, node, form)
        except Invalid as refusal:
            form.add_refusal(refusal)
    facts = {"node": node, "form": form, "warnings": warnings, "files_lost": bool(request.FILES)}
    return render(request, "nodes/submit.html", facts, status=422 if form.errors else 200)


def _empty_form(request: HttpRequest, node: WorkNode) -> HttpResponse:
    """A fresh form, or one that starts from what was returned; the node's page where none is due."""
    if node.state != State.IN_PROGRESS:
        messages.info(
            request,
            _("Node %(number)d is “%(state)s”: there is nothing to hand in now.")
            % {"number": node.number, "state": node.get_state_display()},
        )
        return redirect(node_url(node))
    last = next(iter(selectors.rounds(visitor(request), node)), None)
    first = {"statement": last.statement, "completed_on": last.completed_on} if last else None
    return render(
        request, "nodes/submit.html", {"node": node, "form": EvidenceForm(initial=first), "last": last}
    )


def _stops_to_read(request: HttpRequest, form: EvidenceForm, warned: bool) -> bool:
    """Whether the person only asked for the check, or has yet to say that they read what it found."""
    if "check" in request.POST:
        return True
    if warned and not form.cleaned_data["acknowledged"]:
        form.add_error("acknowledged", _("Mend the statement, or say that you submit it as it is."))
        return True
    return False


def _submit(request: HttpRequest, node: WorkNode, form: EvidenceForm) -> HttpResponse:
    draft, actor = form.draft(), visitor(request)

    def said_before() -> bool:
        last = node.submissions.last()
        return last is not None and last.statement == draft.statement.strip()

    def perform() -> None:
        services.submit_evidence(actor=actor, node_id=node.pk, draft=draft)

    done = _("The evidence of node %(number)d is with the performance office.") % {"number": node.number}
    return once(request, node, Act("evidence.submitted", perform, done, said_before))


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """What the text checks find in a statement, as the part of the form that shows it."""
    warnings = check_statement(request.POST.get("statement", ""))
    return render(request, "nodes/_warnings.html", {"form": EvidenceForm(), "warnings": warnings})


@require_safe
def download(request: HttpRequest, number: int, round: int, file_id: int) -> FileResponse:
    node = chosen_node(request, number)
    submission = selectors.evidence_seen_by(visitor(request)).filter(node=node, round=round).first()
    attachment = submission.files.filter(pk=file_id).select_related("file").first() if submission else None
    if attachment is None:
        raise NotFound(_("There is no such file."))
    return attachment_response(attachment)
