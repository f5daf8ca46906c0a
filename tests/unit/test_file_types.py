"""Evidence as people upload it: what a file is by its content, and which files we do not keep."""

from __future__ import annotations

import hashlib
import struct
import zipfile
from contextlib import suppress
from io import BytesIO

import docx
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from workflow import file_types
from workflow.file_types import BadFile, clean_name, inspect

if not settings.configured:  # these tests need no application, only words
    settings.configure(USE_I18N=False)

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def archive(members, *, stored=False):
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return file.getvalue()


def office_file(part, **more):
    return archive({"[Content_Types].xml": "<Types/>", part: "<x/>", **more})


def saved(document):
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def compound(*names):
    """A binary Office file's beginnings: directory entries with these names."""
    entries = [
        name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2) for name in names
    ]
    return OLE2 + b"".join(entry.ljust(128, b"\0") for entry in entries)


def kind(content, name):
    return inspect(BytesIO(content), name).content_type


def refusal(content, name="证明"):
    with pytest.raises(BadFile) as caught:
        inspect(BytesIO(content), name)
    return str(caught.value)


KEPT = [
    (b"%PDF-1.7\n", "a.pdf", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n\0", "a.PNG", "image/png"),
    (b"\xff\xd8\xff\xe0\0", "a.jpg", "image/jpeg"),
    (b"GIF89a\0", "a.gif", "image/gif"),
    (b"RIFF\0\0\0\0WEBPVP8 ", "a.webp", "image/webp"),
    (b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0", "a.bmp", "image/bmp"),
    (b"II*\0\0", "a.tif", "image/tiff"),
    (b"\0\0\0\x18ftypmp42\0\0", "a.mp4", "video/mp4"),
    (saved(docx.Document()), "a.docx", file_types.DOCX),
    (saved(Workbook()), "a.xlsx", file_types.XLSX),
    (office_file("ppt/presentation.xml"), "a.pptx", file_types.PPTX),
    (compound("Root Entry", "WordDocument"), "a.doc", file_types.DOC),
    (compound("Root Entry", "WordDocument"), "a.wps", file_types.DOC),
    (compound("Workbook"), "a.et", file_types.XLS),
    (compound("PowerPoint Document"), "a.ppt", file_types.PPT),
    (archive({"OFD.xml": "<x/>", "Doc_0/Document.xml": "<x/>"}), "a.ofd", file_types.OFD),
    (archive({"照片/1.jpg": "x"}), "a.zip", file_types.ZIP),
    ("会议纪要".encode(), "a.txt", "text/plain"),
    ("会议纪要".encode("gb18030"), "a.txt", "text/plain"),
    ("\ufeff序号,名称".encode(), "a.csv", "text/csv"),
    ("会议纪要".encode(), "报告v1.2", "text/plain"),
    (b"BM is how this text begins", "a.txt", "text/plain"),
]


def told_by_words(value) -> str:
    """A case's name for pytest: archives built anew differ in their bytes, and names must not."""
    return value if isinstance(value, str) else "content"


@pytest.mark.parametrize(
    ("content", "name", "content_type"), KEPT, ids=[name for _content, name, _type in KEPT]
)
def test_a_file_is_known_by_its_content(content, name, content_type):
    assert kind(content, name) == content_type


def test_the_facts_are_the_contents_own_and_the_stream_is_left_at_its_start():
    stream = BytesIO(b"%PDF-1.7")
    stream.read()
    facts = inspect(stream, "a.pdf")
    assert (facts.size, facts.sha256) == (8, hashlib.sha256(b"%PDF-1.7").hexdigest())
    assert stream.tell() == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"MZ\x90\0\x03\0\0\0", "not accepted"),
        (b"\x7fELF\x02\x01\x01\0", "not accepted"),
        (b"#!/bin/sh\nrm -rf /", "scripts"),
        (b"\xef\xbb\xbf@ECHO off", "scripts"),
        (b"\n <!DOCTYPE html><p>hi", "Web pages"),
        (b"<svg onload='x()'>", "Web pages"),
        (b"<?xml version='1.0'?><svg/>", "Web pages"),
        (b"hello <SCRIPT>x()</script>", "Web pages"),
        ("纪要".encode("utf-16"), "UTF-8"),
        (b"abc\xff\xff\xff", "UTF-8"),
        (b"\0\0\0\x18ftypheic", "not accepted"),
        (compound("Root Entry"), "not accepted"),
        (compound("EncryptedPackage"), "password"),
        (compound("WordDocument", "Macros", "VBA"), "macros"),
        (compound("Workbook", "_vba_project"), "macros"),
        (office_file("word/document.xml", **{"word/vbaProject.bin": "x"}), "macros"),
        (archive({"[Content_Types].xml": "…sheet.macroEnabled.main+xml", "xl/workbook.xml": ""}), "macros"),
        (
            archive({"[Content_Types].xml": "…ms-office.vbaProject", "xl/workbook.xml": "", "xl/a": ""}),
            "macros",
        ),
        (office_file("visio/document.xml"), "not accepted"),
        (archive({}), "The archive is empty"),
        (archive({"../../etc/passwd": "x"}), "outside itself"),
        (archive({"a/..\\..\\b": "x"}), "outside itself"),
        (archive({"/etc/passwd": "x"}), "outside itself"),
        (archive({"C:/boot.ini": "x"}), "outside itself"),
        (archive({"安装/setup.EXE": "x"}), "programs"),
        (archive({"META-INF/MANIFEST.MF": "x"}), "programs"),
        (archive({"zeros": b"\0" * 5_000_000}), "more than is reasonable"),
        (archive({f"{n}.txt": "x" for n in range(2_001)}), "more than is reasonable"),
        (archive({"a.txt": "x" * 100})[:-30], "damaged"),
    ],
    ids=told_by_words,
)
def test_what_is_active_sealed_exploding_or_unknown_is_refused(content, words):
    assert words in refusal(content)


