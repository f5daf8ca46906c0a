"""Addresses of reviews, deferrals, the figures, and of a node's own page."""

from __future__ import annotations

from django.urls import path

from approvals.views import dashboard, deferrals, filing, node, reviews

urlpatterns = [
    path("nodes/<int:number>/", node.node_page, name="node"),
    path("nodes/<int:number>/defer/", filing.defer, name="node-defer"),
    path("reviews/", reviews.queue, name="reviews"),
    path("reviews/<int:submission_id>/", reviews.review, name="review"),
    path("deferrals/", deferrals.deferral_list, name="deferrals"),
    path("deferrals/<int:request_id>/", deferrals.page, name="deferral"),
    path("deferrals/<int:request_id>/sign/", deferrals.sign, name="deferral-sign"),
    path("deferrals/<int:request_id>/record/", deferrals.record, name="deferral-record"),
    path("deferrals/<int:request_id>/withdraw/", filing.withdraw, name="deferral-withdraw"),
    path("deferrals/<int:request_id>/files/<int:file_id>/", deferrals.download, name="deferral-file"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
]
