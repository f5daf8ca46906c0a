"""The annual summary in either form, and its PDF, as the command writes them."""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path

import docx
import pytest
from django.core.management import CommandError, call_command
from docx.oxml.ns import qn

from nodes.models import State
from tests import builders
from tests.builders import approve_evidence, submit_evidence, work_node
from tests.letters import ISSUED, export


@pytest.fixture
def office(db):
    office = builders.office("small")
    type(office).objects.filter(pk=office.pk).update(document_prefix="赣外办函")
    office.refresh_from_db()
    return office


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "summary.docx"


def test_a_summary_is_a_letter_unless_a_report_is_asked_for(office, out: Path):
    work_node(office)
    letter = export(office, out, number=1).document
    assert letter.sections[0].different_first_page_header_footer
    report = export(office, out, number=1, form="report").document
    assert not report.sections[0].different_first_page_header_footer
    for document in (letter, report):
        assert "赣外办函〔2022〕1号" in [paragraph.text for paragraph in document.paragraphs]


def test_the_same_year_is_the_same_file(office, out: Path):
    work_node(office)
    export(office, out)
    first = out.read_bytes()
    export(office, out)
    assert out.read_bytes() == first


def test_a_draft_shades_the_gap_where_it_is(office, out: Path):
    node = work_node(office, state=State.IN_PROGRESS)
    submit_evidence(node, statement="全省已接种疫苗外籍人士 人，已按计划完成。")
    approve_evidence(node)
    document = export(office, out, draft=True).document
    told = next(paragraph for paragraph in document.paragraphs if "外籍人士 人" in paragraph.text)
    shaded = [run.text for run in told.runs if run._r.rPr.find(qn("w:shd")) is not None]
    assert len(shaded) == 1
    assert "外籍人士 人" in shaded[0]


def test_a_pdf_is_written_beside_it_only_where_one_can_be_made(office, out: Path, monkeypatch):
    work_node(office)
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(CommandError, match="needs LibreOffice"):
        export(office, out, pdf=True)
    assert not out.exists()
    monkeypatch.setattr("approvals.official.pdf", lambda document: b"%PDF-1.7")
    told = StringIO()
    call_command("export_summary", office=office.code, year=2021, out=out, date=ISSUED, pdf=True, stdout=told)
    assert out.with_suffix(".pdf").read_bytes() == b"%PDF-1.7"
    assert told.getvalue().split() == [str(out), str(out.with_suffix(".pdf"))]
    assert docx.Document(str(out)).core_properties.created.date() == date(2022, 1, 13)


def test_an_unknown_form_is_wrong_usage(office, out: Path):
    with pytest.raises(CommandError, match="invalid choice"):
        call_command(
            "export_summary", "--office", office.code, "--year", "2021", "--out", str(out), "--form", "memo"
        )
