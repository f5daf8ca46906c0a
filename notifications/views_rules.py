"""The rules beside the standard rhythm: adding and changing one, its place, switching it, removing it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from notifications import changing_rules
from notifications.changing_rules import about_rules, new_name, rule_of, was_a_rule
from notifications.coming_month import can_be_foreseen, coming_month
from notifications.placeholders import PLACEHOLDERS
from notifications.plain_words import literal
from notifications.policy_words import rule_sentence
from notifications.rule_example import example
from notifications.rule_form import OF_FORM, RuleForm
from notifications.views_policy import latest_policy, tell
from workflow import audit
from workflow.models import Office, User
from workflow.policy import ReminderPolicy, Rule
from workflow.refusals import Conflict, Invalid, NotFound
from workflow.selectors import reminder_policy
from workflow.services.policies import set_reminder_policy, version_of
from workflow.visiting import admitted, sent, whole_number

A_NAME = re.compile(r"[a-z][a-z0-9]{0,7}")


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new rule. The page brings its name along: a second click finds it there."""
    office, user = _changing(request)
    policy = reminder_policy(office)
    given = request.POST.get("rule", "")
    name = given if A_NAME.fullmatch(given) else new_name(policy)
    return _edit(request, office, user, RuleForm(sent(request), office=office, policy=policy, rule=name))


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, name: str) -> HttpResponse:
    office, user = _changing(request)
    policy = reminder_policy(office)
    rule = _rule_or_name(request, office, policy, name)
    return _edit(request, office, user, RuleForm(sent(request), office=office, policy=policy, rule=rule))


def _rule_or_name(request: HttpRequest, office: Office, policy: ReminderPolicy, name: str) -> Rule | str:
    """The rule; where it was removed while somebody was changing it, what they typed is not lost.

    Raises NotFound.
    """
    try:
        return rule_of(policy, name)
    except NotFound:
        if request.method == "POST" and was_a_rule(office, name):
            return name
        raise


def _edit(request: HttpRequest, office: Office, user: User, form: RuleForm) -> HttpResponse:
    """Save the rule, or show it: with what is wrong, or with what it would do."""
    unsaved = _given(form) if request.method == "POST" else None
    if unsaved is None or "preview" in request.POST:
        return _page(request, office, form, unsaved)
    try:
        changed = set_reminder_policy(actor=user, office=office, policy=unsaved, seen=form.seen_version)
    except Invalid as refusal:
        form.add_refusal(about_rules(refusal, unsaved, mine=form.named))
        return _page(request, office, form, None)
    except Conflict as refusal:
        return _look_again(request, office, form.named, refusal)
    tell(request, changed=changed)
    return redirect("settings-reminders")


def _given(form: RuleForm) -> ReminderPolicy | None:
    """The policy with the rule that was filled in, None when something is wrong with it."""
    if not form.is_valid():
        return None
    try:
        return form.policy()
    except Invalid as refusal:
        form.add_refusal(refusal)
        return None


def _look_again(request: HttpRequest, office: Office, name: str, refusal: Conflict) -> HttpResponse:
    """What was filled in, over the rules as somebody else left them; sent once more, it is meant."""
    policy, again = latest_policy(office), request.POST.copy()
    again["seen"] = version_of(policy)
    rule: Rule | str = next((one for one in policy.rules if one.id == name), name)
    form = RuleForm(again, office=office, policy=policy, rule=rule)
    form.add_error(None, str(refusal))
    return _page(request, office, form, None)


def _page(
    request: HttpRequest, office: Office, form: RuleForm, unsaved: ReminderPolicy | None
) -> HttpResponse:
    """The form, and what the rule would do: as it was filled in, or as it is while nobody has typed."""
    facts: dict[str, Any] = {"form": form, "placeholders": PLACEHOLDERS, "unsaved": unsaved is not None}
    if unsaved:
        facts |= _effect(office, unsaved, form, request.POST, form.cleaned_data["node"])
    elif not form.is_bound and not form.adding:
        facts |= _effect(office, form.policy_before, form, {}, None)
    status = 422 if form.errors else 200
    return render(request, "notifications/rule.html", facts, status=status)


def _effect(
    office: Office, policy: ReminderPolicy, form: RuleForm, asked: Any, node: int | None
) -> dict[str, Any]:
    rule = rule_of(policy, form.named)
    facts: dict[str, Any] = {
        "rule": rule,
        "sentence": rule_sentence(rule),
        "example": example(office, rule, node),
        "asked_for": node,
    }
    if can_be_foreseen(rule):
        facts["month"] = coming_month(office, policy, asked, kinds=form.kinds, of_form=OF_FORM, rule=rule.id)
    return facts


@require_POST
def move(request: HttpRequest, name: str) -> HttpResponse:
    """To the place `to`, counted from 0: the later rule wins."""
    to = whole_number(request.POST.get("to", ""))
    return _act(request, lambda policy: changing_rules.with_rule_moved(policy, name, to or 0))


@require_POST
def switch(request: HttpRequest, name: str) -> HttpResponse:
    on = request.POST.get("on") == "1"
    return _act(request, lambda policy: changing_rules.with_rule_switched(policy, name, on=on))


def _act(request: HttpRequest, changed: Callable[[ReminderPolicy], ReminderPolicy]) -> HttpResponse:
    """Change the policy that its page showed, and show it."""
    office, user = _changing(request)
    policy = reminder_policy(office)
    unsaved, seen = changed(policy), request.POST.get("seen") or version_of(policy)
    try:
        tell(request, changed=set_reminder_policy(actor=user, office=office, policy=unsaved, seen=seen))
    except Invalid as refusal:
        for line in about_rules(refusal, unsaved).lines():
            messages.error(request, line)
    except Conflict as refusal:
        messages.warning(request, str(refusal))
    return redirect("settings-reminders")


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, name: str) -> HttpResponse:
    """Ask, and remove the rule; what it wrote already stays in the ledger."""
    office, user = _changing(request)
    policy = reminder_policy(office)
    if request.method == "POST":
        if _removed_just_now(office, user, policy, name):
            return redirect("settings-reminders")
        rule_of(policy, name)
        return _act(request, lambda known: changing_rules.without_rule(known, name))
    rule = rule_of(policy, name)
    facts = {"name": literal(rule.name), "sentence": rule_sentence(rule), "seen": version_of(policy)}
    return render(request, "notifications/rule_remove.html", facts)


def _removed_just_now(office: Office, user: User, policy: ReminderPolicy, name: str) -> bool:
    """Whether the user's last act removed the rule: a second click."""
    last = audit.trail(office).last()
    if last is None or (last.action, last.actor_id) != ("policy.changed", user.pk):
        return False
    before = last.data["before"].get("rules", [])
    gone = not any(rule.id == name for rule in policy.rules)
    return gone and any(rule["id"] == name for rule in before)


def _changing(request: HttpRequest) -> tuple[Office, User]:
    return admitted(request, "workflow.manage_settings")
