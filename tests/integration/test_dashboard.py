"""The board in small worlds: empty, narrowed, closed, late, waiting, and closed to others."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from nodes.models import Cycle, State
from tests import builders
from tests.boards import answered, seen_by, text_of, visit
from tests.browsing import logged_in
from tests.builders import LEADER, OTHER_DIVISION
from workflow.models import Division, Post

pytestmark = pytest.mark.django_db


def test_an_empty_year_says_what_will_appear(office):
    assert "本年度尚无节点" in visit("xinwen1")
    assert "本年度没有节点" in text_of(answered("xinwen1", "/dashboard.pdf").content)
    assert answered("xinwen1", "/dashboard.png").status_code == 200


def test_a_division_without_nodes_is_told_so_and_shown_the_way_back(office):
    builders.work_node(office, 1)
    other = Division.objects.get(office=office, name=OTHER_DIVISION)
    page = visit("mishu1", division=other.pk)
    assert "秘书处在 2021 年没有牵头的节点" in page
    assert 'href="?year=2021"' in page


def test_an_office_without_a_year_answers_404(db):
    builders.office(year=None)
    for address in ("/dashboard/", "/dashboard.pdf", "/dashboard.png"):
        assert answered("xinwen1", address).status_code == 404


def test_a_closed_year_lets_nothing_wait(office):
    builders.work_node(office, 1, state=State.EVIDENCE_SUBMITTED)
    assert len(seen_by("jixiao1").reviews) == 1
    Cycle.objects.update(status=Cycle.Status.CLOSED)
    assert seen_by("jixiao1").reviews == []
    page = visit("jixiao1")
    assert "本年度已关闭" in page
    assert "待签批" not in page


@pytest.mark.parametrize("name", ["division", "leader"])
@pytest.mark.parametrize("asked", ["another", "0", "abc", "1 OR 1=1"])
def test_another_offices_division_or_leader_is_not_found(office, name, asked):
    builders.work_node(office, 1)
    if asked == "another":
        other = builders.office("other-fao")
        kind = {
            "division": Division.objects.filter(office=other),
            "leader": Post.objects.filter(office=other),
        }
        asked = str(kind[name].first().pk)
        user = builders.person("xinwen1", office)
    else:
        user = builders.person("xinwen1")
    client = Client()
    client.force_login(user, backend="workflow.auth.OfficeBackend")
    for address in ("/dashboard/", "/dashboard.pdf"):
        assert client.get(address, {name: asked}).status_code == 404


def test_a_stranger_is_asked_to_log_in(office):
    for address in ("/dashboard/", "/dashboard.pdf", "/dashboard.png"):
        assert Client().get(address).status_code == 302


def test_nobody_posts_to_the_board(office):
    client = logged_in("admin")
    for address in ("/dashboard/", "/dashboard.pdf", "/dashboard.png"):
        assert client.post(address).status_code == 405


def test_a_hostile_title_stays_a_title(office):
    builders.work_node(office, 1, title='<script>alert("1")</script>&amp;')
    page = visit("xinwen1")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "<script>alert" in text_of(answered("xinwen1", "/dashboard.pdf").content)


def test_late_nodes_are_ranked_by_working_days(office):
    slow = builders.work_node(office, 1, deadline=date(2021, 4, 1), state=State.IN_PROGRESS)
    builders.work_node(office, 2, deadline=date(2021, 12, 1))
    submission = builders.submit_evidence(slow, on=date(2021, 4, 8), completed_on=date(2021, 4, 8))
    builders.approve_evidence(submission.node)
    found = seen_by("xinwen1")
    late = {standing.node.number: standing.days_late for standing in found.late}
    assert late[1] == 4  # Friday, Tuesday to Thursday: Tomb-Sweeping Day is none
    assert [standing.node.number for standing in found.late] == [2, 1]  # what is still open comes first


def test_a_wait_is_counted_in_working_days_and_names_who_it_waits_for(office):
    node = builders.work_node(office, 1, state=State.IN_PROGRESS)
    now = timezone.now()
    long_ago = now - timedelta(days=30)
    builders.file_deferral(node, on=long_ago)
    (waiting,) = seen_by("fuzhuren2").sign_offs
    assert waiting.days >= 15
    assert LEADER in waiting.whom
    assert waiting.url.startswith("/deferrals/")


def test_what_was_put_off_beyond_the_year_is_no_longer_due_in_it(office):
    node = builders.work_node(office, 1, state=State.IN_PROGRESS)
    builders.defer(node)
    found = seen_by("zhuren")
    assert found.curve.now[:2] == (1, 0)
    assert not found.busy_days
    assert found.gantt[0].bars[0].current is None
    assert len(found.deferrals) == 1
