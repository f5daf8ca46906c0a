"""The words of an office's own rules: placeholders stand for facts, and nothing in them is ever code."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from nodes.models import WorkNode
from notifications import reminders
from notifications.letters import compose, headline
from notifications.models import Notification
from notifications.placeholders import PLACEHOLDERS, fill, preview, problems, read_ahead
from tests.browsing import logged_in
from tests.builders import appoint, delegate, person, submit_evidence, work_node
from tests.integration.test_rules import follow, rule
from tests.mornings import DUE
from tests.organisation import LEADER, OTHER_DIVISION
from workflow.models import Post
from workflow.policy import ReminderPolicy
from workflow.refusals import Invalid
from workflow.services.policies import check_policy

HOSTILE = "{编号}{{x}}<b>@all\r\n**粗** \u202e{0.__class__}"


def composed(username: str, on: date = DUE) -> Any:
    rows = Notification.objects.filter(recipient__username=username, channel="email", state="pending")
    return compose(list(rows.select_related("recipient", "office", "node__cycle", "node__lead_division")), on)


@pytest.mark.parametrize(
    ("template", "names"),
    [
        ("{处长}请处理", "{处长}"),
        ("{node.title}", "{node.title}"),
        ("{节点.office.secrets}", "{节点.office.secrets}"),
        ("{节点!r}", "{节点!r}"),
        ("{节点:>40}", "{节点:>40}"),
        ("{0}", "{0}"),
        ("{}", "{}"),
        ("{ 秘 密 }", "{秘 密}"),
    ],
)
def test_what_is_no_placeholder_is_refused_by_name(template, names):
    with translation.override("zh-hans"):
        (words,) = problems(template)
    assert names in words


@pytest.mark.parametrize("template", ["{{节点}}", "{% now %}{", "节点}", "{节点", "{{{节点}}}"])
def test_braces_stand_around_names_alone(template):
    assert problems(template)


@pytest.mark.parametrize(
    "template", ["", "请尽快报送。", "{节点}（{ number }）还有{剩余工作日}天", "100% %s $x <b>"]
)
def test_plain_words_and_known_names_pass(template):
    assert problems(template) == []


def test_a_policy_with_such_a_template_is_refused_beside_its_rule(office):
    rules = [rule("ok", template="{节点}"), rule("bad", template="{节点}{秘密}")]
    with pytest.raises(Invalid) as refused:
        check_policy(ReminderPolicy.model_validate({"rules": rules}), office)
    assert list(refused.value.errors) == ["rules.1.template"]
    assert "{秘密}" in refused.value.errors["rules.1.template"][0]


def test_every_placeholder_has_its_fact(office):
    node = work_node(
        office, 7, deadline=DUE, supporting_divisions=(OTHER_DIVISION,), attributes={"权重": "3.50分"},
        title="举行戏剧节",
    )  # fmt: skip
    with translation.override("zh-hans"):
        said = {one.name: preview(one.token, node, office, date(2021, 5, 13)) for one in PLACEHOLDERS}
        same = {
            one.name: preview(f"{{{one.alias}}}", node, office, date(2021, 5, 13)) for one in PLACEHOLDERS
        }
    assert said == same == {
        "节点": "举行戏剧节", "编号": "7", "年度": "2021", "处室": "新闻文化处", "配合处室": "秘书处",
        "指标": "三级指标7", "期限": "2021-05-10", "剩余工作日": "0", "逾期工作日": "3",
        "负责人": "新闻文化处经办人", "分管领导": "副主任（二）", "状态": "未启动", "权重": "3.5",
        "单位": "省外办", "日期": "2021-05-13",
    }  # fmt: skip


def test_days_are_working_days_of_the_day_on_which_it_is_said(office):
    node = work_node(office, 1, deadline=DUE)
    said = [
        fill("{剩余工作日}/{逾期工作日}", node, office, day)
        for day in (date(2021, 4, 30), date(2021, 5, 8), DUE, date(2021, 5, 12))
    ]
    assert said == ["4/0", "1/0", "0/0", "0/2"]


def test_people_are_those_who_act_that_day(office):
    node = work_node(office, 1, deadline=DUE)
    delegate(LEADER, to="successor", starts=date(2021, 5, 10), ends=date(2021, 5, 12))
    appoint(LEADER, to="zhuren", from_=date(2021, 5, 20))
    said = [fill("{分管领导}", node, office, date(2021, 5, day)) for day in (9, 11, 21)]
    assert (said[0], said[2]) == ("副主任（二）", "办主任")
    assert "新任副主任" in said[1]


def test_without_a_handler_the_head_answers(office):
    node = work_node(office, 1, deadline=DUE)
    Post.objects.get(office=office, division=node.lead_division, kind="handler").appointments.all().delete()
    assert fill("{负责人}", node, office, DUE) == "新闻文化处处长"


def test_hostile_titles_stay_words(office):
    work_node(office, 1, deadline=DUE, title=HOSTILE)
    follow(office, rule(template="<i>{节点}</i> 请{负责人}办理"))
    reminders.scan(office, DUE)
    letter = composed("xinwen1")
    literal = "<i>{编号}{{x}}<b>@all **粗** {0.__class__}</i> 请新闻文化处经办人办理"
    assert literal in letter.text
    assert literal in letter.subject
    assert "\n" not in letter.subject
    assert "<i>" not in letter.html
    assert "&lt;i&gt;{编号}{{x}}&lt;b&gt;@all" in letter.html


def test_the_rules_words_take_the_place_of_the_usual_line(office):
    for number in (1, 2):
        work_node(office, number, deadline=DUE)
    follow(
        office,
        rule("one", template="{节点}（{编号}）今天截止", only={"indicators": ["1"]}),
        rule("two", template="请报送佐证材料", only={"indicators": ["2"]}, to=["handler", "head_of_unit"]),
    )
    reminders.scan(office, DUE)
    letter = composed("xinwen1")
    assert "工作节点1（1）今天截止" in letter.text
    assert "节点 2“工作节点2”：请报送佐证材料" in letter.text  # whoever does not name the node is helped
    assert "节点 1“" not in letter.text
    assert "【今天到期】" in letter.text
    assert "工作节点1（1）今天截止" in letter.html
    page = logged_in("zhuren").get("/?box=copied").content.decode()
    assert "节点 2“工作节点2”：请报送佐证材料" in page


def test_the_offices_words_are_read_in_the_system_too(office):
    """A handler's pressing nodes are listed by the inbox itself: notices of them would say it twice."""
    for number in (1, 2):
        work_node(office, number, deadline=DUE)
    follow(
        office,
        rule("words", template="{节点}请附英文版", only={"indicators": ["1"]}),
        rule("usual", only={"indicators": ["2"]}),
    )
    reminders.scan(office, DUE)
    page = logged_in("xinwen1").get("/?box=copied").content.decode()
    assert "工作节点1请附英文版" in page
    assert "节点 2“" not in page


