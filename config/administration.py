"""The administration: what an administrator of the installation rarely needs; acts belong to the services."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from unfold.sites import UnfoldAdminSite

from workflow.refusals import NotAllowed

# What the apps are called there.
APPS = {
    "workflow": gettext_lazy("People and trail"),
    "nodes": gettext_lazy("The year's work"),
    "approvals": gettext_lazy("Deferrals and decisions"),
    "notifications": gettext_lazy("Notifications"),
    "mfa": gettext_lazy("Two-step log-in"),
    "socialaccount": gettext_lazy("Single sign-on"),
}

# What models are called there that are not ours.
MODELS = {
    "mfa.authenticator": gettext_lazy("second factor"),
    "socialaccount.socialaccount": gettext_lazy("identity at the provider"),
}

# What the fields are called there that no form of ours shows.
FIELDS = {
    "action": gettext_lazy("act"),
    "actor": gettext_lazy("by"),
    "answered_at": gettext_lazy("answered at"),
    "applicant": gettext_lazy("applicant"),
    "at": gettext_lazy("when"),
    "attachments": gettext_lazy("attachments"),
    "attempts": gettext_lazy("attempts"),
    "attributes": gettext_lazy("further columns"),
    "batch": gettext_lazy("message"),
    "changed_at": gettext_lazy("changed at"),
    "changed_by": gettext_lazy("changed by"),
    "channel": gettext_lazy("channel"),
    "claim_token": gettext_lazy("claimed under"),
    "created_at": gettext_lazy("created at"),
    "current_submission": gettext_lazy("present evidence"),
    "cycle": gettext_lazy("year"),
    "data": gettext_lazy("details"),
    "decided_at": gettext_lazy("decided at"),
    "decided_by": gettext_lazy("decided by"),
    "dedup_key": gettext_lazy("key"),
    "details": gettext_lazy("details"),
    "division": gettext_lazy("division"),
    "due_at": gettext_lazy("to be sent from"),
    "ends": gettext_lazy("until"),
    "extra_data": gettext_lazy("details"),
    "files": gettext_lazy("evidence files"),
    "filed_at": gettext_lazy("filed at"),
    "from_state": gettext_lazy("from state"),
    "from_user": gettext_lazy("principal"),
    "happened_at": gettext_lazy("happened at"),
    "indicator": gettext_lazy("indicator"),
    "kind": gettext_lazy("kind"),
    "last_error": gettext_lazy("last error"),
    "last_used_at": gettext_lazy("last used at"),
    "lead_division": gettext_lazy("lead division"),
    "leader_in_charge": gettext_lazy("leader in charge"),
    "lease_until": gettext_lazy("claimed until"),
    "level": gettext_lazy("level"),
    "message_id": gettext_lazy("message id"),
    "new": gettext_lazy("new deadline"),
    "node": gettext_lazy("work node"),
    "number": gettext_lazy("number"),
    "off_system": gettext_lazy("outside the system"),
    "office": gettext_lazy("office"),
    "on_behalf_of": gettext_lazy("on behalf of"),
    "opinion": gettext_lazy("opinion"),
    "outcome": gettext_lazy("outcome"),
    "parent": gettext_lazy("belongs to"),
    "planned_start": gettext_lazy("planned start"),
    "position": gettext_lazy("position"),
    "post": gettext_lazy("post"),
    "previous": gettext_lazy("previous deadline"),
    "previous_due": gettext_lazy("previous deadline"),
    "process": gettext_lazy("flow"),
    "read_at": gettext_lazy("read at"),
    "reason": gettext_lazy("reason"),
    "recipient": gettext_lazy("recipient"),
    "reminder_policy": gettext_lazy("reminder policy"),
    "request": gettext_lazy("deferral request"),
    "revoked_at": gettext_lazy("revoked at"),
    "rule": gettext_lazy("rule"),
    "scans": gettext_lazy("scans"),
    "seal": gettext_lazy("seal"),
    "sealed_at": gettext_lazy("sealed at"),
    "sent_at": gettext_lazy("sent at"),
    "settled_at": gettext_lazy("settled at"),
    "sign_off": gettext_lazy("sign-off"),
    "slot": gettext_lazy("occurrence"),
    "starts": gettext_lazy("from"),
    "state": gettext_lazy("state"),
    "status": gettext_lazy("status"),
    "subject": gettext_lazy("object"),
    "subject_id": gettext_lazy("number of the object"),
    "subject_type": gettext_lazy("kind of object"),
    "submitted_at": gettext_lazy("submitted at"),
    "submitted_by": gettext_lazy("submitted by"),
    "supporting_divisions": gettext_lazy("supporting divisions"),
    "time_zone": gettext_lazy("time zone"),
    "to_state": gettext_lazy("to state"),
    "to_user": gettext_lazy("delegate"),
    "transaction": gettext_lazy("transaction"),
    "type": gettext_lazy("type"),
    "user": gettext_lazy("user"),
    "version": gettext_lazy("version"),
    "via": gettext_lazy("by way of"),
    "warnings": gettext_lazy("warnings"),
    "when": gettext_lazy("conditions"),
}

# What the pages of unfold say, which brings no Chinese of its own.
SAID_BY_UNFOLD = (
    gettext_noop("All applications"),
    gettext_noop("Apply Filters"),
    gettext_noop("Cancel"),
    gettext_noop("Clear all filters"),
    gettext_noop("Expand row"),
    gettext_noop("Filter navigation items"),
    gettext_noop("Filters"),
    gettext_noop("General"),
    gettext_noop("Go back"),
    gettext_noop("Loading more results..."),
    gettext_noop("More actions"),
    gettext_noop("Next"),
    gettext_noop("No data"),
    gettext_noop("No recent searches"),
    gettext_noop("No results found"),
    gettext_noop("No results matching your query"),
    gettext_noop("Previous"),
    gettext_noop("Recent searches"),
    gettext_noop("Record picture"),
    gettext_noop("Reset filters"),
    gettext_noop("Return to site"),
    gettext_noop("Run"),
    gettext_noop("Run the selected action"),
    gettext_noop("Search apps and models..."),
    gettext_noop("Select action"),
    gettext_noop("Select action to run"),
    gettext_noop(
        "Raw passwords are not stored, so there is no way to see this user’s password, but you can change "
        'the password using <a href="{}" class="text-primary-600 dark:text-primary-500">this form</a>.'
    ),
    gettext_noop("Select all rows"),
    gettext_noop("This item will be deleted."),
    gettext_noop("This page yielded into no results. Create a new item or reset your filters."),
    gettext_noop("Toggle password visibility"),
    gettext_noop("Type to search"),
    gettext_noop("View site"),
)


class Administration(UnfoldAdminSite):
    """Entered by the one log-in of the site, second factor and all, and only by staff."""

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        if user.is_authenticated and not (user.is_active and user.is_staff):
            raise NotAllowed(_("The administration is for the administrators of this installation."))
        return super().has_permission(request)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"), reverse("login"))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return redirect("account_change_password")


def speak() -> None:
    """Call apps, models and fields by our words; Chinese knows no plural to form with an s."""
    for label, name in APPS.items():
        app = apps.get_app_config(label)
        app.verbose_name = name  # type: ignore[assignment]
        for model in app.get_models():
            if model._meta.label_lower in MODELS:
                model._meta.verbose_name = MODELS[model._meta.label_lower]
            model._meta.verbose_name_plural = model._meta.verbose_name
            for field in (*model._meta.fields, *model._meta.many_to_many):
                if field._verbose_name is None and field.name in FIELDS:  # type: ignore[attr-defined]
                    field.verbose_name = FIELDS[field.name]
