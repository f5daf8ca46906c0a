"""The web shell: what every page is given, and how refusals become pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import rules
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from config.accounts.choices import THEME_COOKIE
from config.counts import counts
from nodes.addresses import with_year
from workflow import overseeing, people
from workflow.models import PostKind, User
from workflow.refusals import Conflict, Invalid, Refusal
from workflow.selectors import newest_entries

Respond = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
# The administration's widgets write their behaviour into the page; nobody but staff gets there.
ADMINISTRATION_POLICY = CONTENT_SECURITY_POLICY + (
    "; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'"
)
# What people write at length, and would not want to write again.
LONG_TEXTS = {
    "statement": gettext_lazy("statement"),
    "justification": gettext_lazy("justification"),
    "progress": gettext_lazy("progress so far"),
    "opinion": gettext_lazy("opinion"),
    "paper-opinion": gettext_lazy("opinion"),
    "route-reason": gettext_lazy("reason"),
    "comment": gettext_lazy("comment"),
    "reason": gettext_lazy("reason"),
    "view": gettext_lazy("view of the performance office"),
    "why": gettext_lazy("reason"),
    "block-conduct-more": gettext_lazy("section three, more to add"),
    "block-problems": gettext_lazy("section four, problems"),
    "block-advice": gettext_lazy("section five, advice"),
}

# What the buttons of a decision are called in a form, and what evidence calls its outcomes.
DECISIONS = ("outcome", "paper-outcome", "decision")
OUTCOMES = {"approved": "approve", "returned": "return"}

# The places to go, in order, each with its icon.
PLACES = {
    "inbox": ("inbox", pgettext_lazy("place", "Inbox")),
    "nodes": ("queue-list", pgettext_lazy("place", "Nodes")),
    "reviews": ("clipboard-document-check", pgettext_lazy("place", "Reviews")),
    "deferrals": ("calendar-days", pgettext_lazy("place", "Deferrals")),
    "dashboard": ("chart-bar", pgettext_lazy("place", "Dashboard")),
    "summary": ("document-text", pgettext_lazy("place", "Summary")),
    "scores": ("trophy", pgettext_lazy("place", "Scores")),
    "analysis": ("light-bulb", pgettext_lazy("place", "Analysis")),
    "province": ("building-office-2", pgettext_lazy("place", "Offices")),
    "settings": ("cog-6-tooth", pgettext_lazy("place", "Settings")),
    "audit": ("shield-check", pgettext_lazy("place", "Audit")),
}


def content_security(respond: Respond) -> Respond:
    """Middleware: a page runs and shows only what this site serves, unless a view says otherwise."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = respond(request)
        policy = ADMINISTRATION_POLICY if _in_administration(request) else CONTENT_SECURITY_POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return middleware


