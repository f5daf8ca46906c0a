"""The first page: everything that waits for this person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from approvals.selectors import to_record, waiting_for
from nodes.selectors import need_attention, reviews_waiting
from nodes.views.choosing import visitor
from notifications import letters
from notifications.selectors import unread
from notifications.services import mark_read
from workflow import people
from workflow.models import PostKind, User

NOTICES = 8
SIGNERS = {
    PostKind.DIVISION_HEAD,
    PostKind.LEADER_IN_CHARGE,
    PostKind.HEAD_OF_UNIT,
    PostKind.PROVINCIAL_LEADER,
}


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    user = visitor(request)
    roles = people.roles(user)
    reviewer = PostKind.PERFORMANCE_OFFICE in roles
    decisions: dict[str, list[Any]] = {
        "to_sign": waiting_for(user),
        "to_record": to_record(user),
        "to_review": list(reviews_waiting(user)) if reviewer else [],
    }
    facts = {
        **decisions,
        **_notices(user),
        "waiting": sum(len(found) for found in decisions.values()),
        "my_nodes": need_attention(user),
        "works_for_division": bool(people.divisions_of(user)),
        "reviewer": reviewer,
        "signer": bool(roles & SIGNERS),
        "administrator": user.is_staff or PostKind.ADMINISTRATOR in roles,
        "auditor": PostKind.AUDITOR in roles,
    }
    return render(request, "inbox.html", facts)


def _notices(user: User) -> dict[str, Any]:
    """The newest notices, and how many there are in all."""
    found = unread(user)
    newest = [
        {
            "pk": notice.pk,
            "headline": letters.headline(notice),
            "address": letters.address(notice),
            "at": notice.happened_at,
        }
        for notice in found[:NOTICES]
    ]
    return {"notices": newest, "notices_total": found.count() if len(newest) == NOTICES else len(newest)}


@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark the notices that the page showed as read."""
    ids = [int(pk) for pk in request.POST.getlist("id") if pk.isdecimal()]
    mark_read(actor=visitor(request), ids=ids)
    return redirect("inbox")
