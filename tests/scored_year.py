"""A year whose scores are known, and what people do to them: publishing, appealing, recording."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

from approvals.models import PublishedScores, ScoreAppeal, ScoreEntry
from approvals.services import appealing, publishing_scores, score_entries
from nodes.models import State
from nodes.selectors import cycle_of
from tests import builders
from workflow.models import Division

HEAD = "xinwen0"
AFTER = date(2022, 1, 10)


def scored_year(office):
    """A year with one node done on time, one late and one left undone, looked at in January after it."""
    done = builders.work_node(office, 1, state=State.APPROVED)
    late = builders.work_node(office, 2, deadline=date(2021, 6, 30))
    builders.start(late, on=date(2021, 6, 1))
    builders.submit_evidence(late, on=date(2021, 7, 5), completed_on=date(2021, 7, 5))
    builders.approve_evidence(late, on=date(2021, 7, 6))
    builders.work_node(office, 3)
    assert done.state == late.state == State.APPROVED
    return cycle_of(office, 2021)


def publish(cycle, *, by: str = "jixiao1", on: date = AFTER, seen: int = 0, why: str = "") -> PublishedScores:
    return publishing_scores.publish_scores(
        actor=builders.person(by, cycle.office), cycle_id=cycle.pk, seen=seen, why=why,
        at=builders.story.moment(on),
    )  # fmt: skip


def appeal(row: PublishedScores, *, by: str = HEAD, node: int | None = 2, line: int = 1, on: date = AFTER):
    division = Division.objects.get(office=row.office, name=builders.DIVISION)
    return appealing.file_appeal(
        actor=builders.person(by, row.office),
        publication_id=row.pk,
        draft=appealing.AppealDraft(division.pk, line, "对方推迟了会期，材料见附件。", node),
        at=builders.story.moment(on),
    )


def view(one: ScoreAppeal, *, by: str = "jixiao1"):
    return appealing.give_view(
        actor=builders.person(by, one.office), appeal_id=one.pk, view="情况属实。", at=builders.story.moment()
    )


def decide(one: ScoreAppeal, *, by: str = "zhuren", outcome: str = "upheld", amount: str | None = "0.15"):
    ruling = appealing.Ruling(outcome, "予以采纳。", D(amount) if amount else None)
    return appealing.decide_appeal(
        actor=builders.person(by, one.office), appeal_id=one.pk, ruling=ruling, at=builders.story.moment()
    )


def record(cycle, **changes) -> ScoreEntry:
    facts = {
        "kind": "bonus",
        "matter": "全国外事先进集体",
        "points": D(4),
        "level": "国家级",
        "basis": "外办发〔2021〕3号",
    }
    draft = score_entries.EntryDraft(**facts | changes)
    return score_entries.record_entry(
        actor=builders.person("jixiao1", cycle.office), cycle_id=cycle.pk, draft=draft,
        at=builders.story.moment(AFTER),
    )  # fmt: skip


def correct(entry: ScoreEntry, *, why: str, void: bool = False) -> ScoreEntry:
    draft = score_entries.EntryDraft("bonus", entry.matter, D(3), level="省部级", basis="外办发〔2021〕4号")
    return score_entries.correct_entry(
        actor=builders.person("jixiao1"), entry_id=entry.pk, draft=draft, why=why, void=void,
        at=builders.story.moment(),
    )  # fmt: skip
