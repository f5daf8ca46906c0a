"""Reading what one was told: the newest first, gone from the inbox once read, kept in the ledger."""

from __future__ import annotations

import pytest

from nodes.models import State, WorkNode
from notifications.models import ChannelKind, Notification
from notifications.selectors import unread
from notifications.services import mark_read
from tests.builders import person, submit_evidence, work_node


@pytest.fixture
def inbox(office) -> list[WorkNode]:
    """Three nodes whose evidence 绩效专班甲 is to review, handed in one after the other."""
    nodes = [work_node(office, number, state=State.IN_PROGRESS) for number in (1, 2, 3)]
    for node in nodes:
        submit_evidence(node)
    return nodes


def numbers(username: str) -> list[int]:
    return [row.node.number for row in unread(person(username))]


def test_the_newest_is_read_first(inbox):
    assert numbers("jixiao1") == [3, 2, 1]


def test_what_is_read_is_gone_from_the_inbox_and_stays_in_the_ledger(inbox):
    second = unread(person("jixiao1"))[1]
    assert mark_read(actor=person("jixiao1"), ids=[second.pk]) == 1
    assert numbers("jixiao1") == [3, 1]
    assert mark_read(actor=person("jixiao1")) == 2
    assert numbers("jixiao1") == []
    assert Notification.objects.filter(recipient__username="jixiao1", channel=ChannelKind.IN_APP).count() == 3


def test_reading_it_again_changes_nothing(inbox):
    mark_read(actor=person("jixiao1"))
    when = list(Notification.objects.exclude(read_at=None).values_list("read_at", flat=True))
    assert mark_read(actor=person("jixiao1")) == 0
    assert list(Notification.objects.exclude(read_at=None).values_list("read_at", flat=True)) == when


def test_one_reads_only_what_is_ones_own(inbox):
    theirs = [row.pk for row in unread(person("jixiao2"))]
    assert mark_read(actor=person("jixiao1"), ids=theirs) == 0
    assert numbers("jixiao2") == [3, 2, 1]
