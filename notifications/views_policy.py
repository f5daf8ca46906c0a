"""The reminder policy of an office: setting it, and looking at what it would send in the coming month."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from notifications.changing_rules import about_rules
from notifications.channel_lines import kinds_of
from notifications.coming_month import coming_month
from notifications.policy_form import PolicyForm
from notifications.policy_words import said
from workflow.models import Office, User
from workflow.permissions import allows
from workflow.policy import ReminderPolicy
from workflow.refusals import Conflict, Invalid
from workflow.selectors import forget_policy, reminder_policy
from workflow.services.policies import set_reminder_policy, version_of
from workflow.visiting import admitted, visitor

OF_FORM = "policy"  # the id of the form, for the fields that stand outside it


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
    except Invalid as refusal:
        form.add_refusal(about_rules(refusal, unsaved))
        return _page(request, office, form, policy)
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
    tell(request, changed=set_reminder_policy(actor=user, office=office, policy=policy, seen=seen))
    return redirect("settings-reminders")


def tell(request: HttpRequest, *, changed: bool) -> None:
    """Say that the rules hold from now on, or did before."""
    if changed:
        messages.success(request, _("The reminders follow these rules from now on."))
    else:
        messages.info(request, _("These rules hold already."))


def _look_again(request: HttpRequest, office: Office, refusal: Conflict) -> HttpResponse:
    """What was filled in, beside what somebody else saved meanwhile; sent once more, it is meant."""
    policy, sent = latest_policy(office), request.POST.copy()
    sent["seen"] = version_of(policy)
    form = PolicyForm(sent, policy)
    form.add_error(None, str(refusal))
    return _page(request, office, form, policy)


def latest_policy(office: Office) -> ReminderPolicy:
    """The office's policy as it is now, whatever was read before."""
    office.refresh_from_db(fields=["reminder_policy"])
    forget_policy(office)
    return reminder_policy(office)


def _page(
    request: HttpRequest, office: Office, form: PolicyForm, policy: ReminderPolicy, *, unsaved: bool = False
) -> HttpResponse:
    # While something is typed that is not saved the month's filter goes along with it.
    of_form, asked = (OF_FORM, request.POST) if request.method == "POST" else ("", request.GET)
    facts: dict[str, Any] = {
        "form": form,
        "may_change": allows(visitor(request), "workflow.manage_settings", office),
        "rules": said(policy, office),
        "seen": version_of(reminder_policy(office)),
        "month": coming_month(office, policy, asked, kinds=kinds_of(office), of_form=of_form),
        "unsaved": unsaved,
    }
    return render(request, "notifications/reminders.html", facts, status=422 if form.errors else 200)
