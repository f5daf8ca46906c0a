"""The office's routing rules: read in words, changed through forms, and asked who would sign."""

from __future__ import annotations

import json
from datetime import date

import pytest

from approvals.models import DeferralRequest
from nodes.models import State
from tests import builders
from tests.browsing import logged_in
from tests.builders import file_deferral, last_audit, person, work_node
from tests.integration.test_year_settings import text
from workflow import routing_words
from workflow.models import AuditEntry, Division, Post, RoutingRule
from workflow.refusals import WrongState
from workflow.services import routing_rules

PAGE = "/settings/routing/"
LEADER = {"step_1": "leader_in_charge"}


def rules(office) -> list[tuple[dict, list]]:
    return [(row.when, row.sign_off) for row in RoutingRule.objects.filter(office=office)]


def rule(office, number: int) -> RoutingRule:
    return RoutingRule.objects.get(office=office, position=number - 1)


def told(office) -> list[str]:
    return list(
        AuditEntry.objects.filter(office=office, action__startswith="routing.").values_list(
            "action", flat=True
        )
    )


def test_the_rules_are_read_in_words(office):
    page = text(logged_in("jixiao1").get(PAGE))
    assert "改期在年度内，不超过 30 天，首次延期" in page
    assert "分管省领导" in page
    assert "没有规则规定" not in page
    assert "新增规则" not in page
    assert "规则由系统管理员维护" in page


