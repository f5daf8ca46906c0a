"""The proof of a month with an office's own rules in it."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from nodes.services.watching import watch
from notifications import reminders
from notifications.models import Channel, ChannelKind, Notification, Preference
from notifications.proof import Proof, proof
from notifications.proof_table import plain, workbook
from tests.builders import ZONE, approve_evidence, last_audit, person, submit_evidence, work_node
from tests.integration.test_rules import QUIET, follow, rule
from tests.mornings import DUE
from tests.organisation import OTHER_DIVISION
from workflow.models import Office, PolicyVersion
from workflow.policy import ReminderPolicy
from workflow.services.policies import set_reminder_policy

MAY = date(2021, 5, 1)


def scanned(office: Office) -> Proof:
    """The proof of May after every morning's scan."""
    for day in range(1, 32):
        reminders.scan(office, date(2021, 5, day))
    office.__dict__.pop("_policy_versions", None)
    return proof(office, MAY)


def due(found: Proof) -> set[tuple[date, str, int, str, str]]:
    return {
        (line.due.day, line.due.rule, line.due.node.number, line.person, line.channel)
        for line in found.lines
        if line.told or line.cause.code in ("waiting", "moved")  # what is that old is sent to nobody
    }


def causes(found: Proof) -> dict[str, set[str]]:
    seen: dict[str, set[str]] = {}
    for line in found.lines:
        if line.cause:
            seen.setdefault(line.channel, set()).add(line.cause.code)
    return seen


def test_each_rule_answers_for_itself(office):
    Channel.objects.create(office=office, kind="wecom_robot", name="群", settings={}, secrets="")
    Channel.objects.update(made_at=datetime(2021, 1, 1, tzinfo=ZONE))
    node = work_node(
        office, 1, deadline=DUE, supporting_divisions=(OTHER_DIVISION,), attributes={"分值": "5"}
    )
    work_node(office, 2, deadline=DUE)
    watch(actor=person("shenji", office), node=node, at=datetime(2021, 4, 1, tzinfo=ZONE))
    follow(
        office,
        rule("heavy", working_days=-1, only={"weight_at_least": 5}, to=["supporting", "watchers"],
             channels=["in_app", "wecom_robot"]),
        rule("all", to=["handler", "leader_in_charge"], channels=["email"]),
        rule("off", enabled=False, to=["head_of_unit"]),
        on_due_day=True,
    )  # fmt: skip
    found = scanned(office)
    eve = date(2021, 5, 8)
    assert due(found) == {
        *((eve, "rule:heavy", 1, name, by) for name in ("秘书处经办人", "审计员")
          for by in ("in_app", "wecom_robot")),
        *((DUE, "rule:all", number, name, "email") for number in (1, 2)
          for name in ("新闻文化处经办人", "副主任（二）")),
        *((DUE, "due_day", number, "新闻文化处经办人", by) for number in (1, 2)
          for by in ("in_app", "wecom_robot")),
    }  # fmt: skip
    assert found.unexplained == []
    totals = found.totals["by_rule"]
    assert {name: counts["due"] for name, counts in totals.items()} == {
        "rule:heavy": 2, "rule:all": 4, "due_day": 2,
    }  # fmt: skip


def test_what_a_rule_says_tomorrow_is_not_asked_of_yesterday(office):
    work_node(office, 1, deadline=DUE)

    def hold(from_day: date, *rules) -> None:
        policy = ReminderPolicy.model_validate({**QUIET, "rules": rules})
        at = datetime.combine(from_day, time(12), ZONE)
        set_reminder_policy(actor=person("admin"), office=office, policy=policy, at=at)

    PolicyVersion.objects.filter(office=office).update(made_at=datetime(2021, 1, 1, tzinfo=ZONE))
    hold(date(2021, 5, 6), rule("a", working_days=-1, channels=["in_app"], name="旧名"))
    reminders.scan(office, date(2021, 5, 8))
    hold(date(2021, 5, 9), rule("a", channels=["in_app"], name="新名", to=["division_head"]))
    reminders.scan(office, DUE)
    reminders.ReminderScan.objects.update(at=datetime(2021, 5, 8, 8, 47, tzinfo=ZONE))
    found = proof(office, MAY)
    told = {(line.due.day, line.person, found.words(line.due)) for line in found.lines if line.told}
    assert told >= {(date(2021, 5, 8), "新闻文化处经办人", "旧名"), (DUE, "新闻文化处处长", "新名")}
    assert not {person for day, person, _words in told if day == DUE} - {"新闻文化处处长"}


