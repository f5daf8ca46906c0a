"""Files that come in pieces: whatever happens on the way, nothing half-written is ever handed in."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from nodes import services
from nodes.models import State, Upload
from nodes.services import uploading
from tests import builders
from tests.browsing import logged_in
from tests.builders import evidence_file, person, work_node
from workflow.file_types import MAX_BYTES
from workflow.files import MAX_FILES, path_of
from workflow.models import Attachment, StoredFile
from workflow.refusals import Invalid, NotAllowed, NotFound, WrongState

TEXT = "会议纪要与签到表，".encode() * 100


@pytest.fixture
def node(office, media_root):
    return work_node(office, 30, state=State.IN_PROGRESS)


@pytest.fixture
def handler(client, node) -> Client:
    client.force_login(person("xinwen1"))
    return client


def begin(client: Client, name: str = "报告.txt", size: object = len(TEXT)):
    return client.post("/nodes/30/uploads/", {"name": name, "size": size})


def send(client: Client, upload: dict, offset: object, piece: bytes):
    return client.post(
        upload["url"], piece, content_type="application/octet-stream", headers={"Upload-Offset": str(offset)}
    )


def whole(client: Client, name: str = "报告.txt", content: bytes = TEXT) -> dict:
    upload = begin(client, name, len(content)).json()
    return send(client, upload, 0, content).json()


def parts(media_root: Path) -> list[Path]:
    return list((media_root / "partial").glob("*"))


def test_a_file_comes_in_pieces_and_is_kept_under_its_name(
    handler, media_root, django_capture_on_commit_callbacks
):
    upload = begin(handler).json()
    first = send(handler, upload, 0, TEXT[:1000]).json()
    assert (first["received"], first["done"]) == (1000, False)
    assert handler.get(upload["url"]).json()["received"] == 1000
    with django_capture_on_commit_callbacks(execute=True):
        last = send(handler, upload, 1000, TEXT[1000:]).json()
    assert (last["done"], last["type"]) == (True, "文本")
    attachment = Attachment.objects.get()
    assert (attachment.name, path_of(attachment.file.sha256).read_bytes()) == ("报告.txt", TEXT)
    assert parts(media_root) == []


def test_what_came_in_pieces_is_handed_in_with_what_came_whole(handler, node):
    upload = whole(handler)
    draft = services.EvidenceDraft(
        builders.STATEMENT, timezone.now().date(), [evidence_file("图片.txt")], [upload["id"]]
    )
    submission = services.submit_evidence(actor=person("xinwen1"), node_id=node.pk, draft=draft)
    assert [file.name for file in submission.files.all()] == ["报告.txt", "图片.txt"]
    assert not Upload.objects.exists()


@pytest.mark.parametrize("offset", [0, 500, 1001, 10**9])
def test_a_piece_at_the_wrong_place_is_told_the_right_one(handler, offset):
    upload = begin(handler).json()
    send(handler, upload, 0, TEXT[:1000])
    answer = send(handler, upload, offset, TEXT[:1000])
    assert (answer.status_code, answer.json()["received"]) == (409, 1000)
    assert send(handler, upload, 1000, TEXT[1000:]).json()["done"]
    assert path_of(Attachment.objects.get().file.sha256).read_bytes() == TEXT


@pytest.mark.parametrize("offset", ["", "-1", "x", "1.5", "²", "9" * 40])
def test_a_place_that_is_no_place_is_refused(handler, offset):
    upload = begin(handler).json()
    assert send(handler, upload, offset, TEXT).status_code in (409, 422)
    assert Upload.objects.get().received == 0


@pytest.mark.parametrize("size", ["0", "-5", str(MAX_BYTES + 1), "", "viele", "9" * 40])
def test_a_size_that_no_file_has_is_refused(handler, size):
    assert begin(handler, size=size).status_code == 422
    assert not Upload.objects.exists()


def test_more_than_was_announced_is_refused_and_harms_nothing(handler):
    upload = begin(handler, size=1000).json()
    assert send(handler, upload, 0, TEXT[:1200]).status_code == 422
    assert not Attachment.objects.exists()


def test_a_piece_beyond_reason_is_not_even_read(handler):
    upload = begin(handler, size=MAX_BYTES).json()
    assert send(handler, upload, 0, b"x" * (uploading.MAX_PIECE + 1)).status_code == 422
    assert Upload.objects.get().received == 0


def test_bytes_that_nobody_counted_are_written_over(handler, media_root):
    """As after a server that was killed between writing and counting."""
    upload = begin(handler).json()
    send(handler, upload, 0, TEXT[:1000])
    (part,) = parts(media_root)
    with part.open("ab") as stream:
        stream.write(b"left by a crash" * 1000)
    send(handler, upload, 1000, TEXT[1000:])
    assert path_of(Attachment.objects.get().file.sha256).read_bytes() == TEXT


def test_bytes_that_were_counted_and_are_gone_are_asked_for_again(handler, media_root):
    upload = begin(handler).json()
    send(handler, upload, 0, TEXT[:1000])
    parts(media_root)[0].unlink()
    assert handler.get(upload["url"]).json()["received"] == 0
    assert send(handler, upload, 0, TEXT).json()["done"]


def test_a_last_piece_whose_answer_was_lost_can_be_asked_for_again(handler):
    upload = begin(handler).json()
    first = send(handler, upload, 0, TEXT)
    again = send(handler, upload, len(TEXT), b"")
    late = send(handler, upload, 0, TEXT)
    assert first.json()["id"] == again.json()["id"] == late.json()["id"]
    assert again.json()["done"]
    assert Attachment.objects.count() == 1


def test_a_file_that_was_whole_before_a_crash_is_finished_by_an_empty_piece(handler, monkeypatch):
    upload = begin(handler).json()
    monkeypatch.setattr(uploading, "_finished", lambda *_: Upload.objects.get())
    send(handler, upload, 0, TEXT)
    monkeypatch.undo()
    assert not handler.get(upload["url"]).json()["done"]
    assert send(handler, upload, len(TEXT), b"").json()["done"]


def with_macros() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
        archive.writestr("word/vbaProject.bin", "x")
    return packed.getvalue()


def test_what_is_not_accepted_is_said_in_chinese_and_gone(
    handler, media_root, django_capture_on_commit_callbacks
):
    content = with_macros()
    upload = begin(handler, "预算.docx", len(content)).json()
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(handler, upload, 0, content)
    assert answer.status_code == 422
    assert "宏" in answer.json()["message"]
    assert not Upload.objects.exists()
    assert not Attachment.objects.exists()
    assert parts(media_root) == []


def test_a_name_that_no_accepted_file_has_is_refused_before_it_is_sent(handler):
    answer = begin(handler, "程序.exe")
    assert (answer.status_code, ".exe" in answer.json()["message"]) == (422, True)


def test_at_most_so_many_files(handler):
    for number in range(MAX_FILES):
        assert begin(handler, f"{number}.txt").status_code == 201
    assert begin(handler).status_code == 422


def test_nobody_fills_the_disk_with_what_is_never_handed_in(handler, monkeypatch):
    monkeypatch.setattr(uploading, "MAX_UNFINISHED", 2 * len(TEXT))
    assert [begin(handler).status_code for _ in range(3)] == [201, 201, 422]


@pytest.mark.parametrize("username", ["xinwen0", "jixiao1", "mishu1", "admin"])
def test_a_file_on_its_way_is_its_authors_alone(handler, username):
    upload = whole(handler)
    other = logged_in(username)
    assert other.get(upload["url"]).status_code == 404
    assert send(other, upload, 0, TEXT).status_code in (403, 404)
    assert other.post(upload["remove"]).status_code == 404
    assert Upload.objects.count() == 1


def test_who_may_not_submit_begins_nothing(node):
    for username in ("jixiao1", "mishu1"):
        stranger = logged_in(username)
        assert begin(stranger).status_code == 403
    with pytest.raises(NotAllowed):
        services.begin_upload(actor=person("jixiao1"), node_id=node.pk, name="a.txt", size=1)


def test_another_offices_node_is_not_there(node):
    there = builders.office("gd-fao")
    with pytest.raises(NotFound):
        services.begin_upload(actor=person("xinwen1", there), node_id=node.pk, name="a.txt", size=1)


def test_nothing_comes_in_once_the_evidence_is_handed_in(handler, node):
    upload = begin(handler).json()
    builders.submit_evidence(node)
    assert begin(handler).status_code == 409
    answer = send(handler, upload, 0, TEXT)
    assert (answer.status_code, "received" in answer.json()) == (409, False)


def test_a_file_that_is_not_whole_is_not_handed_in(handler, node):
    upload = begin(handler).json()
    draft = services.EvidenceDraft(builders.STATEMENT, timezone.now().date(), uploads=[upload["id"]])
    with pytest.raises(Invalid, match="has not arrived in whole"):
        services.submit_evidence(actor=person("xinwen1"), node_id=node.pk, draft=draft)


def test_somebody_elses_file_is_not_handed_in(handler, node):
    upload = whole(handler)
    for uploads in ([upload["id"]], [uuid4()]):
        draft = services.EvidenceDraft(builders.STATEMENT, timezone.now().date(), uploads=uploads)
        with pytest.raises(Invalid, match="not here any more"):
            services.submit_evidence(actor=person("xinwen0"), node_id=node.pk, draft=draft)


def test_a_file_thrown_away_takes_its_content_along(handler, media_root, django_capture_on_commit_callbacks):
    upload = whole(handler)
    sha256 = StoredFile.objects.get().sha256
    with django_capture_on_commit_callbacks(execute=True):
        assert handler.post(upload["remove"]).status_code == 302
    assert (Attachment.objects.count(), StoredFile.objects.count()) == (0, 0)
    assert not path_of(sha256).exists()
    assert handler.post(upload["remove"]).status_code == 404


def test_but_not_content_that_is_evidence_elsewhere(handler, node, django_capture_on_commit_callbacks):
    other = work_node(node.office, 31, state=State.IN_PROGRESS)
    builders.submit_evidence(other, files=[builders.Upload("同一份.txt", BytesIO(TEXT))])
    upload = whole(handler)
    with django_capture_on_commit_callbacks(execute=True):
        handler.post(upload["remove"])
    assert path_of(other.submissions.get().files.get().file.sha256).read_bytes() == TEXT


def test_what_nobody_hands_in_goes_after_a_week(handler, media_root, django_capture_on_commit_callbacks):
    whole(handler)
    begin(handler, "另一份.txt")
    (media_root / "partial").mkdir(exist_ok=True)
    (media_root / "partial" / str(uuid4())).write_text("of nobody")
    assert uploading.prune_uploads() == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert uploading.prune_uploads(at=timezone.now() + timedelta(days=8)) == 2
    assert not Upload.objects.exists()
    assert not Attachment.objects.exists()
    assert parts(media_root) == []


def test_a_draft_without_a_script_keeps_the_files_too(handler, node):
    file = BytesIO(TEXT)
    file.name = "报告.txt"
    answer = handler.post(
        "/nodes/30/submit/", {"save": "1", "statement": "写了一半", "files": file}, follow=True
    )
    page = answer.content.decode()
    assert "写了一半" in page
    assert "报告.txt" in page
    assert Upload.objects.get().attachment is not None


def test_a_node_that_is_not_begun_takes_nothing(office):
    planned = work_node(office, 40)
    with pytest.raises(WrongState):
        services.begin_upload(actor=person("xinwen1"), node_id=planned.pk, name="a.txt", size=1)
