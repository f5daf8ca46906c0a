"""Which office oversees which: told by the organisation file, one level deep, and opening nothing else."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from nodes.models import State
from tests import builders
from tests.browsing import logged_in
from tests.organisation import organisation
from tests.provinces import OVERSEER, hand_in, overseen, overseer, receive, signed
from workflow import audit, overseeing
from workflow.models import AuditEntry, Office
from workflow.organisation_file import parse_organisation
from workflow.permissions import allows
from workflow.refusals import Invalid, WrongState
from workflow.services.organisation import import_organisation

READERS = ("jixiao1", "zhuren", "shenji", "admin")
OTHERS = ("xinwen1", "xinwen0", "fuzhuren2")


def bring_in(code: str, **office: object) -> dict[str, int]:
    described = organisation(office={"code": code, "name": code, **office})
    return import_organisation(parse_organisation(json.dumps(described)))


@pytest.fixture
def province(db) -> Office:
    return overseer()


@pytest.fixture
def nanchang(province) -> Office:
    return overseen("nc", "南昌市外办")


# The organisation file


def test_the_file_says_who_oversees(nanchang, province):
    assert nanchang.overseen_by == province
    for office, action in ((nanchang, "overseer_changed"), (province, "overseen_changed")):
        entry = AuditEntry.objects.get(office=office, action=f"organisation.{action}")
        assert entry.data == {"from": "—", "to": "省绩效办", "office": "南昌市外办"}


def test_a_file_that_says_nothing_changes_nothing_and_null_ends_it(nanchang):
    bring_in("nc", name="南昌市外办")
    assert Office.objects.get(code="nc").overseen_by is not None
    bring_in("nc", name="南昌市外办", overseen_by=None)
    assert Office.objects.get(code="nc").overseen_by is None


def test_the_same_file_twice_is_recorded_once(nanchang):
    entries = AuditEntry.objects.count()
    overseen("nc", "南昌市外办", year=None)
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize(
    ("office", "message"),
    [
        ({"code": "x", "overseen_by": "nowhere"}, "no office “nowhere”"),
        ({"code": "x", "overseen_by": "x"}, "does not oversee itself"),
        ({"code": "x", "overseen_by": "nc"}, "is overseen itself"),
        ({"code": OVERSEER, "overseen_by": "gd"}, "oversees others"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_nothing_is_kept(nanchang, office, message):
    builders.office("gd")
    with pytest.raises(Invalid, match=message) as refused:
        bring_in(**office)
    assert set(refused.value.errors) == {"office.overseen_by"}
    assert not Office.objects.filter(code="x").exists()


def test_the_command_names_the_place(db, tmp_path):
    file = tmp_path / "organisation.json"
    file.write_text(json.dumps(organisation(office={"code": "x", "name": "x", "overseen_by": "nowhere"})))
    with pytest.raises(CommandError, match=r"office\.overseen_by: There is no office “nowhere”"):
        call_command("import_organisation", str(file))


def test_the_database_keeps_an_office_from_overseeing_itself(nanchang):
    with pytest.raises(IntegrityError), transaction.atomic():
        Office.objects.filter(pk=nanchang.pk).update(overseen_by=nanchang.pk)


def test_the_overseer_stays_while_it_has_something_to_receive(nanchang):
    filing = hand_in(signed(nanchang))
    with pytest.raises(WrongState, match="waits to be received by “省绩效办”"):
        bring_in("nc", name="南昌市外办", overseen_by=None)
    receive(filing)
    bring_in("nc", name="南昌市外办", overseen_by=None)
    assert Office.objects.get(code="nc").overseen_by is None


def test_the_settings_of_both_show_it(nanchang, province):
    there = logged_in("admin", nanchang).get(reverse("settings")).content.decode()
    assert "省绩效办" in there
    assert "南昌市外办" in logged_in("admin", province).get(reverse("settings")).content.decode()


# Nothing else is open


@pytest.mark.parametrize("username", READERS)
def test_those_who_read_see_the_offices_that_theirs_oversees(nanchang, province, username):
    builders.office("gd")
    assert list(overseeing.overseen_by(builders.person(username, province))) == [nanchang]
    assert list(overseeing.overseen_by(builders.person(username, nanchang))) == []


@pytest.mark.parametrize("username", OTHERS)
def test_everybody_else_sees_none(nanchang, province, username):
    assert list(overseeing.overseen_by(builders.person(username, province))) == []
    browser = logged_in(username, province)
    for address in ("/province/", "/province/offices.xlsx", "/province/offices.csv", "/province/nc/"):
        assert browser.get(address).status_code == 404, address
    assert "/province/" not in browser.get("/").content.decode()


def test_an_account_that_was_closed_reads_nothing(nanchang, province):
    reviewer = builders.person("jixiao1", province)
    reviewer.is_active = False
    assert not overseeing.overseen_by(reviewer).exists()


@pytest.mark.parametrize("username", READERS)
def test_offices_that_oversee_none_know_nothing_of_it(nanchang, province, username):
    outsider = builders.office("gd")
    addresses = [
        *("/province/", "/province/offices.xlsx", "/province/offices.csv", "/province/nc/"),
        *("/province/gd/", "/province/sjx/", "/province/nowhere/"),
    ]
    for office in (outsider, nanchang):
        browser = logged_in(username, office)
        assert [browser.get(one).status_code for one in addresses] == [404] * len(addresses)
        assert [browser.post(f"/province/nc/{act}/").status_code for act in ("decide", "comment")] == [
            404
        ] * 2
        assert "/province/" not in browser.get("/").content.decode()
    assert logged_in(username, outsider).get("/summary/filing/").status_code == 404


def test_an_office_does_not_see_its_neighbour(nanchang, province):
    jiujiang = overseen("jj", "九江市外办")
    filing = hand_in(signed(jiujiang))
    browser = logged_in("jixiao1", nanchang)
    assert browser.get("/province/jj/").status_code == 404
    assert browser.get(f"/province/jj/summaries/{filing.pk}/").status_code == 404
    assert (
        browser.post("/province/jj/decide/", {"filing": filing.pk, "outcome": "receive"}).status_code == 404
    )
    signed(nanchang)
    mine = {"filing": filing.pk, "comment": "看看"}
    assert browser.post("/summary/filing/comment/", mine).status_code == 404
    assert not filing.comments.exists()
    filing.refresh_from_db()
    assert filing.state == "sent"


def test_what_is_overseen_stays_another_offices_object(nanchang, province):
    """No permission, no list and no page of an overseen office opens to whoever oversees it."""
    node = builders.work_node(nanchang, 2, state=State.EVIDENCE_SUBMITTED)
    submission = node.submissions.get()
    summary = signed(nanchang)
    filing = hand_in(summary)
    addresses = [
        f"/reviews/{submission.pk}/", f"/files/{submission.files.get().pk}/",
        f"/files/{filing.sign_off.file_id}/", "/nodes/2/?year=2021", "/nodes/1/?year=2021",
    ]  # fmt: skip
    for username in READERS:
        reader = builders.person(username, province)
        for permission in ("nodes.approve_evidence", "approvals.edit_summary", "workflow.read_audit"):
            for subject in (node, summary, nanchang):
                assert not allows(reader, permission, subject), (username, permission)
        browser = logged_in(username, province)
        assert [browser.get(one).status_code for one in addresses] == [404] * len(addresses), username
        assert "南昌市外办" not in browser.get("/summary/?year=2021").content.decode()


def test_only_what_was_handed_in_here_is_handed_out_here(nanchang, province):
    filing = hand_in(signed(nanchang))
    overseen("jj", "九江市外办")
    other = builders.office("other-province", office={"code": "other-province", "name": "外省绩效办"})
    overseen("wg", "外省市外办", by="other-province")
    browser = logged_in("jixiao1", province)
    given = browser.get(f"/province/nc/summaries/{filing.pk}/")
    assert sha256(b"".join(given.streaming_content)).hexdigest() == filing.sha256
    assert browser.get(f"/province/jj/summaries/{filing.pk}/").status_code == 404
    assert browser.get("/province/wg/").status_code == 404
    stranger = logged_in("jixiao1", other)
    assert stranger.get(f"/province/nc/summaries/{filing.pk}/").status_code == 404
    assert stranger.get(f"/province/wg/summaries/{filing.pk}/").status_code == 404
    assert Client().get(f"/province/nc/summaries/{filing.pk}/").status_code == 302


def test_the_navigation_shows_it_as_soon_as_there_is_something(province):
    browser = logged_in("jixiao1", province)
    assert 'href="/province/"' not in browser.get("/").content.decode()
    overseen("nc", "南昌市外办")
    assert 'href="/province/"' in browser.get("/").content.decode()


def test_the_trails_stay_sealed_and_whole(nanchang):
    receive(hand_in(signed(nanchang)))
    audit.seal()
    assert audit.verify().flaws == []
