"""The administrator's look at people, and at the audit trail; acts belong to the services."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import JSONField
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm

from workflow import audit
from workflow.models import (
    Appointment,
    AuditEntry,
    AuditSeal,
    Delegation,
    Division,
    Office,
    Post,
    RoutingRule,
    User,
)


def _readable(field: JSONField) -> Callable[[Any], str]:
    """The field as it can be read: Chinese stays Chinese."""

    @admin.display(description=field.verbose_name)
    def shown(row: Any) -> str:
        text = json.dumps(getattr(row, field.name), ensure_ascii=False, indent=2)
        return format_html('<pre style="white-space: pre-wrap; overflow-wrap: anywhere">{}</pre>', text)

    return shown


class ReadOnlyAdmin(ModelAdmin):
    """Shows rows and changes none: what changes them checks, records and announces, which this would not."""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        data = {f.name: _readable(f) for f in self.model._meta.fields if isinstance(f, JSONField)}
        return [data.get(name, name) for name in super().get_fields(request, obj)]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "on_behalf_of", "action", "subject", "from_state", "to_state")
    list_filter = ("office", "action")
    list_select_related = ("actor", "on_behalf_of")
    search_fields = ("subject", "reason")
    date_hierarchy = "at"
    ordering = ("-id",)


@admin.register(AuditSeal)
class AuditSealAdmin(ReadOnlyAdmin):
    list_display = ("office", "number", "sealed_at")
    exclude = ("members", "previous_digest", "digest")


@admin.register(Office)
class OfficeAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "time_zone")


@admin.register(Division)
class DivisionAdmin(ReadOnlyAdmin):
    list_display = ("name", "office", "leader_in_charge")
    list_select_related = ("office", "leader_in_charge__division")


@admin.register(Post)
class PostAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "kind", "office", "off_system")
    list_filter = ("kind",)
    list_select_related = ("office", "division")


@admin.register(Appointment)
class AppointmentAdmin(ReadOnlyAdmin):
    list_display = ("user", "post", "starts", "ends")
    list_select_related = ("user", "post__division")


@admin.register(Delegation)
class DelegationAdmin(ReadOnlyAdmin):
    list_display = ("post", "from_user", "to_user", "starts", "ends", "revoked_at")
    list_select_related = ("post__division", "from_user", "to_user")


@admin.register(RoutingRule)
class RoutingRuleAdmin(ReadOnlyAdmin):
    list_display = ("office", "position", "when", "sign_off")


@admin.register(User)
class PeopleAdmin(UserAdmin, ModelAdmin):
    """Passwords, and whether a person may log in; who they are comes from the organisation."""

    form = UserChangeForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "name", "office", "is_active", "is_staff", "last_login")
    list_filter = ("office", "is_active", "is_staff")
    list_select_related = ("office",)
    search_fields = ("username", "name")
    ordering = ("office", "id")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password", "name", "email", "office", "last_login", "is_active")}),
    )
    readonly_fields = ("username", "name", "email", "office", "last_login")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> Any:  # type: ignore[override]
        """What was done to an account also goes into the office's own trail: the names of the fields."""
        audit.record(request.user, "user.changed_by_administrator", obj, data={"changes": _names(message)})  # type: ignore[arg-type]
        return super().log_change(request, obj, message)


def _names(message: Any) -> list[str]:
    """The fields that an admin message is about; a new password comes as a sentence, without one."""
    if not isinstance(message, list):
        return ["password"]
    return [field for part in message for field in part.get("changed", {}).get("fields", [])]


admin.site.unregister(Group)
