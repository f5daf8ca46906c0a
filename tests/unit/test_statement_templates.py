"""A template makes one sentence of the facts given, and what it cannot use it says."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from nodes.kinds import FACTS
from nodes.statements.composing import PLACEHOLDERS, TEMPLATES, compose, joined, problems

MEETING = {"date": "2021-03-12", "place": "南昌", "participants": "60", "result": "审议通过工作要点"}


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def test_a_sentence_from_all_facts():
    assert compose("meeting", "召开委员会会议", MEETING) == (
        "2021年3月12日在南昌召开委员会会议，60人参加，审议通过工作要点。"
    )


def test_what_was_not_given_drops_out_with_the_words_around_it():
    assert compose("meeting", "召开委员会会议", {"place": "南昌"}) == "在南昌召开委员会会议。"
    assert compose("document", "制定规划", {"document_number": "赣外办发〔2021〕3号"}) == (
        "制定规划，文号为赣外办发〔2021〕3号。"
    )


def test_days_within_a_month_are_written_short():
    facts = {"date": "2021-04-25", "until": "2021-04-29"}
    assert compose("activity", "举办活动", facts) == "2021年4月25日至29日举办活动。"


def test_without_a_fact_nothing_is_made_up():
    assert compose("meeting", "召开会议", {}, date(2021, 3, 1)) == ""


def test_an_offices_own_template_is_followed():
    own = "{标题}于{时间}召开，{参加人数}出席"
    assert compose("meeting", "推进会", MEETING, template=own) == "推进会于2021年3月12日召开，60人出席。"


def test_what_is_put_in_is_not_looked_at_again():
    hostile = {"place": "{标题}{0.__class__}", "date": "2021-03-12"}
    assert "{标题}{0.__class__}" in compose("meeting", "召开会议", hostile)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{时间}召开{标题}，{谁}参加", "谁"),
        ("{时间召开{标题}", "Braces"),
        ("{时间}召开会议", "标题"),
        ("{标题}\n第二行", "one line"),
        ("{标题}" + "很" * 400, "300"),
        ("{标题.__class__}", "标题.__class__"),
    ],
)
def test_a_template_that_cannot_be_used_says_why(template, said):
    assert said in " ".join(problems("meeting", template))


@pytest.mark.parametrize("kind", TEMPLATES)
def test_the_products_own_templates_use_every_fact_that_is_asked_for(kind):
    assert not list(problems(kind, TEMPLATES[kind]))
    named = set(PLACEHOLDERS[kind].values())
    asked = {fact.name for fact in FACTS[kind]} - {"date", "until"}
    assert asked <= named


def test_what_somebody_wrote_is_never_replaced():
    assert joined("已完成。", "3月召开会议。") == "已完成。\n3月召开会议。"
    assert joined("3月召开会议。", "3月召开会议。") == "3月召开会议。"


@pytest.mark.parametrize("text", ["{标题}{" + " " * 200_000, "{标题}" + "{某}" * 50_000, "{" * 200_000])
def test_a_template_without_end_is_refused_at_once(text):
    assert list(problems("meeting", text)) == ["At most 300 characters."]
    assert compose("meeting", "开会", MEETING, template=text) is not None
