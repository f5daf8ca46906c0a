"""The organisation file: what it may say, and how it is told what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.builders import DEMO, organisation
from workflow.organisation_file import parse_organisation
from workflow.refusals import Invalid


def problems(described: dict[str, Any]) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        parse_organisation(json.dumps(described, ensure_ascii=False))
    return refusal.value.lines()


def changed(section: str, **keys: Any) -> dict[str, Any]:
    """The smallest file with the first entry of `section` changed."""
    described = organisation()
    entry = described[section] if isinstance(described[section], dict) else described[section][0]
    entry.update(keys)
    return described


def test_the_reference_years_file_is_read():
    parsed = parse_organisation((DEMO / "organisation-2021.json").read_text("utf-8"))
    assert (len(parsed.divisions), len(parsed.posts), len(parsed.deferral_routing)) == (12, 5, 3)
    assert parsed.reminder_policy.send_at.isoformat() == "08:47:00"


@pytest.mark.parametrize(
    ("described", "told"),
    [
        (organisation(mood="good"), "mood: unknown key"),
        (changed("office", motto="x"), "office.motto: unknown key"),
        (changed("users", phone="x"), "users.0.phone: unknown key"),
        (changed("divisions", chief="x"), "divisions.0.chief: unknown key"),
        (changed("posts", salary=1), "posts.0.salary: unknown key"),
        (changed("deferral_routing", then=1), "deferral_routing.0.then: unknown key"),
        (changed("deferral_routing", when={"moon": "full"}), "deferral_routing.0.when.moon: unknown key"),
        (organisation(reminder_policy={"loud": True}), "reminder_policy.loud: unknown key"),
    ],
)
def test_an_unknown_key_is_named_with_its_place(described, told):
    assert problems(described) == [told]


@pytest.mark.parametrize(
    ("described", "told"),
    [
        (changed("divisions", head="nobody"), "divisions.0.head: no user “nobody”"),
        (changed("divisions", handlers=["nobody"]), "divisions.0.handlers: no user “nobody”"),
        (changed("divisions", leader_in_charge="无"), "divisions.0.leader_in_charge: no post “无”"),
        (changed("posts", holder="nobody"), "posts.0.holder: no user “nobody”"),
        (organisation(administrators=["nobody"]), "administrators: no user “nobody”"),
        (organisation(auditors=["nobody"]), "auditors: no user “nobody”"),
        (changed("users", username="admin"), "users: “admin” stands 2 times"),
        (changed("divisions", name="秘书处"), "divisions: “秘书处” stands 2 times"),
        (changed("posts", post="绩效专班"), "posts: “绩效专班” stands 2 times"),
    ],
)
def test_references_to_nobody_and_repeated_names_are_told(described, told):
    assert told in problems(described)


def test_a_routing_step_that_no_post_can_fill_is_told():
    described = organisation()
    described["posts"] = [post for post in described["posts"] if post["kind"] != "provincial_leader"]
    assert problems(described) == ["deferral_routing.2.sign_off: no post of kind “provincial_leader”"]


def test_every_problem_is_told_at_once():
    described = organisation(administrators=["a"], auditors=["b"])
    assert problems(described) == ["administrators: no user “a”", "auditors: no user “b”"]


@pytest.mark.parametrize(
    ("section", "keys"),
    [
        ("office", {"code": "two words"}),
        ("office", {"name": ""}),
        ("office", {"time_zone": "Mars/Olympus"}),
        ("users", {"username": "两 个"}),
        ("users", {"email": "nowhere"}),
        ("posts", {"kind": "emperor"}),
        ("posts", {"kind": "administrator"}),
    ],
)
def test_values_that_make_no_sense_are_refused_at_their_place(section, keys):
    (told,) = problems(changed(section, **keys))
    assert next(iter(keys)) in told.partition(":")[0]


def test_text_that_is_no_json_is_refused_with_line_and_column():
    with pytest.raises(Invalid, match="line 2, column 1: not JSON"):
        parse_organisation("{\n")
