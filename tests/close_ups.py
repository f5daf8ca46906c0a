"""What screens show beyond the living year: flaws and files, a draft, an auditor, a closed year."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pymupdf

from nodes import services
from nodes.models import Cycle, State, WorkNode
from nodes.selectors import cycle_of
from nodes.services.cycles import close_cycle
from nodes.services.uploading import take_in
from tests import builders
from workflow import files
from workflow.models import Appointment, Office, Post, PostKind, User

AUDITOR = "shenji"
FLAWED = "11月，遴选“外事参观点”XX个。。经厅务会研究，形成名单报省委外办。\n\n已举行授牌仪式，参加 人。"


def close_ups(office: Office, year: Cycle, *, mine: Any, draft_by: str, today: date) -> dict[str, Any]:
    """The facts of what is added: `mine` are the nodes of the handler who looks, `draft_by` their head."""
    _auditor(office)
    close_cycle(actor=None, cycle=cycle_of(office, 2021))
    open_ = mine.filter(state=State.IN_PROGRESS, deferral_requests=None)
    _draft(open_.first(), builders.person(draft_by, office))
    again = _again(open_.filter(returns__gt=0).last(), today)
    planned = builders.work_node(
        office, 777, year=year.year, planned_start=date(year.year, 12, 1), deadline=date(year.year, 12, 31),
        level1="服务大局", title="组织年度外事工作总结座谈会", evidence_required="会议通知、签到表、纪要",
        lead_division=open_.first().lead_division.name,
    )  # fmt: skip
    resumable = builders.work_node(
        office, 778, year=year.year, state=State.DEFERRED, level1="服务大局",
        title="举办外国驻华记者江西行活动", lead_division=open_.first().lead_division.name,
    )  # fmt: skip
    attached = {file.name.rpartition(".")[2]: file.pk for file in again.files.all()}
    facts = {"again": again.pk, "submitted": again.node.number, "planned": planned.number}
    return facts | {"resumable": resumable.number, "withdrawn": _withdrawn(year, today)} | attached


def _withdrawn(year: Cycle, today: date) -> int:
    """A request that its division took back."""
    free = year.nodes.filter(state=State.IN_PROGRESS, deferral_requests=None, current_deadline__gt=today)
    request = builders.file_deferral(free.latest("number"), reason=builders.PANDEMIC)
    return builders.withdraw_deferral(request).pk


def _auditor(office: Office) -> None:
    user = User.objects.create(office=office, username=AUDITOR, name="审计人员")
    post = Post.objects.create(office=office, name="审计", kind=PostKind.AUDITOR)
    Appointment.objects.create(post=post, user=user, starts=date(2021, 1, 1))


def _draft(node: WorkNode, author: User) -> None:
    """Half of a statement and one file."""
    content = {"statement": FLAWED[:20], "completed_on": "", "kind": "document"}
    services.save_draft(actor=author, node_id=node.pk, form="evidence", content=content)
    take_in(actor=author, node_id=node.pk, given=files.Upload("遴选外事参观点通知.pdf", BytesIO(_pdf())))


def _again(node: WorkNode, today: date) -> Any:
    """A second round of a returned node: other words, with flaws, and a file of every kind."""
    return builders.submit_evidence(
        node, by=node.submissions.last().submitted_by.username, statement=FLAWED, on=today,
        completed_on=today - timedelta(days=1), files=_files(),
    )  # fmt: skip


def _files() -> list[files.Upload]:
    zipped = BytesIO()
    with ZipFile(zipped, "w") as archive:
        archive.writestr("签到表.csv", "姓名,单位")
    pixels = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 800, 600))
    pixels.clear_with(200)
    given = {
        "授牌仪式现场照片.png": pixels.tobytes("png"),
        "关于公布外事参观点名单的通知（赣外办字〔2026〕31号）.pdf": _pdf(),
        "遴选过程说明.txt": ("遴选过程说明\n\n" + "经各设区市外办推荐、专家评审、实地考察。\n" * 20).encode(),
        "附件材料.zip": zipped.getvalue(),
    }
    return [files.Upload(name, BytesIO(content)) for name, content in given.items()]


def _pdf() -> bytes:
    with pymupdf.open() as document:
        for number in (1, 2):
            page = document.new_page()
            page.insert_text((72, 90), f"外事参观点名单（第{number}页）", fontname="china-s", fontsize=18)
            page.insert_text((72, 130), "各设区市外办：", fontname="china-s", fontsize=14)
        return document.tobytes()
