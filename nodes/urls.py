"""Addresses of nodes; a node's own page, which shows deferrals too, is in `approvals.urls`."""

from __future__ import annotations

from django.urls import path

from nodes.views import (
    acts,
    catalogue,
    cycles,
    drafts,
    evidence,
    importing,
    previews,
    proposing,
    statements,
    uploads,
)

urlpatterns = [
    path("nodes/", catalogue.node_list, name="nodes"),
    path("nodes/export/", catalogue.node_export, name="nodes-export"),
    path("nodes/views/", catalogue.view_save, name="nodes-view-save"),
    path("nodes/views/<int:view_id>/delete/", catalogue.view_delete, name="nodes-view-delete"),
    path("nodes/<int:number>/start/", acts.start, name="node-start"),
    path("nodes/<int:number>/submit/", evidence.submit, name="node-submit"),
    path("nodes/<int:number>/check/", evidence.check, name="node-check"),
    path("nodes/<int:number>/uploads/", uploads.begin, name="node-uploads"),
    path("nodes/<int:number>/uploads/<uuid:upload_id>/", uploads.piece, name="node-upload"),
    path("nodes/<int:number>/uploads/<uuid:upload_id>/remove/", uploads.remove, name="node-upload-remove"),
    path("nodes/<int:number>/drafts/<slug:form>/", drafts.save, name="node-draft"),
    path("nodes/<int:number>/drafts/<slug:form>/discard/", drafts.discard, name="node-draft-discard"),
    path("files/<int:attachment_id>/", previews.download, name="attachment"),
    path("files/<int:attachment_id>/preview/", previews.preview, name="attachment-preview"),
    path("files/<int:attachment_id>/pages/<int:page>/", previews.page, name="attachment-page"),
    path("nodes/<int:number>/withdraw/", acts.withdraw, name="node-withdraw"),
    path("nodes/<int:number>/resume/", acts.resume, name="node-resume"),
    path("nodes/<int:number>/reopen/", acts.reopen, name="node-reopen"),
    path(
        "nodes/<int:number>/evidence/<int:round>/files/<int:file_id>/",
        evidence.download,
        name="node-evidence-file",
    ),
    path("statements/", statements.examples, name="statements"),
    path("statements/templates/<slug:kind>/", statements.template, name="statement-template"),
    path("statements/examples/<int:submission_id>/", statements.hold, name="statement-example"),
    path("settings/year/", cycles.overview, name="settings-year"),
    path("settings/year/create/", cycles.create, name="settings-year-create"),
    path("settings/year/<int:year>/open/", cycles.open_, name="settings-year-open"),
    path("settings/year/<int:year>/close/", cycles.close, name="settings-year-close"),
    path("settings/year/<int:year>/roll-over/", cycles.roll_over, name="settings-year-roll-over"),
    path("settings/year/<int:year>/deadlines/", proposing.deadlines, name="settings-year-deadlines"),
    path("settings/import/", importing.upload, name="settings-import"),
    path("settings/import/template.xlsx", importing.template, name="settings-import-template"),
    path("settings/import/<int:year>/current.xlsx", importing.current, name="settings-import-current"),
    path("settings/import/<int:year>/<str:sha256>/", importing.preview, name="settings-import-preview"),
    path("settings/import/<int:year>/<str:sha256>/apply/", importing.apply, name="settings-import-apply"),
]
