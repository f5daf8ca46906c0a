"""The link in a message: it shows a case, works once, for whom it was meant, and for two weeks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from notifications.letters import compose
from notifications.links import ANSWER_LASTS, answer_link, unsubscribe_link
from notifications.models import Channel, ChannelKind, Notification, Preference
from tests import builders
from tests.browsing import logged_in
from tests.builders import (
    DIVISION,
    file_deferral,
    person,
    return_evidence,
    submit_evidence,
    withdraw_deferral,
)
from workflow.models import AuditEntry

pytestmark = pytest.mark.django_db


def path(link: str) -> str:
    return link.removeprefix(settings.BASE_URL)


def asked_by(channel: str = ChannelKind.EMAIL, **facts) -> Notification:
    row = Notification.objects.filter(channel=channel, **facts).earliest("pk")
    Notification.objects.filter(batch=row.batch).update(sent_at=timezone.now(), state="sent")
    return row


@pytest.fixture
def request_(drama_festival):
    return file_deferral(drama_festival)


@pytest.fixture
def link(request_) -> str:
    return path(answer_link(asked_by(rule="sign_off_opened")))


def words(response) -> str:
    return " ".join(response.content.decode().split())


def test_a_leader_sees_the_case_and_goes_on_to_where_it_is_signed(link, request_, office):
    leader = logged_in("fuzhuren2", office)
    page = leader.get(link)
    assert page.status_code == 200
    for fact in ("举行汤显祖戏剧节", "新闻文化处", str(request_.applicant), request_.justification, "请签批"):
        assert fact in words(page)
    assert leader.post(link).headers["Location"] == f"/deferrals/{request_.pk}/"
    assert Notification.objects.get(rule="sign_off_opened", channel="email").answered_at is not None


def test_a_scanner_that_opens_it_fifty_times_uses_nothing_up(link, office):
    before = AuditEntry.objects.count()
    leader = logged_in("fuzhuren2", office)
    for visitor in (Client(), leader):
        for _time in range(50):
            assert visitor.get(link).status_code in (200, 302)
            visitor.head(link)
    assert not Notification.objects.exclude(answered_at=None).exists()
    assert AuditEntry.objects.count() == before
    assert leader.post(link).status_code == 302


def test_a_stranger_is_asked_to_log_in_and_comes_back_to_it(link):
    answer = Client().get(link)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/login/?next={link}")


def test_used_is_said_with_the_time_and_leads_on(link, request_, office):
    leader = logged_in("fuzhuren2", office)
    leader.post(link)
    used = Notification.objects.get(rule="sign_off_opened", channel="email").answered_at
    for answer in (leader.get(link), leader.post(link)):
        assert answer.status_code == 410
        assert "此链接您已使用过" in words(answer)
        assert f"{office.minute(used)}" in words(answer)
        assert f"/deferrals/{request_.pk}/" in words(answer)
    assert Notification.objects.get(rule="sign_off_opened", channel="email").answered_at == used


def test_after_two_weeks_it_is_too_old(link, request_, office):
    Notification.objects.update(sent_at=timezone.now() - ANSWER_LASTS - timedelta(minutes=1))
    for method in ("get", "post"):
        answer = getattr(logged_in("fuzhuren2", office), method)(link)
        assert answer.status_code == 410
        assert "此链接已过期" in words(answer)
        assert f"/deferrals/{request_.pk}/" in words(answer)
    assert not Notification.objects.exclude(answered_at=None).exists()


def test_somebody_elses_names_nobody_and_nothing(link, office):
    for method in ("get", "post"):
        answer = getattr(logged_in("xinwen1", office), method)(link)
        assert answer.status_code == 403
        assert "此链接不是发给您的" in words(answer)
        assert "汤显祖" not in words(answer)
        assert str(person("fuzhuren2")) not in words(answer)


def test_another_offices_is_somebody_elses(link):
    assert logged_in("fuzhuren2", builders.office("other")).get(link).status_code == 403


@pytest.mark.parametrize(
    "change", [lambda t: t[:-3] + "AAA", lambda t: "1" + t, lambda _t: "nonsense", lambda _t: "9" * 40]
)
def test_a_forged_one_is_told_apart(link, office, change):
    token = link.strip("/").partition("/")[2]
    answer = logged_in("fuzhuren2", office).get(f"/a/{change(token)}/")
    assert answer.status_code == 404
    assert "此链接无效" in words(answer)
    assert 'href="/"' in words(answer)


def test_it_leads_nowhere_but_to_its_own_page(link, request_, office):
    answer = logged_in("fuzhuren2", office).post(
        f"{link}?next=https://evil.example/", {"next": "//evil.example"}
    )
    assert answer.headers["Location"] == f"/deferrals/{request_.pk}/"


def test_what_was_settled_meanwhile_is_said_so(link, request_, office):
    withdraw_deferral(request_)
    assert "此事已经办结或情况有变" in words(logged_in("fuzhuren2", office).get(link))


def test_in_a_group_it_works_once_for_each_who_is_named(drama_festival, office):
    Channel.objects.create(office=office, kind="wecom_robot", name="群", settings={}, secrets="")
    submit_evidence(drama_festival)
    return_evidence(drama_festival)
    submit_evidence(drama_festival, on=timezone.now())
    row = asked_by(
        ChannelKind.WECOM_ROBOT, rule="evidence_submitted", slot=str(drama_festival.submissions.last().pk)
    )
    link = path(answer_link(row))
    for name in ("jixiao1", "jixiao2"):
        visitor = logged_in(name, office)
        assert visitor.post(link).status_code == 302
        assert visitor.post(link).status_code == 410
    assert logged_in("xinwen1", office).get(link).status_code == 403


# No more mail


def test_the_page_asks_and_looking_changes_nothing(office):
    link = path(unsubscribe_link(person("xinwen1").pk, "news,reminders"))
    for _time in range(3):
        page = Client().get(link)
        assert page.status_code == 200
        assert "不再接收此类邮件？" in words(page)
    assert not Preference.objects.exists()


def test_a_mail_program_ends_it_with_one_click(office):
    link = path(unsubscribe_link(person("xinwen1").pk, "reminders"))
    program = Client(enforce_csrf_checks=True)
    for _time in range(2):
        assert program.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    preference = Preference.objects.get(user=person("xinwen1"))
    assert (preference.email_reminders, preference.email_news, preference.messenger_reminders) == (
        False,
        True,
        True,
    )


def test_a_forged_way_out_ends_nothing(office):
    link = path(unsubscribe_link(person("xinwen1").pk, "reminders"))
    assert Client().post(link[:-4] + "AAA/").status_code == 404
    assert not Preference.objects.exists()


def test_only_what_one_can_do_without_has_a_way_out(drama_festival, request_):
    asked = compose([asked_by(rule="sign_off_opened")], drama_festival.current_deadline)
    assert (asked.optional, asked.unsubscribe) == (False, "")
    submit_evidence(builders.work_node(drama_festival.office, 2, lead_division=DIVISION, state="in_progress"))
    return_evidence(builders.WorkNode.objects.get(number=2))
    returned = compose([asked_by(rule="evidence_returned")], drama_festival.current_deadline)
    assert returned.optional
    assert returned.unsubscribe.startswith(f"{settings.BASE_URL}/notices/unsubscribe/")
