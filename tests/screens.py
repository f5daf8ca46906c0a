"""Every screen of the product, and who looks at it: pictures are taken of them, and every one is examined."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from approvals.models import DeferralRequest, SignOff
from nodes.models import Cycle, EvidenceSubmission, State
from tests import builders
from tests.living_year import living_year
from workflow.models import Office, Post, User

HANDLER, REVIEWER, LEADER, ADMIN, HEAD = "xinwen1", "jixiao1", "fuzhuren2", "admin", "xinwen0"


@dataclass(frozen=True)
class Screen:
    """A screen by name: who looks (empty for a stranger), and at which address, to be filled with facts."""

    name: str
    user: str
    path: str


SCREENS = (
    Screen("log-in", "", "/login/"),
    Screen("inbox-reviewer", REVIEWER, "/"),
    Screen("inbox-handler", HANDLER, "/"),
    Screen("inbox-leader", LEADER, "/"),
    Screen("nodes", REVIEWER, "/nodes/"),
    Screen("node-open", HANDLER, "/nodes/{open}/"),
    Screen("node-done", REVIEWER, "/nodes/{done}/"),
    Screen("node-returned", REVIEWER, "/nodes/{returned}/"),
    Screen("node-deferred", LEADER, "/nodes/59/?year=2021"),
    Screen("submit", HANDLER, "/nodes/{open}/submit/"),
    Screen("reviews", REVIEWER, "/reviews/"),
    Screen("review", REVIEWER, "/reviews/{submission}/"),
    Screen("review-flow", REVIEWER, "/reviews/{submission}/flow/"),
    Screen("defer", HANDLER, "/nodes/{open}/defer/"),
    Screen("deferrals", REVIEWER, "/deferrals/"),
    Screen("sign-off", LEADER, "/deferrals/{deferral}/"),
    Screen("deferral-granted", REVIEWER, "/deferrals/{granted}/"),
    Screen("deferral-flow", REVIEWER, "/deferrals/{granted}/flow/"),
    Screen("dashboard", REVIEWER, "/dashboard/"),
    Screen("dashboard-2021", LEADER, "/dashboard/?year=2021"),
    Screen("search", REVIEWER, "/search/?q=会议"),
    Screen("settings", ADMIN, "/settings/"),
    Screen("settings-year", ADMIN, "/settings/year/"),
    Screen("settings-roll-over", ADMIN, "/settings/year/2021/roll-over/"),
    Screen("settings-import", ADMIN, "/settings/import/"),
    Screen("settings-people", ADMIN, "/settings/people/"),
    Screen("settings-person", ADMIN, "/settings/people/{person}/"),
    Screen("settings-person-new", ADMIN, "/settings/people/new/"),
    Screen("settings-posts", ADMIN, "/settings/posts/"),
    Screen("settings-post", ADMIN, "/settings/posts/{post}/"),
    Screen("settings-delegations", LEADER, "/settings/delegations/"),
    Screen("settings-routing", ADMIN, "/settings/routing/"),
    Screen("settings-reminders", ADMIN, "/settings/reminders/"),
    Screen("settings-calendar", ADMIN, "/settings/calendar/"),
    Screen("audit", REVIEWER, "/audit/"),
    Screen("profile", HANDLER, "/profile/"),
    Screen("second-factor", HANDLER, "/profile/second-factor/"),
)


@dataclass(frozen=True)
class World:
    """省外办 with its finished 2021 and its current year in full swing."""

    office: Office
    year: Cycle
    facts: dict[str, Any]

    def address(self, screen: Screen) -> str:
        return screen.path.format(**self.facts)


def build(today: date) -> World:
    """The demo's office, its year 2021 replayed, and the year of `today` as it might stand."""
    office = builders.reference_year().office
    year = living_year(office, today)
    return World(office, year, _facts(office, year))


def _facts(office: Office, year: Cycle) -> dict[str, Any]:
    mine = year.nodes.filter(lead_division__posts__appointments__user__username=HANDLER).distinct()
    waiting = SignOff.objects.filter(decision=None, opened_at__isnull=False, request__status="pending")
    return {
        "year": year.year,
        "open": mine.filter(state=State.IN_PROGRESS, deferral_requests=None).first().number,
        "done": mine.filter(state=State.APPROVED, returns=0).first().number,
        "returned": year.nodes.filter(returns__gt=0, state=State.IN_PROGRESS).first().number,
        "submission": EvidenceSubmission.objects.filter(outcome="pending")
        .order_by("submitted_at")
        .first()
        .pk,
        "deferral": waiting.filter(posts__name=builders.LEADER).first().request_id,
        "granted": DeferralRequest.objects.filter(status="approved").first().pk,
        "person": User.objects.get(office=office, username=LEADER).pk,
        "post": Post.objects.get(office=office, name=builders.LEADER).pk,
    }
