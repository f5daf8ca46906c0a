"""What people say about a node: who may, who is called, who hears of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError

from nodes.mentions import called, pieces
from nodes.models import Comment, Cycle, State
from nodes.services.talking import LONGEST, comment
from notifications.models import ChannelKind, Notification
from tests import builders
from tests.browsing import logged_in
from tests.builders import person, story, work_node
from workflow.refusals import Invalid, NotAllowed, NotFound, WrongState

pytestmark = pytest.mark.django_db


def says(node, text, *, by="jixiao1", at=None):
    actor = person(by, node.office)
    return comment(actor=actor, node_id=node.pk, text=text, at=at or story.moment())


def told(rule):
    rows = Notification.objects.filter(rule=rule).values_list("recipient__username", "channel")
    return {(username, str(channel)) for username, channel in rows}


def test_whoever_is_called_by_name_is_told_in_the_system_and_by_mail(drama_festival):
    made = says(drama_festival, "@新闻文化处经办人 请补签到表，@新闻文化处处长请把关。")
    assert {user.username for user in made.mentions.all()} == {"xinwen0", "xinwen1"}
    assert told("mentioned") == {
        (username, channel)
        for username in ("xinwen0", "xinwen1")
        for channel in (ChannelKind.IN_APP, ChannelKind.EMAIL)
    }
    entry = builders.last_audit(drama_festival)
    assert (entry.action, entry.reason, entry.actor.username) == ("node.commented", made.text, "jixiao1")


def test_nobody_is_told_of_calling_themselves(drama_festival):
    says(drama_festival, "@绩效专班甲 记一下。")
    assert told("mentioned") == set()


def test_only_readers_are_called(drama_festival):
    made = says(drama_festival, "@秘书处经办人 @mishu1 请协助。")
    assert list(made.mentions.all()) == []
    assert told("mentioned") == set()


def test_a_supporting_division_is_called_too(office):
    node = work_node(office, 7, supporting_divisions=(builders.OTHER_DIVISION,))
    made = says(node, "@mishu1 请协助。", by="xinwen1")
    assert [user.username for user in made.mentions.all()] == ["mishu1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@王芳你好", {"王芳"}),
        ("@王芳华你好", {"王芳华"}),
        ("＠王芳，请看", {"王芳"}),
        ("@wang10 请看", {"wang10"}),
        ("@wang1 请看", {"wang1"}),
        ("@wang100 请看", set()),
        ("me@wang1", set()),
        ("@@王芳", {"王芳"}),
        ("@ 王芳", set()),
        ("王芳", set()),
        ("@", set()),
    ],
)
def test_the_longest_name_is_meant(text, expected):
    assert called(text, ["王芳", "王芳华", "wang1", "wang10", ""]) == expected


def test_a_text_cut_at_its_names_is_whole_again():
    text = "请@王芳 与@王芳华，<b>"
    cut = list(pieces(text, ["王芳", "王芳华"]))
    assert "".join(piece for piece, _name in cut) == text
    assert [name for _piece, name in cut if name] == ["王芳", "王芳华"]


def test_who_does_not_work_with_the_node_says_nothing_and_reads_nothing(drama_festival, office):
    says(drama_festival, "内部意见：材料不全。")
    with pytest.raises(NotAllowed):
        says(drama_festival, "我也说一句", by="mishu1")
    stranger = logged_in("mishu1", office)
    page = stranger.get("/nodes/59/").content.decode()
    assert "内部意见" not in page
    assert "评论仅供与该节点工作有关的人员查看" in page
    assert stranger.post("/nodes/59/comment/", {"comment": "我也说一句"}).status_code == 403
    assert stranger.get("/nodes/59/readers/").status_code == 403
    assert "内部意见" in logged_in("xinwen1", office).get("/nodes/59/").content.decode()


@pytest.mark.parametrize("text", ["", "  \n ", "字" * (LONGEST + 1), "a\0b"])
def test_an_unfit_text_is_refused_beside_the_field(drama_festival, office, text):
    with pytest.raises(Invalid):
        says(drama_festival, text)
    response = logged_in("jixiao1", office).post("/nodes/59/comment/", {"comment": text})
    assert response.status_code == 422
    assert 'id="id_comment_error"' in response.content.decode()
    assert not Comment.objects.exists()


def test_a_double_click_says_it_once(drama_festival, office):
    visitor = logged_in("xinwen1", office)
    for _click in range(2):
        response = visitor.post("/nodes/59/comment/", {"comment": "已联系场地。"})
        assert (response.status_code, response.url) == (302, "/nodes/59/?year=2021#timeline")
    assert Comment.objects.count() == 1
    assert builders.actions(drama_festival).count("node.commented") == 1


def test_the_same_words_later_are_another_comment(drama_festival):
    first = says(drama_festival, "请抓紧。")
    says(drama_festival, "请抓紧。", at=first.at + timedelta(minutes=5))
    assert Comment.objects.count() == 2


def test_what_was_typed_is_shown_as_text(drama_festival, office):
    visitor = logged_in("xinwen1", office)
    visitor.post("/nodes/59/comment/", {"comment": "<script>alert(1)</script>@绩效专班甲\n第二行"})
    page = visitor.get("/nodes/59/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert '<span class="called">@绩效专班甲</span>' in page


def test_another_offices_node_takes_no_comment(drama_festival):
    other = builders.office("other")
    with pytest.raises(NotFound):
        comment(actor=person("jixiao1", other), node_id=drama_festival.pk, text="你好")
    assert logged_in("jixiao1", other).post("/nodes/59/comment/", {"comment": "你好"}).status_code == 404


def test_a_closed_year_takes_no_comment(drama_festival, office):
    Cycle.objects.update(status=Cycle.Status.CLOSED)
    with pytest.raises(WrongState):
        says(drama_festival, "补充说明")
    assert 'name="comment"' not in logged_in("xinwen1", office).get("/nodes/59/").content.decode()


def test_looking_says_nothing(drama_festival, office):
    response = logged_in("xinwen1", office).get("/nodes/59/comment/")
    assert (response.status_code, response.url) == (302, "/nodes/59/?year=2021")
    assert not Comment.objects.exists()


def test_the_names_on_offer_are_the_readers(drama_festival, office):
    offered = logged_in("xinwen1", office).get("/nodes/59/readers/").json()["people"]
    names = {one["username"] for one in offered}
    assert {"xinwen0", "jixiao1", "jixiao2", "fuzhuren2", "zhuren", "shenji", "admin"} <= names
    assert names.isdisjoint({"xinwen1", "mishu0", "mishu1"})


def test_a_comment_stays_as_it_was_said(drama_festival):
    """There is no service that mends or removes one, and the audit trail refuses both."""
    assert drama_festival.state == State.IN_PROGRESS
    says(drama_festival, "第一句。")
    entry = builders.last_audit(drama_festival)
    entry.reason = "另一句。"
    with pytest.raises(DatabaseError):
        entry.save()