def test_a_rule_is_added_behind_the_others_once(office):
    visitor = logged_in("admin")
    typed = {"days_at_least": "90", "late_request": "true", "step_1": ["division_head", "head_of_unit"],
             "together_1": "all_of", "step_3": "provincial_leader"}  # fmt: skip
    for _click in range(2):
        assert visitor.post(f"{PAGE}add/", typed).url == PAGE
    assert rules(office)[3:] == [
        ({"days_at_least": 90, "late_request": True},
         [{"all_of": ["division_head", "head_of_unit"]}, "provincial_leader"]),
    ]  # fmt: skip
    page = text(visitor.get(PAGE))
    assert "90 天及以上，逾期后申请" in page
    assert "会签：处室负责人、主要领导" in page
    entry = last_audit(office)
    assert (entry.action, entry.actor, entry.data["after"]["when"]["days_at_least"]) == (
        "routing.added", person("admin"), 90,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "请至少选择一个签批岗位。"),
        ({**LEADER, "days_at_least": "40", "days_at_most": "30"}, "大于“至多”天数"),
        ({**LEADER, "days_at_most": "0"}, "大于或等于1"),
        ({**LEADER, "days_at_most": "abc"}, "整数"),
        ({**LEADER, "times_deferred": "1", "times_deferred_at_least": "2"}, "大于“恰为”次数"),
        ({**LEADER, "division": "别处"}, "别处"),
        ({"step_1": "administrator"}, "administrator"),
        ({**LEADER, "new_due": "within_cycle", "times_deferred": "0", "days_at_most": "30"}, "完全相同"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_beside_its_field(office, typed, said):
    before = rules(office)
    response = logged_in("admin").post(f"{PAGE}add/", typed)
    assert response.status_code == 422
    assert said in text(response)
    assert rules(office) == before


def test_a_kind_of_post_the_office_lacks_is_refused(office):
    Post.objects.filter(kind="provincial_leader").update(kind="auditor")
    response = logged_in("admin").post(f"{PAGE}add/", {"step_1": "provincial_leader"})
    assert (response.status_code, "本单位没有“分管省领导”岗位。" in text(response)) == (422, True)


def test_a_rule_is_changed_and_the_trail_keeps_both(office):
    visitor, row = logged_in("admin"), rule(office, 1)
    page = text(visitor.get(f"{PAGE}{row.pk}/"))
    assert 'value="30"' in page
    seen = json.dumps(routing_rules.as_data(row))
    typed = {"new_due": "within_cycle", "days_at_most": "15", **LEADER, "seen": seen}
    for _click in range(2):
        assert visitor.post(f"{PAGE}{row.pk}/", typed).url == PAGE
    assert rules(office)[0] == ({"new_due": "within_cycle", "days_at_most": 15}, ["leader_in_charge"])
    data = last_audit(office).data
    assert (data["before"]["when"]["days_at_most"], data["after"]["when"]["days_at_most"]) == (30, 15)
    assert told(office) == ["routing.changed"]


def test_two_people_do_not_overwrite_each_other(office):
    row = rule(office, 1)
    seen = routing_rules.as_data(row)
    change = {"actor": person("admin"), "office": office, "rule_id": row.pk, "seen": seen}
    routing_rules.change_rule(**change, rule={"when": {}, "sign_off": ["head_of_unit"]})
    with pytest.raises(WrongState, match="after you opened the page"):
        routing_rules.change_rule(**change, rule={"when": {}, "sign_off": ["division_head"]})
    assert rules(office)[0] == ({}, ["head_of_unit"])


def test_the_order_changes_by_a_place_and_not_twice(office):
    visitor, before = logged_in("admin"), rules(office)
    last = rule(office, 3)
    for _click in range(2):
        visitor.post(f"{PAGE}{last.pk}/move/", {"to": "1"})
    assert rules(office) == [before[0], before[2], before[1]]
    assert told(office) == ["routing.moved"]
    assert "不会生效" not in text(visitor.get(PAGE))
    visitor.post(f"{PAGE}{rule(office, 3).pk}/move/", {"to": "0"})
    assert "总有排在前面的规则先符合" in text(visitor.get(PAGE))


@pytest.mark.parametrize("to", ["", "3", "-1", "x", "²", "999999999999"])
def test_there_is_no_place_outside_the_order(office, to):
    before = rules(office)
    assert logged_in("admin").post(f"{PAGE}{rule(office, 1).pk}/move/", {"to": to}).status_code == 422
    assert rules(office) == before


def test_removing_warns_of_what_nobody_would_sign(office):
    visitor, row = logged_in("admin"), rule(office, 3)
    page = text(visitor.get(f"{PAGE}{row.pk}/remove/"))
    assert "未定日期，首次延期" in page
    assert "改到年度之后，1 天，首次延期" in page
    for _click in range(2):
        assert visitor.post(f"{PAGE}{row.pk}/remove/").url == PAGE
    assert len(rules(office)) == 2
    assert told(office) == ["routing.removed"]
    assert "以下情形没有规则规定由谁签批" in text(visitor.get(PAGE))


def test_removing_what_is_covered_otherwise_warns_of_nothing(office):
    page = text(logged_in("admin").get(f"{PAGE}{rule(office, 1).pk}/remove/"))
    assert "仍有其他规则可循" in page


def test_the_rules_close_ranks(office):
    before = rules(office)
    logged_in("admin").post(f"{PAGE}{rule(office, 1).pk}/remove/")
    assert rules(office) == before[1:]
    assert [row.position for row in RoutingRule.objects.filter(office=office)] == [0, 1]


def test_an_office_without_rules_is_told_what_that_means(office):
    RoutingRule.objects.all().delete()
    assert "暂时无人能申请延期" in text(logged_in("admin").get(PAGE))


def test_a_rule_without_conditions_leaves_no_gap(office):
    RoutingRule.objects.all().delete()
    RoutingRule.objects.create(office=office, position=0, when={}, sign_off=["leader_in_charge"])
    assert routing_words.gaps(RoutingRule.objects.all()) == []


def test_requests_on_their_way_keep_their_signatures(office):
    request = file_deferral(work_node(office, 59, state=State.IN_PROGRESS), new_due=date(2021, 12, 1))
    before = [(one.step, one.posts.get().name) for one in request.sign_offs.order_by("step")]
    visitor = logged_in("admin")
    for row in RoutingRule.objects.all():
        visitor.post(f"{PAGE}{row.pk}/remove/")
    after = DeferralRequest.objects.get()
    assert [(one.step, one.posts.get().name) for one in after.sign_offs.order_by("step")] == before


def ask(username: str = "jixiao1", **question) -> str:
    question.setdefault("division", Division.objects.get(name="新闻文化处").pk)
    return text(
        logged_in(username).get(f"{PAGE}question/", {"new_due": "within", "days": 20, "times": 0, **question})
    )


def test_one_may_ask_who_would_sign(office):
    page = ask()
    assert "适用第 1 条规则" in page
    assert "分管副主任（二）" in page
    assert "副主任（二）" in page.split("分管副主任（二）")[1]
    assert "适用第 2 条规则" in ask(days=31)
    after = ask(new_due="none", days="")
    assert "适用第 3 条规则" in after
    assert "纸质" in after


def test_the_applicant_never_signs_and_the_answer_says_so(office):
    page = ask(applicant=person("fuzhuren2").pk)
    assert "只由申请人本人担任" in page
    assert "办主任" in page


def test_a_vacant_post_and_a_missing_rule_are_said(office):
    Post.objects.get(name="分管副主任（二）").appointments.all().delete()
    assert "空缺，今天无人可签" in ask()
    RoutingRule.objects.all().delete()
    assert "没有规定此类延期由谁签批" in ask()


@pytest.mark.parametrize(
    ("question", "said"),
    [({"division": ""}, "请选择申请延期的处室。"), ({"days": ""}, "请填写推迟多少天。"),
     ({"days": "-3"}, "大于或等于")],
)  # fmt: skip
def test_a_question_with_gaps_says_what_is_missing(office, question, said):
    assert said in ask(**question)


def test_asking_costs_little(office, django_assert_max_num_queries):
    visitor = logged_in("jixiao1")
    question = {"division": Division.objects.get(name="新闻文化处").pk, "new_due": "none", "times": 0,
                "applicant": person("xinwen1").pk}  # fmt: skip
    visitor.get(f"{PAGE}question/")
    with django_assert_max_num_queries(17):
        visitor.get(f"{PAGE}question/", question)


def test_another_offices_rules_and_divisions_are_not_there(office):
    other = builders.office("other")
    visitor, row = logged_in("admin", office), rule(other, 1)
    for act in ("", "remove/"):
        assert visitor.get(f"{PAGE}{row.pk}/{act}").status_code == 404
    for act in ("", "remove/", "move/"):
        typed = {"to": "0", "step_1": "head_of_unit"}
        assert visitor.post(f"{PAGE}{row.pk}/{act}", typed).status_code == 404
    page = text(visitor.get(f"{PAGE}question/", {"division": other.divisions.first().pk, "new_due": "none"}))
    assert "适用第" not in page


@pytest.mark.parametrize("username", ["jixiao1", "xinwen1", "fuzhuren2", "shenji"])
def test_only_an_administrator_changes_rules(office, username):
    visitor, row, before = logged_in(username), rule(office, 2), rules(office)
    typed = {"step_1": "division_head", "to": "0"}
    for address in ("add/", f"{row.pk}/", f"{row.pk}/move/", f"{row.pk}/remove/"):
        assert visitor.post(f"{PAGE}{address}", typed).status_code == 403
    assert rules(office) == before
