"""An office from its file, and what importing the file again changes."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.builders import DIVISION, HEAD, LEADER, REVIEWERS, organisation, person, post
from workflow import people
from workflow.models import Appointment, AuditEntry, Division, Office, Post, RoutingRule, User
from workflow.organisation_file import parse_organisation
from workflow.selectors import reminder_policy
from workflow.services.organisation import import_organisation


def bring_in(described=None, **sections) -> dict[str, int]:
    return import_organisation(parse_organisation(json.dumps(described or organisation(**sections))))


def holders(name: str) -> list[str]:
    return [user.username for user in people.holders(post(name), today())]


def today():
    return Office.objects.get().day(timezone.now())


def test_everybody_has_the_roles_of_their_posts(db):
    bring_in()
    roles = {
        name: people.roles(person(name)) for name in ("xinwen1", "xinwen0", "jixiao2", "admin", "shenji")
    }
    assert roles == {
        "xinwen1": {"handler"},
        "xinwen0": {"division_head"},
        "jixiao2": {"performance_office"},
        "admin": {"administrator"},
        "shenji": {"auditor"},
    }
    assert people.roles(person("successor")) == set()
    assert Division.objects.get(name=DIVISION).leader_in_charge == post(LEADER)


def test_nobody_can_log_in_before_a_password_is_set(db):
    bring_in()
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_the_first_holders_held_their_posts_always(db):
    bring_in()
    assert set(Appointment.objects.values_list("starts", "ends")) == {(None, None)}


def test_the_same_file_again_changes_nothing_and_is_not_recorded(db):
    bring_in()
    again = bring_in()
    assert (again["created"], again["updated"]) == (0, 0)
    assert AuditEntry.objects.filter(action="organisation.imported").count() == 1


def test_a_changed_name_changes_one_row(db):
    bring_in()
    described = organisation()
    described["users"][0]["name"] = "新主任"
    tally = bring_in(described)
    assert (tally["created"], tally["updated"]) == (0, 1)
    assert str(person("zhuren")) == "新主任"
    assert AuditEntry.objects.last().data["changed"] == ["updated user 新主任"]


def test_a_password_that_was_set_survives(db):
    bring_in()
    user = person("zhuren")
    user.set_password("secret")
    user.save()
    bring_in()
    assert person("zhuren").check_password("secret")


def test_a_new_holder_follows_and_the_old_one_ends_the_day_before(db):
    bring_in()
    described = organisation()
    described["posts"][1]["holder"] = "successor"
    tally = bring_in(described)
    assert (tally["created"], tally["updated"]) == (1, 1)
    assert holders(LEADER) == ["successor"]
    old, new = Appointment.objects.filter(post__name=LEADER).order_by("id")
    assert (old.user.username, old.ends) == ("fuzhuren2", today() - timedelta(days=1))
    assert (new.starts, new.ends) == (today(), None)


def test_a_holder_who_is_no_longer_named_leaves(db):
    bring_in()
    described = organisation()
    described["posts"][3]["holders"] = ["jixiao2"]
    bring_in(described)
    assert holders(REVIEWERS) == ["jixiao2"]


def test_one_who_comes_back_the_same_day_holds_the_post_again(db):
    bring_in()
    described = organisation()
    described["posts"][1]["holder"] = "successor"
    bring_in(described)
    bring_in()
    assert holders(LEADER) == ["fuzhuren2"]
    bring_in()
    assert holders(LEADER) == ["fuzhuren2"]


def test_routing_follows_the_file_line_by_line(db):
    bring_in()
    bring_in(deferral_routing=[{"sign_off": ["head_of_unit"]}])
    rules = RoutingRule.objects.values_list("position", "when", "sign_off")
    assert list(rules) == [(0, {}, ["head_of_unit"])]


def test_people_posts_and_divisions_that_the_file_forgot_stay(db):
    """History hangs from them."""
    bring_in()
    described = organisation()
    described["users"] = [user for user in described["users"] if user["username"] != "successor"]
    tally = bring_in(described)
    assert tally["updated"] == 0
    assert person("successor").is_active
    assert Post.objects.filter(name=HEAD).exists()


def test_the_reminder_policy_is_kept_as_written(db):
    bring_in(reminder_policy={"working_days_before": [7, 2], "send_at": "09:10"})
    policy = reminder_policy(Office.objects.get())
    assert policy.working_days_before == (7, 2)
    assert (policy.send_at.isoformat(), policy.on_due_day) == ("09:10:00", True)
    assert bring_in(reminder_policy={"working_days_before": [7, 2], "send_at": "09:10"})["updated"] == 0


def test_two_offices_with_the_same_names_stay_apart(db):
    bring_in()
    described = organisation()
    described["office"] = {"code": "gd-fao", "name": "粤外办"}
    bring_in(described)
    assert User.objects.filter(username="zhuren").count() == 2
    assert Post.objects.filter(name=HEAD).values("office").distinct().count() == 2


def test_the_command_lists_every_problem_and_creates_nothing(db, tmp_path):
    file = tmp_path / "organisation.json"
    described = organisation(administrators=["nobody"], mood="good")
    file.write_text(json.dumps(described), "utf-8")
    with pytest.raises(CommandError) as refusal:
        call_command("import_organisation", str(file), stdout=StringIO())
    assert (str(refusal.value), refusal.value.returncode) == ("mood: unknown key", 1)
    del described["mood"]
    file.write_text(json.dumps(described), "utf-8")
    with pytest.raises(CommandError, match="administrators: no user “nobody”"):
        call_command("import_organisation", str(file), stdout=StringIO())
    assert not Office.objects.exists()


def test_the_command_prints_its_tally(db, tmp_path):
    file = tmp_path / "organisation.json"
    file.write_text(json.dumps(organisation()), "utf-8")
    out = StringIO()
    call_command("import_organisation", str(file), stdout=out)
    assert json.loads(out.getvalue())["updated"] == 0
