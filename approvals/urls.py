"""Addresses of reviews, deferrals, the figures, and of a node's own page."""

from __future__ import annotations

from django.urls import path

from approvals.views import audit, dashboard, deferrals, exporting, filing, flows, node, reviews, urging

urlpatterns = [
    path("nodes/<int:number>/", node.node_page, name="node"),
    path("nodes/<int:number>/comment/", node.say, name="node-comment"),
    path("nodes/<int:number>/watch/", node.watching, name="node-watch"),
    path("nodes/<int:number>/urge/", node.urge_division, name="node-urge"),
    path("nodes/<int:number>/readers/", node.readers, name="node-readers"),
    path("nodes/<int:number>/defer/", filing.defer, name="node-defer"),
    path("reviews/", reviews.queue, name="reviews"),
    path("reviews/approve/", reviews.approve_several, name="reviews-approve"),
    path("reviews/<int:submission_id>/", reviews.review, name="review"),
    path("deferrals/", deferrals.deferral_list, name="deferrals"),
    path("deferrals/<int:request_id>/", deferrals.page, name="deferral"),
    path("deferrals/<int:request_id>/sign/", deferrals.sign, name="deferral-sign"),
    path("deferrals/<int:request_id>/record/", deferrals.record, name="deferral-record"),
    path("deferrals/<int:request_id>/route/", deferrals.change_route, name="deferral-route"),
    path("deferrals/<int:request_id>/withdraw/", filing.withdraw, name="deferral-withdraw"),
    path("deferrals/<int:request_id>/files/<int:file_id>/", deferrals.download, name="deferral-file"),
    path("deferrals/<int:request_id>/urge/", urging.urge_sign_off, name="deferral-urge"),
    path("reviews/<int:submission_id>/urge/", urging.urge_review, name="review-urge"),
    path("deferrals/<int:request_id>/flow/", flows.deferral_flow, name="deferral-flow"),
    path("deferrals/<int:request_id>/flow.bpmn", flows.deferral_bpmn, name="deferral-bpmn"),
    path("reviews/<int:submission_id>/flow/", flows.review_flow, name="review-flow"),
    path("reviews/<int:submission_id>/flow.bpmn", flows.review_bpmn, name="review-bpmn"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard.pdf", dashboard.pdf, name="dashboard-pdf"),
    path("dashboard.png", dashboard.png, name="dashboard-png"),
    path("exports/", exporting.overview, name="exports"),
    path("exports/figures.json", exporting.year_figures, name="exports-figures"),
    path("exports/evidence.zip", exporting.evidence, name="exports-evidence"),
    path("exports/<slug:name>.xlsx", exporting.table, {"ending": "xlsx"}, name="exports-workbook"),
    path("exports/<slug:name>.csv", exporting.table, {"ending": "csv"}, name="exports-csv"),
    path("audit/", audit.trail, name="audit"),
    path("audit/export/", audit.export, name="audit-export"),
    path("audit/verify/", audit.verify, name="audit-verify"),
]
