"""What holds for all scores: parts add up, bounds are kept, finishing later never scores more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from approvals.scores.facts import Outcome, Standing, done_on
from approvals.scores.lines import summed
from approvals.scores.nodes import most, score_node
from approvals.scores.rounding import shared
from approvals.scores.scheme import ItemRule, Scheme
from approvals.scores.totals import Entry
from approvals.scores.wording import SENTENCES, sentence, signed
from approvals.scores.year import score_year
from tests.unit.scored import DUE, OVER, bonus, node, place

# What always holds

cents = st.integers(0, 2000).map(lambda number: D(number) / 100)
percents = st.integers(0, 100).map(D)
rules = st.builds(
    ItemRule,
    completion=st.sampled_from(["full", "proportional"]),
    threshold=percents,
    over_cap=percents,
    lateness=st.sampled_from(["none", "share", "day_rate"]),
    late_share=percents,
    day_rate=cents,
    day_rate_in=st.sampled_from(["points", "percent"]),
    days=st.sampled_from(["working", "calendar"]),
    undone_is_zero=st.booleans(),
)
schemes = st.builds(
    Scheme,
    points_from=st.sampled_from(["node", "indicator", "equal"]),
    rule=rules,
    carried_over=st.sampled_from(["percent", "completion", "left_out"]),
    carried_over_percent=percents,
    deduction_cap=st.none() | cents,
)
completions = st.none() | st.integers(0, 160).map(D)
standings = st.lists(
    st.builds(
        lambda number, indicator, division, weight, completion, outcome, days: Standing(
            place(number, indicator=indicator, division_id=division, weight=weight, completion=completion),
            outcome, days if outcome in (Outcome.LATE, Outcome.OVERDUE, Outcome.UNDONE) else 0, DUE,
        ),
        st.integers(1, 60), st.integers(1, 9), st.integers(1, 4), st.none() | cents, completions,
        st.sampled_from(Outcome), st.integers(0, 300),
    ),
    max_size=12,
    unique_by=lambda one: one.place.number,
)  # fmt: skip
entries = st.lists(
    st.builds(
        Entry, st.integers(1, 10**6), st.sampled_from(["bonus", "deduction"]), st.none() | st.integers(1, 4),
        st.just("事项"), st.sampled_from(["国家级", "省部级", "别的"]), cents,
        st.sampled_from(["", "甲", "乙"]),
    ),
    max_size=6,
    unique_by=lambda one: one.id,
)  # fmt: skip


@given(standings, entries, schemes)
def test_parts_add_up_and_stay_within_bounds(found, recorded, scheme):
    scores = score_year(found, recorded, scheme)
    for one in scores.nodes:
        assert one.score == summed(one.lines)
        assert 0 <= one.score <= most(one.points, scheme.rule)
    office = scores.office
    for parts in (scores.divisions, scores.indicators):
        assert sum(part.earned for part in parts) == office.earned == sum(one.score for one in scores.nodes)
        assert sum(part.base for part in parts) == office.base
        assert sum(part.nodes for part in parts) == len(found)
    for total, cap in [
        (office, scheme.bonus_office_cap),
        *((d, scheme.bonus_division_cap) for d in scores.divisions),
    ]:
        if total.score is not None:
            assert total.score == summed(total.lines)
            assert 0 <= total.score <= scheme.full + cap
            assert total.grade


@given(rules, completions, cents, st.integers(0, 400), st.integers(0, 400))
def test_finishing_later_never_scores_more(rule, completion, points, one_day, another):
    scheme, due = Scheme(rule=rule), Standing(place(completion=completion), Outcome.PENDING, 0, DUE)
    earlier, later = sorted((one_day, another))
    first = date(2021, 6, 1)
    span = replace(OVER, on=date(2022, 12, 31))
    sooner, after = (
        score_node(done_on(due, first + timedelta(days=days), scheme, span), points, scheme).score
        for days in (earlier, later)
    )
    assert sooner >= after


@given(entries, schemes)
def test_no_matter_is_counted_twice(recorded, scheme):
    office = score_year([node()], recorded, scheme).office
    counted = [line.facts["entry"] for line in office.lines if line.code == "bonus"]
    keys = [one.matter_key for one in recorded if one.id in counted and one.matter_key]
    assert len(keys) == len(set(keys))


@given(standings, entries, schemes)
def test_every_line_says_its_rule(found, recorded, scheme):
    scores = score_year(found, recorded, scheme)
    for total in (*scores.nodes, *scores.divisions, scores.office):
        for line in total.lines:
            assert line.code in SENTENCES
            assert "%(" not in sentence(line)


@given(cents, st.integers(1, 40))
def test_shares_add_up(whole, parts):
    assert sum(shared(whole, parts)) == whole


def test_amounts_carry_their_sign():
    assert (signed(D("1.5")), signed(D("-0.5"))) == ("+1.50", "−0.50")


def test_a_thousand_nodes_are_scored_in_half_a_second():
    """Far below it: what is counted here are the lines, not the clock."""
    nodes = [node(number, Outcome.LATE, number % 30, division_id=number % 13) for number in range(1, 1001)]
    scores = score_year(nodes, [bonus(number, "1", division=number % 13) for number in range(100)], Scheme())
    assert len(scores.nodes) == 1000
    assert sum(len(one.lines) for one in scores.nodes) == 2000
