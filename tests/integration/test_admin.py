"""The administration: for staff only, and what is governed can only be looked at."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.staticfiles import finders
from django.urls import reverse

from nodes.models import State, WorkNode
from tests import builders
from tests.builders import person
from workflow.models import AuditEntry, Office, User

PASSWORD = "Spring-tide-2021"
# What unfold, allauth and fields without a name of their own would say.
STRAY = {
    "Select", "Type", "Raw", "Supporting", "Files", "Attachments", "Scans", "authenticator", "Filters",
    "Search", "History", "Save", "Home", "Office", "Node", "Actor", "Starts", "Ends", "Light", "Dark",
}  # fmt: skip
CHANGEABLE = {"workflow.user"}
REMOVABLE = {"mfa.authenticator", "socialaccount.socialaccount"}


@pytest.fixture
def staff(client, office: Office):
    """An administrator of the installation, who belongs to no office."""
    root = User.objects.create(username="root", is_staff=True, is_superuser=True)
    client.force_login(root)
    return client


def registered() -> list[tuple[str, type]]:
    return [(model._meta.label_lower, model) for model in admin.site._registry]


def address(model: type, page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_strangers_log_in_at_the_one_log_in(client, office):
    for answer in (
        client.get("/admin/workflow/user/", follow=True),
        client.post("/admin/login/?next=/admin/workflow/user/", {"username": "root"}, follow=True),
    ):
        assert answer.redirect_chain[-1][0] == "/login/?next=/admin/workflow/user/"


@pytest.mark.parametrize("who", ["xinwen1", "zhuren", "jixiao1", "admin", "shenji"])
def test_nobody_of_an_office_enters(client, office, who):
    client.force_login(person(who))
    for path in ("/admin/", "/admin/workflow/user/", "/admin/search/?s=a", "/admin/jsi18n/"):
        assert client.get(path).status_code == 403, path


def test_a_closed_account_does_not_enter(staff):
    User.objects.filter(username="root").update(is_active=False)
    assert staff.get("/admin/").status_code == 302


def test_what_is_there_is_this_and_no_more():
    assert {label for label, _model in registered()} == {
        "approvals.decision", "approvals.deferralrequest", "mfa.authenticator", "nodes.cycle",
        "nodes.deadlinechange", "nodes.evidencesubmission", "nodes.indicator", "nodes.worknode",
        "notifications.notification", "socialaccount.socialaccount", "workflow.appointment",
        "workflow.auditentry", "workflow.auditseal", "workflow.delegation", "workflow.division",
        "workflow.office", "workflow.post", "workflow.routingrule", "workflow.user",
    }  # fmt: skip


def test_what_is_governed_can_only_be_looked_at(staff, rf):
    request = rf.get("/admin/")
    request.user = person("root")
    for label, model in registered():
        looks = admin.site._registry[model]
        assert not looks.has_add_permission(request), label
        assert looks.has_change_permission(request) == (label in CHANGEABLE), label
        assert looks.has_delete_permission(request) == (label in REMOVABLE), label


def test_a_forged_post_changes_no_state(staff, office):
    node = builders.work_node(office, 1, state=State.IN_PROGRESS)
    for page in ("change", "delete"):
        answer = staff.post(address(WorkNode, page, node.pk), {"state": "approved", "post": "yes"})
        assert answer.status_code == 403
    answer = staff.post(
        address(WorkNode), {"action": "delete_selected", "_selected_action": [node.pk], "post": "yes"}
    )
    assert WorkNode.objects.get(pk=node.pk).state == State.IN_PROGRESS


def words(page: bytes) -> str:
    """What a person reads: no scripts, no styles, no icons named by ligatures, no attributes."""
    text = page.decode()
    for part in ("script", "style", "code"):
        text = re.sub(rf"<{part}\b.*?</{part}>", " ", text, flags=re.DOTALL)
    text = re.sub(r"<span[^>]*material-symbols-outlined[^>]*>.*?</span>", " ", text, flags=re.DOTALL)
    return re.sub(r"<[^>]*>", " ", text)


@pytest.fixture
def something_of_everything(office) -> None:
    builders.work_node(office, 1, state=State.APPROVED)
    asking = builders.work_node(office, 2, state=State.IN_PROGRESS)
    builders.sign_off(builders.file_deferral(asking), by="fuzhuren2")
    Authenticator.objects.create(user=person("xinwen1"), type="totp", data={"secret": "开门密语"})


def test_every_page_opens_in_chinese(staff, something_of_everything):
    for _label, model in registered():
        rows = [address(model, "change", row.pk) for row in model._default_manager.all()[:1]]
        for page in ("/admin/", address(model), *rows):
            answer = staff.get(page)
            assert answer.status_code == 200, page
            shown = words(answer.content)
            assert not STRAY & set(re.findall(r"\w+", shown)), page
            assert not re.search(r"[\u4e00-\u9fff]s\b", shown), page


def test_nothing_is_asked_of_another_site(staff):
    page = staff.get("/admin/").content.decode()
    assets = re.findall(r'(?:src|href)="([^"]+\.(?:js|css|woff2|svg))"', page)
    assert assets
    for asset in assets:
        assert asset.startswith("/static/"), asset
        assert finders.find(asset.removeprefix("/static/")), asset


def test_the_looser_policy_ends_with_the_administration(staff):
    assert "unsafe-inline" in staff.get("/admin/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in staff.get("/admin/").headers["Content-Security-Policy"]
    for path in ("/profile/", "/login/", "/admin/nothing/"):
        policy = staff.get(path).headers["Content-Security-Policy"]
        assert ("unsafe" in policy) == path.startswith("/admin/"), path


def test_a_new_password_for_who_forgot_it_passes_the_policy_and_is_recorded(staff, office):
    user = person("xinwen1")
    page = reverse("admin:auth_user_password_change", args=[user.pk])
    weak = {"password1": "weak", "password2": "weak", "usable_password": "true"}
    assert "密码" in staff.post(page, weak).content.decode()
    assert not AuditEntry.objects.filter(action="user.changed_by_administrator").exists()
    staff.post(page, {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"})
    assert person("xinwen1").check_password(PASSWORD)
    entry = AuditEntry.objects.get(action="user.changed_by_administrator")
    assert (entry.actor.username, entry.subject_id, entry.office) == ("root", user.pk, office)
    assert PASSWORD not in str(entry.data)


def test_an_account_is_closed_and_its_person_is_out(staff, client, office):
    user = person("xinwen1")
    theirs = type(client)()
    theirs.force_login(user)
    staff.post(address(User, "change", user.pk), {"is_superuser": "on", "is_staff": "on", "office": ""})
    closed = person("xinwen1")
    assert (closed.is_active, closed.is_superuser, closed.is_staff) == (False, False, False)
    assert closed.office == office
    assert theirs.get("/profile/").status_code == 302
    assert AuditEntry.objects.get(action="user.changed_by_administrator").data == {"changes": ["Active"]}


def test_a_lost_phone_is_taken_from_its_owner_and_its_secret_is_never_shown(staff, something_of_everything):
    factor = Authenticator.objects.get()
    assert "开门密语" not in staff.get(address(Authenticator, "change", factor.pk)).content.decode()
    staff.post(address(Authenticator, "delete", factor.pk), {"post": "yes"})
    assert not Authenticator.objects.exists()
    entry = AuditEntry.objects.get(action="user.second_factor_removed")
    assert (entry.actor.username, entry.subject_id) == ("root", person("xinwen1").pk)


def test_several_at_once_are_recorded_one_by_one(staff, something_of_everything):
    Authenticator.objects.create(user=person("mishu1"), type="totp", data={})
    chosen = {"_selected_action": list(Authenticator.objects.values_list("pk", flat=True))}
    staff.post(address(Authenticator), {"action": "delete_selected", "post": "yes"} | chosen)
    assert AuditEntry.objects.filter(action="user.second_factor_removed").count() == 2


def test_ones_own_password_is_changed_where_everybody_changes_theirs(staff):
    assert staff.get("/admin/password_change/").headers["Location"] == "/profile/password/"
