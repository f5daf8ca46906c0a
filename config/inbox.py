"""The first page: what waits for this person, what they sent, what they were told, what they dealt with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config import boxes
from config.counts import counts
from config.todo import todo
from config.web import newest_of
from nodes.views.choosing import visitor
from notifications import alarm, alarm_words, letters, selectors, services, wording
from notifications.models import Notification
from workflow import people
from workflow.models import PostKind, User
from workflow.visiting import whole_number

PAGE = 30
REVIEWS = 20  # shown in the inbox; the rest is in the queue
NOTICES = 5
BOXES = {
    "todo": gettext_lazy("To do"),
    "sent": gettext_lazy("Sent by me"),
    "copied": gettext_lazy("Told to me"),
    "done": gettext_lazy("Dealt with"),
}
SIGNERS = {
    PostKind.DIVISION_HEAD,
    PostKind.LEADER_IN_CHARGE,
    PostKind.HEAD_OF_UNIT,
    PostKind.PROVINCIAL_LEADER,
}


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    user = visitor(request)
    box = request.GET.get("box", "")
    box = box if box in BOXES else "todo"
    waiting = counts(user, newest_of(request))
    unread = selectors.news(user).count()
    tabs = {"todo": waiting["inbox"], "sent": boxes.on_their_way(user), "copied": unread}
    facts = {
        "box": box,
        "tabs": [(name, label, tabs.get(name, 0)) for name, label in BOXES.items()],
        "decisions": waiting["reviews"]
        + waiting["deferrals"]
        + waiting["summary"]
        + waiting["scores"]
        + waiting["province"],
        "unread": unread,
        **_role(user),
        **_SHOWN[box](request, user),
    }
    return render(request, "inbox.html", facts)


def _role(user: User) -> dict[str, bool]:
    """As what the person is spoken to where nothing waits."""
    roles = people.roles(user)
    return {
        "works_for_division": bool(people.divisions_of(user)),
        "reviewer": PostKind.PERFORMANCE_OFFICE in roles,
        "signer": bool(roles & SIGNERS),
        "administrator": user.is_staff or PostKind.ADMINISTRATOR in roles,
        "auditor": PostKind.AUDITOR in roles,
    }


# The boxes


def _todo(request: HttpRequest, user: User) -> dict[str, Any]:
    waiting = todo(user)
    alarms = _alarms(user)
    told = _told(user, selectors.news(user)[:NOTICES])
    return {"todo": waiting, "reviews": waiting.to_review[:REVIEWS], "news": told, "alarms": alarms}


def _alarms(user: User) -> list[str]:
    """What keeps people from being told, for those who can do something about it."""
    if user.office is None or PostKind.ADMINISTRATOR not in people.roles(user):
        return []
    return [alarm_words.headline(one) for one in alarm.standing_in(user.office)]


def _sent(request: HttpRequest, user: User) -> dict[str, Any]:
    page = _page(request, boxes.sent(user))
    return {"page": page, "rows": boxes.what_was_sent(page)}


def _copied(request: HttpRequest, user: User) -> dict[str, Any]:
    seen = "read" in request.GET
    page = _page(request, selectors.read(user) if seen else selectors.news(user))
    newest = selectors.news(user).aggregate(newest=Max("pk"))["newest"]
    return {"page": page, "rows": _told(user, page), "read": seen, "until": newest}


def _done(request: HttpRequest, user: User) -> dict[str, Any]:
    page = _page(request, boxes.dealt_with(user))
    return {"page": page, "rows": boxes.what_was_decided(page)}


_SHOWN: dict[str, Callable[[HttpRequest, User], dict[str, Any]]] = {
    "todo": _todo,
    "sent": _sent,
    "copied": _copied,
    "done": _done,
}


def _page(request: HttpRequest, found: QuerySet[Any]) -> Any:
    return Paginator(found, PAGE).get_page(request.GET.get("page"))


def _told(user: User, notices: Iterable[Notification]) -> list[dict[str, Any]]:
    shown = list(notices)
    for one in shown:
        one.office = user.office or one.office  # one instance: it remembers its calendar and its rules
    wording.read_ahead(shown)
    return [
        {"pk": one.pk, "headline": letters.headline(one), "at": one.happened_at, "read": bool(one.read_at)}
        for one in shown
    ]


# Reading


@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Open what a notice is about, and have read it."""
    if request.method != "POST":  # back from the log-in
        return redirect(f"{reverse('inbox')}?box=copied")
    opened = services.open_notice(actor=visitor(request), notice_id=notice_id)
    return redirect(letters.address(opened))


@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark all notices read that there were when the page was shown: up to the newest id on it."""
    until, user = whole_number(request.POST.get("until", "")), visitor(request)
    if until is not None:
        told = selectors.news(user).filter(pk__lte=until).values_list("pk", flat=True)
        services.mark_read(actor=user, ids=list(told))
    return redirect(f"{reverse('inbox')}?box=copied")
