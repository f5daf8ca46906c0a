"""The administrator's look at requests and decisions; acts belong to the services."""

from __future__ import annotations

from django.contrib import admin
from viewflow.workflow.models import Process, Task

from approvals.models import Decision, DeferralRequest
from workflow.admin import ReadOnlyAdmin

# viewflow registers pages of its own that would change a process behind our services.
for model in (Process, Task):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(DeferralRequest)
class DeferralRequestAdmin(ReadOnlyAdmin):
    list_display = ("node", "applicant", "previous_due", "new_due", "filed_at", "status")
    list_filter = ("status",)
    list_select_related = ("node", "applicant")


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ("sign_off", "post", "outcome", "actor", "on_behalf_of", "at", "recorded")
    list_select_related = ("sign_off__request__node", "post__division", "actor", "on_behalf_of")
