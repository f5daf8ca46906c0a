"""Rules beside the standard rhythm: written in plain words, tried before they are kept, put in order."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from notifications.models import Channel
from tests import builders
from tests.browsing import logged_in, main_text
from tests.builders import last_audit, person, work_node
from workflow.models import AuditEntry, Division, Office
from workflow.policy import Conditions, ReminderPolicy, Rule
from workflow.selectors import reminder_policy
from workflow.services.policies import set_reminder_policy, version_of

PAGE, ADD = "/settings/reminders/", "/settings/reminders/add/"
TYPED = {
    "name": "重点节点提前提请领导", "enabled": "on", "when": "before", "days": "10",
    "to": ["leader_in_charge", "head_of_unit"], "divisions": ["新闻文化处"], "weight": "5",
    "channels": ["in_app"], "template": "请关注“{节点}”",
}  # fmt: skip
EARLY = Rule(id="r1", name="提前提请", working_days=-10, to=("leader_in_charge",))
RETURNED = Rule(id="r2", name="退回告知", on="returned", to=("division_head",))
LATE = Rule(id="r3", name="超期督办", working_days=1, every=1, to=("performance_office",))


def rules(office: Office) -> tuple[Rule, ...]:
    return kept(office).rules


def kept(office: Office) -> ReminderPolicy:
    return reminder_policy(Office.objects.get(pk=office.pk))


def have(office: Office, *some: Rule, by: str = "admin") -> str:
    """Let the office have these rules; return the version that a page shows then."""
    office = Office.objects.get(pk=office.pk)
    policy = reminder_policy(office).model_copy(update={"rules": some})
    set_reminder_policy(actor=person(by, office), office=office, policy=policy)
    return version_of(policy)


def of_rule(name: str, act: str = "") -> str:
    return f"/settings/reminders/rules/{name}/{act}"


def office_of_this_year() -> Office:
    """An office in the year it is, with nodes due in the coming weeks."""
    today = timezone.localdate()
    office = builders.office(year=today.year)
    for number, days in enumerate((5, 9, 15, 22), start=1):
        due = today + timedelta(days=days)
        start = min(due, date(today.year, 1, 1))
        builders.start(work_node(office, number, year=today.year, planned_start=start, deadline=due))
    return office


# Writing one


def test_an_office_without_rules_is_told_what_they_are_for(office):
    assert "例如：权重 5 及以上的节点" in main_text(logged_in("admin").get(PAGE))
    assert ADD in logged_in("admin").get(PAGE).content.decode()
    assert ADD not in logged_in("jixiao1").get(PAGE).content.decode()


def test_a_rule_is_written_in_plain_words_and_read_back(office):
    visitor = logged_in("admin")
    page = main_text(visitor.post(ADD, TYPED, follow=True))
    assert "提醒规则已保存" in page
    assert "时限前 10 个工作日" in page
    assert "→ 分管领导、主要领导" in page
    assert "新闻文化处，权重 5 及以上 · 系统内 · 自拟文字" in page
    (rule,) = rules(office)
    assert (rule.on, rule.working_days, rule.every) == ("deadline", -10, None)
    assert rule.only == Conditions(divisions=("新闻文化处",), weight_at_least=Decimal(5))
    assert (rule.to, rule.channels) == (("leader_in_charge", "head_of_unit"), ("in_app",))
    form = visitor.get(of_rule(rule.id)).content.decode()
    assert 'value="重点节点提前提请领导"' in form
    assert "请关注“{节点}”</textarea>" in form


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"when": "on_day", "days": "7"}, "时限当天"),
        ({"when": "after", "days": "5", "every": "2"}, "超期 5 个工作日起，每 2 个工作日一次"),
        ({"when": "submitted", "days": "7", "every": "2"}, "报送佐证材料时"),
        ({"when": "resumed"}, "延期节点恢复办理时"),
        ({"divisions": [], "weight": "", "channels": []}, "所有节点 · 所有渠道"),
    ],
)
def test_when_and_about_what(office, typed, said):
    assert said in main_text(logged_in("admin").post(ADD, TYPED | typed, follow=True))


def test_indicators_are_chosen_among_those_of_the_open_year(office):
    work_node(office, 59)
    page = logged_in("admin").get(ADD).content.decode()
    assert "三级指标59" in page
    logged_in("admin").post(ADD, TYPED | {"indicators": ["服务大局", "三级指标59"]})
    assert rules(office)[0].only.indicators == ("服务大局", "三级指标59")
    assert "已选 1 / 1" in main_text(logged_in("admin").get(of_rule(rules(office)[0].id)))


def test_only_channels_that_are_set_up_are_offered(office):
    assert "钉钉群机器人" not in logged_in("admin").get(ADD).content.decode()
    Channel.objects.create(office=office, kind="dingtalk_robot", name="值班群")
    assert "钉钉群机器人" in logged_in("admin").get(ADD).content.decode()
    response = logged_in("admin").post(ADD, TYPED | {"channels": ["webhook"]})
    assert response.status_code == 422


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "  "}, "此项必填。"),
        ({"name": "很" * 61}, "60"),
        ({"when": ""}, "此项必填。"),
        ({"when": "sometimes"}, "sometimes"),
        ({"days": ""}, "请填写工作日数。"),
        ({"days": "251"}, "250"),
        ({"days": "-3"}, "1"),
        ({"to": []}, "请选择提醒对象。"),
        ({"to": ["everybody"]}, "everybody"),
        ({"divisions": ["没有的处"]}, "没有的处"),
        ({"weight": "很重"}, "数字"),
        ({"weight": "0"}, "0.001"),
        ({"template": "{谁}在吗"}, "{谁}"),
        ({"template": "{{ node.office }}"}, "花括号"),
        ({"template": "{% load i18n %}{节点"}, "花括号"),
        ({"template": "字" * 501}, "500"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field_and_stays_typed(office, wrong, said):
    response = logged_in("admin").post(ADD, TYPED | {"name": "重点", "template": "请看"} | wrong)
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page.replace("&#x27;", "'")
    assert "field__error" in page
    assert ("重点" in page) or "name" in wrong
    assert rules(office) == ()


def test_a_blank_form_is_refused(office):
    response = logged_in("admin").post(ADD, {})
    assert response.status_code == 422
    assert "请选择提醒对象。" in main_text(response)


def test_hostile_words_are_only_words(office):
    hostile = "<script>alert(1)</script>\u202e@all {节点}"
    visitor = logged_in("admin")
    visitor.post(ADD, TYPED | {"name": hostile, "template": "<img src=x> {节点} @all"})
    for address in (PAGE, of_rule(rules(office)[0].id), of_rule(rules(office)[0].id, "remove/")):
        page = visitor.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;@all" in page or address.endswith("r1/")


# Changing, ordering, switching, removing


def test_a_rule_keeps_its_id_whatever_is_changed_about_it(office):
    have(office, EARLY, RETURNED)
    logged_in("admin").post(of_rule("r1"), TYPED)
    assert [rule.id for rule in rules(office)] == ["r1", "r2"]
    assert rules(office)[0].name == "重点节点提前提请领导"
    assert last_audit(office).data["before"]["rules"][0]["name"] == "提前提请"


def test_the_standard_rhythm_is_saved_without_touching_the_rules(office):
    from tests.integration.test_reminder_settings import TYPED as RHYTHM

    have(office, EARLY, RETURNED)
    logged_in("admin").post(PAGE, RHYTHM)
    assert kept(office).overdue_every_working_days == 4
    assert rules(office) == (EARLY, RETURNED)


def test_the_order_is_changed_and_a_second_click_changes_nothing_more(office):
    seen = have(office, EARLY, RETURNED, LATE)
    visitor = logged_in("admin")
    for _click in range(2):
        answer = visitor.post(of_rule("r3", "move/"), {"to": "1", "seen": seen})
        assert answer.status_code == 302
    assert [rule.id for rule in rules(office)] == ["r1", "r3", "r2"]
    visitor.post(of_rule("r3", "move/"), {"to": "999"})
    assert [rule.id for rule in rules(office)] == ["r1", "r2", "r3"]
    visitor.post(of_rule("r3", "move/"), {"to": "<b>"})
    assert [rule.id for rule in rules(office)] == ["r3", "r1", "r2"]


def test_a_rule_is_switched_off_and_on(office):
    seen = have(office, EARLY)
    visitor = logged_in("admin")
    for _click in range(2):
        assert visitor.post(of_rule("r1", "switch/"), {"on": "0", "seen": seen}).status_code == 302
    assert not rules(office)[0].enabled
    assert "未启用" in main_text(visitor.get(PAGE))
    visitor.post(of_rule("r1", "switch/"), {"on": "1"})
    assert rules(office)[0].enabled


def test_a_rule_is_removed_after_a_question(office):
    have(office, EARLY, RETURNED)
    visitor = logged_in("admin")
    assert "移除规则“提前提请”？" in main_text(visitor.get(of_rule("r1", "remove/")))
    for _click in range(2):
        assert visitor.post(of_rule("r1", "remove/")).status_code == 302
    assert [rule.id for rule in rules(office)] == ["r2"]
    assert logged_in("admin").get(of_rule("r1")).status_code == 404


def test_a_double_click_adds_one_rule(office):
    visitor = logged_in("admin")
    page = visitor.get(ADD)
    named = {"rule": page.context["form"].named, "seen": version_of(kept(office))}
    for _click in range(2):
        assert visitor.post(ADD, TYPED | named).status_code == 302
    assert len(rules(office)) == 1
    assert AuditEntry.objects.filter(action="policy.changed").count() == 1


def test_there_is_an_end_to_it(office):
    have(office, *(EARLY.model_copy(update={"id": f"r{n}"}) for n in range(50)))
    response = logged_in("admin").post(ADD, TYPED)
    assert response.status_code == 422
    assert "最多设 50 条规则" in main_text(response)


# Two administrators


def test_two_administrators_at_once_and_nothing_typed_is_lost(office):
    seen = have(office, EARLY)
    have(office, EARLY.model_copy(update={"working_days": -7}))
    visitor = logged_in("admin")
    response = visitor.post(of_rule("r1"), TYPED | {"seen": seen})
    page = response.content.decode()
    assert response.status_code == 422
    assert "请核对最新情况" in page
    assert 'value="重点节点提前提请领导"' in page
    assert rules(office)[0].working_days == -7
    again = response.context["form"]["seen"].value()
    assert visitor.post(of_rule("r1"), TYPED | {"seen": again}).status_code == 302
    assert rules(office)[0].name == "重点节点提前提请领导"


def test_who_changes_a_rule_that_was_removed_meanwhile_is_told_so(office):
    seen = have(office, EARLY)
    have(office)
    visitor = logged_in("admin")
    response = visitor.post(of_rule("r1"), TYPED | {"seen": seen})
    assert response.status_code == 422
    assert "请核对最新情况" in main_text(response)
    assert 'value="重点节点提前提请领导"' in response.content.decode()
    assert visitor.post(of_rule("r9"), TYPED).status_code == 404


def test_a_stale_list_moves_nothing(office):
    seen = have(office, EARLY, RETURNED)
    have(office, RETURNED, EARLY, LATE)
    answer = logged_in("admin").post(of_rule("r1", "move/"), {"to": "0", "seen": seen}, follow=True)
    assert "请核对最新情况" in main_text(answer)
    assert [rule.id for rule in rules(office)] == ["r2", "r1", "r3"]


def test_a_rule_of_a_division_that_is_gone_says_so(office):
    have(office, EARLY.model_copy(update={"only": Conditions(divisions=("新闻文化处",))}))
    Division.objects.filter(name="新闻文化处").update(name="新闻处")
    visitor = logged_in("admin")
    assert "已不存在，条件不成立：新闻文化处" in main_text(visitor.get(PAGE))
    form = visitor.get(of_rule("r1")).content.decode()
    assert "新闻文化处" in form
    assert "新闻处" in form
    answer = visitor.post(of_rule("r1"), TYPED | {"divisions": ["新闻处"]})
    assert answer.status_code == 302


def test_rules_of_divisions_that_are_gone_are_mended_one_after_the_other(office):
    gone = Conditions(divisions=("新闻文化处",))
    have(office, EARLY.model_copy(update={"only": gone}), LATE.model_copy(update={"only": gone}))
    Division.objects.filter(name="新闻文化处").update(name="新闻处")
    visitor = logged_in("admin")
    visitor.post(of_rule("r1"), TYPED | {"divisions": ["新闻处"]})
    assert [rule.only.divisions for rule in rules(office)] == [("新闻处",), ("新闻文化处",)]
    visitor.post(of_rule("r3", "switch/"), {"on": "0"})
    assert not rules(office)[1].enabled


# Who may


@pytest.mark.parametrize("username", ["jixiao1", "xinwen1", "fuzhuren2", "shenji"])
def test_nobody_but_an_administrator_changes_rules(office, username):
    have(office, EARLY)
    visitor, before = logged_in(username), rules(office)
    attempts: list[tuple[str, dict[str, Any]]] = [
        (ADD, TYPED), (of_rule("r1"), TYPED), (of_rule("r1", "move/"), {"to": "1"}),
        (of_rule("r1", "switch/"), {"on": "0"}), (of_rule("r1", "remove/"), {}),
    ]  # fmt: skip
    for address, typed in attempts:
        assert visitor.post(address, typed).status_code == 403
    assert rules(office) == before


def test_another_offices_rules_do_not_exist(office):
    have(office, EARLY)
    other = builders.office("other")
    stranger = logged_in("admin", other)
    for address in (of_rule("r1"), of_rule("r1", "remove/")):
        assert stranger.get(address).status_code == 404
    for address in (
        of_rule("r1"),
        of_rule("r1", "move/"),
        of_rule("r1", "switch/"),
        of_rule("r1", "remove/"),
    ):
        assert stranger.post(address, TYPED | {"to": "0"}).status_code == 404
    assert (rules(office), rules(other)) == ((EARLY,), ())
