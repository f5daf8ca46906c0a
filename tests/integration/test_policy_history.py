"""The history of the reminder rules: every version with what it changed, and putting an earlier one back."""

from __future__ import annotations

from datetime import time

import pytest

from tests import builders
from tests.browsing import logged_in, main_text
from tests.builders import last_audit, person
from tests.integration.test_rule_settings import EARLY, RETURNED, have, kept, office_of_this_year
from workflow.models import Division, Office, PolicyVersion
from workflow.policy import Conditions, Escalation, ReminderPolicy
from workflow.services.policies import set_reminder_policy, version_of

PAGE = "/settings/reminders/history/"


@pytest.fixture
def this_year(db) -> Office:
    return office_of_this_year()


def version(number: int) -> str:
    return f"{PAGE}{number}/"


def changes(office: Office, **some: object) -> ReminderPolicy:
    """The administrator sets something else; returns the whole policy."""
    office = Office.objects.get(pk=office.pk)
    policy = kept(office).model_copy(update=some)
    set_reminder_policy(actor=person("admin", office), office=office, policy=policy)
    return policy


# Looking


def test_before_the_first_change_the_page_says_what_will_be_there(db):
    office = builders.office()
    PolicyVersion.objects.filter(office=office).delete()
    assert "规则尚未修改过" in main_text(logged_in("jixiao1").get(PAGE))


def test_every_change_is_told_in_words_before_and_after(office):
    night = (time(20), time(8))
    changes(office, working_days_before=(7, 2), overdue_every_working_days=None, quiet_hours=night)
    changes(office, escalate=(Escalation(after_working_days_overdue=2, to="division_head"),), digest=False)
    page = main_text(logged_in("jixiao1").get(PAGE))
    assert "时限之前 提前 10、5、3、1 个工作日 提前 7、2 个工作日" in page
    assert "超期之后 每 3 个工作日 不提醒" in page
    assert "免打扰时段 无 20:00–08:00" in page
    assert "每人每天合并为一条 是 否" in page
    assert "超期 10 个工作日：主要领导 超期 2 个工作日：处室负责人" in page
    assert "第 3 版 现行" in page
    assert "系统管理员" in page
    assert "最早保存的版本" in page


def test_rules_that_come_change_move_and_go_are_told(office):
    visitor = logged_in("jixiao1")
    have(office, EARLY, RETURNED)
    assert "规则“提前提请” — 时限前 10 个工作日，提醒分管领导" in main_text(visitor.get(PAGE))
    have(office, EARLY.model_copy(update={"working_days": -5, "name": "再次提请"}), RETURNED)
    page = main_text(visitor.get(PAGE))
    assert "规则“再次提请” · 何时 时限前 10 个工作日 时限前 5 个工作日" in page
    assert "规则名称 提前提请 再次提请" in page
    have(office, RETURNED, EARLY)
    assert "规则顺序 提前提请、退回告知 退回告知、提前提请" in main_text(visitor.get(PAGE))
    have(office, RETURNED.model_copy(update={"enabled": False}))
    page = main_text(visitor.get(PAGE))
    assert "规则“提前提请” 时限前 10 个工作日，提醒分管领导（所有节点；所有渠道） 已移除" in page
    assert "规则“退回告知” · 启用 是 否" in page


def test_a_long_history_is_paged_and_cheap(office, django_assert_max_num_queries):
    for minute in range(45):
        changes(office, send_at=time(9, minute + 1))
    visitor = logged_in("admin")
    visitor.get(PAGE)
    with django_assert_max_num_queries(12):
        page = main_text(visitor.get(PAGE))
    assert "第 46 版" in page
    assert "第 26 版" not in page
    assert "09:25 09:26" in page  # what the last one of the page changed
    last = main_text(visitor.get(PAGE, {"page": "3"}))
    assert "第 1 版" in last
    assert "现行" not in last


# Putting back


def test_an_earlier_version_is_put_back_after_a_look_at_what_that_changes(office):
    first = kept(office)
    changes(office, overdue_every_working_days=None, send_at=time(9, 5))
    visitor = logged_in("admin")
    question = visitor.get(version(1))
    page = main_text(question)
    assert "恢复第 1 版？" in page
    assert "发送时间 09:05 08:47" in page
    assert "超期之后 不提醒 每 3 个工作日" in page
    assert "数量不变" in page
    assert kept(office) != first
    answer = visitor.post(version(1), {"seen": question.context["seen"]}, follow=True)
    assert "提醒规则已保存" in main_text(answer)
    assert kept(office) == first
    entry = last_audit(office)
    assert (entry.action, entry.actor, entry.data["after"]["send_at"]) == (
        "policy.changed",
        person("admin"),
        "08:47:00",
    )
    assert list(office.policy_versions.values_list("number", flat=True)) == [3, 2, 1]


