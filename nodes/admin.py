"""The administrator's look at a year's work; acts belong to the services."""

from __future__ import annotations

from django.contrib import admin

from nodes.models import Cycle, DeadlineChange, EvidenceSubmission, Indicator, WorkNode
from workflow.admin import ReadOnlyAdmin


@admin.register(Cycle)
class CycleAdmin(ReadOnlyAdmin):
    list_display = ("office", "year", "status")


@admin.register(Indicator)
class IndicatorAdmin(ReadOnlyAdmin):
    list_display = ("title", "level", "number", "cycle")
    list_filter = ("cycle", "level")
    list_select_related = ("cycle__office",)
    search_fields = ("title",)


@admin.register(WorkNode)
class WorkNodeAdmin(ReadOnlyAdmin):
    list_display = ("number", "title", "lead_division", "state", "current_deadline", "cycle")
    list_filter = ("cycle", "state", "lead_division")
    list_select_related = ("lead_division", "cycle__office")
    search_fields = ("title",)


@admin.register(EvidenceSubmission)
class EvidenceSubmissionAdmin(ReadOnlyAdmin):
    list_display = ("node", "round", "submitted_by", "submitted_at", "outcome", "decided_by")
    list_filter = ("outcome",)
    list_select_related = ("node", "submitted_by", "decided_by")


@admin.register(DeadlineChange)
class DeadlineChangeAdmin(ReadOnlyAdmin):
    list_display = ("node", "previous", "new", "changed_by", "changed_at")
    list_select_related = ("node", "changed_by")
