"""Which days speak of a deadline, and when a message may go out: 2021 with its real holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.timing import Slot, awake_from, send_moment, sendable_from, slots, stage
from workflow.calendar import WorkingDays
from workflow.models import Office
from workflow.policy import Escalation, ReminderPolicy

CALENDAR = WorkingDays()
USUAL = ReminderPolicy()
SHANGHAI = ZoneInfo("Asia/Shanghai")
SILENT = ReminderPolicy(
    working_days_before=(), on_due_day=False, overdue_every_working_days=None, escalate=()
)


def said(deadline: date, policy: ReminderPolicy = USUAL, calendar: WorkingDays = CALENDAR) -> dict[str, date]:
    """What is said of `deadline` and on which day, from a month before to a month after."""
    spoken = [(slot, day) for day in around(deadline) for slot in slots(policy, calendar, day)]
    found = [(slot.rule, day) for slot, day in spoken if slot.deadline == deadline]
    assert len(dict(found)) == len(found), "something was said twice"
    return dict(found)


def around(deadline: date) -> list[date]:
    return [deadline + timedelta(days=offset) for offset in range(-30, 31)]


def may(day: int) -> date:
    return date(2021, 5, day)


def september(day: int) -> date:
    return date(2021, 9, day)


def october(day: int) -> date:
    return date(2021, 10, day)


def test_days_are_counted_across_the_labour_day_holiday_and_its_make_up_days():
    # 1 to 5 May are off; Sunday 25 April and Saturday 8 May are worked instead.
    assert said(may(10)) == {
        "before_10": date(2021, 4, 23),
        "before_5": date(2021, 4, 29),
        "before_3": may(6),
        "before_1": may(8),
        "due_day": may(10),
        "escalated_1": may(11),
        "overdue_3": may(13),
        "escalated_5": may(17),
        "overdue_6": may(18),
        "overdue_9": may(21),
        "escalated_10": may(24),
        "overdue_12": may(26),
        "overdue_15": may(31),
        "overdue_18": date(2021, 6, 3),
        "overdue_21": date(2021, 6, 8),
    }


def test_a_deadline_within_the_national_holiday_is_spoken_of_before_it_begins():
    # 1 to 7 October are off; 18 and 26 September and 9 October are worked. The due-day reminder takes the
    # place of the one a working day before, which would be the same day.
    heard = said(october(5))
    assert {rule: day for rule, day in heard.items() if day <= october(5)} == {
        "before_10": september(17),
        "before_5": september(26),
        "before_3": september(28),
        "due_day": september(30),
    }
    assert heard["escalated_1"] == october(8)
    assert heard["overdue_3"] == october(11)
    assert heard["escalated_5"] == october(13)
    assert heard["escalated_10"] == october(20)


def test_a_day_off_says_nothing():
    assert slots(USUAL, CALENDAR, october(3)) == []
    assert slots(USUAL, CALENDAR, october(16)) == []


def test_a_worked_saturday_speaks():
    assert Slot(october(11), "before_1", "handler") in slots(USUAL, CALENDAR, october(9))


def test_the_offices_own_day_off_moves_what_falls_on_it():
    own = WorkingDays({may(10): False})
    heard = said(may(10), calendar=own)
    assert heard["due_day"] == may(8)
    assert heard["escalated_1"] == may(11)
    assert "before_1" not in heard


@settings(max_examples=25, deadline=None)
@given(st.dates(date(2021, 2, 1), date(2021, 11, 30)))
def test_whatever_the_deadline_each_rule_speaks_once_on_a_working_day(deadline):
    heard = said(deadline)
    assert all(CALENDAR.is_workday(day) for day in heard.values())
    assert {"before_10", "before_5", "before_3", "due_day"} <= heard.keys()
    assert ("before_1" in heard) == CALENDAR.is_workday(deadline)
    for n in (1, 5, 10):
        assert CALENDAR.between(deadline, heard[f"escalated_{n}"]) == n
    for n in (3, 5, 10):
        assert CALENDAR.before(deadline, n) == heard[f"before_{n}"]


def test_an_escalation_names_whom_it_goes_to():
    audiences = {
        slot.rule: slot.audience
        for day in around(may(10))
        for slot in slots(USUAL, CALENDAR, day)
        if slot.deadline == may(10)
    }
    assert audiences["escalated_1"] == "division_head"
    assert audiences["escalated_5"] == "leader_in_charge"
    assert audiences["escalated_10"] == "head_of_unit"
    assert {audiences[rule] for rule in ("before_10", "due_day", "overdue_3")} == {"handler"}


def test_of_two_things_to_say_to_the_same_people_the_more_urgent_is_said():
    policy = ReminderPolicy(
        overdue_every_working_days=3, escalate=(Escalation(after_working_days_overdue=3, to="handler"),)
    )
    heard = said(may(10), policy)
    assert heard["escalated_3"] == may(13)
    assert "overdue_3" not in heard


def test_after_the_same_number_of_days_several_may_be_told():
    both = ("division_head", "head_of_unit")
    policy = SILENT.model_copy(
        update={"escalate": tuple(Escalation(after_working_days_overdue=1, to=to) for to in both)}
    )
    assert slots(policy, CALENDAR, may(11)) == [Slot(may(10), "escalated_1", to) for to in both]


@pytest.mark.parametrize("n", [1, 40, 41, 60, 250])
def test_however_many_days_before_or_after_it_is_said_once(n):
    policy = SILENT.model_copy(
        update={
            "working_days_before": (n,),
            "escalate": (Escalation(after_working_days_overdue=n, to="head_of_unit"),),
        }
    )
    deadline = date(2021, 12, 31)
    days = [deadline + timedelta(days=offset) for offset in range(-400, 401)]
    spoken = [(slot, day) for day in days for slot in slots(policy, CALENDAR, day)]
    assert [(slot.rule, day) for slot, day in spoken if slot.deadline == deadline] == [
        (f"before_{n}", CALENDAR.before(deadline, n)),
        (f"escalated_{n}", CALENDAR.after(deadline, n)),
    ]


@settings(max_examples=50, deadline=None)
@given(st.dates(date(2021, 2, 1), date(2021, 11, 30)))
def test_where_a_deadline_stands_is_what_the_days_reminder_says(on):
    for slot in slots(USUAL, CALENDAR, on):
        kind, _, n = slot.rule.replace("escalated", "overdue").rpartition("_")
        said_of = (kind, int(n)) if n.isdigit() else (slot.rule, 0)
        assert stage(CALENDAR, slot.deadline, on) == said_of


@pytest.mark.parametrize(
    ("deadline", "on", "stands"),
    [
        (may(10), may(6), ("before", 3)),
        (may(10), may(9), ("due_day", 0)),  # a Sunday: nobody works before it is due
        (may(10), may(10), ("due_day", 0)),
        (may(10), may(11), ("overdue", 1)),
        (october(5), september(29), ("before", 2)),
        (october(5), september(30), ("due_day", 0)),
        (october(5), october(7), ("due_day", 0)),
        (october(5), october(8), ("overdue", 1)),
    ],
)
def test_on_days_off_a_deadline_stands_as_it_did(deadline, on, stands):
    assert stage(CALENDAR, deadline, on) == stands


def test_a_policy_may_be_silent_before_on_and_after_the_day():
    assert said(may(10), SILENT) == {}


@pytest.mark.parametrize(
    ("change", "heard"),
    [
        ({"working_days_before": (7,)}, {"before_7": date(2021, 4, 27)}),
        ({"on_due_day": True}, {"due_day": may(10)}),
        (
            {"escalate": (Escalation(after_working_days_overdue=2, to="performance_office"),)},
            {"escalated_2": may(12)},
        ),
    ],
)
def test_a_policy_of_ones_own_says_just_that(change, heard):
    assert said(may(10), SILENT.model_copy(update=change)) == heard


# When a message may go out


def an_office(zone: str = "Asia/Shanghai", **policy: object) -> Office:
    return Office(time_zone=zone, reminder_policy=policy)


def shanghai(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2021, 5, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("happens", "goes_out"),
    [
        (shanghai(6, 8), shanghai(6, 8)),
        (shanghai(6, 12), shanghai(6, 12)),
        (shanghai(6, 19, 59), shanghai(6, 19, 59)),
        (shanghai(6, 20), shanghai(7, 8)),
        (shanghai(6, 21, 30), shanghai(7, 8)),
        (shanghai(7, 0), shanghai(7, 8)),
        (shanghai(7, 7, 59), shanghai(7, 8)),
    ],
)
def test_a_mail_waits_for_the_end_of_the_quiet_hours(happens, goes_out):
    assert sendable_from(an_office(), happens) == goes_out


def test_quiet_hours_may_lie_within_a_day():
    siesta = an_office(quiet_hours=["12:00", "13:30"])
    assert sendable_from(siesta, shanghai(6, 12, 15)) == shanghai(6, 13, 30)
    assert sendable_from(siesta, shanghai(6, 22)) == shanghai(6, 22)


def test_without_quiet_hours_it_goes_out_at_once():
    assert sendable_from(an_office(quiet_hours=None), shanghai(6, 3)) == shanghai(6, 3)


def test_quiet_hours_are_those_of_the_offices_own_clock():
    # Half past eight in Shanghai is half past six in Ürümqi, two hours behind.
    assert sendable_from(an_office("Asia/Urumqi"), shanghai(6, 8, 30)) == shanghai(6, 10)


@pytest.mark.parametrize(
    ("at", "over"),
    [
        # On 31 October 2021 it is half past two twice in Berlin, on 28 March never.
        (datetime(2021, 10, 31, 0, 30, tzinfo=UTC), datetime(2021, 10, 31, 0, 45, tzinfo=UTC)),
        (datetime(2021, 10, 31, 1, 30, tzinfo=UTC), datetime(2021, 10, 31, 1, 45, tzinfo=UTC)),
        (datetime(2021, 3, 28, 0, 30, tzinfo=UTC), datetime(2021, 3, 28, 1, 45, tzinfo=UTC)),
    ],
)
def test_quiet_hours_end_once_they_are_over_whatever_is_done_to_clocks(at, over):
    assert awake_from(at, ZoneInfo("Europe/Berlin"), [(time(0), time(2, 45))]).astimezone(UTC) == over


def test_of_several_quiet_hours_all_are_kept():
    siesta, night, morning = (time(12), time(14)), (time(20), time(8)), (time(7), time(9, 30))
    awake = partial(awake_from, zone=SHANGHAI, windows=[siesta, morning, night])
    assert awake(shanghai(6, 23)) == shanghai(7, 9, 30)
    assert awake(shanghai(6, 13)) == shanghai(6, 14)
    assert awake(shanghai(6, 15)) == shanghai(6, 15)


def test_reminders_go_out_at_the_offices_own_time():
    assert send_moment(an_office(), may(6)) == shanghai(6, 8, 47)
    assert send_moment(an_office("Asia/Urumqi", send_at="09:05"), may(6)) == shanghai(6, 11, 5)
    assert USUAL.send_at == time(8, 47)
