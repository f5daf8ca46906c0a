"""The channels of an office: set up, tried, changed and switched off by its administrators."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications import rates
from notifications.claims import claim_due
from notifications.delivery import send
from notifications.models import Attempt, Channel, ChannelKind, Notification
from notifications.preferences import address_of, prefer, set_addresses
from notifications.reminders import scan
from notifications.secrets import unseal
from tests import builders
from tests import vendors as known
from tests.browsing import logged_in, main_text
from tests.builders import last_audit, person
from tests.vendors import Vendors, open_vendors
from workflow.models import AuditEntry, Division
from workflow.refusals import Invalid, NotAllowed

LIST = "/settings/channels/"
TYPED = {"name": "新闻处钉钉群", "token": known.DINGTALK_TOKEN, "secret": known.DINGTALK_SECRET}
ADD = "/settings/channels/add/dingtalk_robot/"


@pytest.fixture
def vendors(settings) -> Iterator[Vendors]:
    with open_vendors() as vendors:
        settings.OUTGOING_ALLOWED, settings.VENDORS = vendors.allowed, vendors.addresses
        yield vendors


def page(response) -> str:
    return main_text(response)


def added(visitor, **changed: str) -> Channel:
    visitor.post(ADD, TYPED | changed)
    return Channel.objects.latest("pk")


def of(channel: Channel, act: str = "") -> str:
    return f"{LIST}{channel.pk}/{act}"


def test_a_robot_is_set_up_and_its_secrets_are_never_shown(office):
    visitor = logged_in("admin")
    assert "尚未设置机器人或应用" in page(visitor.get(LIST))
    division = Division.objects.get(office=office, name="新闻文化处")
    response = visitor.post(ADD, TYPED | {"division": division.pk}, follow=True)
    channel = Channel.objects.get()
    assert "渠道已新增" in page(response)
    assert "末四位 1234" in page(response)
    assert unseal(channel.secrets) == {"token": known.DINGTALK_TOKEN, "secret": known.DINGTALK_SECRET}
    assert channel.division == division
    listed = visitor.get(LIST)
    assert "新闻处钉钉群" in page(listed)
    assert "未验证" in page(listed)
    entry = last_audit(channel)
    assert (entry.action, entry.data["secrets"]) == ("channel.added", ["secret", "token"])
    pages = [one.content.decode() for one in (listed, response, visitor.get("/audit/"))]
    for secret in (known.DINGTALK_TOKEN, known.DINGTALK_SECRET):
        assert not any(secret in kept for kept in (str(entry.data), *pages))
    assert "新增了通知渠道“新闻处钉钉群”" in page(visitor.get("/audit/"))


def test_a_second_click_adds_no_second_robot(office):
    visitor = logged_in("admin")
    for _click in range(2):
        assert visitor.post(ADD, TYPED).status_code == 302
    assert Channel.objects.count() == 1
    answer = visitor.post(ADD, TYPED | {"token": "a" * 64})
    assert answer.status_code == 422
    assert "已有同名渠道" in page(answer)


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("dingtalk_robot", {"name": " "}, "必填"),
        ("dingtalk_robot", {"name": "长" * 61}, "最多 60 个字"),
        ("dingtalk_robot", {"token": ""}, "必填"),
        ("dingtalk_robot", {"token": "https://evil.example/?access_token=x"}, "oapi.dingtalk.com"),
        ("dingtalk_robot", {"division": "999999"}, "division"),
        ("webhook", {"url": "https://127.0.0.1/", "secret": "s" * 20}, "127.0.0.1"),
        ("webhook", {"url": "http://169.254.169.254/latest", "secret": "s" * 20}, "https://"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(office, kind, change, said):
    answer = logged_in("admin").post(f"{LIST}add/{kind}/", TYPED | change)
    assert answer.status_code == 422
    assert "field__error" in answer.content.decode()
    assert said in answer.content.decode()
    assert known.DINGTALK_TOKEN not in answer.content.decode()
    assert not Channel.objects.exists()


def test_another_offices_division_is_none_of_ours(office):
    other = builders.office("other")
    theirs = Division.objects.filter(office=other).first()
    assert logged_in("admin").post(ADD, TYPED | {"division": theirs.pk}).status_code == 422
    assert not Channel.objects.exists()


def test_a_secret_left_empty_stays_and_an_optional_one_can_be_taken_away(office):
    visitor = logged_in("admin")
    channel = added(visitor)
    visitor.post(of(channel), {"name": "群二", "keyword": "节点"})
    channel.refresh_from_db()
    assert (channel.name, channel.settings["keyword"]) == ("群二", "节点")
    assert set(unseal(channel.secrets)) == {"token", "secret"}
    visitor.post(of(channel), {"name": "群二", "keyword": "节点", "forget_secret": "on"})
    channel.refresh_from_db()
    assert unseal(channel.secrets) == {"token": known.DINGTALK_TOKEN}
    assert last_audit(channel).data["secrets"] == ["secret"]
    before = AuditEntry.objects.count()
    assert "没有变化" in page(visitor.post(of(channel), {"name": "群二", "keyword": "节点"}, follow=True))
    assert AuditEntry.objects.count() == before


def test_who_saves_over_somebody_elses_change_is_told(office):
    visitor = logged_in("admin")
    channel = added(visitor)
    opened = visitor.get(of(channel)).context["form"].initial["seen"]
    visitor.post(of(channel), {"name": "甲", "seen": opened})
    answer = visitor.post(of(channel), {"name": "乙", "seen": opened})
    channel.refresh_from_db()
    assert (answer.status_code, channel.name) == (422, "甲")
    again = answer.context["form"]["seen"].value()
    assert visitor.post(of(channel), {"name": "乙", "seen": again}).status_code == 302


def test_a_test_shows_the_vendors_own_answer_with_advice_and_then_success(office, vendors):
    visitor = logged_in("admin")
    channel = added(visitor)
    vendors.answer("dingtalk", {"errcode": 310000, "errmsg": "keywords not in content"})
    said = page(visitor.post(of(channel, "test/"), {"once": "a" * 32}, follow=True))
    assert "310000" in said
    assert "keywords not in content" in said
    assert "关键词" in said
    assert "发送失败" in page(visitor.get(LIST))
    said = page(visitor.post(of(channel, "test/"), {"once": "b" * 32}, follow=True))
    assert "测试消息已被接收" in said
    assert "正常" in page(visitor.get(LIST))
    assert last_audit(channel).data["result"] == "ok"


def test_a_second_click_sends_no_second_test(office, vendors):
    visitor = logged_in("admin")
    channel = added(visitor)
    for _click in range(2):
        visitor.post(of(channel, "test/"), {"once": "a" * 32})
    assert Attempt.objects.filter(via=channel).count() == 1
    assert len(vendors.arrivals) == 1


def test_a_test_respects_the_rate(office, vendors, monkeypatch):
    visitor = logged_in("admin")
    channel = added(visitor)
    monkeypatch.setattr(rates, "wait_for", lambda _channel: 41.2)
    assert "请 42 秒后再试" in visitor.post(of(channel, "test/"), follow=True).content.decode()
    assert not Attempt.objects.exists()


def test_what_is_switched_off_speaks_no_more(drama_festival):
    visitor = logged_in("admin")
    channel = added(visitor)
    scan(drama_festival.office, date(2021, 10, 29))
    assert Notification.objects.filter(via=channel, state="pending").exists()
    visitor.post(of(channel, "switch/"), {"on": "0"})
    visitor.post(of(channel, "switch/"), {"on": "0"})
    assert set(Notification.objects.filter(via=channel).values_list("state", flat=True)) == {"lapsed"}
    assert AuditEntry.objects.filter(action="channel.switched_off").count() == 1
    assert visitor.post(of(channel, "remove/")).status_code == 409
    assert "不能删除" in page(visitor.get(of(channel)))


def test_what_a_worker_had_in_hand_is_not_sent_once_it_is_switched_off(drama_festival, vendors):
    visitor = logged_in("admin")
    channel = added(visitor)
    scan(drama_festival.office, date(2021, 10, 29))
    rows = Notification.objects.filter(via=channel)
    claim = claim_due(list(rows.values_list("pk", flat=True)))
    assert claim is not None
    assert claim.ids
    visitor.post(of(channel, "switch/"), {"on": "0"})
    assert send(claim) == 0
    assert not vendors.arrivals
    assert set(rows.values_list("state", flat=True)) == {"lapsed"}


def test_what_was_never_used_is_removed_once(office):
    visitor = logged_in("admin")
    channel = added(visitor)
    for _click in range(2):
        assert visitor.post(of(channel, "remove/")).status_code == 302
    assert not Channel.objects.exists()


def test_others_look_at_most(office):
    channel = added(logged_in("admin"))
    builders.office("other")
    assert "新增渠道" not in page(logged_in("jixiao1").get(LIST))
    assert logged_in("jixiao1").get(of(channel)).status_code == 403
    assert logged_in("xinwen1").get(LIST).status_code == 403
    stranger = logged_in("admin", builders.person("admin", office.__class__.objects.get(code="other")).office)
    for act in ("", "test/", "switch/", "remove/"):
        assert stranger.post(of(channel, act)).status_code == 404


def test_the_list_costs_little_however_long(office, django_assert_max_num_queries):
    visitor = logged_in("admin")
    for number in range(12):
        added(visitor, name=f"群{number}", token=f"{number:064d}")
    visitor.get(LIST)
    with django_assert_max_num_queries(12):
        visitor.get(LIST)


# Where people are reached, and when not


def test_addresses_are_kept_by_oneself_and_by_the_administrators(office):
    own = logged_in("xinwen1")
    own.post("/profile/addresses/", {"mobile": "+86 138-0013-8000", "wecom": "lisi", "feishu": "ou_84aad35d"})
    kept = address_of(person("xinwen1"))
    assert (kept.mobile, kept.wecom, kept.feishu) == ("13800138000", "lisi", "ou_84aad35d")
    assert last_audit(person("xinwen1")).action == "user.addresses_changed"
    where = f"/settings/people/{person('xinwen1').pk}/addresses/"
    logged_in("admin").post(where, {"mobile": "13800138000", "wecom": "li.si", "feishu": ""})
    assert address_of(person("xinwen1")).wecom == "li.si"
    assert last_audit(person("xinwen1")).action == "person.addresses_changed"
    assert logged_in("jixiao1").get(where).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"mobile": "12345"}, {"mobile": "+1 13800138000"}, {"mobile": "１３８００１３８０００"},
        {"wecom": "@all"}, {"wecom": "li si"}, {"wecom": "a|b"}, {"wecom": "x" * 65},
        {"feishu": "all"}, {"feishu": "ou_\u202ex"}, {"feishu": "ou_" + "x" * 70},
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_beside_its_field(office, wrong):
    answer = logged_in("xinwen1").post("/profile/addresses/", wrong)
    assert answer.status_code == 422
    assert "field__error" in answer.content.decode()
    kept = address_of(person("xinwen1"))
    assert (kept.mobile, kept.wecom, kept.feishu) == ("", "", "")


def test_nobody_sets_somebody_elses_addresses(office):
    with pytest.raises(NotAllowed):
        set_addresses(actor=person("mishu1"), person=person("xinwen1"), given={"wecom": "mine"})


def test_half_a_quiet_time_is_refused(office):
    with pytest.raises(Invalid):
        prefer(actor=person("xinwen1"), email_reminders=True, email_news=True, quiet_from=time(12))
    answer = logged_in("xinwen1").post("/profile/notices/", {"quiet_from": "12:00", "email_news": "on"})
    assert answer.status_code == 422
    assert "请同时填写" in page(answer)


def due_local(username: str) -> set[str]:
    rows = Notification.objects.filter(recipient__username=username, channel=ChannelKind.EMAIL)
    zone = ZoneInfo("Asia/Shanghai")
    return {f"{due.astimezone(zone):%m-%d %H:%M}" for due in rows.values_list("due_at", flat=True)}


@pytest.mark.parametrize(
    ("quiet", "over"),
    [
        ((time(8), time(11, 30)), (29, 11, 30)),
        ((time(22), time(10)), (29, 10)),
        # The office's quiet hours, in which it would end, hold as well.
        ((time(8, 30), time(20, 30)), (30, 8)),
    ],
)
def test_reminders_wait_for_the_end_of_ones_own_quiet_hours(db, quiet, over):
    office = builders.office(reminder_policy={"quiet_hours": ["20:00", "08:00"]})
    builders.work_node(office)
    prefer(
        actor=person("xinwen1"), email_reminders=True, email_news=True,
        quiet_from=quiet[0], quiet_until=quiet[1],
    )  # fmt: skip
    scan(office, date(2021, 10, 29))
    ends = datetime(2021, 10, *over, tzinfo=builders.ZONE)
    (due,) = Notification.objects.filter(recipient__username="xinwen1", channel=ChannelKind.EMAIL)
    assert timedelta(minutes=2) <= due.due_at - ends < timedelta(minutes=9)


def test_others_are_not_kept_waiting(drama_festival):
    prefer(
        actor=person("mishu1"), email_reminders=True, email_news=True,
        quiet_from=time(8), quiet_until=time(12),
    )  # fmt: skip
    scan(drama_festival.office, date(2021, 10, 29))
    assert all(found.startswith("10-29 08:") for found in due_local("xinwen1"))


def test_an_urgent_message_waits_too(office):
    node = builders.work_node(office, 1)
    prefer(
        actor=person("fuzhuren2"), email_reminders=True, email_news=True,
        quiet_from=time(0), quiet_until=time(23, 50),
    )  # fmt: skip
    builders.start(node)
    builders.file_deferral(node)
    rows = Notification.objects.filter(recipient__username="fuzhuren2", channel=ChannelKind.EMAIL)
    assert rows.exists()
    for row in rows:
        assert row.due_at - row.happened_at < timedelta(days=2)
        assert row.due_at.astimezone(ZoneInfo("Asia/Shanghai")).time() >= time(23, 50)
