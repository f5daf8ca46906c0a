"""Addresses of nodes; a node's own page, which shows deferrals too, is in `approvals.urls`."""

from __future__ import annotations

from django.urls import path

from nodes.views import acts, catalogue, evidence

urlpatterns = [
    path("nodes/", catalogue.node_list, name="nodes"),
    path("nodes/check/", evidence.check, name="node-check"),
    path("nodes/<int:number>/start/", acts.start, name="node-start"),
    path("nodes/<int:number>/submit/", evidence.submit, name="node-submit"),
    path("nodes/<int:number>/withdraw/", acts.withdraw, name="node-withdraw"),
    path("nodes/<int:number>/resume/", acts.resume, name="node-resume"),
    path("nodes/<int:number>/reopen/", acts.reopen, name="node-reopen"),
    path(
        "nodes/<int:number>/evidence/<int:round>/files/<int:file_id>/",
        evidence.download,
        name="node-evidence-file",
    ),
]
