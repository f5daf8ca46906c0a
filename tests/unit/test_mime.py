"""Letters as bytes: read by a mail program they say what Django's own would have said."""

from __future__ import annotations

import email
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from django.core.mail import EmailMultiAlternatives

from notifications.channels.mime import LONGEST_LINE, Letter

HEADERS = {"Message-ID": "<abc@jiedian>", "Auto-Submitted": "auto-generated"}
TEXTS = [
    "节点 7 已超期。\n请处理。\n",
    "plain",
    " ",
    "推进" * 3000,
    "a\r\nb\rc\n.\n..\n",
    "--border\nContent-Type: x\n\nx",
]
SUBJECTS = [
    "[省外办] 节点 7“举办友城论坛”：已超期",
    "plain",
    "=?utf-8?b?eA==?=",
    "推进🙂" * 60,
    "x" * 990,
    " a  b ",
]


def read(kind: type[EmailMultiAlternatives], subject: str, text: str, html: str, to: str) -> EmailMessage:
    letter = kind(subject, text, "节点 <jiedian@office.example>", [to], headers=HEADERS)
    if html:
        letter.attach_alternative(html, "text/html")
    written = letter.message().as_bytes(linesep="\r\n")
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert max(map(len, written.split(b"\r\n"))) <= LONGEST_LINE
    return email.message_from_bytes(written, policy=SMTP)  # type: ignore[return-value]


def content(letter: EmailMessage) -> list[tuple[str, str]]:
    parts = [part for part in letter.walk() if not part.is_multipart()]
    return [(part.get_content_type(), part.get_content().rstrip()) for part in parts]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("html", ["", "<p>节点</p>"])
def test_its_parts_are_what_was_said(text, html):
    ours, djangos = (read(kind, "s", text, html, "a@b.example") for kind in (Letter, EmailMultiAlternatives))
    assert content(ours) == content(djangos)
    assert [part.defects for part in ours.walk()] == [[]] * len(list(ours.walk()))


@pytest.mark.parametrize("subject", SUBJECTS)
def test_its_subject_is_what_was_said(subject):
    assert read(Letter, subject, "text", "", "a@b.example")["Subject"].strip() == subject.strip()


@pytest.mark.parametrize("to", ["a@b.example", "经办人 <a@b.example>", "o'hara@b.example", "a@北京.example"])
def test_its_headers_are_djangos(to):
    ours, djangos = (read(kind, "s", "text", "", to) for kind in (Letter, EmailMultiAlternatives))
    for name in ("From", "To", "Message-ID", "Auto-Submitted", "MIME-Version"):
        assert str(ours[name]) == str(djangos[name])


@pytest.mark.parametrize("bad", ["a\nBcc: all@b.example", "a\rb", "a\r\n\r\nbody"])
def test_nobody_slips_a_header_in(bad):
    with pytest.raises(ValueError, match="line break"):
        Letter(bad, "text", to=["a@b.example"]).message()
    with pytest.raises(ValueError, match="Invalid address"):
        Letter("s", "text", to=[f"{bad}@b.example"]).message()
    with pytest.raises(ValueError, match="line break"):
        Letter("s", "text", to=["a@b.example"], headers={"X-Key": bad}).message()
