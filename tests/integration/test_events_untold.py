"""The proof of a month of what happened: what kept it from somebody."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from notifications import delivery
from notifications.keeping_channels import switch_channel
from notifications.models import Channel, Notification, Preference
from notifications.preferences import prefer
from notifications.proof import proof
from tests.builders import (
    ZONE,
    approve_evidence,
    file_deferral,
    person,
    return_evidence,
    sign_off,
    start,
    story,
    submit_evidence,
    work_node,
)
from tests.mornings import later, mails
from tests.organisation import OTHER_DIVISION
from tests.proving import (
    AFTER,
    FILED,
    HANDS,
    MAY,
    WITHIN,
    lines_of,
)
from workflow import services as workflow
from workflow.models import Office

pytestmark = pytest.mark.django_db


def test_what_is_left_of_a_mail_that_did_not_arrive_is_its_cause(office):
    def of_mails() -> set[str]:
        found = proof(office, office.day(timezone.now()).replace(day=1))
        lines = [line for line in found.lines if line.due.rule == "evidence_submitted"]
        return {line.cause.code for line in lines if line.channel == "email" and line.cause}

    node = work_node(office, 1)
    start(node, on=timezone.now())
    submit_evidence(node, on=timezone.now() - timedelta(seconds=1))
    assert of_mails() == {"waiting"}
    asked = mails(rule="evidence_submitted")
    for facts, cause in (
        ({"state": "dead", "last_error": "550 no such mailbox"}, "dead"),
        ({"state": "pending", "last_error": "421 later"}, "failing"),
        ({"state": "muted"}, "muted"),
        ({"state": "sending"}, "sending"),
    ):
        asked.update(**facts)
        assert of_mails() == {cause}
    asked.update(state="pending", last_error="")
    approve_evidence(node, on=timezone.now())
    later()
    delivery.sweep()
    assert of_mails() == {"answered"}


def test_it_names_the_attempt_by_which_it_arrived(office, mailoutbox):
    node = work_node(office, 1)
    start(node, on=timezone.now())
    submit_evidence(node, on=timezone.now() - timedelta(seconds=1))
    later()
    delivery.sweep()
    found = proof(office, office.day(timezone.now()).replace(day=1))
    by_mail = [line for line in lines_of(found, "evidence_submitted") if line.channel == "email"]
    assert {line.person for line in by_mail} == {"绩效专班甲", "绩效专班乙"}
    assert all(line.attempt == 1 and line.provider_id and line.at for line in by_mail)


def test_a_preference_keeps_news_away_but_no_question(office):
    for username in ("xinwen1", "jixiao1"):
        Preference.objects.create(user=person(username), email_news=False, email_reminders=False)
    node = work_node(office, 1)
    start(node, on=FILED)
    submit_evidence(node, on=FILED)
    approve_evidence(node, by="jixiao2", on=FILED)
    by_mail = {
        (line.due.rule, line.person): line.cause.code
        for line in proof(office, MAY).lines
        if line.channel == "email" and line.cause
    }
    assert by_mail["evidence_approved", "新闻文化处经办人"] == "news_preference"
    assert by_mail["evidence_submitted", "绩效专班甲"] == "too_old"  # kept away by its age alone


def test_without_an_address_nobody_is_told_by_mail(office):
    reviewer = person("jixiao1")
    reviewer.email = ""
    reviewer.save(update_fields=["email"])
    node = work_node(office, 1)
    start(node, on=FILED)
    submit_evidence(node, on=FILED)
    asked = lines_of(proof(office, MAY), "evidence_submitted")
    causes = {line.person: line.cause.code for line in asked if line.cause}
    assert causes == {"绩效专班甲": "no_address", "绩效专班乙": "too_old"}


def robot(office: Office, name: str, **facts) -> Channel:
    made = Channel.objects.create(
        office=office, kind="wecom_robot", name=name, settings={}, secrets="", **facts
    )
    Channel.objects.filter(pk=made.pk).update(made_at=datetime(2021, 1, 1, tzinfo=ZONE))
    return made


def test_each_messenger_that_was_in_use_answers_too(office):
    whole, theirs = robot(office, "全办群"), robot(office, "新闻文化处群")
    robot(office, "秘书处群", division=office.divisions.get(name=OTHER_DIVISION))
    node = work_node(office, 1)
    start(node, on=FILED)
    submit_evidence(node)
    switch_channel(
        actor=person("admin"), office=office, channel_id=theirs.pk, on=False, at=story.moment(HANDS)
    )
    return_evidence(node, on=AFTER)
    found = proof(office, MAY)
    assert found.unexplained == []
    by_robot = {(line.due.rule, line.via) for line in found.lines if line.via and not line.due.missed}
    assert by_robot == {
        ("evidence_submitted", whole.name),
        ("evidence_submitted", theirs.name),
        ("evidence_returned", whole.name),
    }
    Notification.objects.filter(via=theirs).delete()
    lost = proof(office, MAY).unexplained
    assert {(line.due.rule, line.via, line.person) for line in lost} == {
        ("evidence_submitted", theirs.name, name) for name in ("绩效专班甲", "绩效专班乙")
    }


def test_an_address_that_came_later_is_not_asked_of_before(office):
    node = work_node(office, 1)
    start(node, on=FILED)
    submit_evidence(node)
    Notification.objects.filter(recipient__username="jixiao2", channel="email").delete()
    workflow.change_person(
        actor=person("admin"), person=person("jixiao2"), name="绩效专班乙", email="", at=story.moment(FILED)
    )
    assert {line.due.rule for line in proof(office, MAY).unexplained} == {"evidence_submitted"}
    # Who had none then, and has one now, could not be reached.
    workflow.change_person(
        actor=person("admin"), person=person("jixiao2"), name="绩效专班乙", email="b@waiban.example",
        at=story.moment(AFTER),
    )  # fmt: skip
    return_evidence(node, on=AFTER)
    second = submit_evidence(node, on=AFTER)
    assert second.round == 2
    found = lines_of(proof(office, MAY), "evidence_submitted")
    assert {(line.due.day, line.cause.code) for line in found if line.cause and line.channel == "email"} >= {
        (FILED, "unexplained"), (AFTER, "too_old"),
    }  # fmt: skip


def test_what_somebody_chose_later_does_not_explain_what_was_before(office):
    node = work_node(office, 1)
    start(node, on=timezone.now())
    submit_evidence(node, on=timezone.now() - timedelta(seconds=2))
    approve_evidence(node, on=timezone.now() - timedelta(seconds=1))
    mails(rule="evidence_approved").delete()
    prefer(actor=person("xinwen1"), email_reminders=True, email_news=False)
    month = office.day(timezone.now()).replace(day=1)
    assert {line.due.rule for line in proof(office, month).unexplained} == {"evidence_approved"}


def test_a_letter_that_waits_for_somebody_who_left_says_so(office):
    node = work_node(office, 1)
    start(node, on=timezone.now())
    submit_evidence(node, on=timezone.now() - timedelta(seconds=1))
    workflow.deactivate(actor=person("admin"), person=person("jixiao2"))
    later()
    delivery.sweep()
    found = proof(office, office.day(timezone.now()).replace(day=1))
    causes = {line.person: line.cause for line in lines_of(found, "evidence_submitted") if line.cause}
    assert causes["绩效专班乙"].code == "closed"


def test_what_the_system_should_have_urged_and_did_not_is_missing(office):
    file_deferral(work_node(office, 1), new_due=WITHIN, on=FILED)
    node = work_node(office, 2)
    start(node, on=FILED)
    submit_evidence(node)
    answered = file_deferral(work_node(office, 3), new_due=WITHIN, on=FILED)
    sign_off(answered, by="fuzhuren2", on=HANDS)  # before it had to be urged
    found = proof(office, MAY)
    missing = {
        (line.due.rule, line.person, line.due.node.number, line.due.day)
        for line in found.lines
        if line.cause and line.cause.code == "not_urged"
    }
    second, fifth = date(2021, 5, 8), date(2021, 5, 12)  # working days after the 6th; the 8th is worked
    assert missing == {
        ("sign_off_urged", "副主任（二）", 1, second),
        ("sign_off_escalated", "副主任（二）", 1, fifth),
        ("sign_off_escalated", "办主任", 1, fifth),
        *(("review_urged", name, 2, second) for name in ("绩效专班甲", "绩效专班乙")),
        *(("review_escalated", name, 2, fifth) for name in ("绩效专班甲", "绩效专班乙", "办主任")),
    }
    assert found.unexplained == []


def test_a_post_that_nobody_holds_is_a_cause(office):
    office.posts.get(kind="head_of_unit").appointments.all().delete()
    for seat in office.posts.filter(kind="performance_office"):
        seat.appointments.all().delete()
    node = work_node(office, 1)
    start(node, on=FILED)
    submit_evidence(node)
    (line,) = lines_of(proof(office, MAY), "evidence_submitted")
    assert (line.person, line.cause.code if line.cause else None) == ("", "nobody")