def _in_administration(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.app_name == "admin" and hasattr(request, "user")


def chosen_language(respond: Respond) -> Respond:
    """Middleware: the language a person chose, else the site's; a browser's own says little about offices."""
    known = dict(settings.LANGUAGES)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        request.LANGUAGE_CODE = chosen if chosen in known else settings.LANGUAGE_CODE
        with translation.override(request.LANGUAGE_CODE):
            response = respond(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response

    return middleware


class LogInMiddleware(LoginRequiredMiddleware):
    """Ask a stranger to log in; who was logged out meanwhile hears so, and gets back what they had typed."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        if answer is None or request.method != "POST":
            return answer
        facts = {"typed": typed(request), "way_back": _log_in_and_back(request)}
        return render(request, "401.html", facts, status=401)


def _log_in_and_back(request: HttpRequest) -> str:
    """The log-in, and from there the page on which the form stood."""
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure()):
        return reverse("login")
    back = urlsplit(page)._replace(scheme="", netloc="", fragment="").geturl()
    return f"{reverse('login')}?{urlencode({'next': back})}"


class OfficeMiddleware:
    """Show times in the time zone of the visitor's office, and note how far its trail has come.

    That is noted before a page is read: what happens meanwhile is news to it, not part of it.
    """

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with timezone.override(None):
            return self.respond(request)

    def process_view(self, request: HttpRequest, view: Any, *_arguments: Any) -> None:
        # A page without log-in, like /healthz, asks no session and no database.
        if not getattr(view, "login_required", True):
            return
        if office := getattr(request.user, "office", None):
            timezone.activate(office.zone)
            request.newest = newest_entries(office)  # type: ignore[attr-defined]


class RefusalMiddleware:
    """What a service refused becomes a page that says why and how to go on."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.respond(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        if isinstance(exception, Conflict) and _said_before(request, exception):
            messages.info(request, _("You have done this already: %(what)s") % {"what": exception})
            return redirect(way_back(request))
        return refused(request, exception)


def _said_before(request: HttpRequest, conflict: Conflict) -> bool:
    """Whether the same person only sent the same decision again; another decision is no second click."""
    if conflict.decided_by != request.user:
        return False
    posted = next((request.POST[name] for name in DECISIONS if request.POST.get(name)), "")
    return not posted or OUTCOMES.get(conflict.outcome, conflict.outcome) in ("", posted)


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page for a refusal; what was typed is shown so that it can be copied."""
    status = refusal.status
    facts = {
        "refusal": refusal,
        "lines": refusal.lines() if isinstance(refusal, Invalid) else [str(refusal)],
        "typed": typed(request),
        "way_back": reverse("inbox") if status in (403, 404) else way_back(request),
    }
    return render(request, f"{status}.html", facts, status=status)


def typed(request: HttpRequest) -> list[tuple[Any, str]]:
    """The long texts that came with the request, each with its label."""
    return [(label, request.POST[name]) for name, label in LONG_TEXTS.items() if request.POST.get(name)]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form that is not this session's: opened before somebody logged in or out."""
    return render(request, "403_csrf.html", {"typed": typed(request)}, status=403)


def way_back(request: HttpRequest) -> str:
    """The page of the object that the address is about, else the inbox."""
    known = request.resolver_match.kwargs if request.resolver_match else {}
    for name, argument in (
        ("node", "number"),
        ("deferral", "request_id"),
        ("review", "submission_id"),
        ("score-appeal", "appeal_id"),
        ("settings-routing-change", "rule_id"),
    ):
        if argument in known:
            return with_year(reverse(name, args=[known[argument]]), request.GET.get("year"))
    return reverse("inbox")


def shell(request: HttpRequest) -> dict[str, Any]:
    """What the frame of every page shows: the office, the places to go, and how much waits in each."""
    user = getattr(request, "user", None)
    facts: dict[str, Any] = {"theme": theme_of(request)}
    if user is None or not user.is_authenticated:
        return facts
    newest = newest_of(request)
    waiting = counts(user, newest)
    here = (request.resolver_match.url_name if request.resolver_match else "") or ""
    places = list(_places(user, here, waiting)) if user.office_id else []
    return facts | {
        "framed": True,
        "office": user.office or "",
        "places": places,
        "newest": newest,
        "pulse_every": settings.PULSE_EVERY,
        "waiting_in_all": waiting["inbox"],
    }


def newest_of(request: HttpRequest) -> int:
    """How far the trail of the visitor's office had come when the page was asked for."""
    office = getattr(request.user, "office", None)
    noted: int | None = getattr(request, "newest", None)
    return noted if noted is not None else newest_entries(office) if office else 0


def theme_of(request: HttpRequest) -> str:
    """The appearance the person chose, empty for the device's own."""
    user = getattr(request, "user", None)
    chosen = getattr(user, "theme", "") or request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in User.Theme.values else ""


def _places(user: User, here: str, waiting: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    shown = {
        "reviews": PostKind.PERFORMANCE_OFFICE in people.roles(user),
        "province": overseeing.sees_others(user),
        "settings": rules.has_perm("workflow.see_settings", user),
        "audit": rules.has_perm("workflow.read_audit", user),
    }
    for name, (icon, label) in PLACES.items():
        if shown.get(name, True):
            singular = name.removesuffix("s")
            yield {
                "name": name,
                "url": reverse(name),
                "icon": icon,
                "label": label,
                "current": here in (name, singular) or here.startswith((f"{name}-", f"{singular}-")),
                "count": waiting.get(name, 0),
            }
