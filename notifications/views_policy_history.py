"""The policies that an office had: what each changed, and putting an earlier one back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from pydantic import ValidationError

from notifications.changing_rules import about_rules
from notifications.coming_month import count_of, first_day
from notifications.forecast import forecast
from notifications.policy_words import Change, differences
from notifications.views_policy import latest_policy, tell
from workflow.models import Office, PolicyVersion, User
from workflow.permissions import allows
from workflow.policy import ReminderPolicy
from workflow.refusals import Conflict, Invalid, NotFound
from workflow.selectors import reminder_policy
from workflow.services.policies import check_policy, set_reminder_policy, version_of
from workflow.visiting import admitted

A_PAGE = 20


@dataclass(frozen=True)
class Kept:
    """A version with what it changed; nothing of the first, and of what cannot be read any more."""

    row: PolicyVersion
    changes: list[Change]
    in_force: bool
    is_first: bool


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Every version, the newest first."""
    office, user = admitted(request, "workflow.see_settings")
    rows = PolicyVersion.objects.filter(office=office).select_related("made_by").order_by("-number")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    facts = {
        "page": page,
        "versions": _kept(office, list(page.object_list), newest=page.number == 1),
        "may_change": allows(user, "workflow.manage_settings", office),
    }
    return render(request, "notifications/policy_history.html", facts)


def _kept(office: Office, rows: list[PolicyVersion], *, newest: bool) -> list[Kept]:
    if not rows:
        return []
    earlier = PolicyVersion.objects.filter(office=office, number__lt=rows[-1].number).order_by("-number")
    before = [*rows[1:], earlier.first()]
    return [
        Kept(row, _changes(old, row), in_force=newest and place == 0, is_first=old is None)
        for place, (row, old) in enumerate(zip(rows, before, strict=True))
    ]


def _changes(old: PolicyVersion | None, row: PolicyVersion) -> list[Change]:
    before, after = readable(old), readable(row)
    return differences(before, after) if before and after else []


def readable(row: PolicyVersion | None) -> ReminderPolicy | None:
    """The policy of a version; None for one in a shape of an earlier time."""
    try:
        return ReminderPolicy.model_validate(row.policy) if row else None
    except ValidationError:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: HttpRequest, version: int) -> HttpResponse:
    """What putting a version back would change; and doing so."""
    office, user = admitted(request, "workflow.manage_settings")
    row = PolicyVersion.objects.filter(office=office, number=version).select_related("made_by").first()
    if row is None:
        raise NotFound(_("There is no such version."))
    policy = readable(row)
    if request.method != "POST" or policy is None:
        return _page(request, office, row, policy)
    try:
        return _restored(request, office, user, policy)
    except Invalid as refusal:
        return _page(request, office, row, policy, about_rules(refusal, policy).lines())
    except Conflict as refusal:
        latest_policy(office)
        return _page(request, office, row, policy, meanwhile=str(refusal))


def _restored(request: HttpRequest, office: Office, user: User, policy: ReminderPolicy) -> HttpResponse:
    seen = request.POST.get("seen", "")
    tell(request, changed=set_reminder_policy(actor=user, office=office, policy=policy, seen=seen))
    return redirect("settings-reminders")


def _page(
    request: HttpRequest,
    office: Office,
    row: PolicyVersion,
    policy: ReminderPolicy | None,
    reasons: list[str] | None = None,
    *,
    meanwhile: str = "",
) -> HttpResponse:
    now = reminder_policy(office)
    wrong = reasons or _reasons(office, policy)
    facts: dict[str, Any] = {"row": row, "reasons": wrong, "meanwhile": meanwhile, "seen": version_of(now)}
    if policy:
        facts["changes"] = differences(now, policy)
    if policy and not wrong:
        counts = [count_of(forecast(office, one, first_day(office))) for one in (now, policy)]
        facts |= {
            "now": counts[0],
            "then": counts[1],
            "more": counts[1] - counts[0],
            "fewer": counts[0] - counts[1],
        }
    refused = bool(meanwhile or (wrong and request.method == "POST"))
    return render(request, "notifications/policy_restore.html", facts, status=422 if refused else 200)


def _reasons(office: Office, policy: ReminderPolicy | None) -> list[str]:
    """Why a version cannot be put back; empty where it can."""
    if policy is None:
        return [_("It was kept by an earlier version of the system in a shape that is not known any more.")]
    try:
        check_policy(policy, office)
    except Invalid as refusal:
        return about_rules(refusal, policy).lines()
    return []
