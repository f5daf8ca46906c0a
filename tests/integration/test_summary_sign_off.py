"""The annual summary is signed by the head of the unit, frozen as the file that was signed, and stays so."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import docx
import pytest
from django.core.management import CommandError
from django.db import DatabaseError, transaction

from approvals.models import AnnualSummary, SummarySignOff, SummaryState
from approvals.services import signing_summaries, summaries
from approvals.services.signing_summaries import next_number, reopen_summary, take_back_summary
from approvals.summary import draw_up
from approvals.summary.issuing import frozen
from nodes.models import Cycle, State
from tests import builders
from tests.builders import (
    actions,
    appoint,
    approve_evidence,
    delegate,
    last_audit,
    person,
    start,
    story,
    submit_evidence,
    work_node,
)
from tests.letters import export
from tests.summaries import ask, begin, decide, newest, save
from workflow.refusals import Conflict, Invalid, NotAllowed, WrongState


@pytest.fixture
def office(db):
    return builders.office("small")


@pytest.fixture
def summary(office) -> AnnualSummary:
    work_node(office, 1, state=State.APPROVED, deadline=date(2021, 3, 20))
    return begin(office)


def state_of(summary) -> str:
    return AnnualSummary.objects.get(pk=summary.pk).state


def test_signed_it_is_the_very_file_that_was_signed(summary, office, tmp_path: Path):
    signed = decide(ask(summary, number=7), opinion="同意。")
    assert state_of(summary) == SummaryState.SIGNED
    assert signed.sha256 == sha256(frozen(signed)).hexdigest()
    text = "\n".join(one.text for one in docx.Document(BytesIO(frozen(signed))).paragraphs)
    assert "全年1项节点工作如期完成1项。" in text
    assert actions(summary) == ["summary.begun", "summary.asked", "summary.signed"]
    assert last_audit(summary).data["sha256"] == signed.sha256
    assert draw_up(office.cycles.get()).document == frozen(signed)  # whatever is asked for
    export(office, tmp_path / "a.docx")
    assert (tmp_path / "a.docx").read_bytes() == frozen(signed)


def test_a_draft_is_exported_with_what_people_wrote(summary, office, tmp_path: Path):
    save(summary, {"advice": "建议统一概述格式。"})
    letter = export(office, tmp_path / "a.docx", draft=True)
    assert letter.lines[letter.lines.index("五、意见建议") + 1] == "建议统一概述格式。"
    save(summary, {"advice": "全年举办活动 场，建议统一概述格式。"})
    with pytest.raises(CommandError, match="a figure is missing"):
        export(office, tmp_path / "b.docx")


def test_two_documents_of_one_version_are_the_same_bytes(summary):
    ask(summary)
    found = AnnualSummary.objects.select_related("cycle__office", "office").get(pk=summary.pk)
    one, other = (signing_summaries.document_of(found, newest(summary)) for _time in range(2))
    assert one == other


def test_what_was_signed_stays(summary):
    signed = decide(ask(summary))
    with pytest.raises(WrongState, match="frozen"):
        save(summary, {"advice": "x"})
    with pytest.raises(DatabaseError), transaction.atomic():
        SummarySignOff.objects.filter(pk=signed.pk).update(sha256="0" * 64)
    with pytest.raises(DatabaseError), transaction.atomic():
        SummarySignOff.objects.filter(pk=signed.pk).delete()
    with pytest.raises(Invalid):
        reopen_summary(actor=person("jixiao1", summary.office), summary_id=summary.pk, reason=" ")
    reopen_summary(
        actor=person("jixiao1", summary.office), summary_id=summary.pk, reason="数据有误", at=story.moment()
    )
    assert save(summary, {"advice": "x"}).number == 2
    assert frozen(SummarySignOff.objects.get(pk=signed.pk))


def test_returned_with_an_opinion_it_is_written_on(summary):
    sign_off = ask(summary)
    with pytest.raises(Invalid):
        decide(sign_off, outcome="return")
    decide(sign_off, outcome="return", opinion="请补充第四部分。")
    assert state_of(summary) == SummaryState.DRAFT
    assert last_audit(summary).reason == "请补充第四部分。"
    save(summary, {"advice": "已补充。"})
    assert decide(ask(summary)).outcome == "approved"


def test_the_second_to_decide_hears_who_was_first(summary, office):
    delegate(builders.HEAD, to="successor", starts=date(2022, 1, 1), ends=date(2022, 1, 31), office=office)
    sign_off = ask(summary)
    decide(sign_off, outcome="return", opinion="再核。")
    with pytest.raises(Conflict, match="returned") as refused:
        decide(sign_off, by="successor")
    assert refused.value.decided_by == person("zhuren", office)


def test_a_delegate_signs_for_the_head(summary, office):
    delegate(builders.HEAD, to="successor", starts=date(2022, 1, 1), ends=date(2022, 1, 31), office=office)
    signed = decide(ask(summary), by="successor")
    assert (signed.decided_by, signed.on_behalf_of) == (person("successor", office), person("zhuren", office))


def test_a_successor_signs_what_the_predecessor_left(summary, office):
    sign_off = ask(summary)
    appoint(builders.HEAD, to="successor", from_=date(2022, 1, 12), office=office)
    with pytest.raises(NotAllowed):
        decide(sign_off, by="zhuren")
    assert decide(sign_off, by="successor").outcome == "approved"


def test_who_asks_never_signs(summary, office):
    delegate(builders.HEAD, to="jixiao1", starts=date(2022, 1, 1), ends=date(2022, 1, 31), office=office)
    sign_off = ask(summary)
    for who in ("jixiao1", "jixiao2", "fuzhuren2", "xinwen1", "shenji"):
        with pytest.raises(NotAllowed):
            decide(sign_off, by=who)


def test_it_is_not_laid_before_the_head_while_errors_remain(office):
    node = start(work_node(office, 1))
    submit_evidence(node, statement="全年共办理国际会议 个，均已按计划完成。")
    approve_evidence(node)
    summary = begin(office)
    with pytest.raises(Invalid) as refused:
        ask(summary)
    assert any("node 1: a figure is missing" in line for line in refused.value.lines())
    assert state_of(summary) == SummaryState.DRAFT


def test_a_slip_in_what_people_write_is_named_by_its_line(summary):
    save(summary, {"advice": "建议加强培训。。"})
    with pytest.raises(Invalid) as refused:
        ask(summary)
    assert any(line.startswith("line ") for line in refused.value.lines())


def test_number_and_date_are_the_documents(summary, office):
    assert next_number(office, 2022) == 1
    for number, on in ((None, date(2022, 1, 13)), (0, date(2022, 1, 13)), (1, None)):
        with pytest.raises(Invalid):
            ask(summary, number=number, issued_on=on)
    ask(summary, number=3)
    assert next_number(office, 2022) == 4
    Cycle.objects.create(office=office, year=2022, status=Cycle.Status.OPEN)
    due = {"deadline": date(2022, 3, 20), "planned_start": date(2022, 1, 1)}
    work_node(office, 1, year=2022, state=State.APPROVED, **due)
    later = begin(office, year=2022, on=date(2023, 1, 5))
    with pytest.raises(Invalid) as refused:
        ask(later, number=3, issued_on=date(2022, 12, 31))
    assert "number" in refused.value.errors
    ask(later, number=3, issued_on=date(2023, 1, 6))


def test_it_is_taken_back_before_it_is_decided(summary, office):
    sign_off = ask(summary)
    with pytest.raises(WrongState):
        save(summary, {"advice": "x"})
    back = {"actor": person("jixiao2", office), "summary_id": summary.pk, "sign_off_id": sign_off.pk}
    take_back_summary(**back, at=story.moment())
    assert state_of(summary) == SummaryState.DRAFT
    with pytest.raises(Conflict):
        decide(sign_off)
    with pytest.raises(Conflict):
        take_back_summary(**back, at=story.moment())


def test_what_was_laid_before_the_head_is_what_the_asker_saw(summary, office):
    save(summary, {"advice": "一"})
    with pytest.raises(Conflict):
        signing_summaries.ask_for_sign_off(
            actor=person("jixiao1", office), summary_id=summary.pk, base=1,
            details=signing_summaries.Details(1, date(2022, 1, 13)), at=story.moment(),
        )  # fmt: skip
    assert newest(summary).number == 2
    assert summaries.newest_of(summary).number == 2
