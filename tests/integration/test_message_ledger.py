"""The ledger of messages: every message as a line and as a page, and what administrators do to it."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from notifications import delivery
from notifications.models import Attempt, Channel, Hold, Notification
from tests import builders
from tests.browsing import logged_in, main_text
from tests.builders import last_audit
from tests.mornings import a_morning, later, mails, states

pytestmark = pytest.mark.django_db
LEDGER = "/settings/messages/"


def page(who: str = "admin", query: str = "", **more) -> str:
    return main_text(logged_in(who, **more).get(LEDGER + query))


def given_up(office, *numbers: int) -> Notification:
    """The handlers' letter was refused for good."""
    a_morning(office, *numbers)
    row = mails().first()
    refuse(row)
    return row


def refuse(row: Notification, code: str = "550", words: str = "no such user") -> None:
    now = timezone.now()
    Notification.objects.filter(batch=row.batch).update(state="dead", attempts=1, last_error=code)
    Attempt.objects.create(
        office=row.office, batch=row.batch, channel=row.channel, recipient=row.recipient, number=1,
        began_at=now, ended_at=now, result="permanent", vendor_code=code, vendor_message=words,
        subject="今日到期", text="原文一行\n=HYPERLINK(1)",
    )  # fmt: skip


def act(row: Notification, name: str, who: str = "admin", **sends):
    return logged_in(who).post(f"{LEDGER}{row.pk}/{name}/", sends)


def test_a_message_is_one_line_and_says_what_to_do(office):
    row = given_up(office, 1, 2)
    assert mails(batch=row.batch).count() == 2
    shown = page(query="?channel=email&state=dead")
    assert "共 1 条通知" in shown
    assert "工作节点1" in shown
    assert "工作节点2" in shown
    assert "已放弃" in shown
    assert "信箱不存在" in shown
    whole = main_text(logged_in().get(f"{LEDGER}{row.pk}/"))
    assert "处理办法" in whole
    assert "550" in whole
    assert "no such user" in whole
    assert "原文一行" in whole


def test_what_waits_for_its_channel_says_so_and_until_when(office):
    a_morning(office, 1)
    now = timezone.now().replace(microsecond=0)
    Hold.objects.create(
        destination="email", since=now, until=now + timedelta(minutes=10), code="421", said="come back later"
    )
    until = (now + timedelta(minutes=10)).astimezone(office.zone)
    for shown in (page(query="?channel=email"), main_text(logged_in().get(f"{LEDGER}{mails().get().pk}/"))):
        assert f"渠道暂停发送，{until:%H:%M:%S} 后再试" in shown
        assert f"{until:%Y-%m-%d %H:%M}" in shown
        assert "邮件服务器" in shown, "why"
    assert "渠道暂停发送" not in page(query="?channel=in_app")
    mails().update(due_at=now + timedelta(days=1))
    assert "渠道暂停发送" not in page(query="?channel=email"), "its own time is later anyway"


def test_each_filter_narrows_the_list(office):
    row = given_up(office, 1)
    person, division = row.recipient_id, row.node.lead_division_id
    day = office.day(row.happened_at).isoformat()
    days = f"since={day}&until={day}"
    fitting = ("rule=due", "q=工作节点1", "q=1", "channel=in_app")
    for query in (f"who={person}", f"division={division}", days, *fitting):
        assert "工作节点1" in page(query=f"?{query}"), query
    for query in ("rule=talk", "since=2030-01-01", "q=没有这个", "state=muted"):
        assert "没有符合条件的通知" in page(query=f"?{query}"), query
    assert "共 " in page(query="?state=nonsense&who=x&since=99")  # what is no choice narrows nothing


def test_a_robots_message_names_its_group(office):
    robot = Channel.objects.create(office=office, kind="wecom_robot", name="新闻处群", settings={})
    a_morning(office, 1, 2)
    shown = page(query=f"?channel={robot.pk}")
    assert "新闻处群" in shown
    assert "共 1 条通知" in shown


