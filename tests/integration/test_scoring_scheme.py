"""The scoring scheme as a form: tried before it holds, kept by version, brought back."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from approvals.models import SchemeVersion
from approvals.scores.collecting import live_basis
from approvals.scores.published import published
from nodes.selectors import cycle_of
from tests import builders
from tests.browsing import logged_in, main_text
from tests.schemes import typed
from tests.scored_year import AFTER, publish, scored_year


@pytest.fixture
def year(office):
    return scored_year(office)


def scheme_data(client, **changes) -> dict[str, str]:
    """What the form sends when nothing else was changed."""
    return typed(client.get("/settings/scoring/").context["form"]) | changes


def test_a_scheme_is_tried_before_it_holds(year):
    admin = logged_in("admin")
    tried = admin.post("/settings/scoring/", scheme_data(admin, **{"rule-day_rate": "20", "preview": "1"}))
    assert tried.status_code == 200
    assert "每逾期一日扣" in main_text(tried)
    assert not SchemeVersion.objects.exists()
    nameless = admin.post("/settings/scoring/", scheme_data(admin, **{"rule-day_rate": "20"}))
    assert nameless.status_code == 422
    assert "请写明理由" in main_text(nameless)
    kept = admin.post("/settings/scoring/", scheme_data(admin, **{"rule-day_rate": "20", "why": "从严"}))
    assert kept.status_code == 302
    version = SchemeVersion.objects.get()
    assert (version.number, version.why, version.made_by.username) == (1, "从严", "admin")
    assert live_basis(year, AFTER).scores.node(2).score == D("0.40")


def test_gaps_and_overlaps_of_grades_are_said_beside_them(year):
    admin = logged_in("admin")
    page = admin.post("/settings/scoring/", scheme_data(admin, **{"band1-upper": "89", "why": "调整"}))
    assert page.status_code == 422
    assert "89至90分之间没有对应等次" in main_text(page)
    wrong = admin.post("/settings/scoring/", scheme_data(admin, bonus_levels="国家级四分", why="调整"))
    assert "第1行" in main_text(wrong)


def test_published_scores_keep_their_version_and_an_old_one_comes_back(year):
    admin = logged_in("admin")
    admin.post("/settings/scoring/", scheme_data(admin, **{"rule-day_rate": "20", "why": "从严"}))
    row = publish(year)
    admin.post("/settings/scoring/", scheme_data(admin, **{"rule-day_rate": "2", "why": "从宽"}))
    assert row.scheme_number == 1
    assert published(year).scores.node(2).score == D("0.40")
    stale = scheme_data(admin, **{"rule-day_rate": "3", "why": "再改", "seen": "1"})
    assert logged_in("jixiao1").post("/settings/scoring/", stale).status_code == 409
    restored = admin.post("/settings/scoring/1/", {"seen": "2", "why": "恢复"})
    assert restored.status_code == 302
    newest = SchemeVersion.objects.first()
    assert (newest.number, newest.restored, newest.scheme["rule"]["day_rate"]) == (3, 1, "20")


def test_the_next_year_follows_the_scheme_of_the_year_before(office, year):
    admin = logged_in("admin")
    admin.post("/settings/scoring/", scheme_data(admin, **{"rule-day_rate": "20", "why": "从严"}))
    builders.Cycle.objects.create(office=office, year=2022, status="open")
    basis = live_basis(cycle_of(office, 2022))
    assert (basis.scheme_year, basis.scheme_number, basis.scheme.rule.day_rate) == (2021, 1, D(20))
