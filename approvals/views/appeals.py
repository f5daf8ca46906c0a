"""Appeals against published scores: the list, one appeal, and what is done to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import FileResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from approvals import happenings
from approvals.course import Course, People
from approvals.models import ScoreAppeal
from approvals.score_forms import AppealForm, RulingForm, ViewForm
from approvals.scores.flow import ScoreAppealFlow
from approvals.scores.lines import Line
from approvals.scores.published import Published, opened, published
from approvals.scores.reading import appeal_seen_by, appeals, appeals_waiting_for, my_part
from approvals.services import appealing
from approvals.views.flows import course_facts
from approvals.words import hand
from nodes.downloads import attachment_response
from nodes.views.choosing import chosen_cycle, visitor
from workflow.models import Division
from workflow.permissions import require
from workflow.refusals import Conflict, Invalid, NotFound
from workflow.second_click import harmless_twice
from workflow.visiting import sent

A_PAGE = 30
Status = ScoreAppeal.Status


@require_safe
def appeal_list(request: HttpRequest) -> HttpResponse:
    user = visitor(request)
    waiting = appeals_waiting_for(user)
    page = Paginator(appeals(user), A_PAGE).get_page(request.GET.get("page"))
    mine = {one.pk for one in waiting}
    return render(request, "approvals/scores/appeals.html", {"page": page, "mine": mine})


# Filing


@dataclass(frozen=True)
class Meant:
    """The line that an address means: the `place`-th of a node of the division, or of the division itself."""

    published: Published
    division: Division
    number: int | None
    place: int
    line: Line


@require_http_methods(["GET", "HEAD", "POST"])
def against_node(request: HttpRequest, number: int, line: int) -> HttpResponse:
    """Appeal against a line of a node's score."""
    found = _published(request)
    node = found.scores.node(number)
    return _new_appeal(request, _meant(found, node.place.division_id if node else 0, number, line))


@require_http_methods(["GET", "HEAD", "POST"])
def against_division(request: HttpRequest, division_id: int, line: int) -> HttpResponse:
    """Appeal against a line of a division's score."""
    return _new_appeal(request, _meant(_published(request), division_id, None, line))


def _published(request: HttpRequest) -> Published:
    cycle = chosen_cycle(request)
    found = published(cycle)
    if found is None:
        raise NotFound(_("The scores of %(year)d are not published yet.") % {"year": cycle.year})
    return found


def _meant(found: Published, division_id: int, number: int | None, place: int) -> Meant:
    lines = found.lines(division_id, number)
    division = Division.objects.filter(pk=division_id, office=found.row.office_id).first()
    if division is None or place >= len(lines):
        raise NotFound(_("The published scores have no such line."))
    return Meant(found, division, number, place, lines[place])


def _new_appeal(request: HttpRequest, meant: Meant) -> HttpResponse:
    user, row = visitor(request), meant.published.row
    require(user, "approvals.appeal_scores", meant.division)
    form = AppealForm(sent(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        draft = form.draft(meant.division.pk, meant.number, meant.place)
        try:
            filed = appealing.file_appeal(actor=user, publication_id=row.pk, draft=draft)
            messages.success(request, _("The appeal is on its way; below you see who decides."))
            return redirect("score-appeal", appeal_id=filed.pk)
        except Conflict as refusal:
            if refusal.decided_by != user:
                raise
            messages.info(request, _("You have done this already: %(what)s") % {"what": refusal})
            return redirect("score-appeals")
        except Invalid as refusal:
            form.add_refusal(refusal)
    facts = {
        "form": form,
        "cycle": chosen_cycle(request),
        "meant": meant,
        "node": meant.published.scores.node(meant.number) if meant.number else None,
        "files_lost": bool(request.FILES),
    }
    return render(request, "approvals/scores/appeal_new.html", facts, status=422 if form.errors else 200)


# One appeal


@require_safe
def appeal(request: HttpRequest, appeal_id: int) -> HttpResponse:
    return _page(request, appeal_seen_by(visitor(request), appeal_id))


@require_http_methods(["GET", "HEAD", "POST"])
def give_view(request: HttpRequest, appeal_id: int) -> HttpResponse:
    seen = appeal_seen_by(visitor(request), appeal_id)
    if request.method != "POST":
        return redirect("score-appeal", appeal_id=seen.pk)
    form = ViewForm(request.POST)
    if form.is_valid():
        try:
            appealing.give_view(actor=visitor(request), appeal_id=seen.pk, **form.cleaned_data)
            messages.success(request, _("The view is on record; the appeal waits for its decision now."))
            return redirect("score-appeal", appeal_id=seen.pk)
        except Invalid as refusal:
            form.add_refusal(refusal)
    return _page(request, seen, view_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, appeal_id: int) -> HttpResponse:
    seen = appeal_seen_by(visitor(request), appeal_id)
    if request.method != "POST":
        return redirect("score-appeal", appeal_id=seen.pk)
    form = RulingForm(request.POST)
    if form.is_valid():
        try:
            ruled = appealing.decide_appeal(actor=visitor(request), appeal_id=seen.pk, ruling=form.ruling())
            said = _("“%(outcome)s” is on record.") % {"outcome": ruled.get_status_display()}
            messages.success(request, said)
            return redirect("score-appeal", appeal_id=seen.pk)
        except Invalid as refusal:
            form.add_refusal(refusal)
    return _page(request, seen, ruling_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, appeal_id: int) -> HttpResponse:
    user = visitor(request)
    seen = appeal_seen_by(user, appeal_id)
    if request.method == "POST":
        with harmless_twice(user, seen, "appeal.withdrawn"):
            appealing.withdraw_appeal(actor=user, appeal_id=seen.pk)
        messages.success(request, _("The appeal is withdrawn."))
    return redirect("score-appeal", appeal_id=seen.pk)


def _page(request: HttpRequest, seen: ScoreAppeal, **forms: Any) -> HttpResponse:
    found = opened(seen.publication)
    taken, given = found.room(seen.division_id, seen.node_number)
    facts = {
        "appeal": seen,
        "cycle": seen.publication.cycle,
        "mine": my_part(visitor(request), seen),
        "line": found.lines(seen.division_id, seen.node_number)[seen.line],
        "node": found.scores.node(seen.node_number) if seen.node_number else None,
        "total": found.scores.division(seen.division_id),
        "least": -taken,
        "most": given,
        "timeline": happenings.trail_of(seen),
        "view_form": ViewForm(),
        "ruling_form": RulingForm(),
        **forms,
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "approvals/scores/appeal.html", facts, status=status)


@require_safe
def appeal_file(request: HttpRequest, appeal_id: int, file_id: int) -> FileResponse:
    seen = appeal_seen_by(visitor(request), appeal_id)
    attachment = next((one for one in seen.files.all() if one.pk == file_id), None)
    if attachment is None:
        raise NotFound(_("There is no such file."))
    return attachment_response(attachment)


@require_safe
def appeal_flow(request: HttpRequest, appeal_id: int) -> HttpResponse:
    """How far the appeal has come in its flow."""
    seen = appeal_seen_by(visitor(request), appeal_id)
    filed = seen.status == Status.FILED
    who = _("the performance office") if filed else str(seen.decider)
    waiting = (who, seen.filed_at if filed else seen.viewed_at) if seen.pending else ("", None)
    people = People(hand(seen.applicant, seen.on_behalf_of), seen.filed_at, *waiting)
    course = Course(ScoreAppealFlow, seen.process_id, people)
    facts = {"appeal": seen, "back": reverse("score-appeal", args=[seen.pk])}
    return render(request, "approvals/scores/appeal_flow.html", course_facts(course) | facts)
