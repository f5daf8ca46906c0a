"""Whatever people call their files, an archive's paths stay inside it and every system can unpack them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.archive import names


@pytest.mark.parametrize(
    ("called", "kept"),
    [
        ("会议通知.docx", "会议通知.docx"),
        ("../../etc/passwd", ".._.._etc_passwd".strip(". ")),
        ("C:\\Windows\\a.exe", "C__Windows_a.exe"),
        ("NUL.txt", "_NUL.txt"),
        ("\u202etxt.exe", "_txt.exe"),
        ("a\r\nb.pdf", "a__b.pdf"),
        ("   ", "_"),
        ("名" * 90 + ".pdf", "名" * 36 + ".pdf"),
    ],
)
def test_a_name_as_the_archive_has_it(called, kept):
    assert names.file_part(called) == kept


@given(st.text(max_size=300))
def test_no_name_leads_out_of_its_folder(called):
    kept = names.file_part(called)
    assert kept not in ("", ".", "..")
    assert len(kept) <= names.LONGEST + 2
    assert not names.UNFIT.search(kept)


def test_two_files_of_one_name_are_both_kept():
    taken: set[str] = set()
    for expected in ("a/报告.pdf", "a/报告 (2).pdf", "a/报告 (3).pdf"):
        found = names.unlike("a/报告.pdf", taken)
        taken.add(found.casefold())
        assert found == expected


def test_names_that_differ_in_case_only_do_not_meet_on_windows():
    assert names.unlike("a/REPORT.pdf", {"a/report.pdf"}) == "a/REPORT (2).pdf"
