"""A look at a file: for exactly those who may have it, and never the original."""

from __future__ import annotations

from io import BytesIO

import pymupdf
import pytest
from django.http import HttpResponse
from django.test import Client

from nodes.models import State
from tests import builders
from tests.browsing import logged_in
from tests.builders import person, work_node
from workflow import previews
from workflow.files import Upload
from workflow.models import Attachment


def pdf(pages: int = 2, **more) -> bytes:
    with pymupdf.open() as document:
        for _ in range(pages):
            document.new_page().insert_text((72, 72), "hello")
        return document.tobytes(**more)


def picture() -> bytes:
    pixels = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 40, 30))
    pixels.clear_with(255)
    return pixels.tobytes("png")


@pytest.fixture
def node(office, media_root):
    return work_node(office, 30, state=State.IN_PROGRESS)


def hand_in(node, name: str, content: bytes) -> Attachment:
    return builders.submit_evidence(node, files=[Upload(name, BytesIO(content))]).files.get()


def ask(client: Client, path: str) -> HttpResponse:
    """The answer, read to its end."""
    answer = client.get(path)
    return HttpResponse(answer.getvalue(), status=answer.status_code, headers=dict(answer.items()))


def look(attachment: Attachment, username: str = "jixiao1"):
    return ask(logged_in(username), f"/files/{attachment.pk}/preview/")


def page(attachment: Attachment, number: int = 1, username: str = "jixiao1"):
    return ask(logged_in(username), f"/files/{attachment.pk}/pages/{number}/")


def test_a_pdf_is_shown_page_by_page_as_images_that_we_drew(node):
    attachment = hand_in(node, "报告.pdf", pdf())
    shown = look(attachment).content.decode()
    assert "报告.pdf，第 1 页，共 2 页" in shown
    image = page(attachment, 2)
    assert image["Content-Type"] == "image/png"
    assert image.content.startswith(b"\x89PNG")
    assert (image["X-Content-Type-Options"], image["Content-Security-Policy"]) == (
        "nosniff",
        "sandbox; default-src 'none'",
    )
    assert page(attachment, 3).status_code == page(attachment, 0).status_code == 404


def test_a_long_pdf_is_shown_as_far_as_is_reasonable(node):
    attachment = hand_in(node, "汇编.pdf", pdf(pages=23))
    shown = look(attachment).content.decode()
    assert shown.count(f"/files/{attachment.pk}/pages/") == 20
    assert "共 23 页，仅显示前 20 页" in shown


def test_a_picture_is_drawn_anew(node):
    attachment = hand_in(node, "图片.png", picture())
    look(attachment)
    image = page(attachment)
    content = image.content
    assert (image["Content-Type"], content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert content != picture()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_text_is_shown_as_text(node, encoding):
    attachment = hand_in(node, "名单.txt", "名单如下：<b onclick=run()>张三</b>".encode(encoding))
    shown = look(attachment).content.decode()
    assert "&lt;b onclick=run()&gt;张三" in shown
    assert page(attachment).status_code == 404


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_long_text_ends_between_two_characters(node, encoding):
    shown = look(hand_in(node, "长文.txt", ("a" + "汉" * 200_000).encode(encoding))).content.decode()
    assert "仅显示开头部分" in shown
    assert "汉汉汉" in shown
    assert "\N{REPLACEMENT CHARACTER}" not in shown


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("损坏.pdf", b"%PDF-1.7\n" + b"\xff" * 2000),
        ("加密.pdf", pdf(encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="1", owner_pw="2")),
        ("损坏.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 100),
    ],
)
def test_what_cannot_be_shown_says_so(node, name, content):
    attachment = hand_in(node, name, content)
    assert "此文件无法在线预览" in look(attachment).content.decode()
    assert page(attachment).status_code == 404


def test_a_picture_that_would_fill_the_memory_is_given_up(node):
    """Its header speaks of 60,000 by 60,000 pixels."""
    content = bytearray(picture())
    content[16:24] = (60_000).to_bytes(4) * 2
    assert "此文件无法在线预览" in look(hand_in(node, "巨图.png", bytes(content))).content.decode()


def test_pages_are_drawn_once(node, monkeypatch):
    attachment = hand_in(node, "报告.pdf", pdf())
    look(attachment)
    monkeypatch.setattr(previews, "_run", lambda *_: pytest.fail("drawn again"))
    look(attachment)
    assert page(attachment).status_code == 200


def test_pages_go_with_their_content(node, monkeypatch, media_root):
    attachment = hand_in(node, "报告.pdf", pdf())
    look(attachment)
    monkeypatch.setattr(previews, "RETRY_SECONDS", -1)
    assert previews.prune() == 0
    (media_root / "previews" / ("0" * 64)).mkdir()
    assert previews.prune() == 1
    assert page(attachment).status_code == 200


@pytest.mark.parametrize(
    ("username", "status"),
    [("xinwen1", 200), ("xinwen0", 200), ("jixiao1", 200), ("zhuren", 200), ("mishu1", 404)],
)
def test_evidence_is_seen_by_whom_it_concerns(node, username, status):
    attachment = hand_in(node, "名单.txt", "名单如下。".encode())
    paths = (f"/files/{attachment.pk}/", f"/files/{attachment.pk}/preview/")
    assert [ask(logged_in(username), path).status_code for path in paths] == [status, status]


def test_nobody_looks_across_offices(node):
    attachment = hand_in(node, "报告.pdf", pdf())
    there = builders.office("gd-fao")
    for username in ("xinwen1", "jixiao1", "admin"):
        for path in ("", "preview/", "pages/1/"):
            assert logged_in(username, there).get(f"/files/{attachment.pk}/{path}").status_code == 404


def test_the_files_of_a_deferral_are_seen_by_its_signers_and_not_by_others(node):
    request = builders.file_deferral(node, files=[Upload("说明.txt", BytesIO("情况说明。".encode()))])
    attachment = request.attachments.get()
    assert look(attachment, "fuzhuren2").status_code == 200
    assert look(attachment, "xinwen1").status_code == 200
    assert look(attachment, "mishu1").status_code == 404


def test_a_file_not_handed_in_is_seen_by_its_author_alone(node):
    from nodes import services

    given = Upload("名单.txt", BytesIO("名单如下。".encode()))
    upload = services.take_in(actor=person("xinwen1"), node_id=node.pk, given=given)
    assert look(upload.attachment, "xinwen1").status_code == 200
    for username in ("xinwen0", "jixiao1", "admin"):
        assert look(upload.attachment, username).status_code == 404


def test_the_original_is_only_ever_saved(node):
    attachment = hand_in(node, "名单.txt", "名单如下。".encode())
    answer = ask(logged_in("jixiao1"), f"/files/{attachment.pk}/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
