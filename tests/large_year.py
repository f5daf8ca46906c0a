"""A year of a thousand nodes, written straight into the database: services would take minutes."""

from __future__ import annotations

from datetime import date, datetime

from nodes.models import Cycle, EvidenceSubmission, Indicator, State, WorkNode
from tests import builders
from tests.builders import ZONE, person
from tests.tampering import triggers_off
from workflow.models import AuditEntry, Office

NODES = 1000
CUT_OFF = datetime(2022, 1, 10, tzinfo=ZONE)
DONE_AT = datetime(2021, 6, 1, 9, tzinfo=ZONE)
STATEMENT = (
    "第{n}项工作于2021年{month}月15日召开推进会，省直有关单位{n}人参加，形成纪要并印发各设区市外办；"
    "围绕重点任务建立台账，逐项明确责任处室和完成时限，全年开展督查{month}次，发现问题均已整改到位。"
)


def large_year(code: str = "large") -> Office:
    """1,000 nodes under 8 / 40 / 800 indicators: nine in ten done, some late, the rest under way."""
    office = builders.office(code)
    cycle = Cycle.objects.get(office=office)
    tops = _indicators(cycle, 1, [None] * 8)
    seconds = _indicators(cycle, 2, [tops[n // 5] for n in range(40)])
    thirds = _indicators(cycle, 3, [seconds[n // 20] for n in range(800)])
    divisions = list(office.divisions.all())
    with triggers_off("nodes_worknode"), triggers_off("nodes_evidencesubmission"):
        nodes = WorkNode.objects.bulk_create(
            WorkNode(
                office=office, cycle=cycle, number=n + 1, indicator=thirds[n * 4 // 5],
                title=f"推动落实第{n + 1}项重点工作任务", lead_division=divisions[n % 2],
                baseline_deadline=date(2021, 6, 30), current_deadline=date(2021, 6, 30),
            )
            for n in range(NODES)
        )  # fmt: skip
        _done(office, [node for node in nodes if node.number % 10])
    return office


def _indicators(cycle: Cycle, level: int, parents: list[Indicator | None]) -> list[Indicator]:
    return Indicator.objects.bulk_create(
        Indicator(cycle=cycle, level=level, parent=parent, title=f"第{level}级指标之{n}", position=n,
                  number=n + 1 if level == 3 else None)
        for n, parent in enumerate(parents)
    )  # fmt: skip


def _done(office: Office, nodes: list[WorkNode]) -> None:
    """Evidence handed in and approved, as the record shows it."""
    handler, reviewer = person("xinwen1", office), person("jixiao1", office)
    EvidenceSubmission.objects.bulk_create(
        EvidenceSubmission(
            office=office, node=node, round=1, completed_on=date(2021, 7 if node.number % 50 == 1 else 6, 1),
            statement=STATEMENT.format(n=node.number, month=node.number % 12 + 1), submitted_by=handler,
            submitted_at=DONE_AT, outcome=EvidenceSubmission.Outcome.APPROVED, decided_by=reviewer,
            decided_at=DONE_AT,
        )
        for node in nodes
    )  # fmt: skip
    AuditEntry.objects.bulk_create(
        AuditEntry(
            office=office, at=DONE_AT, actor=reviewer, action="evidence.approved", subject_type="worknode",
            subject_id=node.pk, subject=str(node), to_state=State.APPROVED, data={},
        )
        for node in nodes
    )  # fmt: skip
