"""The smallest valid worlds: an office, its year, nodes in any state, and the acts people do to them.

States are reached through the services. Acts happen at the story's time: it begins on 1 March 2021 at 9:00,
passes by a minute an act, and jumps to another day where an act is told `on=date(…)`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from approvals import services as approvals
from approvals.figures import figures
from approvals.models import Decision, DeferralRequest
from nodes import services as nodes
from nodes.catalogue import Catalogue, CatalogueRow
from nodes.models import Cycle, EvidenceSubmission, State, WorkNode
from nodes.selectors import cycle_of
from nodes.services.catalogue import import_catalogue
from tests import kept_worlds
from tests.organisation import (  # noqa: F401  (for the tests, which look for all of it here)
    DIVISION,
    GOVERNOR,
    HEAD,
    LEADER,
    ORGANISATION,
    OTHER_DIVISION,
    REVIEWERS,
    organisation,
)
from workflow import audit
from workflow import services as workflow
from workflow.files import Upload
from workflow.models import Appointment, AuditEntry, Delegation, Office, Post, User
from workflow.organisation_file import parse_organisation
from workflow.selectors import office_by_code
from workflow.services.organisation import import_organisation

DEMO = Path(__file__).resolve().parent.parent / "demo"
ZONE = ZoneInfo("Asia/Shanghai")
BEGINNING = datetime(2021, 3, 1, 9, 0, tzinfo=ZONE)

APPROVE, RETURN, REJECT = Decision.Outcome.APPROVE, Decision.Outcome.RETURN, Decision.Outcome.REJECT
PANDEMIC = "国外新冠疫情存在诸多不确定性，拟延期举行。"
STATEMENT = "已于当月完成全部工作，形成报告并上报省绩效办备案。"


class Story:
    """What time it is in the story."""

    now = BEGINNING

    def begin(self) -> None:
        self.now = BEGINNING

    def moment(self, on: date | datetime | None = None) -> datetime:
        """The time of the next act: a minute later, or 10:00 on another day, or exactly `on`."""
        if isinstance(on, datetime):
            self.now = on
        elif on and on != self.now.date():
            self.now = datetime.combine(on, time(10), ZONE)
        else:
            self.now += timedelta(minutes=1)
        return self.now


story = Story()


# Offices and people


def office(code: str = "jx-fao", *, year: int | None = 2021, **sections: Any) -> Office:
    """An office with two divisions, leaders, a performance office, routing and an open, empty year.

    It sends at any hour, since tests run at any hour, unless its `reminder_policy` has quiet hours.
    """
    if not sections and not Office.objects.exists():
        kept_worlds.world(f"office {code} {year}", lambda: _described(code, year))
    else:
        _described(code, year, **sections)
    return office_by_code(code)


def _described(code: str, year: int | None, **sections: Any) -> None:
    described = organisation(**sections)
    described["reminder_policy"] = {"quiet_hours": None} | described.get("reminder_policy", {})
    described["office"] = described["office"] | {"code": code}
    import_organisation(parse_organisation(json.dumps(described)))
    if year:
        Cycle.objects.create(office=office_by_code(code), year=year, status=Cycle.Status.OPEN)


def person(username: str, office: Office | None = None) -> User:
    """The user of this name, as somebody who logs in now: nothing is remembered of earlier roles."""
    users = User.objects.select_related("office").filter(username=username)
    return users.get(office=office) if office else users.get()


def post(name: str, office: Office | None = None) -> Post:
    posts = Post.objects.select_related("office").filter(name=name)
    return posts.get(office=office) if office else posts.get()


def appoint(name: str, *, to: str, from_: date | None = None, office: Office | None = None) -> Appointment:
    """Give the post called `name` to `to` from the day `from_` on."""
    seat = post(name, office)
    return workflow.appoint(
        actor=person("admin", seat.office), post=seat, to=person(to, seat.office), at=story.moment(from_)
    )


def delegate(
    name: str, *, to: str, starts: date, ends: date, by: str = "admin", on: date | None = None,
    office: Office | None = None,
) -> Delegation:  # fmt: skip
    """Let `to` sign for the holder of the post called `name`."""
    seat = post(name, office)
    return workflow.delegate(
        actor=person(by, seat.office),
        post=seat,
        to=person(to, seat.office),
        starts=starts,
        ends=ends,
        at=story.moment(on),
    )


# Nodes and evidence


def row(number: int = 1, **changes: Any) -> CatalogueRow:
    """One line of a catalogue."""
    values: dict[str, Any] = {
        "row": number + 1,
        "number": number,
        "level1": "服务大局",
        "level2": "人文交流",
        "level3_number": number,
        "level3": f"三级指标{number}",
        "title": f"工作节点{number}",
        "lead_division": DIVISION,
        "supporting_divisions": (),
        "leader": "",
        "planned_start": date(2021, 3, 1),
        "deadline": date(2021, 10, 31),
        "evidence_required": "",
    }
    return CatalogueRow(**values | changes)


def work_node(
    office: Office, number: int = 1, *, state: str = State.PLANNED, year: int = 2021, **columns: Any
) -> WorkNode:
    """A node of 新闻文化处, due on 31 October, brought to `state` by the people who would do it."""
    import_catalogue(actor=None, office=office, year=year, catalogue=Catalogue([row(number, **columns)], []))
    node = WorkNode.objects.get(cycle=cycle_of(office, year), number=number)
    for act in _WAYS[State(state)]:
        act(node)
    return node


def evidence_file(name: str = "工作报告.txt", content: str = "会议纪要与签到表。") -> Upload:
    return Upload(name, BytesIO(content.encode()))


def start(node: WorkNode, *, by: str | None = None, on: date | None = None) -> WorkNode:
    nodes.start(actor=_actor(node, by), node_id=node.pk, at=story.moment(on))
    return _seen(node)


def submit_evidence(
    node: WorkNode,
    *,
    by: str | None = None,
    on: date | None = None,
    completed_on: date | None = None,
    statement: str = STATEMENT,
    files: Sequence[Upload] | None = None,
    **facts: Any,
) -> EvidenceSubmission:
    """Hand in one file and a statement, done the same day where no other is given; `facts` go along."""
    at = story.moment(on)
    uploads = (evidence_file(),) if files is None else files
    draft = nodes.EvidenceDraft(statement, completed_on or node.office.day(at), uploads, **facts)
    submission = nodes.submit_evidence(actor=_actor(node, by), node_id=node.pk, draft=draft, at=at)
    _seen(node)
    return submission


def withdraw_evidence(node: WorkNode, *, by: str | None = None, on: date | None = None) -> WorkNode:
    nodes.withdraw_evidence(actor=_actor(node, by), node_id=node.pk, at=story.moment(on))
    return _seen(node)


def approve_evidence(node: WorkNode, *, by: str = "jixiao1", on: date | None = None, **more: Any) -> WorkNode:
    nodes.approve_evidence(actor=_actor(node, by), node_id=node.pk, at=story.moment(on), **more)
    return _seen(node)


def return_evidence(
    node: WorkNode, *, opinion: str = "请补充数据。", by: str = "jixiao1", on: date | None = None, **more: Any
) -> WorkNode:
    nodes.return_evidence(
        actor=_actor(node, by), node_id=node.pk, opinion=opinion, at=story.moment(on), **more
    )
    return _seen(node)


def reopen(
    node: WorkNode, *, opinion: str = "整改。", by: str = "jixiao1", on: date | None = None
) -> WorkNode:
    nodes.reopen(actor=_actor(node, by), node_id=node.pk, opinion=opinion, at=story.moment(on))
    return _seen(node)


def resume(
    node: WorkNode, *, new_due: date | None = None, by: str | None = None, on: date | None = None
) -> WorkNode:
    nodes.resume(actor=_actor(node, by), node_id=node.pk, new_due=new_due, at=story.moment(on))
    return _seen(node)


# Deferrals


def file_deferral(
    node: WorkNode,
    *,
    new_due: date | None = None,
    reason: str = PANDEMIC,
    by: str | None = None,
    on: date | None = None,
    files: Sequence[Upload] = (),
    category: str = DeferralRequest.Category.OTHER,
) -> DeferralRequest:
    """Ask for a deferral to `new_due`, or without a date."""
    draft = approvals.DeferralDraft(reason, new_due, category, files=files)
    request = approvals.request_deferral(
        actor=_actor(node, by), node_id=node.pk, draft=draft, at=story.moment(on)
    )
    request.node = node
    return request


def withdraw_deferral(
    request: DeferralRequest, *, by: str | None = None, on: date | None = None
) -> DeferralRequest:
    approvals.withdraw_deferral(actor=_actor(request.node, by), request_id=request.pk, at=story.moment(on))
    return _asked(request)


def sign_off(
    request: DeferralRequest,
    *,
    by: str,
    decision: str = APPROVE,
    opinion: str = "同意。",
    on: date | None = None,
    **more: Any,
) -> Decision:
    """The person `by` decides in the system."""
    made = approvals.sign_off(
        actor=person(by, request.office),
        request_id=request.pk,
        outcome=decision,
        opinion=opinion,
        at=story.moment(on),
        **more,
    )
    _asked(request)
    return made


def paper(**changes: Any) -> approvals.PaperSignature:
    """A leader's signature on paper, with all four proofs."""
    proofs: dict[str, Any] = {
        "leader_name": "分管副省长",
        "document_number": "示例〔2021〕15号",
        "signed_on": story.now.date(),
        "scans": (evidence_file("省领导签批件.txt", "同意。"),),
    }
    return approvals.PaperSignature(**proofs | changes)


