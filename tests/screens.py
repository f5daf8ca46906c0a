"""Every screen of the product, and who looks at it: pictures are taken of them, and every one is examined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.test import Client

from nodes.models import Cycle
from tests import builders
from tests.close_ups import AUDITOR
from workflow.models import Office

HANDLER, REVIEWER, LEADER, ADMIN, HEAD = "xinwen1", "jixiao1", "fuzhuren2", "admin", "xinwen0"
HEAD_OF_UNIT, OUTSIDER = "zhuren", "jiaoliu1"
CHECKED = {"statement": "会议于XX日召开。。形成纪要", "kind": "meeting", "check": "1"}
RULE = {
    "name": "每天追问", "enabled": "on", "when": "before", "days": "20", "every": "1",
    "to": "leader_in_charge", "template": "请关注“{节点}”，还有 {剩余工作日} 个工作日",
}  # fmt: skip
PASSWORD = "Screens-2021-looked-at"
OWN_PASSWORD_A_MINUTE = 5  # so often somebody may try to change it
GUARDED = "/profile/second-factor/"  # asks for the password again


@dataclass(frozen=True)
class Screen:
    """A screen by name: who looks (empty for a stranger), and at which address, to be filled with facts.

    `status` is what the address answers; `sends` is posted to it, up to so many `times` until it answers so;
    `keys` are pressed before the picture.
    """

    name: str
    user: str
    path: str
    status: int = 200
    sends: Mapping[str, str] | None = None
    keys: str = ""
    times: int = 1


SCREENS = (
    Screen("log-in", "", "/login/"),
    Screen("inbox-reviewer", REVIEWER, "/"),
    Screen("inbox-handler", HANDLER, "/"),
    Screen("inbox-leader", LEADER, "/"),
    Screen("inbox-head", HEAD, "/"),
    Screen("inbox-head-of-unit", HEAD_OF_UNIT, "/"),
    Screen("inbox-auditor", AUDITOR, "/"),
    Screen("inbox-administrator", ADMIN, "/"),
    Screen("inbox-sent", HANDLER, "/?box=sent"),
    Screen("inbox-copied", HANDLER, "/?box=copied"),
    Screen("inbox-read", HANDLER, "/?box=copied&read"),
    Screen("inbox-done", REVIEWER, "/?box=done"),
    Screen("inbox-done-empty", HANDLER, "/?box=done"),
    Screen("nodes", REVIEWER, "/nodes/"),
    Screen("nodes-mine", HANDLER, "/nodes/?division={division}&light=overdue"),
    Screen("nodes-nothing", HANDLER, "/nodes/?q=没有这个节点"),
    Screen("node-planned", HANDLER, "/nodes/{planned}/"),
    Screen("node-open", HANDLER, "/nodes/{open}/"),
    Screen("node-outsider", OUTSIDER, "/nodes/{open}/"),
    Screen("node-leader", LEADER, "/nodes/{open}/"),
    Screen("node-submitted", HANDLER, "/nodes/{submitted}/"),
    Screen("node-approved", HANDLER, "/nodes/{done}/"),
    Screen("node-closed-year", HANDLER, "/nodes/59/?year=2021"),
    Screen("node-done", REVIEWER, "/nodes/{done}/"),
    Screen("node-returned", REVIEWER, "/nodes/{returned}/"),
    Screen("node-deferred", LEADER, "/nodes/59/?year=2021"),
    Screen("node-told", HANDLER, "/nodes/{open}/told/"),
    Screen("resume", HANDLER, "/nodes/{resumable}/resume/"),
    Screen("submit", HANDLER, "/nodes/{open}/submit/"),
    Screen("submit-draft", HEAD, "/nodes/{open}/submit/"),
    Screen("submit-checked", HEAD, "/nodes/{open}/submit/", sends=CHECKED),
    Screen("submit-refused", HEAD, "/nodes/{open}/submit/", 422, {"statement": "", "kind": "meeting"}),
    Screen("preview-pdf", REVIEWER, "/files/{pdf}/preview/"),
    Screen("preview-picture", REVIEWER, "/files/{png}/preview/"),
    Screen("preview-text", REVIEWER, "/files/{txt}/preview/"),
    Screen("preview-none", REVIEWER, "/files/{zip}/preview/"),
    Screen("reopen", REVIEWER, "/nodes/{done}/reopen/"),
    Screen("reviews", REVIEWER, "/reviews/"),
    Screen("reviews-approve", REVIEWER, "/reviews/approve/?id={submission}&id={again}"),
    Screen("review", REVIEWER, "/reviews/{submission}/"),
    Screen("review-again", REVIEWER, "/reviews/{again}/"),
    Screen("review-handler", HANDLER, "/reviews/{again}/"),
    Screen("review-refused", REVIEWER, "/reviews/{again}/", 422, {"decision": "return", "opinion": ""}),
    Screen("review-flow", REVIEWER, "/reviews/{submission}/flow/"),
    Screen("defer", HANDLER, "/nodes/{open}/defer/"),
    Screen("deferrals", REVIEWER, "/deferrals/"),
    Screen("sign-off", LEADER, "/deferrals/{deferral}/"),
    Screen("deferral-granted", REVIEWER, "/deferrals/{granted}/"),
    Screen("deferral-withdrawn", REVIEWER, "/deferrals/{withdrawn}/"),
    Screen("deferral-told", HEAD_OF_UNIT, "/deferrals/{waiting}/told/"),
    Screen("deferral-flow", REVIEWER, "/deferrals/{granted}/flow/"),
    Screen("dashboard", REVIEWER, "/dashboard/"),
    Screen("dashboard-2021", LEADER, "/dashboard/?year=2021"),
    Screen("dashboard-division", REVIEWER, "/dashboard/?division={division}"),
    Screen("dashboard-leader", HEAD_OF_UNIT, "/dashboard/?leader={post}"),
    Screen("scores", HANDLER, "/scores/?year=2021"),
    Screen("scores-live", REVIEWER, "/scores/?year={year}"),
    Screen("scores-not-yet", HANDLER, "/scores/?year={year}"),
    Screen("score-division", HEAD, "/scores/divisions/{scored_division}/?year=2021"),
    Screen("score-node", HEAD, "/scores/{scored}/?year=2021"),
    Screen("score-node-late", REVIEWER, "/scores/{scored}/?year={year}"),
    Screen("scores-simulator", REVIEWER, "/scores/simulator/?year=2021"),
    Screen(
        "scores-simulated",
        REVIEWER,
        "/scores/simulator/?year=2021&node=12&what=late&days=5&node=16&what=undone&days=&node=99&what=late",
    ),
    Screen("scores-publish", REVIEWER, "/scores/publish/?year=2021"),
    Screen("scores-not-ready", REVIEWER, "/scores/publish/?year={year}"),
    Screen("score-entries", REVIEWER, "/scores/entries/?year=2021"),
    Screen("score-entries-none", AUDITOR, "/scores/entries/?year={year}"),
    Screen("score-entry-new", REVIEWER, "/scores/entries/new/?year=2021"),
    Screen("score-entry-wrong", REVIEWER, "/scores/entries/new/?year=2021", 422, {"kind": "bonus"}),
    Screen("score-entry", REVIEWER, "/scores/entries/{entry}/"),
    Screen("score-appeals", REVIEWER, "/scores/appeals/"),
    Screen("score-appeals-none", OUTSIDER, "/scores/appeals/"),
    Screen("score-appeal-new", HEAD, "/scores/{scored}/appeal/0/?year=2021"),
    Screen("score-appeal-view", REVIEWER, "/scores/appeals/{appeal}/"),
    Screen("score-appeal-decide", HEAD_OF_UNIT, "/scores/appeals/{viewed}/"),
    Screen("score-appeal-waits", HEAD, "/scores/appeals/{appeal}/"),
    Screen("score-appeal-flow", HEAD, "/scores/appeals/{appeal}/flow/"),
    Screen("settings-scoring", ADMIN, "/settings/scoring/?year=2021"),
    Screen("settings-scoring-standard", ADMIN, "/settings/scoring/?year={year}"),
    Screen("settings-scoring-restore", ADMIN, "/settings/scoring/1/?year=2021"),
    Screen("statements", REVIEWER, "/statements/"),
    Screen("statements-nothing", HANDLER, "/statements/?q=没有这样的概述"),
    Screen("statement-template", REVIEWER, "/statements/templates/meeting/"),
    Screen(
        "statement-template-wrong",
        REVIEWER,
        "/statements/templates/meeting/",
        422,
        {"text": "{时间}{谁}召开会议"},
    ),
    Screen("exports", REVIEWER, "/exports/"),
    Screen("exports-handler", HANDLER, "/exports/?year=2021"),
    Screen("analysis", REVIEWER, "/analysis/?year=2021"),
    Screen("analysis-by-month", HANDLER, "/analysis/?by=month&kind=meeting"),
    Screen("analysis-deadlines", REVIEWER, "/analysis/deadlines/?year=2021"),
    Screen("analysis-bunching", LEADER, "/analysis/bunching/"),
    Screen("analysis-waiting", REVIEWER, "/analysis/waiting/"),
    Screen("analysis-waiting-handler", HANDLER, "/analysis/waiting/"),
    Screen("analysis-forecast", REVIEWER, "/analysis/forecast/"),
    Screen("analysis-forecast-of-2021", REVIEWER, "/analysis/forecast/?year=2021&as_of=2021-06-30&all=1"),
    Screen("summary-none", HANDLER, "/summary/?year={year}"),
    Screen("summary-draft", REVIEWER, "/summary/?year=2021"),
    Screen("summary-waiting", HEAD_OF_UNIT, "/summary/?year={year}"),
    Screen("summary-edit", REVIEWER, "/summary/edit/?year=2021"),
    Screen(
        "summary-edit-stale",
        REVIEWER,
        "/summary/edit/?year=2021",
        409,
        {"base": "1", "block-advice": "加强培训。"},
    ),
    Screen("summary-figure", REVIEWER, "/summary/figure/?year=2021&block=result&figure=2"),
    Screen("summary-versions", REVIEWER, "/summary/versions/?year=2021"),
    Screen("summary-version", AUDITOR, "/summary/versions/1/?year=2021"),
    Screen("summary-compare", REVIEWER, "/summary/compare/?year=2021&from=1&to=2"),
    Screen("summary-comments", HEAD_OF_UNIT, "/summary/comments/?year=2021"),
    Screen("summary-ask", REVIEWER, "/summary/ask/?year=2021"),
    Screen("summary-sign", HEAD_OF_UNIT, "/summary/sign/?year={year}"),
    Screen("summary-flow", REVIEWER, "/summary/flow/?year={year}"),
    Screen("province", REVIEWER, "/province/"),
    Screen("province-sorted", HEAD_OF_UNIT, "/province/?year=2021&sort=-overdue&light=overdue"),
    Screen("province-nothing", AUDITOR, "/province/?year=2021&q=没有这个单位"),
    Screen("province-office", REVIEWER, "/province/{overseen}/?year=2021"),
    Screen(
        "province-refused",
        REVIEWER,
        "/province/{overseen}/decide/?year=2021",
        422,
        {"filing": "0", "outcome": "return", "opinion": ""},
    ),
    Screen("province-office-looking", ADMIN, "/province/gz/?year=2021"),
    Screen("search", REVIEWER, "/search/?q=会议"),
    Screen("search-empty", HANDLER, "/search/"),
    Screen("search-nothing", HANDLER, "/search/?q=没有这个节点"),
    Screen("keys", REVIEWER, "/", keys="?"),
    Screen("refused-401", "", "/nodes/{open}/submit/", 401, {"statement": "已召开推进会，形成纪要。"}),
    Screen("refused-403", HANDLER, "/reviews/", 403),
    Screen("refused-404", HANDLER, "/nodes/99999/", 404),
    Screen("refused-409", HANDLER, "/nodes/{done}/start/", 409, {}),
    Screen(
        "refused-429",
        OUTSIDER,
        "/profile/password/",
        429,
        {"oldpassword": "?"},
        times=1 + OWN_PASSWORD_A_MINUTE,
    ),
    Screen("answer", HEAD_OF_UNIT, "{answer}"),
    Screen("answer-review", REVIEWER, "{answer_review}"),
    Screen("answer-used", HEAD_OF_UNIT, "{answer_used}", 410),
    Screen("answer-expired", HEAD_OF_UNIT, "{answer_expired}", 410),
    Screen("answer-theirs", HANDLER, "{answer}", 403),
    Screen("answer-forged", HANDLER, "/a/1.forged/", 404),
    Screen("unsubscribe", "", "{unsubscribe}"),
    Screen("unsubscribed", "", "{unsubscribe}", sends={}),
    Screen("unsubscribe-forged", "", "/notices/unsubscribe/1.forged/", 404),
    Screen("settings", ADMIN, "/settings/"),
    Screen("settings-year", ADMIN, "/settings/year/"),
    Screen("settings-year-open", ADMIN, "/settings/year/{year}/open/"),
    Screen("settings-year-close", ADMIN, "/settings/year/{year}/close/"),
    Screen("settings-roll-over", ADMIN, "/settings/year/2021/roll-over/"),
    Screen("settings-deadlines", ADMIN, "/settings/year/{drafted}/deadlines/"),
    Screen("settings-import", ADMIN, "/settings/import/"),
    Screen("settings-import-preview", ADMIN, "/settings/import/2021/{catalogue}/"),
    Screen("settings-people", ADMIN, "/settings/people/"),
    Screen("settings-person", ADMIN, "/settings/people/{person}/"),
    Screen("settings-person-new", ADMIN, "/settings/people/new/"),
    Screen("settings-posts", ADMIN, "/settings/posts/"),
    Screen("settings-post", ADMIN, "/settings/posts/{post}/"),
    Screen("settings-delegations", LEADER, "/settings/delegations/"),
    Screen("settings-routing", ADMIN, "/settings/routing/"),
    Screen("settings-routing-add", ADMIN, "/settings/routing/add/"),
    Screen("settings-routing-change", ADMIN, "/settings/routing/{rule}/"),
    Screen("settings-routing-remove", ADMIN, "/settings/routing/{rule}/remove/"),
    Screen("settings-routing-question", ADMIN, "/settings/routing/question/"),
    Screen("messages", ADMIN, "/settings/messages/"),
    Screen("messages-dead", ADMIN, "/settings/messages/?state=dead"),
    Screen("messages-nothing", AUDITOR, "/settings/messages/?q=没有这个节点"),
    Screen("message-dead", ADMIN, "/settings/messages/{dead_message}/"),
    Screen("message-sent", REVIEWER, "/settings/messages/{sent_message}/"),
    Screen("profile-calendar", HEAD, "/profile/calendar/"),
    Screen("profile-calendar-made", HANDLER, "/profile/calendar/", sends={}),
    Screen("profile-calendar-there", REVIEWER, "/profile/calendar/"),
    Screen("settings-reminders", ADMIN, "/settings/reminders/"),
    Screen("settings-reminders-looking", REVIEWER, "/settings/reminders/?month-channel=email"),
    Screen("settings-rule-add", ADMIN, "/settings/reminders/add/"),
    Screen("settings-rule", ADMIN, "/settings/reminders/rules/r1/"),
    Screen("settings-rule-preview", ADMIN, "/settings/reminders/rules/r1/", sends=RULE | {"preview": "1"}),
    Screen("settings-rule-refused", ADMIN, "/settings/reminders/add/", 422, {"template": "{谁}"}),
    Screen("settings-rule-remove", ADMIN, "/settings/reminders/rules/r1/remove/"),
    Screen("settings-reminders-history", ADMIN, "/settings/reminders/history/"),
    Screen("settings-reminders-restore", ADMIN, "/settings/reminders/history/1/"),
    Screen("settings-channels", ADMIN, "/settings/channels/"),
    Screen("settings-channel-kinds", ADMIN, "/settings/channels/add/"),
    *(
        Screen(f"settings-channel-add-{kind}", ADMIN, f"/settings/channels/add/{kind}/")
        for kind in ("wecom_robot", "wecom_app", "dingtalk_robot", "feishu_robot", "webhook", "apprise")
    ),
    Screen(
        "settings-channel-refused", ADMIN, "/settings/channels/add/webhook/", 422, {"url": "http://[::1]/"}
    ),
    Screen("settings-channel-well", ADMIN, "/settings/channels/{channel}/"),
    Screen("settings-channel-failed", ADMIN, "/settings/channels/{failing_channel}/"),
    Screen("settings-person-addresses", ADMIN, "/settings/people/{person}/addresses/"),
    Screen("settings-calendar", ADMIN, "/settings/calendar/"),
    Screen("audit", REVIEWER, "/audit/"),
    Screen("profile", HANDLER, "/profile/"),
    Screen("password", HANDLER, "/profile/password/"),
    Screen("second-factor", HANDLER, "/profile/second-factor/"),
    Screen("second-factor-app", HANDLER, "/profile/second-factor/app/"),
    Screen("second-factor-passkey", HANDLER, "/profile/second-factor/passkeys/add/"),
    Screen("confirm", HANDLER, "/profile/confirm/"),
    Screen("log-in-cancelled", "", "/login/cancelled/"),
)


@dataclass(frozen=True)
class World:
    """省外办 with its finished 2021 and its current year in full swing."""

    office: Office
    year: Cycle
    facts: dict[str, Any]

    def address(self, screen: Screen) -> str:
        return screen.path.format(**self.facts)


def ask(client: Any, world: World, screen: Screen) -> Any:
    """What the screen's address answers a test client."""
    address = world.address(screen)
    for _time in range(screen.times):
        answer = client.get(address) if screen.sends is None else client.post(address, dict(screen.sends))
        if answer.status_code == screen.status:
            break
    return answer


def go(person: Any, world: World, screen: Screen, password: str) -> int:
    """Bring somebody in front of a browser to the screen; the status that it came with."""
    address, status = world.address(screen), 0
    if screen.path.startswith(GUARDED):
        person.sends("/profile/confirm/", {"password": password})
    for _time in range(screen.times):
        status = person.status_of(address) if screen.sends is None else person.sends(address, screen.sends)
        if status == screen.status:
            break
    if screen.keys:
        person.do(lambda page: page.keyboard.press(screen.keys))
    return int(status)


def visitor(screen: Screen, world: World) -> Client:
    """Whoever looks, without a browser: logged in, and confirmed where that is asked for; or a stranger."""
    client = Client()
    if screen.user:
        who = builders.person(screen.user, world.office)
        client.force_login(who, backend="workflow.auth.OfficeBackend")
    if screen.path.startswith(GUARDED):
        client.post("/profile/confirm/", {"password": PASSWORD})
    return client
