"""Who sees what, and who may do what: by the posts they hold today."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth import authenticate

from approvals.models import DeferralRequest
from nodes.models import EvidenceSubmission, State, WorkNode
from tests import builders
from tests.builders import appoint, delegate, file_deferral, person, post, work_node
from workflow import people
from workflow.permissions import allows, require
from workflow.refusals import NotAllowed, NotFound

OVERSEERS = ["jixiao1", "fuzhuren2", "zhuren", "shenji", "admin"]


@pytest.fixture
def at_work(office):
    """新闻文化处 has handed in node 1 and asks to defer node 2; 秘书处 supports node 1 only."""
    work_node(office, 1, state=State.EVIDENCE_SUBMITTED)
    file_deferral(work_node(office, 2))
    return office


def seen(model, username: str, office=None) -> int:
    return model.objects.visible_to(person(username, office)).count()


@pytest.mark.parametrize("username", [*OVERSEERS, "xinwen1", "xinwen0", "mishu1", "mishu0", "successor"])
def test_the_catalogue_is_shared_within_the_office(at_work, username):
    assert seen(WorkNode, username) == 2


@pytest.mark.parametrize("username", [*OVERSEERS, "xinwen1", "xinwen0"])
def test_overseers_and_the_division_see_its_evidence_and_requests(at_work, username):
    assert (seen(EvidenceSubmission, username), seen(DeferralRequest, username)) == (1, 1)


@pytest.mark.parametrize("username", ["mishu1", "mishu0", "successor"])
def test_nobody_else_sees_them(at_work, username):
    assert (seen(EvidenceSubmission, username), seen(DeferralRequest, username)) == (0, 0)


def test_a_supporting_division_sees_what_it_supports_and_no_more(office):
    one = work_node(office, 1, supporting_divisions=("秘书处",), state=State.IN_PROGRESS)
    two = work_node(office, 2, state=State.EVIDENCE_SUBMITTED)
    builders.submit_evidence(one)
    assert list(EvidenceSubmission.objects.visible_to(person("mishu1"))) == [one.submissions.get()]
    builders.withdraw_evidence(one)
    request = file_deferral(one)
    assert list(DeferralRequest.objects.visible_to(person("mishu1"))) == [request]
    assert two.submissions.exists()


def test_the_applicant_keeps_seeing_their_request_after_moving_on(office, drama_festival):
    file_deferral(drama_festival, by="xinwen1")
    appoint("新闻文化处:handler", to="mishu1", from_=date(2021, 3, 2))
    assert seen(DeferralRequest, "xinwen1") == 1
    assert seen(EvidenceSubmission, "xinwen1") == 0


def test_another_office_sees_nothing(at_work):
    abroad = builders.office("gd-fao")
    for username in (*OVERSEERS, "xinwen1"):
        for model in (WorkNode, EvidenceSubmission, DeferralRequest):
            assert seen(model, username, abroad) == 0


def test_a_user_of_no_office_sees_and_may_do_nothing(at_work, django_user_model):
    outsider = django_user_model.objects.create(username="outsider", is_superuser=True)
    for model in (WorkNode, EvidenceSubmission, DeferralRequest):
        assert not model.objects.visible_to(outsider).exists()
    assert not allows(outsider, "nodes.reopen", WorkNode.objects.first())


def test_whoever_stands_in_sees_what_the_holder_sees(at_work):
    today = at_work.day(builders.story.now)
    delegate("办主任", to="successor", starts=date(2000, 1, 1), ends=date(2100, 1, 1))
    assert "head_of_unit" in people.roles(person("successor"), today)
    assert seen(EvidenceSubmission, "successor") == 1


@pytest.mark.parametrize(
    ("permission", "allowed"),
    [
        ("workflow.manage_people", {"admin"}),
        ("workflow.read_audit", {"admin", "shenji", "jixiao1", "jixiao2"}),
        ("nodes.manage_catalogue", {"admin", "jixiao1", "jixiao2"}),
        ("nodes.reopen", {"jixiao1", "jixiao2"}),
        ("nodes.review_evidence", {"jixiao1", "jixiao2"}),
        ("nodes.submit_evidence", {"xinwen0", "xinwen1"}),
        ("nodes.start", {"xinwen0", "xinwen1"}),
        ("nodes.withdraw_evidence", {"xinwen0", "xinwen1"}),
        ("nodes.resume", {"xinwen0", "xinwen1"}),
        ("approvals.request_deferral", {"xinwen0", "xinwen1"}),
    ],
)
def test_a_permission_is_for_its_posts_only(office, permission, allowed):
    node = work_node(office)
    everybody = [user["username"] for user in builders.ORGANISATION["users"]]
    assert {name for name in everybody if allows(person(name), permission, node)} == allowed


def test_an_auditor_reads_all_and_writes_nothing(office):
    node = work_node(office)
    auditor = person("shenji")
    assert people.oversees(auditor)
    for act in ("start", "submit_evidence", "withdraw_evidence", "resume", "review_evidence", "reopen"):
        assert not allows(auditor, f"nodes.{act}", node)


def test_being_staff_or_superuser_gives_no_say_in_the_work(office):
    node = work_node(office)
    root = person("successor")
    root.is_staff = root.is_superuser = True
    root.save()
    assert not allows(person("successor"), "nodes.start", node)


def test_another_offices_object_is_not_found_and_ones_own_is_not_allowed(office):
    abroad = builders.office("gd-fao")
    node = work_node(office)
    with pytest.raises(NotFound):
        require(person("admin", abroad), "nodes.start", node)
    with pytest.raises(NotAllowed, match="系统管理员 may not do this"):
        require(person("admin", office), "nodes.start", node)


def test_roles_are_those_of_the_day_that_is_asked_about(office):
    appoint("分管副主任（二）", to="successor", from_=date(2021, 8, 17))
    for day, holder in ((date(2021, 8, 16), "fuzhuren2"), (date(2021, 8, 17), "successor")):
        assert [user.username for user in people.holders(post("分管副主任（二）"), day)] == [holder]
        for name in ("fuzhuren2", "successor"):
            assert ("leader_in_charge" in people.roles(person(name), day)) == (name == holder)


def test_a_name_two_offices_know_logs_in_with_its_office(db):
    for code in ("jx-fao", "gd-fao"):
        user = person("zhuren", builders.office(code))
        user.set_password(f"password of {code}")
        user.save()
    assert authenticate(username="zhuren@gd-fao", password="password of gd-fao").office.code == "gd-fao"
    assert authenticate(username="zhuren", password="password of jx-fao").office.code == "jx-fao"
    assert authenticate(username="zhuren@jx-fao", password="password of gd-fao") is None
    assert authenticate(username="zhuren@nowhere", password="password of gd-fao") is None


def test_a_bare_name_whose_password_fits_two_people_logs_nobody_in(db):
    for code in ("jx-fao", "gd-fao"):
        user = person("zhuren", builders.office(code))
        user.set_password("the same")
        user.save()
    assert authenticate(username="zhuren", password="the same") is None
    assert authenticate(username="zhuren@jx-fao", password="the same").office.code == "jx-fao"


def test_somebody_who_left_does_not_log_in(office):
    user = person("zhuren")
    user.set_password("secret")
    user.is_active = False
    user.save()
    assert authenticate(username="zhuren", password="secret") is None
