"""Which way a request would go, and why: what the form shows before anything is filed."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from approvals.selectors import who_acts_for
from approvals.services.filing import case_of
from nodes.models import WorkNode
from workflow import routing
from workflow.models import Post, User
from workflow.refusals import Invalid
from workflow.routing_words import when_words


@dataclass(frozen=True)
class Seat:
    """A post that may sign, with who acts for it today."""

    post: Post
    people: list[str]


@dataclass(frozen=True)
class Stop:
    """One step of the way: its signatures, each by any one of several seats; all of them are needed."""

    signatures: list[list[Seat]]
    instead_of: list[Post]

    @property
    def kind(self) -> str:
        """ "all" for a countersigned step (会签), "any" where one of several signs (或签), else ""."""
        if len(self.signatures) > 1:
            return "all"
        return "any" if len(self.signatures[0]) > 1 else ""


@dataclass(frozen=True)
class RouteAhead:
    """The way of a request for `day`, None for no day; `problem` says why there is none."""

    day: date | None
    rule: int = 0
    why: str = ""
    late: bool = False
    stops: list[Stop] = field(default_factory=list)
    problem: list[str] = field(default_factory=list)


def route_ahead(node: WorkNode, day: date | None, applicant: User, at: datetime) -> RouteAhead:
    """What filing a request for `day` at `at` would lead to."""
    try:
        case = case_of(node, day, applicant, at)
        route = routing.route(case)
    except Invalid as refusal:
        return RouteAhead(day, problem=refusal.lines())
    return RouteAhead(day, route.rule, why(route, day), case.late_request, _stops(route, case.on))


def why(route: routing.Route, day: date | None) -> str:
    """The conditions of the rule that applies, as a request for `day` meets them."""
    rest = when_words(route.when.model_copy(update={"new_due": None}))
    if route.when.new_due is None:
        return rest
    words = [_day_words(route.when.new_due, day)]
    return "，".join(words if set(route.when.model_fields_set) == {"new_due"} else [*words, rest])


def _day_words(new_due: str, day: date | None) -> str:
    if new_due == "within_cycle":
        return pgettext("route", "within the year")
    return pgettext("route", "later than the year") if day else pgettext("route", "no date named")


def _stops(route: routing.Route, on: date) -> list[Stop]:
    seats = [post for signature in route.signatures for post in signature.posts if not post.off_system]
    names = who_acts_for(seats, on)
    return [
        _stop(list(signatures), names)
        for _step, signatures in groupby(route.signatures, lambda signature: signature.step)
    ]


def _stop(signatures: list[routing.Signature], names: dict[int, list[str]]) -> Stop:
    return Stop(
        [[Seat(post, names.get(post.pk, [])) for post in one.posts] for one in signatures],
        [post for one in signatures for post in one.instead_of],
    )


def quick_days(node: WorkNode, today: date) -> list[tuple[str, date | None]]:
    """Days that are often proposed, each with its words; None leaves the day open."""
    since = max(node.current_deadline or today, today)
    found: list[tuple[str, date | None]] = [(_("one month later"), a_month_after(since))]
    end = date(node.cycle.year, 12, 31)
    if end > since:
        found.append((_("the end of the year"), end))
    return [*found, (_("no day named"), None)]


def a_month_after(day: date) -> date:
    """The same day of the next month, or that month's last."""
    first = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))
