"""The form for evidence as its author left it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from nodes import services
from nodes.addresses import node_url
from nodes.forms import EvidenceForm, uploads
from nodes.kinds import FACTS, Kind, kind_of
from nodes.models import Draft, EvidenceSubmission, WorkNode
from nodes.services.drafting import TAB, SavedElsewhere, version_of
from nodes.views.answers import in_json, words
from nodes.views.choosing import chosen_node, visitor
from workflow.permissions import require
from workflow.refusals import Invalid, NotFound

EVIDENCE = Draft.Form.EVIDENCE
FACT_FIELDS = sorted({f"fact_{fact.name}" for facts in FACTS.values() for fact in facts})
# What a draft of each form holds.
FIELDS = {
    Draft.Form.EVIDENCE: ("statement", "completed_on", "kind", *FACT_FIELDS),
    Draft.Form.DEFERRAL: ("justification", "progress", "category", "new_due", "open_ended"),
}


def beginning(node: WorkNode, draft: Draft | None, last: EvidenceSubmission | None) -> dict[str, Any]:
    """What the form for evidence begins with: the draft, or the last round, or what the title suggests."""
    suggested = kind_of(node.title)
    if draft is not None:
        return {"kind": suggested, **draft.content}
    if last is None:
        return {"kind": suggested}
    facts = {f"fact_{name}": given for name, given in last.details.items()}
    kind = last.kind if last.details or last.kind != Kind.OTHER else suggested
    return {"kind": kind, "statement": last.statement, "completed_on": last.completed_on, **facts}


@require_POST
@in_json
def save(request: HttpRequest, number: int, form: str) -> JsonResponse:
    """Keep the form as typed so far; 409 with the other version where another page saved meanwhile."""
    node = chosen_node(request, number)
    require(visitor(request), "nodes.submit_evidence", node)
    if form not in FIELDS:
        raise NotFound(_("There is no such form."))
    try:
        draft = services.save_draft(
            actor=visitor(request),
            node_id=node.pk,
            form=form,
            content=_content(request, form),
            seen=request.POST.get("seen", ""),
            force="force" in request.POST,
        )
    except SavedElsewhere as other:
        at = {"time": _clock(other.draft)}
        message = (
            _("This draft was also changed on another page, at %(time)s; what you type is not saved.") % at
        )
        return JsonResponse({"message": message, "elsewhere": True}, status=409)
    return JsonResponse(
        {"version": version_of(draft), "message": _("Draft saved %(time)s") % {"time": _clock(draft)}}
    )


@require_POST
def discard(request: HttpRequest, number: int, form: str) -> HttpResponse:
    """Throw the draft away and begin anew."""
    node = chosen_node(request, number)
    require(visitor(request), "nodes.submit_evidence", node)
    if form not in FIELDS:
        raise NotFound(_("There is no such form."))
    services.discard_draft(actor=visitor(request), node=node, form=form)
    messages.success(request, _("The draft is thrown away."))
    return redirect(node_url(node, "node-submit" if form == EVIDENCE else "node"))


def save_and_return(request: HttpRequest, node: WorkNode) -> HttpResponse:
    """Without a script: keep the form, and the files chosen in it, and show it again."""
    actor = visitor(request)
    draft = services.save_draft(
        actor=actor, node_id=node.pk, form=EVIDENCE, content=_content(request, EVIDENCE), force=True
    )
    given = EvidenceForm(request.POST, request.FILES)
    given.is_valid()
    for file in uploads(given.cleaned_data.get("files") or []):
        try:
            services.take_in(actor=actor, node_id=node.pk, given=file)
        except Invalid as refusal:
            messages.error(request, _("“%(name)s”: %(why)s") % {"name": file.name, "why": words(refusal)})
    messages.success(request, _("Draft saved %(time)s") % {"time": _clock(draft)})
    return redirect(node_url(node, "node-submit"))


def _content(request: HttpRequest, form: str) -> dict[str, str]:
    known = {
        name: text
        for name, text in request.POST.items()
        if name in FIELDS[form]  # type: ignore[index]
    }
    return {**known, TAB: request.POST.get(TAB, "")[:40]}  # type: ignore[dict-item]


def _clock(draft: Draft) -> str:
    return timezone.localtime(draft.saved_at).strftime("%H:%M")
