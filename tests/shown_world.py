"""The world that every screen shows: the demo's office with its finished 2021 and a year in full swing."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.utils import timezone

from approvals.models import DeferralRequest, SignOff
from nodes.catalogue import Catalogue
from nodes.models import Cycle, EvidenceSubmission, State
from nodes.selectors import cycle_of
from nodes.services.catalogue import import_catalogue
from nodes.services.staging import stage
from notifications.channels.protocol import Outcome
from notifications.models import Attempt, Channel, ChannelKind, Notification
from notifications.recording import note_health
from notifications.secrets import seal
from notifications.wording import headline
from tests import builders, reference
from tests.close_ups import close_ups
from tests.living_year import catalogue_of, living_year
from tests.provinces import neighbours_to_oversee
from tests.published_year import published_year
from tests.screens import ADMIN, HANDLER, HEAD, HEAD_OF_UNIT, LEADER, OUTSIDER, PASSWORD, REVIEWER, World
from tests.sent_messages import what_was_sent
from tests.summaries import written_up
from workflow.models import Office, Post, RoutingRule, User
from workflow.policy import Conditions, Rule
from workflow.selectors import reminder_policy
from workflow.services.policies import set_reminder_policy

CATALOGUE = builders.DEMO / "catalogue-2021.csv"


def build(today: date) -> World:
    """The demo's office, its year 2021 replayed, and the year of `today` as it might stand."""
    office = reference.reference_year().office
    year = living_year(office, today)
    for name in (HANDLER, OUTSIDER):  # who has none cannot change it, nor confirm anything by it
        user = builders.person(name, office)
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    _rules(office)
    facts = _facts(office, year)
    facts |= close_ups(office, year, mine=_mine(year), draft_by=HEAD, today=today)
    written_up(office, year=year.year)
    facts |= neighbours_to_oversee(office)
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
        "drafted": _drafted(office),
        "division": mine.first().lead_division_id,
        "person": User.objects.get(office=office, username=LEADER).pk,
        "post": Post.objects.get(office=office, name=builders.LEADER).pk,
        **_channels(office),
        **_scores(office),
    }


def _scores(office: Office) -> dict[str, Any]:
    """The demo's year, published, with an appeal that waits."""
    found = published_year(cycle_of(office, 2021), head=HEAD)
    names = {
        "viewed": "viewed_appeal",
        "entry": "entry_id",
        "appeal": "appeal_id",
        "scored": "scored",
        "scored_division": "division_id",
    }
    return {name: found[fact] for name, fact in names.items()}


def _drafted(office: Office) -> int:
    """The year after the demo's, in draft with the demo's catalogue."""
    year = 2022
    divisions = list(office.divisions.values_list("name", flat=True))
    rows = catalogue_of(divisions, date(year, 1, 1))
    import_catalogue(actor=None, office=office, year=year, catalogue=Catalogue(rows, []))
    Cycle.objects.filter(office=office, year=year).update(status=Cycle.Status.DRAFT)
    return year


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
