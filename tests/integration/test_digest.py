"""A day's digest: in groups, the most urgent first, each node once, not too long, true when it goes out."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from nodes.models import State
from notifications import delivery, reminders
from notifications.channels import calling, wecom_robot
from notifications.digests import A_GROUP, IN_ALL
from notifications.letters import compose
from notifications.models import Address, Channel, ChannelKind, Notification
from tests.builders import defer, person, submit_evidence, work_node
from tests.mornings import DUE, mails
from tests.organisation import OTHER_DIVISION
from tests.post_office import page, text

OVERDUE, SOON = date(2021, 4, 29), date(2021, 5, 11)


def composed(username: str, on: date = DUE, channel: str = ChannelKind.EMAIL):
    rows = Notification.objects.filter(recipient__username=username, channel=channel, state="pending")
    return compose(list(rows.select_related("recipient", "office", "node__cycle", "node__lead_division")), on)


def test_the_subject_says_it_in_one_line_and_the_most_urgent_comes_first(office):
    for number, deadline in enumerate((SOON, DUE, OVERDUE, OVERDUE), start=1):
        work_node(office, number, deadline=deadline)
    for day in (date(2021, 5, 7), date(2021, 5, 8), DUE):
        reminders.scan(office, day, with_day=DUE)
    letter = composed("xinwen1")
    assert letter.subject == "[省外办] 2 项已超期，1 项今天到期，1 项即将到期"
    places = [letter.text.index(f"【{heading}】") for heading in ("已超期", "今天到期", "即将到期")]
    assert places == sorted(places)
    assert [letter.text.count(f"节点 {number}“") for number in range(1, 5)] == [1, 1, 1, 1]
    assert letter.text.count("/a/") == 4


def test_a_long_one_is_cut_and_says_how_much_more_there_is(office):
    for number in range(1, A_GROUP + 6):
        work_node(office, number, deadline=DUE)
    reminders.scan(office, DUE)
    letter = composed("xinwen1")
    assert letter.text.count("/a/") == letter.html.count("/a/") == A_GROUP
    assert f"另有 5 项：{settings.BASE_URL}/" in letter.text
    assert f"{A_GROUP + 5} 项今天到期" in letter.subject


def test_no_digest_names_more_than_so_many(office):
    number = 0
    for deadline in (OVERDUE, DUE, SOON):
        for _each in range(A_GROUP):
            work_node(office, number := number + 1, deadline=deadline)
    for day in (date(2021, 5, 7), date(2021, 5, 8), DUE):
        reminders.scan(office, day, with_day=DUE)
    assert composed("xinwen1").text.count("/a/") == IN_ALL


@pytest.mark.parametrize("kind", [ChannelKind.WECOM_ROBOT, ChannelKind.WECOM_APP])
def test_where_a_messenger_has_little_room_more_is_counted_and_nothing_is_cut(office, kind):
    Channel.objects.create(office=office, kind=kind, name="窄", settings={}, secrets="")
    Address.objects.create(user=person("xinwen1"), wecom="xinwen1")
    for number, deadline in enumerate([OVERDUE] * 9 + [DUE] * 9, start=1):
        work_node(office, number, deadline=deadline, title=f"召开第{number}次友好城市交流合作工作推进会议")
    for day in (date(2021, 5, 7), date(2021, 5, 8), DUE):
        reminders.scan(office, day, with_day=DUE)
    message = composed("xinwen1", channel=kind)
    named = message.text.count("/a/")
    left_out = sum(int(n) for n in re.findall(r"另有 (\d+) 项", message.text))
    assert 3 < named < 18
    assert named + left_out == 18
    assert calling.words(message, wecom_robot.MOST_BYTES).startswith(message.text.strip())


def test_what_was_done_or_deferred_meanwhile_is_not_mentioned(transactional_db, office, post_office):
    done, moved, left = (work_node(office, n, deadline=DUE, state=State.IN_PROGRESS) for n in (1, 2, 3))
    reminders.scan(office, DUE)
    submit_evidence(done)
    defer(moved, date(2022, 3, 1))
    Notification.objects.filter(slot=DUE.isoformat()).exclude(channel="in_app").update(
        due_at=timezone.now() - timedelta(minutes=1)
    )
    delivery.sweep()
    (letter,) = post_office.to("xinwen1")
    assert f"节点 {left.number}“" in text(letter)
    for node in (done, moved):
        assert f"节点 {node.number}“" not in text(letter) + page(letter)
    assert mails(rule="due_day", state="lapsed").count() == 2


def test_a_group_hears_of_each_person_by_name(office):
    Channel.objects.create(office=office, kind="wecom_robot", name="群", settings={}, secrets="")
    work_node(office, 1, deadline=DUE)
    work_node(office, 2, deadline=DUE, lead_division=OTHER_DIVISION)
    reminders.scan(office, DUE)
    rows = Notification.objects.filter(channel=ChannelKind.WECOM_ROBOT)
    assert rows.values("batch").distinct().count() == 1
    message = compose(
        list(rows.select_related("recipient", "office", "node__cycle", "node__lead_division")), DUE
    )
    assert {one.name for one in message.people} == {str(person("xinwen1")), str(person("mishu1"))}
    for name in ("xinwen1", "mishu1"):
        assert f"{person(name)}：" in message.text
    assert message.html == ""
    assert len(message.text.encode()) < 2048


def test_a_letter_is_in_its_readers_language_and_a_groups_in_the_sites(office):
    Channel.objects.create(office=office, kind="wecom_robot", name="群", settings={}, secrets="")
    reader = person("xinwen1")
    reader.language = "en"
    reader.save()
    work_node(office, 1, deadline=DUE)
    work_node(office, 2, deadline=DUE)
    reminders.scan(office, DUE)
    assert composed("xinwen1").subject == "[省外办] 2 due today"
    assert composed("xinwen1", channel=ChannelKind.WECOM_ROBOT).subject == "[省外办] 2 项今天到期"


@pytest.mark.parametrize("of", [text, page])
def test_the_mail_is_whole_in_either_form(office, post_office, of):
    work_node(office, 1, deadline=DUE, title="举办友城论坛")
    work_node(office, 2, deadline=DUE, title="编印外事年鉴")
    reminders.scan(office, DUE)
    delivery.sweep()
    (letter,) = post_office.to("xinwen1")
    for words in (
        "举办友城论坛",
        "编印外事年鉴",
        "已超期",
        "http://jiedian.example/a/",
        "/notices/unsubscribe/",
    ):
        assert words in of(letter)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Unsubscribe"].strip().startswith("<http://jiedian.example/notices/unsubscribe/")