def test_an_encrypted_archive_is_refused():
    content = archive({"a.txt": "x"}, stored=True)
    central = content.index(b"PK\x01\x02")
    sealed = content[: central + 8] + b"\x01" + content[central + 9 :]
    assert "password" in refusal(sealed, "a.zip")


def test_a_blank_form_may_be_packed_tightly():
    assert kind(archive({"form.txt": " " * 500_000}), "a.zip") == file_types.ZIP


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (archive({"a.txt": "x"}), "报告.pdf", "ends in .pdf, but the content is that of a .zip file"),
        (b"%PDF-1.7", "报告.docx", "ends in .docx, but the content is that of a .pdf file"),
        (b"%PDF-1.7", "报告.pdf.exe", ".exe are not accepted"),
        (b"del *.*", "a.bat", ".bat are not accepted"),
        (b"plain", "a.pdf\u202e", "the content is that of a .txt file"),
    ],
    ids=told_by_words,
)
def test_a_name_that_promises_something_else_is_refused(content, name, words):
    assert words in refusal(content, name)


def test_a_file_over_the_limit_is_refused_without_reading_on():
    stream = BytesIO(b"%PDF-" + b"x" * 3 * file_types.MIB)
    with pytest.raises(BadFile, match="larger than 2 MB"):
        inspect(stream, "a.pdf", max_bytes=2 * file_types.MIB)


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("会议纪要.pdf", "会议纪要.pdf"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\me\报告.docx", "报告.docx"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie_ x.pdf"),
        ("报告\u202efdp.exe", "报告fdp.exe"),
        ("  .hidden. ", "hidden"),
        ("e\u0301.txt", "é.txt"),
        ("", "file"),
        ("..", "file"),
        ("长" * 300 + ".pdf", "长" * 83 + ".pdf"),
    ],
)
def test_names_are_cleaned(name, cleaned):
    assert clean_name(name) == cleaned


@given(st.text(max_size=400))
def test_a_cleaned_name_is_a_bare_file_name_and_stays_as_it_is(name):
    cleaned = clean_name(name)
    assert 0 < len(cleaned.encode()) <= 255
    assert not set(cleaned) & set("/\\\0\r\n")
    assert clean_name(cleaned) == cleaned


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", OLE2, b"RIFF", b"BM"]), st.text(max_size=9)
)
def test_any_content_is_known_or_refused(content, start, name):
    with suppress(BadFile):
        assert kind(start + content, name) in file_types.EXTENSIONS.values()
