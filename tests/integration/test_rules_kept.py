"""Keeping an office's own rules: what is refused, what the trail says, what a file brings."""

from __future__ import annotations

import json

import pytest

from nodes.models import Indicator
from tests import builders
from tests.builders import last_audit, person, work_node
from tests.integration.test_rules import follow, rule
from tests.organisation import DIVISION, organisation
from workflow.models import Division, Office, PolicyVersion
from workflow.organisation_file import parse_organisation
from workflow.policy import ReminderPolicy, Rule
from workflow.refusals import Invalid
from workflow.selectors import reminder_policy
from workflow.services.organisation import import_organisation
from workflow.services.policies import set_reminder_policy


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"only": {"divisions": ["没有的处"]}}, "divisions"),
        ({"only": {"indicators": ["没有的指标"]}}, "indicators"),
        ({"only": {"indicators": ["99"]}}, "indicators"),
        ({"on": "submitted", "working_days": 3}, "working_days"),
        ({"on": "submitted", "every": 3}, "every"),
        ({"template": "{秘密}"}, "template"),
        ({"id": "first"}, "id"),
        ({"name": "  "}, "name"),
        (
            {
                "every": 1,
                "working_days": -250,
                "to": [
                    "handler",
                    "supporting",
                    "watchers",
                    "division_head",
                    "leader_in_charge",
                    "head_of_unit",
                ],
            },
            "every",
        ),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_beside_its_field(office, facts, field):
    work_node(office, 1)
    rules = [rule("first"), Rule.model_validate({**rule("second").model_dump(), **facts})]
    with pytest.raises(Invalid) as refused:
        follow(office, *rules)
    assert list(refused.value.errors) == [f"rules.1.{field}"]
    assert reminder_policy(office).rules == ()


def test_names_of_this_office_pass_and_those_of_another_do_not(office):
    other = builders.office("other")
    work_node(office, 1)
    mine = rule(only={"divisions": [DIVISION], "indicators": ["服务大局", "人文交流", "三级指标1", "1"]})
    follow(office, mine)
    with pytest.raises(Invalid) as refused:
        follow(other, mine)
    assert list(refused.value.errors) == ["rules.0.indicators"]


def test_a_name_that_was_right_when_it_was_written_keeps_nobody_from_another_change(office):
    work_node(office, 1)
    mine = rule(only={"divisions": [DIVISION], "indicators": ["三级指标1"]})
    follow(office, mine)
    Indicator.objects.filter(title="三级指标1").update(title="改名的指标")
    Division.objects.filter(name=DIVISION).update(name="改名的处")
    follow(office, mine, on_due_day=True)
    assert reminder_policy(office).on_due_day
    with pytest.raises(Invalid):
        follow(office, mine, rule("b", only={"divisions": ["没有的处"]}))


def test_the_trail_keeps_the_rules_that_differ_as_they_were_and_are(office):
    follow(office, rule("same"), rule("gone"), rule("other", working_days=-3))
    follow(office, rule("same"), rule("other", working_days=-5), rule("new", channels=["email"]))
    entry = last_audit(office)
    before, after = (entry.data[side]["rules"] for side in ("before", "after"))
    assert [one["id"] for one in before] == ["gone", "other"]
    assert [(one["id"], one.get("working_days")) for one in after] == [("other", -5), ("new", None)]
    assert after[1]["channels"] == ["email"]


def test_only_the_order_may_differ(office):
    follow(office, rule("a"), rule("b"))
    follow(office, rule("b"), rule("a"))
    assert last_audit(office).data == {
        "before": {"rules": [], "order": ["a", "b"]}, "after": {"rules": [], "order": ["b", "a"]},
    }  # fmt: skip


def test_a_policy_of_before_there_were_rules_is_changed_like_any_other(office):
    Office.objects.filter(pk=office.pk).update(reminder_policy={"on_due_day": False})
    office.refresh_from_db()
    office.__dict__.pop("_policy", None)
    PolicyVersion.objects.filter(office=office).delete()
    follow(office, rule("a"))
    assert [
        version.policy.get("rules", []) != [] for version in office.policy_versions.order_by("number")
    ] == [
        False,
        True,
    ]
    assert last_audit(office).data["before"]["rules"] == []


def test_an_organisation_file_brings_rules_once(office):
    described = organisation(reminder_policy={"rules": [{"id": "a", "name": "规则", "to": ["handler"]}]})
    file = parse_organisation(json.dumps(described))
    versions = office.policy_versions.count()
    import_organisation(file)
    import_organisation(file)
    office.refresh_from_db()
    assert office.policy_versions.count() == versions + 1
    assert ReminderPolicy.model_validate(office.reminder_policy).rules == file.reminder_policy.rules
    assert office.reminder_policy == {"rules": [{"id": "a", "name": "规则", "to": ["handler"]}]}
    follow_again = ReminderPolicy.model_validate(office.reminder_policy)
    assert not set_reminder_policy(actor=person("admin"), office=office, policy=follow_again)


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        ({"only": {"divisions": ["没有的处"]}}, "reminder_policy.rules.0.only.divisions"),
        ({"template": "{秘密}"}, "reminder_policy.rules.0.template"),
        ({"channels": ["sms"]}, "reminder_policy.rules.0.channels.0"),
        ({"to": []}, "reminder_policy.rules.0.to"),
        ({"id": "A-1"}, "reminder_policy.rules.0.id"),
    ],
)
def test_an_organisation_file_with_a_wrong_rule_is_refused(facts, place):
    described = organisation(
        reminder_policy={"rules": [{"id": "a", "name": "规则", "to": ["handler"], **facts}]}
    )
    with pytest.raises(Invalid, match=place.replace(".", r"\.")):
        parse_organisation(json.dumps(described))
