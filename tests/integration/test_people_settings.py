"""Who belongs to the office and who holds which post: the administrator sets it, reviewers see it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth import authenticate
from django.test import Client

from approvals.selectors import waiting_for
from nodes.models import State
from tests import builders
from tests.browsing import logged_in, words
from tests.builders import LEADER, file_deferral, person, post
from workflow import services
from workflow.models import Appointment, AuditEntry, Delegation, PostKind, User
from workflow.refusals import WrongState

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(office) -> Client:
    return logged_in("admin")


def said(response) -> str:
    return words(response.content)


def holders(name: str, on: date) -> set[str]:
    return {one.user.username for one in Appointment.objects.in_force(on).filter(post=post(name))}


def today(office) -> date:
    from nodes.selectors import today as of

    return of(office)


def test_a_new_colleague_joins_and_logs_in(office, admin):
    form = {"username": "xinlai", "name": "新来同志", "email": "xinlai@waiban.example"}
    page = admin.post("/settings/people/new/", form, follow=True)
    assert "已新增新来同志" in said(page)
    newcomer = person("xinlai")
    page = admin.post(f"/settings/people/{newcomer.pk}/password/", follow=True)
    password = page.context["password"]
    assert password in page.content.decode()
    assert authenticate(None, username="xinlai", password=password) == newcomer
    again = admin.get(f"/settings/people/{newcomer.pk}/")
    assert password not in again.content.decode()
    assert [entry.action for entry in AuditEntry.objects.order_by("id")][-2:] == [
        "person.added",
        "person.password_set",
    ]
    assert password not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        ({"username": "", "name": "甲"}, "请填写用户名"),
        ({"username": "xinwen1", "name": "甲"}, "本单位已有此用户名"),
        ({"username": "有 空格", "name": "甲"}, "只能用字母"),
        ({"username": "a@b", "name": "甲"}, "只能用字母"),
        ({"username": "new", "name": " "}, "请填写姓名"),
        ({"username": "new", "name": "甲" * 101}, "最多 100 个字符"),
        ({"username": "new", "name": "甲", "email": "nowhere"}, "邮箱地址无效"),
    ],
)
def test_a_wrong_entry_is_named_beside_its_field(admin, form, complaint):
    before = User.objects.count()
    page = admin.post("/settings/people/new/", form)
    assert (page.status_code, complaint in said(page)) == (422, True)
    assert User.objects.count() == before


def test_who_leaves_loses_posts_and_access_and_stays_on_record(office, admin):
    leader = person("fuzhuren2")
    for _click in range(2):
        page = said(admin.post(f"/settings/people/{leader.pk}/leave/", follow=True))
        assert "副主任（二）的账号已停用" in page
    leader.refresh_from_db()
    assert not leader.is_active
    assert holders(LEADER, today(office)) == set()
    assert AuditEntry.objects.filter(action="person.left").count() == 1
    assert "副主任（二）" not in said(admin.get("/settings/people/"))
    assert "副主任（二）" in said(admin.get("/settings/people/?left=1"))
    assert "空缺" in said(admin.get("/settings/posts/"))
    admin.post(f"/settings/people/{leader.pk}/return/")
    assert User.objects.get(pk=leader.pk).is_active
    assert holders(LEADER, today(office)) == set()


def test_the_administrator_cannot_lock_themselves_out(office, admin):
    response = admin.post(f"/settings/people/{person('admin').pk}/leave/")
    assert (response.status_code, "不能停用自己的账号" in said(response)) == (422, True)
    assert person("admin").is_active


def test_a_successor_finds_what_the_predecessor_left(office, admin, drama_festival):
    request = file_deferral(drama_festival)
    form = {"to": person("successor").pk, "starts": "", "beside": ""}
    for _click in range(2):
        assert admin.post(f"/settings/posts/{post(LEADER).pk}/", form).status_code == 302
    assert holders(LEADER, today(office)) == {"successor"}
    assert holders(LEADER, today(office) - timedelta(days=1)) == {"fuzhuren2"}
    assert [one.request for one in waiting_for(person("successor"))] == [request]
    assert waiting_for(person("fuzhuren2")) == []


def test_an_appointment_can_begin_later(office, admin):
    starts = today(office) + timedelta(days=10)
    seat = post(LEADER)
    admin.post(f"/settings/posts/{seat.pk}/", {"to": person("successor").pk, "starts": starts.isoformat()})
    assert holders(LEADER, starts - timedelta(days=1)) == {"fuzhuren2"}
    assert holders(LEADER, starts) == {"successor"}
    page = said(admin.get(f"/settings/posts/{seat.pk}/"))
    assert "未到任" in page
    assert "在任" in page


def test_the_past_is_not_rewritten(office, admin):
    form = {"to": person("successor").pk, "starts": "2021-01-01"}
    response = admin.post(f"/settings/posts/{post(LEADER).pk}/", form)
    assert (response.status_code, "已过的日期不能更改" in said(response)) == (422, True)
    assert holders(LEADER, date(2021, 2, 1)) == {"fuzhuren2"}


def test_a_second_handler_works_beside_the_first_and_leaves_again(office, admin):
    seat = post("新闻文化处:handler")
    admin.post(f"/settings/posts/{seat.pk}/", {"to": person("mishu1").pk, "beside": "on"})
    assert holders(seat.name, today(office)) == {"xinwen1", "mishu1"}
    tenure = Appointment.objects.get(post=seat, user=person("mishu1"))
    for _click in range(2):
        address = f"/settings/posts/{seat.pk}/holders/{tenure.pk}/relieve/"
        assert admin.post(address, {"last_day": ""}).status_code == 302
    assert holders(seat.name, today(office)) == {"xinwen1"}


def test_of_two_who_end_a_tenure_at_once_the_second_is_told(office):
    admin, day = person("admin"), today(office)
    tenure = services.appoint(
        actor=admin, post=post(LEADER), to=person("mishu1"), starts=day + timedelta(days=5), beside=True
    )
    services.relieve(actor=admin, appointment=tenure)
    assert not Appointment.objects.filter(pk=tenure.pk).exists()  # it had not begun
    with pytest.raises(WrongState):
        services.relieve(actor=admin, appointment=Appointment(pk=tenure.pk, post=post(LEADER)))


@pytest.mark.parametrize("act", ["", "password/", "leave/"])
def test_who_runs_the_installation_is_not_taken_over_by_an_office(office, act):
    root = person("mishu1")
    User.objects.filter(pk=root.pk).update(is_staff=True)
    address = f"/settings/people/{root.pk}/{act}"
    assert logged_in("admin").post(address, {"name": "别人", "email": "mine@x.example"}).status_code == 403
    User.objects.filter(username="admin").update(is_staff=True)
    assert logged_in("admin").post(address, {"name": "别人", "email": "mine@x.example"}).status_code == 302


def test_an_account_that_somebody_else_closed_is_no_second_click(office):
    address = f"/settings/people/{person('mishu1').pk}/leave/"
    for _click in range(2):
        assert logged_in("admin").post(address).status_code == 302
    seat = office.posts.get(kind=PostKind.ADMINISTRATOR)
    services.appoint(actor=person("admin"), post=seat, to=person("jixiao2"), beside=True)
    assert logged_in("jixiao2").post(address).status_code == 409


def test_who_goes_away_lets_somebody_stand_in(office):
    leader, day = logged_in("fuzhuren2"), today(office)
    form = {
        "post": post(LEADER).pk,
        "to": person("successor").pk,
        "starts": day.isoformat(),
        "ends": (day + timedelta(days=5)).isoformat(),
    }
    for _click in range(2):
        assert leader.post("/settings/delegations/", form).status_code == 302
    made = Delegation.objects.get()
    assert "副主任（二） → 新任副主任" in said(leader.get("/settings/delegations/"))
    assert "副主任（二） → 新任副主任" in said(logged_in("successor").get("/settings/delegations/"))
    assert "副主任（二） → 新任副主任" not in said(logged_in("mishu1").get("/settings/delegations/"))
    assert logged_in("mishu1").post(f"/settings/delegations/{made.pk}/revoke/").status_code == 404
    for _click in range(2):
        assert leader.post(f"/settings/delegations/{made.pk}/revoke/").status_code == 302
    made.refresh_from_db()
    assert made.revoked_at


def test_nobody_delegates_what_is_not_theirs(office):
    day = today(office).isoformat()
    form = {"post": post(LEADER).pk, "to": person("mishu1").pk, "starts": day, "ends": day}
    response = logged_in("xinwen1").post("/settings/delegations/", form)
    assert response.status_code == 422
    assert not Delegation.objects.exists()


def test_a_window_that_is_none_is_refused_beside_the_field(office):
    day = today(office)
    form = {"post": post(LEADER).pk, "to": "", "starts": "2021-13-45", "ends": day.isoformat()}
    page = said(logged_in("fuzhuren2").post("/settings/delegations/", form))
    assert "请选择人员" in page
    form |= {"to": person("mishu1").pk, "starts": day.isoformat(), "ends": "2021-01-01"}
    assert "早于" in said(logged_in("fuzhuren2").post("/settings/delegations/", form))


@pytest.mark.parametrize("username", ["jixiao1", "xinwen1", "fuzhuren2", "shenji"])
def test_only_the_administrator_changes_people_and_posts(office, username):
    visitor, leader, seat = logged_in(username), person("fuzhuren2"), post(LEADER)
    for address in (
        "/settings/people/new/",
        f"/settings/people/{leader.pk}/",
        f"/settings/people/{leader.pk}/leave/",
        f"/settings/people/{leader.pk}/return/",
        f"/settings/people/{leader.pk}/password/",
        f"/settings/posts/{seat.pk}/",
    ):
        assert visitor.post(address, {"name": "改"}).status_code == 403, address
    readable = 200 if username == "jixiao1" else 403
    assert visitor.get("/settings/people/").status_code == readable
    assert visitor.get("/settings/posts/").status_code == readable


def test_another_offices_people_and_posts_do_not_exist(office, admin):
    stranger = person("fuzhuren2", builders.office("other"))
    seat = stranger.appointments.get().post
    for address in (
        f"/settings/people/{stranger.pk}/",
        f"/settings/posts/{seat.pk}/",
    ):
        assert admin.get(address).status_code == 404
    assert admin.post(f"/settings/people/{stranger.pk}/leave/").status_code == 404
    form = {"to": stranger.pk}
    assert admin.post(f"/settings/posts/{post(LEADER, office).pk}/", form).status_code == 422


def test_the_trail_tells_who_did_what_and_whether_it_is_whole(office, drama_festival):
    file_deferral(drama_festival)
    auditor = logged_in("shenji")
    page = said(auditor.get("/audit/"))
    assert "新闻文化处经办人 申请延期" in " ".join(page.split())
    narrowed = said(auditor.get("/audit/?area=person"))
    assert "没有符合条件的记录" in narrowed
    assert "新闻文化处经办人" in said(auditor.get(f"/audit/?who={person('xinwen1').pk}&since=2021-03-01"))
    assert "没有符合条件的记录" in said(auditor.get("/audit/?until=2020-01-01"))
    assert "审计记录完整" in said(auditor.post("/audit/verify/", follow=True))
    for username in ("xinwen1", "fuzhuren2"):
        assert logged_in(username).get("/audit/").status_code == 403
        assert logged_in(username).get("/audit/export/").status_code == 403
        assert logged_in(username).post("/audit/verify/").status_code == 403


def test_the_trail_is_exported_as_it_is_shown(office, drama_festival):
    from io import BytesIO

    from openpyxl import load_workbook

    file_deferral(drama_festival, reason="=1+1")
    response = logged_in("shenji").get("/audit/export/?area=deferral")
    sheet = load_workbook(BytesIO(response.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[3] for row in rows[1:]] == ["申请延期"]
    assert rows[0][:3] == ("编号", "何时", "谁")
    assert sheet["H2"].data_type in ("s", "n", "inlineStr")
    assert drama_festival.state == State.IN_PROGRESS
