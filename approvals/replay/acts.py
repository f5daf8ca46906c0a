"""Each kind of event as the service call it stands for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from approvals import services as approvals
from approvals.models import DeferralRequest
from approvals.replay import actors, shapes
from nodes import services as nodes
from nodes.models import Cycle, WorkNode
from workflow import services as workflow
from workflow.files import Upload
from workflow.models import User
from workflow.refusals import Invalid, WrongState


@dataclass(frozen=True)
class Stage:
    """Where events happen: a year, and the folder that paths in its file start from."""

    cycle: Cycle
    folder: Path


def perform(stage: Stage, event: Any) -> None:
    """Do what `event` says, at its time. Raises whatever the service refuses with."""
    _ACTS[type(event)](stage, event)


def _actor(stage: Stage, event: Any, name: str | None = None) -> User:
    office = stage.cycle.office
    return actors.actor(office, name or event.by, office.day(event.at))


def _node(stage: Stage, number: int) -> WorkNode:
    node = stage.cycle.nodes.filter(number=number).first()
    if node is None:
        raise Invalid({"node": [_("The year has no node %(number)d.") % {"number": number}]})
    return node


def _call(service: Callable[..., Any], *fields: str) -> Callable[[Stage, Any], None]:
    """An act on a node whose service takes the event's `fields` as they are."""

    def act(stage: Stage, event: Any) -> None:
        facts = {name: getattr(event, name) for name in fields}
        service(actor=_actor(stage, event), node_id=_node(stage, event.node).pk, at=event.at, **facts)

    return act


def _submit(stage: Stage, event: shapes.SubmitEvidence) -> None:
    draft = nodes.EvidenceDraft(event.statement, event.completed_on, _uploads(stage, event.files))
    nodes.submit_evidence(
        actor=_actor(stage, event), node_id=_node(stage, event.node).pk, draft=draft, at=event.at
    )


def _request(stage: Stage, event: shapes.RequestDeferral) -> None:
    draft = approvals.DeferralDraft(
        event.reason, event.new_due, event.category, event.progress, _uploads(stage, event.files)
    )
    approvals.request_deferral(
        actor=_actor(stage, event), node_id=_node(stage, event.node).pk, draft=draft, at=event.at
    )


def _withdraw_deferral(stage: Stage, event: shapes.WithdrawDeferral) -> None:
    request = _latest_request(stage, event.node)
    approvals.withdraw_deferral(actor=_actor(stage, event), request_id=request.pk, at=event.at)


def _latest_request(stage: Stage, number: int) -> DeferralRequest:
    request = _node(stage, number).deferral_requests.order_by("-filed_at", "-id").first()
    if request is None:
        raise WrongState(_("Node %(number)d has no deferral request.") % {"number": number})
    return request


def _sign(stage: Stage, event: shapes.SignDeferral) -> None:
    request = _latest_request(stage, event.node)
    facts: dict[str, Any] = {
        "request_id": request.pk,
        "outcome": event.decision,
        "opinion": event.opinion,
        "at": event.at,
    }
    seat = stage.cycle.office.posts.filter(name=event.by).first()
    if seat and seat.off_system:
        if not event.recorded_by:
            raise Invalid(
                {"recorded_by": [_("Say who records the sign-off of a leader outside the system.")]}
            )
        approvals.record_sign_off(
            actor=_actor(stage, event, event.recorded_by),
            post=seat,
            paper=approvals.PaperSignature(
                event.leader_name or str(seat),
                event.document_number,
                event.signed_on,
                _uploads(stage, event.files),
            ),
            **facts,
        )
    else:
        signer = actors.actor(stage.cycle.office, event.by, stage.cycle.office.day(event.at), as_head=True)
        approvals.sign_off(actor=signer, **facts)


def _delegate(stage: Stage, event: shapes.Delegate) -> None:
    office = stage.cycle.office
    by = _actor(stage, event) if event.by else actors.administrator(office, office.day(event.at))
    workflow.delegate(
        actor=by,
        post=actors.post(office, event.from_),
        to=actors.user(office, event.to),
        starts=event.starts,
        ends=event.ends,
        at=event.at,
    )


def _appoint(stage: Stage, event: shapes.Appoint) -> None:
    office = stage.cycle.office
    by = _actor(stage, event) if event.by else actors.administrator(office, office.day(event.at))
    workflow.appoint(
        actor=by, post=actors.post(office, event.post), to=actors.user(office, event.to), at=event.at
    )


def _uploads(stage: Stage, files: tuple[shapes.FileEntry, ...]) -> tuple[Upload, ...]:
    return tuple(Upload(entry.name, BytesIO(_content(stage, entry))) for entry in files)


def _content(stage: Stage, entry: shapes.FileEntry) -> bytes:
    if entry.text is not None:
        return entry.text.encode()
    folder = stage.folder.resolve()
    path = (folder / str(entry.path)).resolve()
    if not path.is_relative_to(folder):
        raise Invalid(
            {"files": [_("%(path)s lies outside the events file's folder.") % {"path": entry.path}]}
        )
    try:
        return path.read_bytes()
    except OSError as error:
        raise Invalid({"files": [f"{entry.path}: {error.strerror}"]}) from error


_ACTS: dict[type, Callable[[Stage, Any], None]] = {
    shapes.Start: _call(nodes.start),
    shapes.SubmitEvidence: _submit,
    shapes.WithdrawEvidence: _call(nodes.withdraw_evidence),
    shapes.ReturnEvidence: _call(nodes.return_evidence, "opinion"),
    shapes.ApproveEvidence: _call(nodes.approve_evidence, "opinion"),
    shapes.RequestDeferral: _request,
    shapes.WithdrawDeferral: _withdraw_deferral,
    shapes.SignDeferral: _sign,
    shapes.Resume: _call(nodes.resume, "new_due"),
    shapes.Reopen: _call(nodes.reopen, "opinion"),
    shapes.Delegate: _delegate,
    shapes.Appoint: _appoint,
}
