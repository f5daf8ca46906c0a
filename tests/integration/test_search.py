"""Search: what is found, by whom, how it is shown, and that nothing typed does harm."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from django.test import Client

from nodes.models import Comment, Cycle, State, WorkNode
from tests import builders
from tests.browsing import logged_in
from workflow.models import Office, User

pytestmark = pytest.mark.django_db


def found(text: str, username: str = "jixiao1", office: Office | None = None, **more: str) -> str:
    response = logged_in(username, office).get("/search/", {"q": text, **more})
    assert response.status_code == 200
    html = response.content.decode()
    return html[html.index('<p class="search__said"') : html.index("</main>")]


def counts(html: str) -> dict[str, int]:
    """How much was found of each kind."""
    heads = re.findall(r'<h2>([^<]+)<span class="count">(\d+)</span>', html)
    return {label: int(count) for label, count in heads}


@pytest.fixture
def festival(db: None) -> WorkNode:
    """A node of 新闻文化处 with evidence, a comment and a deferral in which rare words are said."""
    office = builders.office("festive")
    node = builders.work_node(
        office, 59, title="举行汤显祖戏剧节", level3="玉茗堂四梦展演", evidence_required="节目单与牡丹亭剧照",
        state=State.IN_PROGRESS,
    )  # fmt: skip
    builders.submit_evidence(
        node,
        statement="已于当月在抚州演出《紫钗记》，观众两千人次。",
        files=[builders.evidence_file("临川文化名人墙.txt", "临川")],
        on=date(2021, 4, 1),
    )
    builders.return_evidence(node, on=date(2021, 4, 2))
    author = builders.person("xinwen1", office)
    Comment.objects.create(office=office, node=node, author=author, text="请补充南柯记的<b>照片</b>",
                           at=datetime(2021, 4, 3, tzinfo=builders.ZONE))  # fmt: skip
    builders.file_deferral(
        node, reason="剧团因邯郸记排练推迟。", new_due=date(2021, 11, 30), on=date(2021, 5, 1),
        files=[builders.evidence_file("排练情况说明.txt", "说明")],
    )  # fmt: skip
    return node


WHERE = [
    ("汤显祖", "节点"),
    ("玉茗堂", "节点"),
    ("牡丹亭", "节点"),
    ("紫钗记", "佐证材料"),
    ("南柯记", "评论"),
    ("邯郸记", "延期申请"),
    ("临川文化", "文件"),
    ("排练情况", "文件"),
]
OPEN_TO_ALL = {"汤显祖", "玉茗堂", "牡丹亭"}


@pytest.mark.parametrize(("text", "kind"), WHERE)
def test_everything_is_found_where_it_was_said(festival, text, kind):
    html = found(text, "xinwen1", festival.office)
    assert counts(html) == {kind: 1}
    assert f"<mark>{text}</mark>" in html


@pytest.mark.parametrize(("text", "kind"), WHERE)
def test_others_find_only_what_they_may_see(festival, text, kind):
    stranger = found(text, "mishu1", festival.office)
    assert counts(stranger) == ({kind: 1} if text in OPEN_TO_ALL else {})
    other = builders.office("other")
    assert counts(found(text, "jixiao1", other)) == {}


def test_a_supporting_division_finds_the_evidence(festival):
    festival.supporting_divisions.add(festival.office.divisions.get(name=builders.OTHER_DIVISION))
    for text in ("紫钗记", "南柯记", "临川文化", "邯郸记"):
        assert counts(found(text, "mishu1", festival.office)), text


def test_several_words_must_all_occur(festival):
    assert counts(found("抚州 紫钗记", "xinwen1", festival.office)) == {"佐证材料": 1}
    assert counts(found("抚州 汤显祖", "xinwen1", festival.office)) == {}


def test_what_people_wrote_is_shown_as_text(festival):
    html = found("南柯记", "xinwen1", festival.office)
    assert "&lt;b&gt;照片&lt;/b&gt;" in html
    assert "<b>照片" not in html


def test_a_number_offers_the_node_of_the_newest_year_first(festival):
    Cycle.objects.create(office=festival.office, year=2022, status=Cycle.Status.OPEN)
    builders.work_node(festival.office, 59, year=2022, deadline=date(2022, 5, 1), planned_start=None)
    html = found("59", "mishu1", festival.office)
    assert html.index("打开 2022 年节点 59") < html.index("<h2>")
    assert counts(html) == {"节点": 2}
    assert html.index("2022 年 ·") < html.index("2021 年 ·")
    assert "打开" not in found("60", "mishu1", festival.office)


def test_a_long_list_is_cut_and_can_be_seen_whole(year_2021):
    html = found("友城")
    assert counts(html)["节点"] > 5
    assert html.count("data-keys-item") < sum(counts(html).values())
    whole = found("友城", **{"in": "nodes"})
    assert set(counts(whole)) == {"节点"}
    assert whole.count("data-keys-item") == counts(whole)["节点"] == counts(html)["节点"]
    assert counts(found("友城", **{"in": "nonsense"})) == counts(html)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("", "可查找各年度"),
        ("\0", "可查找各年度"),
        ("友", "请至少输入 2 个字"),
        ("没有的词语", "没有找到"),
        ("%%", "没有找到"),
        ("__", "没有找到"),
        ("\\\\", "没有找到"),
        ("'; DROP TABLE nodes_worknode; --", "没有找到"),
        ("<script>alert(1)</script>", "没有找到"),
        ("(((", "没有找到"),
        ("字" * 5000, "没有找到"),
        ("9" * 99, "没有找到"),
        ("²²", "没有找到"),
        ("a b " * 500, "没有找到"),
    ],
)
def test_an_empty_or_hostile_search_gets_a_kind_answer(year_2021, text, answer):
    html = found(text)
    assert counts(html) == {}
    assert answer in html
    assert "<script>alert" not in html


def test_a_null_byte_is_left_out(year_2021):
    assert counts(found("汤显\0祖")) == counts(found("汤显祖")) != {}


@pytest.mark.parametrize("username", ["jixiao1", "xinwen1", "fuzhuren2"])
def test_a_search_takes_at_most_fifteen_queries(year_2021, username, django_assert_max_num_queries):
    visitor = logged_in(username)
    visitor.get("/search/")
    with django_assert_max_num_queries(15):
        visitor.get("/search/", {"q": "59"})


def test_who_has_no_office_finds_nothing(year_2021):
    root = User.objects.create_superuser("root", password="x")
    visitor = Client()
    visitor.force_login(root, backend="workflow.auth.OfficeBackend")
    assert "没有找到" in visitor.get("/search/", {"q": "友城"}).content.decode()


def test_a_stranger_is_asked_to_log_in(db):
    assert Client().get("/search/", {"q": "友城"}).url.startswith("/login/")
