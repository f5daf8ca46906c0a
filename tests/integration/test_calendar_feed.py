"""The calendar feed: what a calendar reads at the secret address, and who holds it."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from nodes.models import State
from notifications import feeds
from notifications.models import Feed
from tests import builders
from tests.browsing import logged_in, main_text
from tests.builders import last_audit, person, work_node

pytestmark = pytest.mark.django_db
PAGE = "/profile/calendar/"
HOSTILE = "逗号,分号;反斜\\杠\r\nBEGIN:VALARM\nATTENDEE:x \u202e倒 " + "很长" * 60


def made(username: str) -> str:
    """The path of a new address of this person's, from their own page."""
    shown = logged_in(username).post(PAGE, {"make": "1"}).content.decode()
    (path,) = re.findall(r"/calendar/[\w-]+\.ics", shown)
    return path


def read(path: str, **headers: str):
    return Client().get(path, headers=headers)


def events(response) -> dict[str, object]:
    parsed = Calendar.from_ical(response.content)
    return {str(event["SUMMARY"]): event for event in parsed.walk("VEVENT")}


def strict(content: bytes) -> None:
    """Line ends, lengths and the order that RFC 5545 asks for."""
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    lines = content[:-2].split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    unfolded = re.sub(rb"\r\n[ \t]", b"", content).decode()
    opened: list[str] = []
    for line in unfolded.split("\r\n")[:-1]:
        assert re.match(r"[A-Z-]+(;[A-Z-]+=[^:]*)*:", line), line
        name, _colon, value = line.partition(":")
        if name == "BEGIN":
            opened.append(value)
        elif name == "END":
            assert opened.pop() == value
    assert opened == []


def test_the_deadlines_of_the_own_divisions_are_there(office):
    work_node(office, 1, deadline=date(2021, 10, 31), state=State.IN_PROGRESS)
    work_node(office, 2, state=State.APPROVED)
    work_node(office, 3, lead_division=builders.OTHER_DIVISION)
    response = read(made("xinwen1"))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in response["Cache-Control"]
    strict(response.content)
    found = events(response)
    assert list(found) == ["到期：1 工作节点1"]
    event = found["到期：1 工作节点1"]
    assert event["DTSTART"].dt == date(2021, 10, 31)
    assert event["STATUS"] == "CONFIRMED"
    assert "/nodes/1/?year=2021" in event["URL"]
    assert event["LAST-MODIFIED"]


def test_it_is_the_same_until_something_happens_and_then_its_sequence_grows(office):
    node = work_node(office, 1)
    path = made("xinwen1")
    first = read(path)
    assert read(path).content == first.content
    assert read(path, **{"If-None-Match": first["ETag"]}).status_code == 304
    builders.start(node)
    second = read(path)
    (before,), (after,) = events(first).values(), events(second).values()
    assert before["UID"] == after["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_a_sign_off_that_waits_is_there_and_gone_when_signed(office):
    request = builders.file_deferral(work_node(office, 59, state=State.IN_PROGRESS))
    path = made("fuzhuren2")
    (title,) = events(read(path))
    assert title.startswith("待签批：59")
    strict(read(path).content)
    builders.sign_off(request, by="fuzhuren2")
    assert events(read(path)) == {}


def test_an_empty_calendar_is_valid(office):
    response = read(made("jixiao1"))
    strict(response.content)
    assert events(response) == {}
    assert b"PRODID" in response.content


def test_hostile_titles_stay_words(office):
    work_node(office, 1, title=HOSTILE[:200])
    response = read(made("xinwen1"))
    strict(response.content)
    (title,) = events(response)
    assert "逗号,分号;反斜\\杠 BEGIN:VALARM" in title
    assert "\u202e" not in title
    assert not Calendar.from_ical(response.content).walk("VALARM")


def test_it_speaks_the_persons_language(office):
    work_node(office, 1)
    path = made("xinwen1")
    handler = person("xinwen1", office)
    handler.language = "en"
    handler.save(update_fields=["language"])
    assert list(events(read(path))) == ["Due: 1 工作节点1"]


def test_the_secret_is_kept_nowhere_and_shown_once(office):
    path = made("xinwen1")
    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    feed = Feed.objects.get()
    assert secret not in feed.digest
    assert len(secret) >= 43
    assert secret not in logged_in("xinwen1").get(PAGE).content.decode()
    assert last_audit(feed.user).action == "feed.made"
    assert secret not in str(last_audit(feed.user).data)


def test_a_new_address_stops_the_old_one_and_revoking_stops_all(office):
    first = made("xinwen1")
    second = made("xinwen1")
    assert read(first).status_code == 404
    assert read(second).status_code == 200
    client = logged_in("xinwen1")
    assert "最近读取于" in main_text(client.get(PAGE))
    assert "地址已撤销" in client.post(PAGE, {"revoke": "1"}, follow=True).content.decode()
    assert read(second).status_code == 404
    assert "还没有订阅地址" in main_text(client.post(PAGE, {"revoke": "1"}, follow=True))


def test_what_leads_nowhere_says_nothing(office):
    path = made("xinwen1")
    for wrong in ("/calendar/x.ics", f"/calendar/{'a' * 500}.ics", path.replace(".ics", "A.ics")):
        response = read(wrong)
        assert response.status_code == 404
        assert response.content == b""
    handler = person("xinwen1", office)
    handler.is_active = False
    handler.save(update_fields=["is_active"])
    assert read(path).status_code == 404
    assert Client().post(path).status_code == 405


def test_it_sets_no_cookie_and_asks_little(office):
    for number in range(1, 30):
        work_node(office, number)
    path = made("xinwen1")
    read(path)
    with CaptureQueriesContext(connection) as sent:
        response = read(path)
    assert len(sent) <= 15
    assert not response.cookies
    assert len(events(response)) == 29


def test_who_asks_too_often_waits(office, monkeypatch):
    monkeypatch.setattr("notifications.views_feed.READINGS", 3)
    path = made("xinwen1")
    assert [read(path).status_code for _again in range(5)] == [200, 200, 200, 429, 429]


def test_no_log_holds_an_address(office, monkeypatch, caplog):
    monkeypatch.setattr("notifications.views_feed.READINGS", 0)
    path = made("xinwen1")
    assert read(path).status_code == 429
    assert read(path.replace(".ics", "A.ics")).status_code == 404
    assert path.removeprefix("/calendar/").removesuffix(".ics") not in caplog.text


def test_two_offices_stay_apart(office):
    other = builders.office("other")
    work_node(other, 1, title="别处的节点")
    assert events(read(made_in(office))) == {}


def made_in(office) -> str:
    return f"/calendar/{feeds.make(actor=person('xinwen1', office))}.ics"
