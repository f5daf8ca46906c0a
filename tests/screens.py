"""Every screen of the product, and who looks at it: pictures are taken of them, and every one is examined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.test import Client
from django.utils import timezone

from approvals.models import DeferralRequest, SignOff
from nodes.models import Cycle, EvidenceSubmission, State
from nodes.services.staging import stage
from notifications.channels.protocol import Outcome
from notifications.models import Attempt, Channel, ChannelKind, Notification
from notifications.recording import note_health
from notifications.secrets import seal
from notifications.wording import headline
from tests import builders
from tests.close_ups import AUDITOR, close_ups
from tests.living_year import living_year
from tests.sent_messages import what_was_sent
from workflow.models import Office, Post, RoutingRule, User
from workflow.policy import Conditions, Rule
from workflow.selectors import reminder_policy
from workflow.services.policies import set_reminder_policy

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
CATALOGUE = builders.DEMO / "catalogue-2021.csv"


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
    Screen("exports", REVIEWER, "/exports/"),
    Screen("exports-handler", HANDLER, "/exports/?year=2021"),
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


def build(today: date) -> World:
    """The demo's office, its year 2021 replayed, and the year of `today` as it might stand."""
    office = builders.reference_year().office
    year = living_year(office, today)
    for name in (HANDLER, OUTSIDER):  # who has none cannot change it, nor confirm anything by it
        user = builders.person(name, office)
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    _rules(office)
    facts = _facts(office, year)
    facts |= close_ups(office, year, mine=_mine(year), draft_by=HEAD, today=today)
    return World(office, year, facts | what_was_sent(office, today, head=HEAD_OF_UNIT, reviewer=REVIEWER))


def _mine(year: Cycle) -> Any:
    found = year.nodes.filter(lead_division__posts__appointments__user__username=HANDLER)
    return found.distinct().order_by("number")


def _facts(office: Office, year: Cycle) -> dict[str, Any]:
    mine = _mine(year)
    waiting = SignOff.objects.filter(decision=None, opened_at__isnull=False, request__status="pending")
    return {
        "dead_message": _given_up(office),
        "sent_message": Notification.objects.filter(office=office, channel="in_app").latest("happened_at").pk,
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
        "catalogue": _uploaded(builders.person(ADMIN, office)),
        "rule": RoutingRule.objects.filter(office=office).first().pk,
        "division": mine.first().lead_division_id,
        "person": User.objects.get(office=office, username=LEADER).pk,
        "post": Post.objects.get(office=office, name=builders.LEADER).pk,
        **_channels(office),
    }


def _rules(office: Office) -> None:
    """What the office tells beside the standard rhythm, set by its administrator."""
    early = Rule(
        id="r1", name="重点工作提前提请领导", working_days=-10, every=5,
        to=("leader_in_charge", "head_of_unit"),
        only=Conditions(divisions=(builders.DIVISION,)), channels=("in_app", "wecom_robot"),
        template="“{节点}”将于{期限}到期，还有{剩余工作日}个工作日，请{处室}抓紧办理。",
    )  # fmt: skip
    returned = Rule(id="r2", name="退回时告知处室负责人", on="returned", to=("division_head",), enabled=False)
    policy = reminder_policy(office).model_copy(update={"rules": (early, returned), "send_at": time(9)})
    set_reminder_policy(actor=builders.person(ADMIN, office), office=office, policy=policy)


def _channels(office: Office) -> dict[str, int]:
    """A robot that works and one that does not, each as its last test left it."""
    well = _tried(office, "全办企业微信群", ChannelKind.WECOM_ROBOT, {"key": "k" * 30}, Outcome.ok(0, "ok"))
    refused = Outcome.permanent(310000, "keywords not in content, more: [https://ding-doc.dingtalk.com]")
    ill = _tried(office, "新闻文化处钉钉群", ChannelKind.DINGTALK_ROBOT, {"token": "t" * 64}, refused)
    Channel.objects.create(office=office, name="值班室系统", kind=ChannelKind.WEBHOOK, is_active=False)
    return {"channel": well, "failing_channel": ill}


def _tried(office: Office, name: str, kind: str, secrets: dict[str, str], outcome: Outcome) -> int:
    row = Channel.objects.create(office=office, name=name, kind=kind, secrets=seal(secrets))
    now = timezone.now()
    Attempt.objects.create(
        office=office, batch=f"test:{row.pk}:0", channel=kind, via=row, number=1, began_at=now, ended_at=now,
        result=outcome.result, vendor_code=outcome.vendor_code, vendor_message=outcome.vendor_message,
    )  # fmt: skip
    note_health(Notification(via=row, channel=kind), outcome)
    return row.pk


def _given_up(office: Office) -> int:
    """A letter that the mail server refused for good."""
    row = Notification.objects.filter(office=office, channel="email").latest("happened_at")
    rows = Notification.objects.filter(batch=row.batch)
    rows.update(state="dead", attempts=1, last_error="550 no such user")
    now = timezone.now()
    Attempt.objects.create(
        office=office, batch=row.batch, channel="email", recipient=row.recipient, number=1, began_at=now,
        ended_at=now, result="permanent", vendor_code="550", subject=f"[省外办] {headline(row)}",
        text=f"{row.recipient}：\n\n{headline(row)}\n",
    )  # fmt: skip
    return row.pk


def _uploaded(user: User) -> str:
    """The name of an upload that would change some nodes and bring a new one."""
    lines = CATALOGUE.read_text("utf-8").replace("纪要、图片", "纪要、签到表、图片").splitlines()
    lines.append(lines[-1].replace("76,", "77,", 1))
    return stage(user, "2021年度目录.csv", "\n".join(lines).encode()).sha256
