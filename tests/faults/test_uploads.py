"""A file that two hands send at once is whole, and there once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from nodes import services
from nodes.models import Draft, EvidenceSubmission, State, Upload
from nodes.services.uploading import WrongOffset
from tests import builders
from tests.builders import evidence_file, person, work_node
from workflow.files import path_of
from workflow.models import Attachment, StoredFile
from workflow.refusals import WrongState

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 30
TEXT = "会议纪要。".encode() * 1000


@pytest.fixture
def node(media_root):
    return work_node(builders.office(), 30, state=State.IN_PROGRESS)


def both(*acts: Callable[[], Any]) -> list[Any]:
    """Do all of them at once, each on a connection of its own; what each returned or was refused with."""
    together = Barrier(len(acts), timeout=PATIENCE)

    def one(act: Callable[[], Any]) -> Any:
        together.wait()
        try:
            return act()
        except WrongState as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [job.result(PATIENCE) for job in [pool.submit(one, act) for act in acts]]


def test_the_same_piece_twice_at_once_is_taken_once(node):
    actor = person("xinwen1")
    for number in range(10):
        upload = services.begin_upload(actor=actor, node_id=node.pk, name="报告.txt", size=len(TEXT))

        def send(upload=upload) -> Upload:
            return services.receive_piece(
                actor=actor, node_id=node.pk, upload_id=upload.pk, offset=0, piece=TEXT[:7000]
            )

        refused = [one for one in both(send, send, send) if isinstance(one, WrongOffset)]
        assert [one.received for one in refused] == [7000, 7000]
        services.receive_piece(
            actor=actor, node_id=node.pk, upload_id=upload.pk, offset=7000, piece=TEXT[7000:]
        )
        if number:
            services.remove_upload(actor=actor, node_id=node.pk, upload_id=upload.pk)
    assert path_of(StoredFile.objects.get().sha256).read_bytes() == TEXT


def test_the_last_piece_twice_at_once_makes_one_file(node):
    actor = person("xinwen1")
    upload = services.begin_upload(actor=actor, node_id=node.pk, name="报告.txt", size=len(TEXT))

    def send() -> Upload:
        return services.receive_piece(actor=actor, node_id=node.pk, upload_id=upload.pk, offset=0, piece=TEXT)

    both(send, send)
    assert Attachment.objects.count() == 1
    assert Upload.objects.get().attachment is not None


def test_two_handlers_hand_in_at_once_and_the_second_is_told(node):
    def hand_in(username: str) -> EvidenceSubmission:
        actor = person(username)
        upload = services.take_in(actor=actor, node_id=node.pk, given=evidence_file(content=username))
        services.save_draft(actor=actor, node_id=node.pk, form="evidence", content={"statement": username})
        draft = services.EvidenceDraft(builders.STATEMENT, builders.BEGINNING.date(), uploads=[upload.pk])
        return services.submit_evidence(actor=actor, node_id=node.pk, draft=draft)

    outcomes = both(lambda: hand_in("xinwen0"), lambda: hand_in("xinwen1"))
    assert sorted(type(one).__name__ for one in outcomes) == ["EvidenceSubmission", "WrongState"]
    assert node.submissions.count() == 1
    first = node.submissions.get().submitted_by
    assert not Draft.objects.filter(author=first).exists()
    assert not Upload.objects.filter(author=first).exists()


def test_a_file_removed_while_its_twin_is_kept_leaves_the_content(node):
    actor = person("xinwen1")
    for number in range(10):
        content = f"第{number}份"
        first = services.take_in(actor=actor, node_id=node.pk, given=evidence_file("甲.txt", content))
        results = both(
            lambda first=first: services.remove_upload(actor=actor, node_id=node.pk, upload_id=first.pk),
            lambda content=content: services.take_in(
                actor=actor, node_id=node.pk, given=evidence_file("乙.txt", content)
            ),
        )
        kept = results[1]
        assert path_of(kept.attachment.file.sha256).read_text() == content
        services.remove_upload(actor=actor, node_id=node.pk, upload_id=kept.pk)
