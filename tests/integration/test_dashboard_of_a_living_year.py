"""The board in the middle of a year: every number leads to a list of as many, for whoever looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from nodes.light import Light
from nodes.models import State
from nodes.selectors import catalogue, light_counts, lit
from tests import builders, reference
from tests.boards import answered, links, listed, seen_by, text_of, visit
from tests.browsing import logged_in
from tests.builders import DIVISION, LEADER, OTHER_DIVISION
from tests.living_year import living_year
from workflow.models import Division, Post

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def year_now(world_of_the_module) -> Iterator[SimpleNamespace]:
    """省外办 in the middle of this year, with something late, returned, handed in and asked for."""
    with world_of_the_module():
        made = reference.reference_office().office
        today = made.day(timezone.now())
        day = max(today, date(today.year, 7, 1)) if today.month < 3 else today
        living_year(made, day)
        yield SimpleNamespace(office=made, year=day.year)


def test_every_number_leads_to_a_list_of_as_many(year_now):
    page = visit("jixiao1", year=year_now.year)
    found = links(page)
    assert len(found) > 30
    assert any("month=" in address for address, _number in found)
    wrong = {address: number for address, number in found if listed("jixiao1", address) != number}
    assert not wrong


def test_the_lights_are_those_of_the_catalogue(year_now):
    user = builders.person("zhuren")
    found = seen_by("zhuren", year=year_now.year)
    counted = light_counts(catalogue(user, found.scope.cycle, {}))
    assert [(Light(one.name), one.number) for one in found.lights] == counted
    shown = {node.pk: node.light for node in lit(found.scope.cycle.nodes.all(), year_now.office)}
    assert {standing.node.pk: standing.light for standing in found.nodes} == shown


def test_the_page_asks_few_questions(year_now):
    client = logged_in("jixiao1")
    client.get("/dashboard/", {"year": year_now.year})
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/dashboard/", {"year": year_now.year})
    assert len(asked) <= 15
    assert len(page.content) < 125_000


def test_a_division_sees_its_own_nodes_alone(year_now):
    division = Division.objects.get(office=year_now.office, name=DIVISION)
    found = seen_by("xinwen1", year=year_now.year, division=division.pk)
    assert {standing.node.lead_division_id for standing in found.nodes} == {division.pk}
    page = visit("xinwen1", year=year_now.year, division=division.pk)
    assert f"{year_now.year} · {DIVISION}" in page
    for address, number in links(page):
        assert f"division={division.pk}" in address
        assert listed("xinwen1", address) == number


def test_a_leader_sees_what_they_are_in_charge_of(year_now):
    post = Post.objects.get(office=year_now.office, name=LEADER)
    led = set(post.divisions_in_charge.values_list("pk", flat=True))
    found = seen_by("fuzhuren2", year=year_now.year, leader=post.pk)
    assert {standing.node.lead_division_id for standing in found.nodes} == led
    for address, number in links(visit("fuzhuren2", year=year_now.year, leader=post.pk)):
        assert f"leader={post.pk}" in address
        assert listed("fuzhuren2", address) == number
    whole = visit("fuzhuren2", year=year_now.year)
    assert f"leader={post.pk}" in whole
    assert "我分管的" in whole


def test_everybody_sees_progress_and_only_those_concerned_what_waits_for_a_signature(year_now):
    assert seen_by("zhuren", year=year_now.year).sign_offs
    other = seen_by("mishu1", year=year_now.year)
    assert len(other.nodes) == 76
    assert len(other.sign_offs) < len(seen_by("zhuren", year=year_now.year).sign_offs)
    assert {waiting.node.pk for waiting in other.reviews} == {
        standing.node.pk for standing in other.nodes if standing.fact.state == State.EVIDENCE_SUBMITTED
    }


def test_another_pdf_of_the_same_division(year_now):
    division = Division.objects.get(office=year_now.office, name=DIVISION)
    text = text_of(answered("xinwen1", "/dashboard.pdf", year=year_now.year, division=division.pk).content)
    assert DIVISION in text
    assert OTHER_DIVISION not in text