def test_a_row_of_a_rule_that_vanished_is_missing_without_a_cause(office):
    work_node(office, 1, deadline=DUE)
    follow(office, rule(channels=["in_app"]))
    for day in range(1, 32):
        reminders.scan(office, date(2021, 5, day))
    Notification.objects.filter(rule="rule:a").delete()
    office.__dict__.pop("_policy_versions", None)
    (lost,) = proof(office, MAY).unexplained
    assert (lost.due.rule, lost.channel, lost.due.named) == ("rule:a", "in_app", True)


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        (ChannelKind.DINGTALK_ROBOT, "no_channel"),
        (ChannelKind.WECOM_APP, "no_messenger"),
        (ChannelKind.FEISHU_ROBOT, "messenger_preference"),
        (ChannelKind.EMAIL, "preference"),
    ],
)
def test_why_a_rule_reached_nobody_by_the_channel_it_names(office, kind, cause):
    for one in (ChannelKind.WECOM_APP, ChannelKind.FEISHU_ROBOT):
        Channel.objects.create(office=office, kind=one, name=one, settings={}, secrets="")
    Channel.objects.update(made_at=datetime(2021, 1, 1, tzinfo=ZONE))
    Preference.objects.create(
        user=person("xinwen1"), email_reminders=False, email_news=True, messenger_reminders=False
    )
    work_node(office, 1, deadline=DUE)
    follow(office, rule(channels=[kind]))
    assert causes(scanned(office)) == {kind: {cause}}


def test_nobody_watching_is_nothing_to_miss(office):
    work_node(office, 1, deadline=DUE)
    follow(office, rule(to=["watchers", "supporting"]))
    assert scanned(office).lines == []


def test_the_table_names_the_rules_as_the_office_does(office):
    work_node(office, 1, deadline=DUE)
    follow(office, rule(name="重点提醒"))
    found = scanned(office)
    assert plain(found)["lines"][0]["rule"] == "rule:a"
    assert workbook(found).content[:2] == b"PK"
    assert found.rule_words("rule:a") == "重点提醒"


def test_what_happened_and_should_have_been_told_is_proven_too(office):
    PolicyVersion.objects.filter(office=office).update(made_at=datetime(2021, 1, 1, tzinfo=ZONE))
    follow(
        office,
        rule(
            "in", on="submitted", to=["leader_in_charge", "performance_office"], channels=["in_app", "email"]
        ),
        rule("out", on="approved", to=["head_of_unit"], channels=["in_app", "wecom_robot"]),
    )
    Preference.objects.create(user=person("fuzhuren2"), email_reminders=True, email_news=False)
    node = work_node(office, 1, state="in_progress")
    submit_evidence(node, on=DUE)
    approve_evidence(node, on=DUE)
    office.__dict__.pop("_policy_versions", None)
    found = proof(office, MAY)
    lines = {
        (line.due.rule, line.person, line.channel): line.cause.code if line.cause else "told"
        for line in found.lines
        if line.due.rule.startswith("rule:")
    }
    assert lines == {
        ("rule:in:submitted", "副主任（二）", "in_app"): "told",
        ("rule:in:submitted", "副主任（二）", "email"): "news_preference",
        **{("rule:in:submitted", name, "in_app"): "told" for name in ("绩效专班甲", "绩效专班乙")},
        **{("rule:in:submitted", name, "email"): "too_old" for name in ("绩效专班甲", "绩效专班乙")},
        ("rule:out:approved", "办主任", "in_app"): "told",
        ("rule:out:approved", "办主任", "wecom_robot"): "no_channel",
    }
    Notification.objects.filter(rule="rule:out:approved").delete()
    (lost,) = proof(office, MAY).unexplained
    assert (lost.due.rule, lost.due.at) == ("rule:out:approved", last_audit(node).at)
