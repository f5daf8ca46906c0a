"""The pages behind the links in messages."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from approvals.selectors import deferral_seen_by
from nodes.one_node import node_of_year
from nodes.selectors import works_with
from notifications.answering import LinkRefused, case_of, use
from notifications.cases import facts_of
from notifications.links import expires_at
from notifications.models import Notification
from notifications.selectors import standing
from notifications.told_below import ladder, ladder_of, told_below
from notifications.unsubscribing import meant_by, unsubscribe
from notifications.wording import address, sentence
from workflow.refusals import NotAllowed
from workflow.visiting import visitor, whole_number

STATUS = {"forged": 404, "theirs": 403, "expired": 410, "used": 410}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show the case, however often; the button uses the link up and leads to where it is decided."""
    reader = visitor(request)
    try:
        if request.method == "POST":
            return redirect(address(use(token, reader)))
        row = case_of(token, reader)
    except LinkRefused as refusal:
        return _refused(request, refusal)
    return render(request, "notifications/answer.html", _case(row))


def _case(row: Notification) -> dict[str, Any]:
    return {
        "row": row,
        "node": row.node,
        "asks": sentence(row, row.office.day(timezone.now())),
        "facts": facts_of(row),
        "below": told_below([row]).get(row.pk, ""),
        "expires_at": expires_at(row),
        "stands": standing(Notification.objects.filter(pk=row.pk)).exists(),
    }


def _refused(request: HttpRequest, refusal: LinkRefused) -> HttpResponse:
    facts = {"why": refusal.why, "row": refusal.row, "way_back": address(refusal.row) if refusal.row else ""}
    return render(request, "notifications/answer_refused.html", facts, status=STATUS[refusal.why])


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, and on POST switch off; a mail program posts here by itself, without a session (RFC 8058)."""
    done = request.method == "POST"
    about = unsubscribe(token) if done else meant_by(token)[1]
    return render(request, "notifications/unsubscribe.html", {"about": about, "done": done})


@require_safe
def told(request: HttpRequest, number: int) -> HttpResponse:
    """Who was told that the node is due or waits, and when: for those who work with it and who were told."""
    user = visitor(request)
    node = node_of_year(user, whole_number(request.GET.get("year", "")), number)
    rungs = ladder(node)
    if not works_with(user, node) and all(rung.row.recipient_id != user.pk for rung in rungs):
        raise NotAllowed(_("Only those who work with the node, and who were told, see this."))
    return _told(request, {"node": node, "rungs": rungs})


@require_safe
def told_of_deferral(request: HttpRequest, request_id: int) -> HttpResponse:
    """Who was asked to sign the request, and who above was told that it waits: for those who see it."""
    seen = deferral_seen_by(visitor(request), request_id)
    return _told(request, {"node": seen.node, "deferral": seen, "rungs": ladder_of(seen)})


def _told(request: HttpRequest, facts: dict[str, Any]) -> HttpResponse:
    part = request.headers.get("HX-Request") == "true"
    return render(request, "notifications/_told.html" if part else "notifications/told.html", facts)
