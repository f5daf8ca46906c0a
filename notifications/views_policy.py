"""The reminder policy of an office: setting it, and looking at what it would send in the coming month."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from notifications.forecast import DAYS, ForeseenDay, forecast
from notifications.policy_form import PolicyForm
from notifications.rule_words import rule_words
from workflow.models import Office, User
from workflow.permissions import allows
from workflow.policy import ReminderPolicy
from workflow.refusals import Conflict, Invalid
from workflow.selectors import reminder_policy
from workflow.services.policies import set_reminder_policy, version_of
from workflow.visiting import admitted, visitor


@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: HttpRequest) -> HttpResponse:
    """The form and the coming month; the button “preview” shows the month under what is not saved yet."""
    office, user = admitted(request, "workflow.see_settings")
    policy = reminder_policy(office)
    if request.method != "POST":
        return _page(request, office, PolicyForm(None, policy), policy)
    form = PolicyForm(request.POST, policy)
    unsaved = _given(form)
    if unsaved is None or "preview" in request.POST:
        return _page(request, office, form, unsaved or policy, unsaved=unsaved is not None)
    try:
        return _save(request, office, user, unsaved)
    except Conflict as refusal:
        return _look_again(request, office, refusal)


def _given(form: PolicyForm) -> ReminderPolicy | None:
    """The policy that was filled in, None when something is wrong with it."""
    if not form.is_valid():
        return None
    try:
        return form.policy()
    except Invalid as refusal:
        form.add_refusal(refusal)
        return None


def _save(request: HttpRequest, office: Office, user: User, policy: ReminderPolicy) -> HttpResponse:
    seen = request.POST.get("seen", "")
    if set_reminder_policy(actor=user, office=office, policy=policy, seen=seen):
        messages.success(request, _("The reminders follow these rules from now on."))
    else:
        messages.info(request, _("These rules hold already."))
    return redirect("settings-reminders")


def _look_again(request: HttpRequest, office: Office, refusal: Conflict) -> HttpResponse:
    """What was filled in, beside what somebody else saved meanwhile; sent once more, it is meant."""
    office.refresh_from_db(fields=["reminder_policy"])
    office.__dict__.pop("_policy", None)
    policy, sent = reminder_policy(office), request.POST.copy()
    sent["seen"] = version_of(policy)
    form = PolicyForm(sent, policy)
    form.add_error(None, str(refusal))
    return _page(request, office, form, policy)


def _page(
    request: HttpRequest, office: Office, form: PolicyForm, policy: ReminderPolicy, *, unsaved: bool = False
) -> HttpResponse:
    first = office.day(timezone.now()) + timedelta(days=1)
    days = forecast(office, policy, first)
    facts: dict[str, Any] = {
        "form": form,
        "may_change": allows(visitor(request), "workflow.manage_settings", office),
        "days": [_shown(day) for day in days],
        "total": sum(len(day.reminders) for day in days),
        "first": first,
        "last": _last(first),
        "unsaved": unsaved,
    }
    return render(request, "notifications/reminders.html", facts, status=422 if form.errors else 200)


def _last(first: date) -> date:
    return first + timedelta(days=DAYS - 1)


def _shown(day: ForeseenDay) -> dict[str, Any]:
    """A day's reminders: each person once for each rule, with all the nodes that it is about."""
    told: dict[tuple[str, str], list[str]] = {}
    for one in day.reminders:
        told.setdefault((one.person, one.rule), []).append(f"{one.number} {one.title}")
    words = {rule: rule_words(rule) for _person, rule in told}
    lines = [(person, words[rule], "；".join(nodes)) for (person, rule), nodes in told.items()]
    return {"day": day.day, "count": len(day.reminders), "people": day.people, "lines": lines}
