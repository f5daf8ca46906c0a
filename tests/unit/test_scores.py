"""Scores worked out by hand: the published variants of the practice, and what is typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from approvals.scheme_form import named_in, numbers_in
from approvals.score_forms import supposition_rows
from approvals.scores.facts import NodeRecord, Outcome, Standing, stand
from approvals.scores.lines import Adjustment
from approvals.scores.nodes import allotted, score_node
from approvals.scores.rounding import rounded
from approvals.scores.scheme import Band, ItemRule, Named, Scheme, Special
from approvals.scores.scheme_checks import scheme_errors
from approvals.scores.simulating import Supposed, What, at_years_end, supposing
from approvals.scores.totals import Entry
from approvals.scores.year import score_year
from tests.unit.scored import DUE, OVER, bonus, by_day, node, place


def score(standing: Standing, scheme: Scheme, points: D = D(3)):
    return score_node(standing, points, scheme)


# Worked by hand


def test_half_a_point_a_day_until_nothing_is_left():
    """单项工作每延期1天扣0.5分，扣完为止。"""
    scheme = by_day("0.5")
    assert score(node(), scheme).score == D("3.00")
    assert score(node(outcome=Outcome.LATE, days=4), scheme).score == D("1.00")
    assert score(node(outcome=Outcome.LATE, days=6), scheme).score == D("0.00")
    exhausted = score(node(outcome=Outcome.LATE, days=9), scheme)
    assert exhausted.score == 0
    assert [line.code for line in exhausted.lines] == ["base", "late_exhausted"]


def test_what_the_year_ends_without_gets_nothing():
    assert score(node(outcome=Outcome.UNDONE, days=1), by_day("0.5")).score == 0


def test_in_proportion_from_eighty_percent_on():
    """得分=基本分×完成任务的百分比；达不到80%的不得分。"""
    scheme = Scheme(rule=ItemRule(completion="proportional", threshold=D(80)))
    assert score(node(completion=D(90)), scheme).score == D("2.70")
    assert score(node(completion=D(80)), scheme).score == D("2.40")
    assert score(node(completion=D("79.9")), scheme).score == 0


def test_over_fulfilment_is_a_bonus_with_a_cap():
    scheme = Scheme(rule=ItemRule(completion="proportional", over_cap=D(10)))
    assert score(node(completion=D(105)), scheme).score == D("3.15")
    capped = score(node(completion=D(150)), scheme)
    assert capped.score == D("3.30")
    assert [line.code for line in capped.lines] == ["base", "over", "over_cap"]


def test_done_late_keeps_a_share():
    scheme = Scheme(rule=ItemRule(lateness="share", late_share=D(60)))
    assert score(node(outcome=Outcome.LATE, days=40), scheme).score == D("1.80")


def record(deadline=DUE, in_time=DUE, **more) -> NodeRecord:
    return NodeRecord(place(), deadline, in_time, **more)


def test_a_deferral_granted_in_time_and_then_done_costs_nothing():
    later = date(2021, 11, 30)
    standing = stand(record(later, later, completed_on=date(2021, 11, 20)), Scheme(), OVER)
    assert standing.outcome == Outcome.ON_TIME
    assert score(standing, Scheme()).score == D("3.00")


def test_a_deferral_asked_for_after_the_deadline_counts_where_the_scheme_says_so():
    asked_late = record(date(2021, 11, 30), DUE, completed_on=date(2021, 11, 8))
    assert stand(asked_late, Scheme(), OVER).outcome == Outcome.LATE
    assert stand(asked_late, Scheme(late_requests_count=True), OVER).outcome == Outcome.ON_TIME


def test_days_late_are_working_days_or_calendar_days():
    done = record(completed_on=date(2021, 11, 8))  # a Monday, ten days after the Friday
    assert stand(done, by_day("0.5"), OVER).days == 6
    assert stand(done, by_day("0.5", days="calendar"), OVER).days == 10


@pytest.mark.parametrize(
    ("scheme", "points"),
    [
        (Scheme(carried_over_percent=D(60)), D("1.80")),
        (Scheme(carried_over="completion"), D("1.50")),
        (Scheme(carried_over="left_out"), D("0.00")),
    ],
)
def test_deferred_beyond_the_year(scheme, points):
    found = stand(replace(record(None, None), place=place(completion=D(50))), scheme, OVER)
    assert found.outcome == Outcome.CARRIED_OVER
    scored = score(found, scheme)
    assert scored.score == points
    assert scored.counts == (scheme.carried_over != "left_out")


def test_a_refused_deferral_leaves_the_node_undone():
    assert stand(record(), Scheme(), OVER).outcome == Outcome.UNDONE


def test_within_the_year_nothing_is_lost_before_it_is_due():
    within = replace(OVER, on=DUE)
    assert stand(record(), Scheme(), within).outcome == Outcome.PENDING
    assert stand(record(), Scheme(), replace(within, on=DUE + timedelta(days=3))).outcome == Outcome.OVERDUE


def test_an_exception_has_its_own_rule():
    free = Special(name="共性指标", level1="部门评价", rule=ItemRule(lateness="none"))
    scheme = by_day("0.5").model_copy(update={"exceptions": (free,)})
    assert score(node(outcome=Outcome.LATE, days=4, level1="部门评价"), scheme).score == D("3.00")
    assert score(node(outcome=Outcome.LATE, days=4), scheme).score == D("1.00")


def test_an_indicators_weight_is_shared_to_the_hundredth():
    nodes = [node(number, indicator=7, weight=D(10) if number == 1 else None) for number in (1, 2, 3)]
    points = allotted(nodes, Scheme(points_from="indicator"))
    assert sorted(points.values()) == [D("3.33"), D("3.33"), D("3.34")]


def test_rounding_is_half_up():
    assert [rounded(D(text)) for text in ("0.005", "2.675", "1.0049")] == [D("0.01"), D("2.68"), D("1.00")]


# Bonus, deductions, grades


def test_the_same_matter_counts_once_at_its_highest_level():
    entries = [bonus(1, "3", key="文化奖"), bonus(2, "4", "国家级", key=" 文化奖 "), bonus(3, "2", "厅局级")]
    division = score_year([node()], entries, Scheme(bonus_division_cap=D(10))).divisions[0]
    assert [(line.code, line.amount) for line in division.lines[1:]] == [
        ("counted_once", D("0.00")), ("bonus", D("4.00")), ("bonus", D("2.00")),
    ]  # fmt: skip
    assert division.score == D("106.00")


def test_bonus_has_a_cap_for_a_matter_and_in_all():
    scheme = Scheme(bonus_item_cap=D(4), bonus_division_cap=D(5), bonus_office_cap=D(10))
    scores = score_year([node()], [bonus(1, "6"), bonus(2, "3")], scheme)
    codes = [line.code for line in scores.divisions[0].lines]
    assert codes == ["tasks", "bonus", "bonus_item_cap", "bonus", "bonus_cap"]
    assert scores.divisions[0].score == D("105.00")
    assert scores.office.score == D("107.00")


def test_a_deduction_takes_until_nothing_is_left():
    false_report = Entry(1, "deduction", 1, "数据不实", "不真实", D(200))
    division = score_year([node()], [false_report], Scheme()).divisions[0]
    assert division.score == 0
    assert division.lines[-1].code == "floor"
    assert division.grade == "差"


def test_a_division_gets_the_part_its_nodes_got():
    nodes = [node(1, weight=D(1)), node(2, Outcome.UNDONE, weight=D(2))]
    division = score_year(nodes, [], Scheme()).divisions[0]
    assert (division.earned, division.base, division.score, division.grade) == (1, 3, D("33.33"), "差")


def test_where_nothing_is_due_there_is_no_score():
    division = score_year([node(outcome=Outcome.PENDING)], [], Scheme()).divisions[0]
    assert division.score is None
    assert division.grade == ""


@pytest.mark.parametrize(("points", "grade"), [("90", "优"), ("89.99", "良"), ("60", "中"), ("59.99", "差")])
def test_a_grade_begins_at_its_lower_bound(points, grade):
    assert Scheme().grade_of(D(points)) == grade


def bands(*rows: tuple[str, int, int]) -> Scheme:
    return Scheme(bands=tuple(Band(name=name, lower=D(low), upper=D(high)) for name, low, high in rows))


@pytest.mark.parametrize(
    ("scheme", "field", "words"),
    [
        (bands(("优", 90, 100), ("差", 0, 89)), "bands.0", "no grade"),
        (bands(("优", 90, 100), ("差", 0, 95)), "bands.0", "Overlaps"),
        (bands(("优", 90, 100), ("差", 10, 90)), "bands.1", "0 to 10"),
        (bands(("优", 60, 90), ("差", 0, 60)), "bands.0", "90 to 100"),
        (bands(("优", 90, 100), ("优", 0, 90)), "bands.1", "already"),
        (bands(("优", 90, 90), ("差", 0, 90)), "bands.0", "above the lower"),
        (Scheme(bonus_item_cap=D(9)), "bonus_division_cap", "Not less"),
        (
            Scheme(bonus_levels=(Named(name="市", points=D(1)), Named(name="国", points=D(4)))),
            "bonus_levels",
            "",
        ),
        (by_day("0"), "rule.day_rate", "costs"),
        (Scheme(exceptions=(Special(name="甲"),)), "exceptions.0.numbers", "which nodes"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(scheme, field, words):
    assert words in " ".join(scheme_errors(scheme)[field])


def test_the_standard_scheme_makes_sense():
    assert scheme_errors(Scheme()) == {}
    assert Scheme.model_validate_json(Scheme().model_dump_json()) == Scheme()


# Appeals and suppositions


def test_an_adjustment_is_a_line_of_its_own():
    adjustment = Adjustment(7, D("1.00"), "材料已补", node=2)
    scores = score_year([node(1), node(2, Outcome.UNDONE)], [], Scheme(), [adjustment])
    adjusted = scores.node(2)
    assert adjusted.lines[-1].code == "adjusted"
    assert adjusted.score == D("1.00")
    assert scores.office.earned == D("4.00")


def test_what_if_it_is_late_undone_or_deferred():
    standings = at_years_end([node(12, Outcome.PENDING), node(13)])
    scheme = by_day("0.5", days="calendar")
    week = supposing(standings, [Supposed(12, What.LATE, 2)], scheme, OVER)
    assert score_year(week, [], scheme).node(12).score == D("2.00")
    beyond = supposing(standings, [Supposed(12, What.LATE, 90)], scheme, OVER)
    assert beyond[0].outcome == Outcome.UNDONE
    carried = supposing(standings, [Supposed(12, What.CARRIED_OVER)], scheme, OVER)
    assert score_year(carried, [], scheme).node(12).score == D("1.80")
    assert carried[1] == standings[1]


# What is typed


def test_numbers_are_named_one_by_one_or_as_ranges():
    assert numbers_in("12、15-17，20") == (12, 15, 16, 17, 20)
    assert numbers_in(" ") == ()
    for wrong in ("十二", "9-3", "1-99999", "-4"):
        with pytest.raises(ValidationError):
            numbers_in(wrong)


def test_levels_are_names_with_points():
    assert named_in("国家级 4\n\n省部级：3分") == (
        Named(name="国家级", points=D(4)),
        Named(name="省部级", points=D(3)),
    )
    for wrong in ("国家级", "国家级 四", "字" * 90 + " 1"):
        with pytest.raises(ValidationError):
            named_in(wrong)


def test_rows_of_the_simulator_stand_in_its_address():
    rows = supposition_rows(QueryDict("node=12&what=late&days=3&node=&what=late&node=7&what=nonsense"))
    assert [(row.node, row.what, row.days) for row in rows] == [
        ("12", "late", "3"), ("7", "late", ""), ("", "late", ""),
    ]  # fmt: skip
    assert len(supposition_rows(QueryDict("node=1&" * 50))) == 12
