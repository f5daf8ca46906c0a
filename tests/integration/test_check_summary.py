"""`check_summary`: any office's text, alone or beside the recorded year."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command, execute_from_command_line

from approvals.summary import draw_up, save

DATA = Path(__file__).resolve().parents[1] / "data"
REFERENCE = DATA / "summary-2021.txt"
KEYS = ["line", "severity", "rule", "quote", "message"]


def checked(path: Path, **options: object) -> tuple[list[dict[str, object]], bool]:
    """What it printed, and whether it let the text pass."""
    out = StringIO()
    try:
        call_command("check_summary", str(path), stdout=out, **options)
    except CommandError:
        passed = False
    else:
        passed = True
    return [json.loads(line) for line in out.getvalue().splitlines()], passed


def test_the_summary_of_2021_is_not_let_pass_and_its_errors_are_told_in_chinese():
    found, passed = checked(REFERENCE)
    assert not passed
    assert all([key for key in one if key in KEYS] == KEYS for one in found)
    blanks = [one["line"] for one in found if one["rule"] == "blank_figure"]
    assert blanks == [73, 73, 91, 91, 91]
    repeated = next(one for one in found if one["rule"] == "heading_sequence")
    assert repeated["message"] == "序号“13”重复使用，应为“14”"
    assert repeated["remedy"] == "同级标题按顺序连续编号"


def test_a_clean_text_passes():
    found, passed = checked(DATA / "official" / "外事办-总结.txt")
    assert passed
    assert found == []


def test_what_cannot_be_read_is_told_in_one_line(tmp_path):
    broken = tmp_path / "broken.docx"
    broken.write_bytes(b"no package at all")
    with pytest.raises(
        CommandError, match=r"broken\.docx: the file is not a \.docx document, or is damaged$"
    ):
        call_command("check_summary", str(broken))
    with pytest.raises(CommandError, match=r"No such file or directory$"):
        call_command("check_summary", str(tmp_path / "nowhere.txt"))


@pytest.mark.parametrize(
    "arguments",
    [[], ["a.txt", "--office", "jx-fao"], ["a.txt", "--year", "2021"], ["a.txt", "--year", "last"]],
)
def test_wrong_usage_ends_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as end:
        execute_from_command_line(["manage.py", "check_summary", *arguments])
    assert end.value.code == 2


def test_from_a_shell_errors_end_with_1_and_say_only_how_many(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["manage.py", "check_summary", str(REFERENCE)])
    with pytest.raises(SystemExit) as end:
        execute_from_command_line(sys.argv)
    out, err = capsys.readouterr()
    assert end.value.code == 1
    assert len(err.splitlines()) == 1
    assert "12 errors" in err
    assert all(json.loads(line) for line in out.splitlines())


# Beside the record.


@pytest.mark.django_db
def test_the_summary_of_2021_beside_its_year_gains_no_error(year_2021):
    alone, _ = checked(REFERENCE)
    found, _ = checked(REFERENCE, office="jx-fao", year=2021)
    gained = [one for one in found if one not in alone]
    assert [one for one in gained if one["severity"] == "error"] == []
    by_rule = Counter(one["rule"] for one in gained)
    assert {"record_deferred_undone", "record_sign_off", "record_indicators_missing"} <= set(by_rule)
    missing = next(one for one in gained if one["rule"] == "record_indicators_missing")
    assert "42项" in str(missing["message"])
    divisions = next(one for one in gained if one["rule"] == "record_divisions_missing")
    assert str(divisions["message"]).count("、") == 7


@pytest.mark.django_db
def test_figures_that_depart_from_the_record_are_errors(year_2021, tmp_path):
    text = (
        REFERENCE.read_text("utf-8")
        .replace("三级指标71项", "三级指标72项")
        .replace("完成75项,1项", "完成74项,2项")
    )
    changed = tmp_path / "changed.txt"
    changed.write_text(text, "utf-8")
    found, _ = checked(changed, office="jx-fao", year=2021)
    told = {
        one["rule"]: one["message"]
        for one in found
        if str(one["rule"]).startswith("record") and one["severity"] == "error"
    }
    assert told["record_counts"] == "文中为72，记录为71"
    assert "record_states" in told


@pytest.mark.django_db
def test_an_office_or_year_that_is_not_there_is_refused(year_2021):
    with pytest.raises(CommandError):
        call_command("check_summary", str(REFERENCE), office="nobody", year=2021)
    with pytest.raises(CommandError):
        call_command("check_summary", str(REFERENCE), office="jx-fao", year=1999)


@pytest.mark.django_db
def test_the_summary_written_from_the_record_agrees_with_it_but_for_its_blanks(year_2021, tmp_path):
    path = tmp_path / "summary.docx"
    save(draw_up(year_2021.cycle, issued_on=date(2022, 1, 13), number=1, draft=True), path)
    found, _ = checked(path, office="jx-fao", year=2021)
    errors = [one for one in found if one["severity"] == "error"]
    assert {one["rule"] for one in errors} == {"blank_figure"}
    assert not [one for one in found if str(one["rule"]).startswith("record")]
