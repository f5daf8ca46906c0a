"""Handing in evidence, and handing it out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import FileResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nodes import selectors, services
from nodes.addresses import node_url
from nodes.checks import Finding, look_over
from nodes.downloads import attachment_response
from nodes.forms import EvidenceForm
from nodes.kinds import Fact, missing
from nodes.models import EvidenceSubmission, State, WorkNode
from nodes.services.drafting import version_of
from nodes.statements import library
from nodes.statements.composing import compose, joined
from nodes.views import drafts
from nodes.views.acts import Act, once
from nodes.views.choosing import chosen_node, visitor
from workflow.permissions import require
from workflow.refusals import Invalid, NotFound

LOOKS_AHEAD = ("check", "compose", "change_kind")  # buttons that only show the form again


@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, number: int) -> HttpResponse:
    node = chosen_node(request, number)
    require(visitor(request), "nodes.submit_evidence", node)
    if request.method != "POST":
        return _empty_form(request, node)
    if "save" in request.POST:
        return drafts.save_and_return(request, node)
    form = EvidenceForm(_with_sentence(request, node), request.FILES)
    found = _findings(form, node)
    if form.is_valid() and not _stops_to_read(request, node, form, bool(found)):
        try:
            return _submit(request, node, form)
        except Invalid as refusal:
            form.add_refusal(refusal)
    facts = {"last": _last_round(request, node), "warnings": found, "missing": _missing(form)}
    return _page(request, node, form, files_lost=bool(request.FILES), **facts)


def _last_round(request: HttpRequest, node: WorkNode) -> EvidenceSubmission | None:
    return next(iter(selectors.rounds(visitor(request), node)), None)


def _page(request: HttpRequest, node: WorkNode, form: EvidenceForm, **facts: Any) -> HttpResponse:
    looks_ahead = any(name in request.POST for name in LOOKS_AHEAD)
    status = 422 if form.errors and not looks_ahead else 200
    draft = selectors.draft_of(visitor(request), node, drafts.EVIDENCE)
    known = {
        "node": node,
        "form": form,
        "uploads": selectors.unfinished_files(visitor(request), node),
        "version": version_of(draft),
        "examples": library.like(visitor(request), node, form.chosen_kind),
    }
    return render(request, "nodes/submit.html", {**known, **facts}, status=status)


def _empty_form(request: HttpRequest, node: WorkNode) -> HttpResponse:
    """The form as its author left it, or as it was returned, or fresh; the node's page where none is due."""
    if node.state != State.IN_PROGRESS:
        messages.info(
            request,
            _("Node %(number)d is “%(state)s”: there is nothing to hand in now.")
            % {"number": node.number, "state": node.get_state_display()},
        )
        return redirect(node_url(node))
    last = _last_round(request, node)
    draft = selectors.draft_of(visitor(request), node, drafts.EVIDENCE)
    form = EvidenceForm(initial=drafts.beginning(node, draft, last))
    return _page(request, node, form, last=last, draft=draft)


def _with_sentence(request: HttpRequest, node: WorkNode) -> QueryDict:
    """What was sent; with a sentence made of the facts where that was asked for."""
    if "compose" not in request.POST:
        return request.POST
    form = EvidenceForm(request.POST)
    details = form.details()
    template = library.template_of(node.office, form.chosen_kind)
    done = form.cleaned_data.get("completed_on")
    sentence = compose(form.chosen_kind, node.title, details, done, template)
    sent = request.POST.copy()
    sent["statement"] = joined(request.POST.get("statement", ""), sentence)
    return sent


def _findings(form: EvidenceForm, node: WorkNode) -> list[Finding]:
    details = form.details()
    statement = form.cleaned_data.get("statement", "")
    if not statement.strip():
        return []
    return look_over(statement, node.title, kind=form.chosen_kind, details=details)


def _missing(form: EvidenceForm) -> list[Fact]:
    return missing(form.chosen_kind, form.details())


def _stops_to_read(request: HttpRequest, node: WorkNode, form: EvidenceForm, warned: bool) -> bool:
    """Whether the person only asked for a look, or has yet to say that they read what was found.

    Where nothing can be handed in any more, there is nothing to read either: the service says so.
    """
    if any(name in request.POST for name in LOOKS_AHEAD):
        return True
    if warned and node.state == State.IN_PROGRESS and not form.cleaned_data["acknowledged"]:
        form.add_error("acknowledged", _("Mend the statement, or say that you submit it as it is."))
        return True
    return False


def _submit(request: HttpRequest, node: WorkNode, form: EvidenceForm) -> HttpResponse:
    draft, actor = form.draft(), visitor(request)

    def same_words() -> bool:
        last = node.submissions.last()
        return last is not None and last.statement == draft.statement.strip()

    def perform() -> None:
        services.submit_evidence(actor=actor, node_id=node.pk, draft=draft)

    done = _("The evidence of node %(number)d is with the performance office.") % {"number": node.number}
    return once(request, node, Act("evidence.submitted", perform, done, same_words))


@require_POST
def check(request: HttpRequest, number: int) -> HttpResponse:
    """What the checks find in a statement and miss beside it, as the part of the form that shows it."""
    node = chosen_node(request, number)
    require(visitor(request), "nodes.submit_evidence", node)
    form = EvidenceForm(request.POST)
    facts = {"warnings": _findings(form, node), "missing": _missing(form), "form": EvidenceForm()}
    return render(request, "nodes/_warnings.html", facts)


@require_safe
def download(request: HttpRequest, number: int, round: int, file_id: int) -> FileResponse:
    node = chosen_node(request, number)
    submission = selectors.evidence_seen_by(visitor(request)).filter(node=node, round=round).first()
    attachment = submission.files.filter(pk=file_id).select_related("file").first() if submission else None
    if attachment is None:
        raise NotFound(_("There is no such file."))
    return attachment_response(attachment)