def test_what_was_given_up_is_sent_once_more(office, mailoutbox):
    row = given_up(office, 1)
    assert act(row, "retry").status_code == 302
    assert last_audit(office).action == "message.retried"
    assert act(row, "retry").status_code == 302  # the second click of the same person
    assert [e.action for e in builders.trail(office)].count("message.retried") == 1
    later()
    delivery.sweep()
    assert states() == {"sent": 1}
    assert len(mailoutbox) == 1
    assert act(row, "retry").status_code == 302


def test_all_that_fit_are_sent_once_more(office):
    row = given_up(office, 1)
    client = logged_in("admin")
    said = client.post(f"{LEDGER}retry/", {"channel": "email", "state": "dead"}, follow=True)
    assert "已重新发送 1 条通知" in said.content.decode()
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error) == ("pending", 0, "")
    assert "没有符合条件的已放弃通知" in client.post(f"{LEDGER}retry/", {}, follow=True).content.decode()


def test_a_muted_message_is_not_sent_and_can_come_back(office, mailoutbox):
    a_morning(office, 1)
    row = mails().get()
    refused = act(row, "mute", reason=" ")
    assert refused.status_code == 422
    assert "请写明原因" in main_text(refused)
    assert act(row, "mute", reason="已当面告知").status_code == 302
    later()
    delivery.sweep()
    assert states() == {"muted": 1}
    assert not mailoutbox
    assert "已当面告知" in main_text(logged_in().get(f"{LEDGER}{row.pk}/"))
    assert act(row, "unmute").status_code == 302
    assert states() == {"pending": 1}
    assert act(row, "mute", reason="再次").status_code == 302
    assert act(row, "unmute").status_code == 302
    delivery_state = mails().get()
    refuse(delivery_state)
    act(row, "mute", reason="邮箱已停用")
    act(row, "unmute")
    assert states() == {"dead": 1}  # as it was before


def test_what_is_sent_is_not_muted(office):
    a_morning(office, 1)
    row = Notification.objects.filter(channel="in_app").first()
    assert act(row, "mute", reason="x").status_code == 409


def test_only_administrators_act_and_only_on_their_own_office(office):
    row = given_up(office, 1)
    builders.office("other")
    other = logged_in("admin", office=row.office.__class__.objects.get(code="other"))
    assert other.get(f"{LEDGER}{row.pk}/").status_code == 404
    assert other.post(f"{LEDGER}{row.pk}/retry/").status_code == 404
    assert "工作节点1" not in main_text(other.get(LEDGER))
    for name in ("retry", "mute", "unmute"):
        assert act(row, name, "jixiao1", reason="x").status_code == 403
    assert logged_in("xinwen1").get(LEDGER).status_code == 403
    assert "全部重新发送" not in page("jixiao1", "?state=dead")
    assert states() == {"dead": 1}


def test_the_export_holds_what_is_filtered_and_no_formula(office):
    given_up(office, 1, 2)
    row = mails().first()
    row.node.title = "=cmd|'/C calc'!A0"
    row.node.save(update_fields=["title"])
    Attempt.objects.update(vendor_message="=1+1", vendor_code="")
    answer = logged_in().get(f"{LEDGER}export/?state=dead")
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet.max_row == 2
    assert all(cell.data_type != "f" for line in sheet for cell in line)


def test_hostile_titles_are_only_words(office):
    a_morning(office, 1, title="<script>alert(1)</script>{{ 7 }}")
    html = logged_in().get(LEDGER).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_a_long_ledger_is_read_in_few_queries(office):
    a_morning(office, *range(1, 40))
    client = logged_in()
    client.get(LEDGER)
    with CaptureQueriesContext(connection) as sent:
        assert client.get(LEDGER).status_code == 200
    assert len(sent) <= 15, "\n".join(query["sql"][:120] for query in sent)


def test_a_list_can_be_turned(office):
    a_morning(office, *range(1, 60))
    assert Notification.objects.filter(channel="in_app").count() >= 59
    first, second = page(query="?channel=in_app"), page(query="?channel=in_app&page=2")
    assert "1 / 2" in first
    assert "2 / 2" in second
    Notification.objects.update(happened_at=timezone.now() - timedelta(days=1))
    assert "1 / 2" in page(query="?channel=in_app")
