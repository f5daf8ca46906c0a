"""What the performance office does to the scores: entries beside the nodes, and publishing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.http.response import FileResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from approvals.models import PublishedScores, ScoreEntry
from approvals.score_forms import CorrectionForm, EntryForm, PublishForm
from approvals.scores.collecting import live_basis, scheme_of
from approvals.scores.published import published
from approvals.scores.wording import plain
from approvals.services.publishing_scores import publish_scores, why_not_yet
from approvals.services.score_entries import correct_entry, record_entry
from nodes.downloads import attachment_response
from nodes.models import Cycle
from nodes.selectors import today
from nodes.views.choosing import chosen_cycle, visitor
from workflow.models import Attachment, Division
from workflow.permissions import allows, require
from workflow.refusals import Conflict, Invalid, NotFound
from workflow.selectors import working_days
from workflow.visiting import sent


def _back(name: str, cycle: Cycle) -> HttpResponse:
    return redirect(f"{reverse(name)}?year={cycle.year}")


@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """What counts now, and what it replaced."""
    cycle = chosen_cycle(request)
    require(visitor(request), "approvals.see_unpublished_scores", cycle)
    found = ScoreEntry.objects.filter(cycle=cycle).select_related(
        "division", "node", "recorded_by", "on_behalf_of", "replaces"
    )
    files = Prefetch("files", queryset=Attachment.objects.select_related("file"))
    rows = list(found.prefetch_related(files).order_by("-id"))
    replaced = {one.replaces_id for one in rows}
    facts = {
        "cycle": cycle,
        "current": [one for one in rows if one.pk not in replaced and not one.void],
        "former": [one for one in rows if one.pk in replaced or one.void],
        "recorder": allows(visitor(request), "approvals.record_scores", cycle),
    }
    return render(request, "approvals/scores/entries.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
def new_entry(request: HttpRequest) -> HttpResponse:
    cycle, user = chosen_cycle(request), visitor(request)
    require(user, "approvals.record_scores", cycle)
    form = EntryForm(sent(request), request.FILES or None, **_choices(cycle))
    if request.method == "POST" and form.is_valid():
        try:
            record_entry(actor=user, cycle_id=cycle.pk, draft=form.draft())
            messages.success(request, _("The entry is on record."))
            return _back("score-entries", cycle)
        except Invalid as refusal:
            form.add_refusal(refusal)
    return _entry_page(request, form, cycle, None)


@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Correct an entry: what stood there before stays on record."""
    user = visitor(request)
    old = ScoreEntry.objects.select_related("cycle__office", "node", "recorded_by")
    found = old.filter(pk=entry_id, office=user.office_id).first()
    if found is None:
        raise NotFound(_("There is no such entry."))
    require(user, "approvals.record_scores", found.cycle)
    form = CorrectionForm(
        sent(request), request.FILES or None, initial=_initial(found), **_choices(found.cycle)
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            correct_entry(
                actor=user, entry_id=found.pk, draft=form.draft(), why=given["why"], void=given["void"]
            )
            messages.success(request, _("The entry is corrected; the one before it stays on record."))
            return _back("score-entries", found.cycle)
        except Invalid as refusal:
            form.add_refusal(refusal)
    return _entry_page(request, form, found.cycle, found)


def _choices(cycle: Cycle) -> dict[str, Any]:
    leading = cycle.nodes.order_by().values("lead_division")
    divisions = list(Division.objects.filter(pk__in=leading))
    return {"divisions": divisions, "scheme": scheme_of(cycle).scheme}


def _initial(entry: ScoreEntry) -> dict[str, Any]:
    names = ("kind", "matter", "division_id", "level", "matter_key", "basis")
    known = {name: getattr(entry, name) for name in names}
    number = entry.node.number if entry.node else None
    return known | {"points": plain(entry.points), "node_number": number}


def _entry_page(request: HttpRequest, form: EntryForm, cycle: Cycle, old: ScoreEntry | None) -> HttpResponse:
    facts = {"form": form, "cycle": cycle, "old": old, "files_lost": bool(request.FILES)}
    return render(request, "approvals/scores/entry.html", facts, status=422 if form.errors else 200)


@require_safe
def entry_file(request: HttpRequest, entry_id: int, file_id: int) -> FileResponse:
    user = visitor(request)
    entry = ScoreEntry.objects.select_related("cycle__office").filter(pk=entry_id, office=user.office_id)
    found = entry.first()
    attachment = found.files.select_related("file").filter(pk=file_id).first() if found else None
    if found is None or attachment is None:
        raise NotFound(_("There is no such file."))
    require(user, "approvals.see_unpublished_scores", found.cycle)
    return attachment_response(attachment)


# Publishing


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest) -> HttpResponse:
    """What will be published, what keeps it from being so, and the button."""
    cycle, user = chosen_cycle(request), visitor(request)
    require(user, "approvals.publish_scores", cycle)
    last = PublishedScores.objects.filter(cycle=cycle).select_related("published_by").first()
    form = PublishForm(sent(request), initial={"seen": last.number if last else 0})
    if request.method == "POST" and form.is_valid():
        try:
            publish_scores(actor=user, cycle_id=cycle.pk, **form.cleaned_data)
            messages.success(request, _("The scores of %(year)d are published.") % {"year": cycle.year})
            return _back("scores", cycle)
        except Conflict as refusal:
            if refusal.decided_by != user:
                raise
            messages.info(request, _("You have done this already: %(what)s") % {"what": refusal})
            return _back("scores", cycle)
        except Invalid as refusal:
            form.add_refusal(refusal)
    return _publish_page(request, cycle, last, form)


def _publish_page(
    request: HttpRequest, cycle: Cycle, last: PublishedScores | None, form: PublishForm
) -> HttpResponse:
    basis, before = live_basis(cycle), published(cycle)
    day = today(cycle.office)
    facts = {
        "cycle": cycle,
        "form": form,
        "last": last,
        "basis": basis,
        "scores": basis.adjusted(before.adjustments if before else ()),
        "before": before.scores if before else None,
        "obstacles": why_not_yet(cycle, basis, last),
        "until": working_days(cycle.office).after(day, basis.scheme.appeal_working_days),
    }
    return render(request, "approvals/scores/publish.html", facts, status=422 if form.errors else 200)
