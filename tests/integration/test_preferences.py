"""What a person sets for themselves, and what the ledger makes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from nodes.models import State
from notifications import reminders
from notifications.letters import compose
from notifications.models import ChannelKind, Notification
from notifications.preferences import prefer
from tests import builders
from tests.builders import person
from workflow.models import AuditEntry, Office, User


def told(username: str) -> set[tuple[str, str]]:
    rows = Notification.objects.filter(recipient__username=username)
    return set(rows.values_list("rule", "channel"))


@pytest.fixture
def as_person(client, office: Office) -> Callable[[str], object]:
    def enter(username: str):
        client.force_login(person(username))
        return client

    return enter


@pytest.fixture
def confirmed(as_person, office) -> object:
    """xinwen1, who has just said who they are once more."""
    user = person("xinwen1")
    user.set_password("Spring-tide-2021")
    user.save()
    client = as_person("xinwen1")
    client.post("/profile/confirm/", {"password": "Spring-tide-2021"})
    return client


def test_reminders_stay_in_the_system_for_who_wants_no_mail(drama_festival):
    prefer(actor=person("xinwen1"), email_reminders=False, email_news=True)
    reminders.scan(drama_festival.office, date(2021, 10, 29))
    assert told("xinwen1") == {("due_day", ChannelKind.IN_APP)}


def test_others_go_on_getting_theirs(drama_festival):
    prefer(actor=person("mishu1"), email_reminders=False, email_news=False)
    reminders.scan(drama_festival.office, date(2021, 10, 29))
    assert told("xinwen1") == {("due_day", ChannelKind.IN_APP), ("due_day", ChannelKind.EMAIL)}


def test_news_stays_in_the_system_for_who_wants_none_by_mail(office):
    prefer(actor=person("xinwen1"), email_reminders=True, email_news=False)
    builders.work_node(office, 1, state=State.APPROVED)
    assert ("evidence_approved", ChannelKind.IN_APP) in told("xinwen1")
    assert ("evidence_approved", ChannelKind.EMAIL) not in told("xinwen1")


def test_what_asks_for_a_decision_always_comes_by_mail(office):
    for name in ("jixiao1", "jixiao2"):
        prefer(actor=person(name), email_reminders=False, email_news=False)
    builders.work_node(office, 1, state=State.EVIDENCE_SUBMITTED)
    assert ("evidence_submitted", ChannelKind.EMAIL) in told("jixiao1")


def test_the_choice_is_made_on_ones_own_page(as_person):
    client = as_person("xinwen1")
    client.post("/profile/notices/", {"email_news": "on"})
    kept = person("xinwen1").notification_preference
    assert (kept.email_reminders, kept.email_news) == (False, True)
    page = client.get("/profile/").content.decode()
    assert 'name="email_news"' in page
    client.post("/profile/notices/", {"email_news": "on", "email_reminders": "on"})
    client.post("/profile/notices/", {"email_news": "on", "email_reminders": "on"})
    assert person("xinwen1").notification_preference.email_reminders


def test_the_page_says_who_one_is_and_costs_little(as_person, django_assert_max_num_queries):
    client = as_person("fuzhuren2")
    client.get("/profile/")
    with django_assert_max_num_queries(15):
        page = client.get("/profile/").content.decode()
    assert "副主任（二）" in page
    assert "分管副主任（二）" in page


def test_who_stands_in_for_somebody_sees_for_whom(as_person, office):
    builders.delegate(builders.LEADER, to="successor", starts=date(2021, 3, 1), ends=date(2099, 1, 1))
    assert "代副主任（二）" in as_person("successor").get("/profile/").content.decode()


def test_an_address_is_changed_after_saying_who_one_is(as_person, office):
    user = person("xinwen1")
    user.set_password("Spring-tide-2021")
    user.save()
    client = as_person("xinwen1")
    answer = client.post("/profile/email/", {"email": "new@waiban.example"})
    assert answer.headers["Location"].startswith("/profile/confirm/")
    assert person("xinwen1").email == "xinwen1@waiban.example"
    client.post(answer.headers["Location"], {"password": "Spring-tide-2021"})
    client.post("/profile/email/", {"email": " new@Waiban.example "})
    assert person("xinwen1").email == "new@waiban.example"
    entry = AuditEntry.objects.filter(action="user.email_changed").first()
    assert entry.data == {"from": "xinwen1@waiban.example", "to": "new@waiban.example"}


@pytest.mark.parametrize("wrong", ["no address", "a@b", "a@b.c\nBcc: x@y.z", "x" * 300 + "@y.example"])
def test_what_is_no_address_is_said_beside_the_field(confirmed, wrong):
    answer = confirmed.post("/profile/email/", {"email": wrong})
    assert answer.status_code == 422
    assert "field__error" in answer.content.decode()
    assert person("xinwen1").email == "xinwen1@waiban.example"


def test_an_address_may_be_taken_away(confirmed):
    confirmed.post("/profile/email/", {"email": ""})
    assert person("xinwen1").email == ""
    assert "目前收不到邮件" in confirmed.get("/profile/").content.decode()


def test_language_is_kept_for_pages_and_letters(as_person, office):
    builders.work_node(office, 1, state=State.EVIDENCE_SUBMITTED)
    client = as_person("jixiao1")
    client.post("/language/", {"language": "en", "next": "/profile/"})
    assert "Profile" in client.get("/profile/").content.decode()
    rows = list(Notification.objects.filter(recipient__username="jixiao1", channel=ChannelKind.EMAIL))
    assert "please review" in compose(rows, date(2021, 3, 1)).text
    rows = list(Notification.objects.filter(recipient__username="jixiao2", channel=ChannelKind.EMAIL))
    assert "please review" not in compose(rows, date(2021, 3, 1)).text


def test_another_device_speaks_the_language_of_the_account(client, office):
    user = person("jixiao1")
    user.language, user.theme = "en", "dark"
    user.set_password("Spring-tide-2021")
    user.save()
    client.post("/login/", {"login": "jixiao1", "password": "Spring-tide-2021"})
    page = client.get("/profile/").content.decode()
    assert "Profile" in page
    assert 'data-theme="dark"' in page


@pytest.mark.parametrize(("chosen", "kept"), [("dark", "dark"), ("light", "light"), ("", ""), ("pink", "")])
def test_the_appearance_is_light_dark_or_as_the_device(as_person, chosen, kept):
    client = as_person("xinwen1")
    client.post("/profile/theme/", {"theme": chosen, "next": "https://evil.example/"})
    assert person("xinwen1").theme == kept
    page = client.get("/profile/").content.decode()
    assert (f'data-theme="{kept}"' in page) == bool(kept)


@pytest.mark.parametrize("language", ["xx", "", "../en"])
def test_an_unknown_language_changes_nothing(as_person, language):
    answer = as_person("xinwen1").post("/language/", {"language": language, "next": "/profile/"})
    assert answer.headers["Location"] == "/profile/"
    assert person("xinwen1").language == ""


@pytest.mark.parametrize("path", ["/profile/email/", "/profile/notices/", "/profile/theme/", "/language/"])
def test_a_visit_changes_nothing(as_person, path):
    assert as_person("xinwen1").get(path).status_code == 405


def test_a_stranger_has_no_profile(client, office):
    assert client.get("/profile/").status_code == 302
    assert client.post("/profile/notices/").status_code == 401
    assert User.objects.filter(notification_preference__isnull=False).count() == 0