def test_the_question_counts_the_coming_month(this_year):
    changes(this_year, digest=False)
    changes(this_year, working_days_before=(), on_due_day=False)
    month = logged_in("admin").get("/settings/reminders/").context["month"]
    page = logged_in("admin").get(version(2))
    now, then = page.context["now"], page.context["then"]
    assert now == month.total < then
    assert f"现行规则下共 {now} 条提醒，恢复后共 {then} 条。 增加 {then - now} 条。" in main_text(page)
    back = logged_in("admin").post(version(2), {"seen": page.context["seen"]}, follow=True)
    assert back.context["month"].total == then


def test_a_second_click_is_harmless(office):
    first = kept(office)
    changes(office, send_at=time(9, 5))
    visitor = logged_in("admin")
    seen = visitor.get(version(1)).context["seen"]
    for _click in range(2):
        assert visitor.post(version(1), {"seen": seen}).status_code == 302
    assert kept(office) == first
    assert office.policy_versions.count() == 3


def test_who_comes_second_looks_again_first(office):
    changes(office, send_at=time(9, 5))
    visitor = logged_in("admin")
    seen = visitor.get(version(1)).context["seen"]
    changes(office, send_at=time(9, 7))
    answer = visitor.post(version(1), {"seen": seen})
    assert answer.status_code == 422
    assert "请核对最新情况" in main_text(answer)
    assert "09:07 08:47" in main_text(answer)
    assert kept(office).send_at == time(9, 7)
    assert answer.context["seen"] == version_of(kept(office))
    assert visitor.post(version(1), {"seen": answer.context["seen"]}).status_code == 302


def test_what_holds_already_is_not_offered(office):
    changes(office, send_at=time(9, 5))
    page = logged_in("admin").get(version(2))
    assert "与现行规则相同" in main_text(page)
    assert "恢复此版本" not in main_text(page)


def test_a_version_that_does_not_fit_the_office_any_more_is_refused_with_the_reasons(office):
    have(office, EARLY.model_copy(update={"only": Conditions(divisions=("新闻文化处",))}))
    have(office)
    Division.objects.filter(name="新闻文化处").update(name="新闻处")
    visitor, before = logged_in("admin"), kept(office)
    number = office.policy_versions.count() - 1
    page = main_text(visitor.get(version(number)))
    assert "此版本无法恢复" in page
    assert "规则“提前提请”：没有名为“新闻文化处”的处室。" in page
    assert "恢复此版本" not in page
    assert visitor.post(version(number)).status_code == 422
    assert kept(office) == before


def test_a_version_in_a_shape_of_an_earlier_time_is_shown_and_refused(office):
    changes(office, send_at=time(9, 5))
    PolicyVersion.objects.filter(office=office, number=1).update(policy={"weekly": True})
    visitor = logged_in("admin")
    assert "无法比较" in main_text(visitor.get(PAGE))
    assert "格式现已无法识别" in main_text(visitor.get(version(1)))
    assert visitor.post(version(1)).status_code == 422
    assert kept(office).send_at == time(9, 5)


# Who may


@pytest.mark.parametrize("username", ["xinwen1", "fuzhuren2", "shenji"])
def test_who_does_not_see_settings_does_not_see_their_history(office, username):
    assert logged_in(username).get(PAGE).status_code == 403


def test_the_performance_office_looks_and_puts_nothing_back(office):
    changes(office, send_at=time(9, 5))
    visitor = logged_in("jixiao1")
    assert "恢复" not in main_text(visitor.get(PAGE))
    assert visitor.get(version(1)).status_code == 403
    assert visitor.post(version(1)).status_code == 403
    assert kept(office).send_at == time(9, 5)


def test_another_offices_versions_do_not_exist(office):
    changes(office, send_at=time(9, 5))
    changes(office, send_at=time(9, 6))
    other = builders.office("other")
    stranger = logged_in("admin", other)
    assert "09:05" not in main_text(stranger.get(PAGE))
    assert stranger.get(version(3)).status_code == 404
    assert stranger.post(version(3)).status_code == 404


@pytest.mark.parametrize("number", ["0", "99", "999999999999999999999"])
def test_a_version_that_there_is_not(office, number):
    assert logged_in("admin").get(f"{PAGE}{number}/").status_code == 404