def test_words_for_before_the_deadline_are_not_said_after_it(office):
    work_node(office, 1, deadline=DUE)
    follow(office, rule(working_days=-1, template="{节点}明天到期，还剩{剩余工作日}天"))
    reminders.scan(office, date(2021, 5, 8), with_day=DUE)
    assert "还剩1天" in composed("xinwen1", date(2021, 5, 8)).text
    late = composed("xinwen1", date(2021, 5, 12)).text
    assert "还剩" not in late
    assert "节点 1“工作节点1”：已超期 2 个工作日" in late


def test_what_was_written_keeps_the_words_of_its_time(office):
    work_node(office, 1, deadline=DUE)
    follow(office, rule(template="{节点}旧话"))
    reminders.scan(office, DUE)
    row = Notification.objects.select_related("office", "node__lead_division").get(channel="in_app")
    assert headline(row) == "工作节点1旧话"
    assert row.office.reminder_policy["rules"][0]["template"] == "{节点}旧话"


def test_an_event_has_its_words_too(office):
    node = work_node(office, 1, state="in_progress")
    follow(office, rule(on="submitted", to=["division_head"], template="{处室}已交{节点}，状态：{状态}"))
    submit_evidence(node)
    row = Notification.objects.select_related("office", "node__lead_division").get(
        rule="rule:a:submitted", channel="in_app"
    )
    with translation.override("zh-hans"):
        assert headline(row).startswith("新闻文化处已交工作节点1，状态：")


def test_many_nodes_ask_for_their_facts_together(office):
    template = "{节点}{负责人}{分管领导}{处室}{期限}{逾期工作日}{指标}{配合处室}"
    for number in range(1, 9):
        work_node(office, number, deadline=DUE, supporting_divisions=(OTHER_DIVISION,))
    nodes = list(WorkNode.objects.select_related("lead_division", "cycle"))
    with CaptureQueriesContext(connection) as asked:
        read_ahead((template, node) for node in nodes)
        said = {fill(template, node, office, DUE) for node in nodes}
    assert len(said) == 8
    assert len(asked) <= 6


def test_a_template_that_a_file_smuggled_in_is_said_as_it_stands(office):
    """Checked when it is kept; should one slip by, nothing breaks."""
    node = work_node(office, 1, deadline=DUE)
    assert fill("{节点.secret} {节点} {", node, office, DUE) == "{节点.secret} 工作节点1 {"
    assert person("xinwen1", office)
