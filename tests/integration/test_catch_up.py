"""Every morning by itself: each office at its hour, and what was missed once, in today's digest."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from notifications import reminders
from notifications.letters import compose
from notifications.models import Notification
from tests import builders
from tests.builders import person, work_node
from tests.mornings import DUE, mails, morning
from tests.organisation import ORGANISATION
from workflow.models import Office

FIVE_BEFORE, THREE_BEFORE, ONE_BEFORE = date(2021, 4, 29), date(2021, 5, 6), date(2021, 5, 8)
HEAD_HEARS, LEADER_HEARS, UNIT_HEARS = date(2021, 5, 11), date(2021, 5, 17), date(2021, 5, 24)


def test_before_the_offices_hour_nothing_is_said(office):
    work_node(office, deadline=DUE)
    assert reminders.scan_due_offices(morning(DUE, 8, 46)) == 0
    assert reminders.scan_due_offices(morning(DUE, 8, 47)) == 2


def test_the_hour_is_the_offices_own(db):
    far_west = ORGANISATION["office"] | {"time_zone": "Asia/Urumqi"}
    work_node(builders.office("xj-fao", office=far_west), deadline=DUE)
    # 8:47 in Ürümqi is 10:47 in Shanghai.
    assert reminders.scan_due_offices(morning(DUE, 10, 46)) == 0
    assert reminders.scan_due_offices(morning(DUE, 10, 47)) == 2


def test_every_further_tick_of_the_day_is_silent(office):
    work_node(office, deadline=DUE)
    reminders.scan_due_offices(morning(DUE))
    assert [reminders.scan_due_offices(morning(DUE, hour)) for hour in (9, 12, 23)] == [0, 0, 0]


def test_one_offices_hour_is_not_anothers(office):
    late = builders.office("gd-fao", reminder_policy={"send_at": "10:30"})
    for one in (office, late):
        work_node(one, deadline=DUE)
    reminders.scan_due_offices(morning(DUE))
    assert set(Notification.objects.values_list("office", flat=True)) == {office.pk}
    reminders.scan_due_offices(morning(DUE, 10, 30))
    assert set(Notification.objects.values_list("office", flat=True)) == {office.pk, late.pk}


def test_missed_days_are_caught_up(office):
    work_node(office, deadline=DUE)
    reminders.scan_due_offices(morning(THREE_BEFORE))
    reminders.scan_due_offices(morning(HEAD_HEARS))
    assert _said_by_day() == {
        THREE_BEFORE: {"before_3"},
        ONE_BEFORE: {"before_1"},
        DUE: {"due_day"},
        HEAD_HEARS: {"escalated_1"},
    }


def test_a_day_scanned_by_hand_hides_no_missed_day(office):
    work_node(office, deadline=DUE)
    reminders.scan_due_offices(morning(THREE_BEFORE))
    reminders.scan(office, HEAD_HEARS)
    reminders.scan_due_offices(morning(HEAD_HEARS))
    assert _said_by_day().keys() == {THREE_BEFORE, ONE_BEFORE, DUE, HEAD_HEARS}


def test_what_was_missed_more_than_a_week_ago_is_let_go(office):
    work_node(office, deadline=DUE)
    reminders.scan_due_offices(morning(date(2021, 4, 1)))
    reminders.scan_due_offices(morning(UNIT_HEARS))
    assert min(_said_by_day()) == LEADER_HEARS


def test_an_office_that_is_new_hears_nothing_of_the_days_before(office):
    work_node(office, deadline=DUE)
    reminders.scan_due_offices(morning(HEAD_HEARS, 7))
    assert _said_by_day() == {}
    reminders.scan_due_offices(morning(HEAD_HEARS))
    assert _said_by_day() == {HEAD_HEARS: {"escalated_1"}}


def _said_by_day() -> dict[date, set[str]]:
    found = defaultdict(set)
    for slot, rule in Notification.objects.values_list("slot", "rule"):
        found[date.fromisoformat(slot)].add(rule)
    return dict(found)


# What was missed goes out once, and says what is true by then


def letters(on: date) -> dict[str, str]:
    """What each person's only letter says on the day `on`, by username."""
    found: dict[str, list[Notification]] = defaultdict(list)
    for row in mails(state="pending").select_related("recipient", "office", "node__cycle"):
        found[row.recipient.username].append(row)
    assert all(len({row.batch for row in rows}) == 1 for rows in found.values()), "more than one letter"
    return {username: compose(rows, on).text for username, rows in found.items()}


def missed_from(office: Office, last_scan: date, back: date) -> None:
    """Nothing ran after the scan of `last_scan`, whose letters went out, until the morning of `back`."""
    reminders.scan(office, last_scan)
    mails().update(state="sent")
    reminders.scan_due_offices(morning(back))


def test_missed_days_make_one_letter_of_today_that_names_each_node_once(office):
    work_node(office, 1, deadline=DUE)
    work_node(office, 2, deadline=HEAD_HEARS)
    missed_from(office, FIVE_BEFORE, HEAD_HEARS)
    to_the_handler = letters(HEAD_HEARS)["xinwen1"]
    assert [to_the_handler.count(f"节点 {number}“") for number in (1, 2)] == [1, 1]
    assert set(mails(state="pending").values_list("batch", flat=True)) == {
        f"digest:2021-05-11:email:{person('xinwen1').pk}",
        f"digest:2021-05-11:email:{person('xinwen0').pk}",
    }


def test_what_was_missed_is_told_as_it_stands_today(office):
    work_node(office, 1, deadline=DUE)
    missed_from(office, FIVE_BEFORE, HEAD_HEARS)
    found = letters(HEAD_HEARS)
    assert "已超期 1 个工作日，时限为 2021-05-10" in found["xinwen1"]
    assert "还有" not in found["xinwen1"]
    assert "新闻文化处已超期 1 个工作日" in found["xinwen0"]


def test_fewer_days_are_left_when_the_letter_is_late(office):
    work_node(office, 1, deadline=DUE)
    reminders.scan(office, FIVE_BEFORE)
    assert "还有 5 个工作日" in letters(FIVE_BEFORE)["xinwen1"]
    assert "还有 3 个工作日" in letters(THREE_BEFORE)["xinwen1"]
    assert letters(DUE)["xinwen1"].count("工作日") == 0


def test_of_what_several_days_say_of_a_node_the_most_urgent_is_shown(db):
    """The head stands in for the handlers that are not there, and hears an escalation besides."""
    divisions = builders.organisation()["divisions"]
    divisions[0]["handlers"] = []
    office = builders.office(divisions=divisions)
    work_node(office, 1, deadline=DUE)
    missed_from(office, FIVE_BEFORE, date(2021, 5, 13))
    assert {row.rule for row in mails(state="pending")} == {
        "before_3", "before_1", "due_day", "escalated_1", "overdue_3",
    }  # fmt: skip
    (letter,) = letters(date(2021, 5, 13)).values()
    assert letter.count("节点 1“") == 1
    assert "新闻文化处已超期 3 个工作日" in letter


def test_missed_days_wait_for_todays_hour(office):
    work_node(office, 1, deadline=DUE)
    reminders.scan(office, THREE_BEFORE)
    assert reminders.scan_due_offices(morning(HEAD_HEARS, 3)) == 0
    assert reminders.scan_due_offices(morning(HEAD_HEARS)) == 6
