"""The year at a glance: on the screen, as a PDF and as a picture."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from approvals.dashboard import report
from approvals.dashboard.board import Board, board
from approvals.dashboard.scope import own_scopes, scope_of
from approvals.drawings import calendar, curve, lights
from approvals.drawings.gantt import gantt
from nodes.light import Light
from nodes.views.choosing import visitor


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    found = _asked_for(request)
    scope = found.scope
    facts = {
        "board": found,
        "scope": scope,
        "cycle": scope.cycle,
        "quick": own_scopes(visitor(request), scope),
        "lights": lights.shares(found.lights),
        "divisions": lights.by_division(found.divisions),
        "curve": curve.rising(found.curve),
        "months": [calendar.month(month) for month in found.months],
        "gantt": gantt(found.gantt, scope.cycle.year, scope.day),
        "every_light": Light,
    }
    return render(request, "approvals/dashboard.html", facts)


@require_safe
def pdf(request: HttpRequest) -> HttpResponse:
    found = _asked_for(request)
    return _file(report.pdf(found), "application/pdf", report.file_name(found, "pdf"))


@require_safe
def png(request: HttpRequest) -> HttpResponse:
    found = _asked_for(request)
    return _file(report.png(found), "image/png", report.file_name(found, "png"))


def _asked_for(request: HttpRequest) -> Board:
    user = visitor(request)
    return board(user, scope_of(user, request.GET.dict()))


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response
