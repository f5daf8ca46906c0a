"""A year with published scores, for looking at and for asking who may: entries, versions, an appeal."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from approvals.models import PublishedScores
from approvals.scores.collecting import live_basis, scheme_of
from approvals.scores.freezing import digest, frozen
from approvals.services import appealing, score_entries, scoring
from nodes.models import Cycle
from tests import builders
from workflow.models import Division

REVIEWER, ADMIN = "jixiao1", "admin"


def published_year(cycle: Cycle, *, head: str, division: str = builders.DIVISION) -> dict[str, Any]:
    """Publish the scores of `cycle` as they stand, with a bonus, two versions of the scheme, and two appeals.

    Both are by the head of `division`: against a node that lost something, and one that waits for a decision.
    """
    entry = _entry(cycle, division)
    _versions(cycle)
    row = _publication(cycle)
    led = Division.objects.get(office=cycle.office, name=division)
    appeal = _appeal(row, led, head)
    viewed = _viewed(row, led, head)
    return {
        "entry_id": entry.pk,
        "entry_file": entry.files.get().pk,
        "appeal_id": appeal.pk,
        "appeal_file": appeal.files.get().pk,
        "division_id": led.pk,
        "scored": appeal.node_number,
        "viewed_appeal": viewed.pk,
    }


def _entry(cycle: Cycle, division: str) -> Any:
    draft = score_entries.EntryDraft(
        kind="bonus", matter="获评全省外事工作先进集体", points=Decimal(3), level="省部级",
        division_id=Division.objects.get(office=cycle.office, name=division).pk, matter_key="先进集体",
        basis="赣人社字〔2021〕12号", files=[builders.evidence_file("表彰通报.txt", "表彰通报")],
    )  # fmt: skip
    return score_entries.record_entry(
        actor=builders.person(REVIEWER, cycle.office), cycle_id=cycle.pk, draft=draft
    )


def _versions(cycle: Cycle) -> None:
    for number, (percent, why) in enumerate(((70, "年初试行"), (60, "经党组会议研究调整"))):
        scheme = scheme_of(cycle).scheme
        changed = scheme.model_copy(
            update={"carried_over_percent": Decimal(percent), "points_without_weight": Decimal(1 + number)}
        )
        scoring.set_scheme(
            actor=builders.person(ADMIN, cycle.office),
            cycle_id=cycle.pk,
            scheme=changed,
            why=why,
            seen=number,
        )


def _publication(cycle: Cycle) -> PublishedScores:
    """Also of a year in which something waits for review, which the service would refuse."""
    basis, now = live_basis(cycle), timezone.now()
    content = frozen(basis)
    return PublishedScores.objects.create(
        office=cycle.office, cycle=cycle, number=1, scheme_number=basis.scheme_number, content=content,
        sha256=digest(content), appeal_until=cycle.office.day(now) + timedelta(days=7),
        published_by=builders.person(REVIEWER, cycle.office), published_at=now,
    )  # fmt: skip


def _viewed(row: PublishedScores, division: Division, head: str) -> Any:
    """An appeal against the division's own score that waits for its decision."""
    draft = appealing.AppealDraft(division.pk, 0, "第16号节点已按时报送，系统登记有误。")
    filed = appealing.file_appeal(actor=builders.person(head, row.office), publication_id=row.pk, draft=draft)
    reviewer = builders.person(REVIEWER, row.office)
    return appealing.give_view(
        actor=reviewer, appeal_id=filed.pk, view="经核对报送记录，情况属实，建议采纳。"
    )


def _appeal(row: PublishedScores, division: Division, head: str) -> Any:
    scores = live_basis(row.cycle).scores
    lost = next((one for one in scores.nodes_of(division.pk) if one.lost), None)
    number, line = (lost.place.number, 1) if lost else (scores.nodes_of(division.pk)[0].place.number, 0)
    draft = appealing.AppealDraft(
        division.pk, line, "外方因疫情推迟会期，已于会前书面报告，见附件，请予复核。", number,
        files=[builders.evidence_file("来函.txt", "推迟会期的来函")],
    )  # fmt: skip
    return appealing.file_appeal(actor=builders.person(head, row.office), publication_id=row.pk, draft=draft)
