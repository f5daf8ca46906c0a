"""The settings of a year's scoring: the scheme as a form, its effect before it holds, its history."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from approvals.models import SchemeVersion
from approvals.scheme_form import SchemeForm
from approvals.score_forms import RestoreForm
from approvals.scores.collecting import YearRecord, scheme_of, year_record
from approvals.scores.scheme import Scheme
from approvals.scores.scheme_checks import scheme_errors
from approvals.scores.scheme_words import Difference, differences
from approvals.scores.totals import Compared
from approvals.services.scoring import restore_scheme, set_scheme
from nodes.models import Cycle
from nodes.selectors import cycles
from nodes.views.choosing import chosen_cycle, visitor
from workflow.permissions import require
from workflow.refusals import Invalid, NotFound
from workflow.visiting import sent


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Look at the scheme, try another one, and let it hold."""
    cycle, user = chosen_cycle(request), visitor(request)
    require(user, "approvals.change_scoring", cycle)
    in_force, record = scheme_of(cycle), year_record(cycle)
    level1s = list(dict.fromkeys(one.place.level1 for one in record.nodes))
    form = SchemeForm(in_force.scheme, level1s, in_force.own_number(cycle), sent(request))
    tried: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            if "preview" in request.POST:
                tried = _tried(record, in_force.scheme, form.scheme())
            else:
                return _keep(request, cycle, form)
        except Invalid as refusal:
            form.add_refusal(refusal)
    facts = {
        "cycle": cycle,
        "years": cycles(user),
        "form": form,
        "in_force": in_force,
        "versions": SchemeVersion.objects.filter(cycle=cycle).select_related("made_by"),
        **tried,
    }
    return render(request, "approvals/scores/settings.html", facts, status=422 if form.errors else 200)


def _keep(request: HttpRequest, cycle: Cycle, form: SchemeForm) -> HttpResponse:
    given = form.general.cleaned_data
    made = set_scheme(
        actor=visitor(request),
        cycle_id=cycle.pk,
        scheme=form.scheme(),
        why=given["why"],
        seen=given["seen"],
    )
    facts = {"number": made.number, "year": cycle.year}
    messages.success(request, _("Version %(number)d of the scheme holds for %(year)d now.") % facts)
    return redirect(f"{reverse('settings-scoring')}?year={cycle.year}")


def _tried(record: YearRecord, before: Scheme, after: Scheme) -> dict[str, Any]:
    """The effect of `after` on the year as it stands. Raises Invalid for a scheme that makes no sense."""
    if errors := scheme_errors(after):
        raise Invalid(errors)
    old, new = record.under(before).scores, record.under(after).scores
    pairs = [Compared(one, other) for one, other in zip(old.divisions, new.divisions, strict=True)]
    return {
        "effects": pairs,
        "office_effect": Compared(old.office, new.office),
        "differences": differences(before, after),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: HttpRequest, number: int) -> HttpResponse:
    """Look at an old version beside the one in force, and bring it back."""
    cycle, user = chosen_cycle(request), visitor(request)
    require(user, "approvals.change_scoring", cycle)
    in_force = scheme_of(cycle)
    old = SchemeVersion.objects.filter(cycle=cycle, number=number).select_related("made_by").first()
    if old is None:
        raise NotFound(_("There is no such version."))
    form = RestoreForm(sent(request), initial={"seen": in_force.own_number(cycle)})
    if request.method == "POST" and form.is_valid():
        try:
            restore_scheme(actor=user, cycle_id=cycle.pk, number=number, **form.cleaned_data)
            messages.success(request, _("Version %(number)d holds again.") % {"number": number})
            return redirect(f"{reverse('settings-scoring')}?year={cycle.year}")
        except Invalid as refusal:
            form.add_refusal(refusal)
    changes: list[Difference] = differences(in_force.scheme, Scheme.model_validate(old.scheme))
    facts = {"cycle": cycle, "old": old, "form": form, "differences": changes, "in_force": in_force}
    return render(request, "approvals/scores/restore.html", facts, status=422 if form.errors else 200)
