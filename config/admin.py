"""The administrator's look at second factors and identities: they can be taken from a person, not made."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from workflow import audit
from workflow.admin import ReadOnlyAdmin

# allauth's own pages would show secrets, and change what our log-in does not use.
for model in (EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class RemovableAdmin(ReadOnlyAdmin):
    """Shows what opens an account, without its secret; removing it is recorded about its owner."""

    removed = ""
    search_fields = ("user__username", "user__name")
    list_select_related = ("user",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        audit.record(request.user, self.removed, obj.user)  # type: ignore[arg-type]
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for obj in queryset.select_related("user"):
            self.delete_model(request, obj)


@admin.register(Authenticator)
class SecondFactorAdmin(RemovableAdmin):
    """For a person who lost the phone."""

    removed = "user.second_factor_removed"
    list_display = ("user", "type", "created_at", "last_used_at")
    exclude = ("data",)


@admin.register(SocialAccount)
class SingleSignOnAdmin(RemovableAdmin):
    """For a person whom the identity provider knows under another id from now on."""

    removed = "user.single_sign_on_removed"
    list_display = ("user", "uid", "last_login", "date_joined")
    fields = ("user", "uid", "last_login", "date_joined")