def record_sign_off(
    request: DeferralRequest,
    *,
    by: str = "jixiao1",
    decision: str = APPROVE,
    opinion: str = "同意。",
    on: date | None = None,
    signature: approvals.PaperSignature | None = None,
    **more: Any,
) -> Decision:
    """The performance office records what the provincial leader signed."""
    at = story.moment(on)
    made = approvals.record_sign_off(
        actor=person(by, request.office),
        request_id=request.pk,
        outcome=decision,
        opinion=opinion,
        paper=signature or paper(),
        at=at,
        **more,
    )
    _asked(request)
    return made


def defer(node: WorkNode, new_due: date | None = None, *, on: date | None = None) -> DeferralRequest:
    """The whole way: asked for, signed by the leader and, beyond the year, by the governor."""
    request = file_deferral(node, new_due=new_due, on=on)
    sign_off(request, by="fuzhuren2")
    if request.status == request.Status.PENDING:
        sign_off(request, by="zhuren") if new_due and new_due.year == 2021 else record_sign_off(request)
    return request


_WAYS = {
    State.PLANNED: (),
    State.IN_PROGRESS: (start,),
    State.EVIDENCE_SUBMITTED: (start, submit_evidence),
    State.APPROVED: (start, submit_evidence, approve_evidence),
    State.DEFERRED: (defer,),
}


# What was recorded, and what a person sees of it


def trail(subject: Any) -> list[AuditEntry]:
    return list(audit.trail(subject))


def last_audit(subject: Any) -> AuditEntry:
    return trail(subject)[-1]


def actions(subject: Any) -> list[str]:
    return [entry.action for entry in trail(subject)]


def figures_of(office: Office, year: int = 2021, as_of: date | None = None) -> dict[str, Any]:
    return figures(cycle_of(office, year), as_of)


def _actor(node: WorkNode, username: str | None) -> User:
    """The person of this name, or the first handler of the node's lead division."""
    if username:
        return person(username, node.office)
    seat = Post.objects.get(division=node.lead_division, kind=Post.Kind.HANDLER)
    return person(seat.appointments.in_force(story.now.date()).order_by("id")[0].user.username, node.office)


def _seen(node: WorkNode) -> WorkNode:
    node.refresh_from_db()
    return node


def _asked(request: DeferralRequest) -> DeferralRequest:
    """The request as it is now, and its node, which the test may hold in its hand."""
    node = _seen(request.node)
    request.refresh_from_db()
    request.node = node
    return request
