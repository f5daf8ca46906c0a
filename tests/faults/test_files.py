"""Content on disk and rows in the database agree, whatever fails in between."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from io import BytesIO
from pathlib import Path
from threading import Barrier, Event

import pytest
from django.db import IntegrityError, connection, connections, transaction

from nodes.events import EvidenceSubmitted
from nodes.models import State
from tests import builders
from tests.builders import evidence_file, person, submit_evidence, work_node
from workflow import events, files
from workflow.models import Attachment, StoredFile
from workflow.refusals import Invalid, WrongState

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 30


class PowerCut(Exception):
    """What stops us half-way."""


@pytest.fixture
def office():
    return builders.office()


@pytest.fixture
def keep(office):
    """Keep one file, and do `then` before the transaction ends."""
    user = person("xinwen1")

    def run(upload: files.Upload | None = None, then=lambda: None) -> str:
        with files.kept([upload or evidence_file()], office=office, by=user) as (attachment,):
            then()
        return attachment.file.sha256

    return run


def on_disk(media_root: Path) -> list[str]:
    return sorted(path.name for path in media_root.rglob("*") if path.is_file())


def cut() -> None:
    raise PowerCut


def elsewhere(act):
    """Run `act` on another connection, and leave none open."""

    def run():
        try:
            return act()
        finally:
            connections.close_all()

    return run


def test_what_is_kept_lies_under_its_own_hash(media_root, keep):
    sha256 = keep()
    assert on_disk(media_root) == [sha256]
    assert files.path_of(sha256).read_bytes() == "会议纪要与签到表。".encode()
    assert files.path_of(sha256).parent.name == sha256[:2]
    assert oct(files.path_of(sha256).stat().st_mode & 0o077) == "0o0"


def test_the_same_content_is_stored_once_under_every_name_it_came_with(media_root, keep):
    assert keep(evidence_file("甲.txt")) == keep(evidence_file("乙.txt"))
    assert len(on_disk(media_root)) == StoredFile.objects.count() == 1
    assert list(Attachment.objects.values_list("name", flat=True)) == ["甲.txt", "乙.txt"]


def test_a_rollback_takes_its_content_along(media_root, keep):
    with pytest.raises(PowerCut):
        keep(then=cut)
    assert on_disk(media_root) == []
    assert not StoredFile.objects.exists()


def test_but_not_content_that_somebody_else_kept_before(media_root, keep):
    sha256 = keep()
    with pytest.raises(PowerCut):
        keep(then=cut)
    assert on_disk(media_root) == [sha256]


def test_evidence_that_is_refused_at_the_last_moment_leaves_no_file(media_root, office, monkeypatch):
    node = work_node(office, state=State.IN_PROGRESS)
    builders.file_deferral(node)
    with pytest.raises(WrongState):
        submit_evidence(node)
    assert on_disk(media_root) == []


def test_one_bad_file_keeps_the_good_ones_out(media_root, office):
    node = work_node(office, state=State.IN_PROGRESS)
    bad = files.Upload("程序.exe", BytesIO(b"MZ\0\0"))
    with pytest.raises(Invalid, match=r"程序\.exe: "):
        submit_evidence(node, files=(evidence_file(), bad))
    assert on_disk(media_root) == []


def test_too_many_files_are_refused_before_any_is_written(media_root, office):
    node = work_node(office, state=State.IN_PROGRESS)
    many = [evidence_file(content=f"第{n}份") for n in range(files.MAX_FILES + 1)]
    with pytest.raises(Invalid, match="At most 20"):
        submit_evidence(node, files=many)
    assert on_disk(media_root) == []


def test_a_refusal_at_commit_takes_its_content_along(media_root, office):
    """A constraint that waits for the end of the transaction refuses after the content was written."""
    user = person("xinwen1")
    node = work_node(office)

    def change_behind_the_services_back() -> None:
        with files.kept([evidence_file()], office=office, by=user), connection.cursor() as cursor:
            sql = "UPDATE nodes_worknode SET state = 'in_progress', version = 1 WHERE id = %s"
            cursor.execute(sql, [node.pk])

    with pytest.raises(IntegrityError, match="without an audit entry"):
        change_behind_the_services_back()
    assert on_disk(media_root) == []


def test_content_uploaded_while_another_upload_of_it_fails_survives(media_root, keep):
    """The second waits for the first, finds its content gone, and writes it anew."""
    begun = Event()
    with ThreadPoolExecutor(1) as pool:

        def fail_when_the_other_waits() -> None:
            nonlocal other
            other = pool.submit(elsewhere(lambda: (begun.set(), keep())[1]))
            assert begun.wait(PATIENCE)
            cut()

        other = None
        with pytest.raises(PowerCut):
            keep(then=fail_when_the_other_waits)
        sha256 = other.result(PATIENCE)
    assert on_disk(media_root) == [sha256]
    assert StoredFile.objects.get().sha256 == sha256


def test_any_number_of_hands_with_one_content_end_with_one_file(media_root, keep):
    hands = 4
    together = Barrier(hands, timeout=PATIENCE)

    def one(number: int, content: str) -> str | None:
        """Every other hand fails after its content is written."""
        together.wait()
        try:
            return keep(evidence_file(content=content), then=cut if number % 2 else lambda: None)
        except PowerCut:
            return None

    with ThreadPoolExecutor(hands) as pool:
        for content in map(str, range(10)):
            jobs = [pool.submit(elsewhere(partial(one, number, content))) for number in range(hands)]
            (sha256,) = {job.result(PATIENCE) for job in jobs} - {None}
            assert files.path_of(sha256).read_text() == content
    assert len(on_disk(media_root)) == StoredFile.objects.count() == 10


def test_the_same_files_in_another_order_do_not_block_each_other(media_root, office):
    user = person("xinwen1")
    together = Barrier(2, timeout=PATIENCE)

    def one(*contents: str) -> None:
        together.wait()
        with files.kept([evidence_file(content=one) for one in contents], office=office, by=user):
            pass

    with ThreadPoolExecutor(2) as pool:
        for number in range(20):
            names = [f"{number}.{part}" for part in range(8)]
            jobs = [pool.submit(elsewhere(partial(one, *order))) for order in (names, names[::-1])]
            for job in jobs:
                job.result(PATIENCE)
    assert StoredFile.objects.count() == 160


def test_pruning_takes_what_a_crash_left_and_nothing_else(media_root, keep):
    sha256 = keep()
    left = media_root / "ab" / ("ab" + "0" * 62)
    left.parent.mkdir()
    left.write_text("half")
    assert files.prune() == 1
    assert on_disk(media_root) == [sha256]
    assert files.prune() == 0


def test_pruning_takes_a_part_that_nobody_writes_any_more(media_root, keep):
    sha256 = keep()
    fresh, stale = (media_root / sha256[:2] / name for name in ("tmpfresh", "tmpstale"))
    for part in (fresh, stale):
        part.write_text("half")
    two_days_ago = time.time() - 2 * 24 * 3600
    os.utime(stale, (two_days_ago, two_days_ago))
    assert files.prune() == 1
    assert on_disk(media_root) == sorted([sha256, "tmpfresh"])


def test_an_upload_that_the_disk_refuses_leaves_no_part(media_root, keep, monkeypatch):
    def full(_descriptor: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        keep()
    assert on_disk(media_root) == []


def test_pruning_waits_for_an_upload_that_is_not_committed_yet(media_root, keep):
    """Content whose row is still in an open transaction is not a leftover."""
    with ThreadPoolExecutor(1) as pool:

        def prune_meanwhile() -> None:
            nonlocal pruning
            pruning = pool.submit(elsewhere(files.prune))
            _wait_until_a_lock_is_waited_for()

        pruning = None
        sha256 = keep(then=prune_meanwhile)
        assert pruning.result(PATIENCE) == 0
    assert on_disk(media_root) == [sha256]


def _wait_until_a_lock_is_waited_for() -> None:
    limit = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while time.monotonic() < limit:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.fetchone()[0]:
                return
    pytest.fail("nobody waits")


def test_a_handler_that_refuses_undoes_the_submission_and_its_files(media_root, office, monkeypatch):
    node = work_node(office, state=State.IN_PROGRESS)

    def veto(_event) -> None:
        raise WrongState("not today")

    handlers = [*events._subscribers[EvidenceSubmitted], veto]
    monkeypatch.setitem(events._subscribers, EvidenceSubmitted, handlers)
    with pytest.raises(WrongState, match="not today"):
        submit_evidence(node)
    node.refresh_from_db()
    assert (node.state, node.submissions.count(), on_disk(media_root)) == (State.IN_PROGRESS, 0, [])


def test_a_caller_that_fails_after_the_service_returned_leaves_content_to_the_pruning(media_root, office):
    node = work_node(office, state=State.IN_PROGRESS)
    with suppress(PowerCut), transaction.atomic():
        submit_evidence(node)
        cut()
    assert len(on_disk(media_root)) == 1
    files.prune()
    assert on_disk(media_root) == []
