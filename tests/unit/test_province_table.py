"""Offices side by side: what their lights and states say, how they are sorted and added up."""

from __future__ import annotations

from itertools import pairwise

import pytest

from approvals.province.counting import Counts, OfficeYear, Said
from approvals.province.table import (
    NUMBERS,
    Asked,
    OfficeLight,
    SummaryStage,
    arranged,
    bar,
    light,
    rows,
    sheet,
    stage,
    total,
)


def office(
    name: str = "甲市外办", *, begun: bool = True, said: Said | None = None, **counts: int
) -> OfficeYear:
    numbers = dict.fromkeys(("nodes", "on_time", "late", "deferred", "overdue", "returned"), 0) | counts
    return OfficeYear(name.encode().hex(), name, begun, Counts(**numbers), said or Said())


@pytest.mark.parametrize(
    ("one", "shown"),
    [
        (office(begun=False), OfficeLight.NO_YEAR),
        (office(), OfficeLight.ON_TRACK),
        (office(nodes=3, on_time=1), OfficeLight.ON_TRACK),
        (office(nodes=3, on_time=2, deferred=1), OfficeLight.DONE),
        (office(nodes=3, on_time=2, late=1), OfficeLight.LATE),
        (office(nodes=3, late=1, overdue=1), OfficeLight.OVERDUE),
    ],
)
def test_the_worst_thing_about_an_office_is_its_light(one, shown):
    assert light(one) == shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (Said(), SummaryStage.NOT_BEGUN),
        (Said(summary="draft"), SummaryStage.DRAFT),
        (Said(summary="at_sign_off"), SummaryStage.AT_SIGN_OFF),
        (Said(summary="signed"), SummaryStage.SIGNED),
        (Said(summary="signed", filing="sent"), SummaryStage.SENT),
        (Said(summary="draft", filing="returned"), SummaryStage.RETURNED),
        (Said(summary="signed", filing="received"), SummaryStage.RECEIVED),
    ],
)
def test_the_newest_round_says_how_far_a_summary_is(said, shown):
    assert stage(said) == shown


def test_every_node_is_in_one_part_of_the_bar():
    parts = bar(Counts(nodes=76, on_time=40, late=5, deferred=1, overdue=7, returned=9))
    assert [part.name for part in parts] == ["on-time", "late", "deferred", "open", "overdue"]
    assert sum(part.width for part in parts) == pytest.approx(100, abs=0.05)
    for before, after in pairwise(parts):
        assert after.start == pytest.approx(before.start + before.width, abs=0.02)
    assert bar(Counts(0, 0, 0, 0, 0, 0)) == []
    assert [part.name for part in bar(Counts(3, 3, 0, 0, 0, 0))] == ["on-time"]


def test_the_parts_always_add_up():
    together = total(rows([office(nodes=5, on_time=2, late=1), office(nodes=7, deferred=2, overdue=3)]))
    assert (together.nodes, together.on_time, together.late, together.deferred) == (12, 2, 1, 2)
    assert together.not_done == 7
    assert together.overdue == 3


def test_the_most_first_and_the_other_way_round():
    found = rows([office("甲", nodes=2), office("乙", nodes=9), office("丙", nodes=2)])

    def names(sort: str) -> list[str]:
        return [row.year.name for row in arranged(found, Asked(sort))]

    assert names("-nodes") == ["乙", "甲", "丙"]
    assert names("nodes") == ["甲", "丙", "乙"]
    assert names("name") == ["甲", "乙", "丙"]  # as they came
    assert names("-name") == ["丙", "乙", "甲"]


def test_offices_without_a_score_come_after_those_with_one():
    found = rows(
        [office("甲"), office("乙", said=Said(score="0.00")), office("丙", said=Said(score="98.50"))]
    )
    assert [row.year.name for row in arranged(found, Asked("-score"))] == ["丙", "乙", "甲"]


def test_narrowed_by_light_summary_and_name():
    found = rows([office("甲市", nodes=1, overdue=1), office("乙市", nodes=1, said=Said(filing="sent"))])
    assert [row.year.name for row in arranged(found, Asked(light="overdue"))] == ["甲市"]
    assert [row.year.name for row in arranged(found, Asked(stage="sent"))] == ["乙市"]
    assert [row.year.name for row in arranged(found, Asked(text="乙"))] == ["乙市"]
    assert arranged(found, Asked(light="overdue", stage="sent")) == []


def test_an_address_that_asks_for_nothing_known_narrows_nothing():
    hostile = {"sort": "__class__", "light": "' OR 1=1", "summary": "<script>", "q": " x " * 200}
    asked = Asked.of(hostile)
    assert (asked.sort, asked.light, asked.stage, len(asked.text)) == ("name", "", "", 100)
    assert Asked.of({"sort": "-overdue", "light": "done"}) == Asked("-overdue", "done")


def test_the_sheet_ends_with_the_sums():
    found = rows([office("甲", nodes=5, on_time=2, said=Said("95.50", "优秀")), office("乙", nodes=1)])
    header, lines = sheet(found)
    assert all(len(line) == len(header) for line in lines)
    assert lines[0][3:10] == [5, 2, 0, 0, 3, 0, 0]
    assert lines[0][10:12] == [95.5, "优秀"]
    assert lines[-1][3:10] == [6, 2, 0, 0, 4, 0, 0]
    assert len(NUMBERS) == len(header[3:10])
