"""Proving a month: when things happen in it, and what the proof and the ledger say of each other."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from approvals import timers
from nodes.services.watching import watch
from notifications import proof_words
from notifications.models import Notification
from notifications.proof import Proof, Proven
from tests.builders import (
    ZONE,
    person,
    story,
    work_node,
)
from tests.organisation import OTHER_DIVISION
from workflow.models import Office

MAY = date(2021, 5, 1)
FILED, HANDS, URGED, ESCALATED, AFTER = (date(2021, 5, day) for day in (6, 7, 10, 13, 14))
WITHIN = date(2021, 11, 20)


def the_clock(day: date) -> None:
    """The system looks at nine what has waited too long."""
    timers.fire_due(story.moment(datetime(day.year, day.month, day.day, 9, tzinfo=ZONE)))


def watched_node(office: Office, number: int, **columns):
    node = work_node(office, number, supporting_divisions=(OTHER_DIVISION,), **columns)
    watch(actor=person("shenji", office), node=node, at=datetime(2021, 4, 1, tzinfo=ZONE))
    return node


def told(found: Proof) -> set[tuple[str, str, int]]:
    return {(line.due.rule, line.person, line.due.node.number) for line in found.lines if line.told}


def lines_of(found: Proof, rule: str) -> list[Proven]:
    return [line for line in found.lines if line.due.rule == rule]


def standard_rows(office: Office, **facts):
    return Notification.objects.filter(office=office, rule__in=list(proof_words.WORDS), **facts)


def proven_both_ways(office: Office, found: Proof) -> None:
    """Whatever was due was told, and nobody was told what the proof does not know of."""
    assert found.unexplained == []
    here = standard_rows(office, channel="in_app")
    ledger = Counter(here.values_list("rule", "node__number", "recipient__username"))
    due = Counter(
        (line.due.rule, line.due.node.number, person_of(line))
        for line in found.lines
        if line.due.standard and line.channel == "in_app" and line.due.user_id and not line.due.missed
    )
    assert due == ledger


def person_of(line: Proven) -> str:
    return Notification.objects.filter(recipient=line.due.user_id)[0].recipient.username
