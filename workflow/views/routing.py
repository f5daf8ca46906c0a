"""The office's routing: its rules in words, changing them, and asking who would sign."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workflow import routing_words
from workflow.models import Office, RoutingRule, User
from workflow.permissions import allows
from workflow.refusals import Invalid, NotFound, WrongState
from workflow.routing_forms import QuestionForm, RuleForm
from workflow.second_click import harmless_twice, said_before
from workflow.services import routing_rules
from workflow.visiting import admitted, sent, whole_number
from workflow.would_sign import would_sign


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    office, user = _looking(request)
    rows = list(RoutingRule.objects.filter(office=office))
    facts = {
        "rules": routing_words.said(rows),
        "gaps": routing_words.gaps(rows),
        "may_change": allows(user, "workflow.manage_settings", office),
    }
    return render(request, "workflow/routing.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    office, user = _changing(request)
    form = RuleForm(sent(request), office=office)

    def perform() -> None:
        rule = form.rule()
        try:
            routing_rules.add_rule(actor=user, office=office, rule=rule)
        except WrongState as refusal:
            if not said_before(user, office, "routing.added", after=rule):
                raise Invalid(str(refusal)) from refusal

    return _with_form(request, form, perform, {"adding": True})


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, rule_id: int) -> HttpResponse:
    office, user = _changing(request)
    row = _row(office, rule_id)
    form = RuleForm(sent(request), office=office, row=row)

    def perform() -> None:
        routing_rules.change_rule(
            actor=user, office=office, rule_id=rule_id, rule=form.rule(), seen=form.seen_rule()
        )

    return _with_form(request, form, perform, {"rule": row})


@require_POST
def move(request: HttpRequest, rule_id: int) -> HttpResponse:
    office, user = _changing(request)
    to = whole_number(request.POST.get("to", ""))
    routing_rules.move_rule(actor=user, office=office, rule_id=rule_id, to=-1 if to is None else to)
    return redirect("settings-routing")


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, rule_id: int) -> HttpResponse:
    office, user = _changing(request)
    if request.method == "POST":
        with harmless_twice(user, office, "routing.removed", refusal=NotFound, id=rule_id):
            routing_rules.remove_rule(actor=user, office=office, rule_id=rule_id)
        messages.success(request, _("The rule is removed; requests on their way are not affected."))
        return redirect("settings-routing")
    row = _row(office, rule_id)
    rows = list(RoutingRule.objects.filter(office=office))
    left = [one for one in rows if one.pk != rule_id]
    rule = next(one for one in routing_words.said(rows) if one.row.pk == row.pk)
    opened = [gap for gap in routing_words.gaps(left) if gap not in routing_words.gaps(rows)]
    return render(request, "workflow/routing_remove.html", {"rule": rule, "gaps": opened})


@require_safe
def question(request: HttpRequest) -> HttpResponse:
    """Who would sign? The question is the address, so that it can be sent to somebody."""
    office, _user = _looking(request)
    form = QuestionForm(request.GET or None, office=office)
    facts: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        try:
            facts["answer"] = would_sign(form.case(office, office.day(timezone.now())))
        except Invalid as refusal:
            facts["nobody"] = refusal.lines()
    return render(request, "workflow/routing_question.html", facts)


def _with_form(
    request: HttpRequest, form: RuleForm, perform: Callable[[], None], facts: dict[str, Any]
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            perform()
        except Invalid as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("The routing is changed; requests on their way are not affected."))
            return redirect("settings-routing")
    status = 422 if form.errors else 200
    return render(request, "workflow/routing_rule.html", {"form": form, **facts}, status=status)


def _looking(request: HttpRequest) -> tuple[Office, User]:
    return admitted(request, "workflow.see_settings")


def _changing(request: HttpRequest) -> tuple[Office, User]:
    return admitted(request, "workflow.manage_settings")


def _row(office: Office, rule_id: int) -> RoutingRule:
    row = RoutingRule.objects.filter(office=office, pk=rule_id).first()
    if row is None:
        raise NotFound(_("There is no such rule."))
    return row
