"""What waits for a person: decisions, and the nodes of their divisions; asked once for a request."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from approvals.models import DeferralRequest, SignOff
from approvals.reviewing import queue
from approvals.selectors import OpenSignOffs, Waiting, open_sign_offs
from nodes.models import EvidenceSubmission, State
from nodes.selectors import need_attention, today
from notifications.timing import stage
from workflow.models import Office, User
from workflow.selectors import working_days


@dataclass(frozen=True)
class Pressing:
    """A node that presses, `days` working days before ("before") or after ("overdue") its deadline, or
    with none left ("due_day"); `asked` when a deferral of it waits for sign-off."""

    node: Any
    stage: str
    days: int
    asked: bool


class Todo:
    """What waits for `user`: each list is read when it is first asked for, the most pressing first."""

    def __init__(self, user: User) -> None:
        self._user = user

    @cached_property
    def _open(self) -> OpenSignOffs:
        return open_sign_offs(self._user)

    @cached_property
    def to_sign(self) -> list[Waiting]:
        return self._open.to_sign()

    @cached_property
    def to_record(self) -> list[SignOff]:
        return self._open.to_record()

    @cached_property
    def to_review(self) -> list[EvidenceSubmission]:
        return list(queue(self._user))

    @cached_property
    def near(self) -> list[Pressing]:
        """Nodes due soon or overdue, but for those returned."""
        return [one for one in self._pressing if not _returned(one.node)]

    @cached_property
    def returned(self) -> list[Pressing]:
        """Nodes whose evidence was returned and is to be mended."""
        return [one for one in self._pressing if _returned(one.node)]

    @cached_property
    def _pressing(self) -> list[Pressing]:
        nodes, office = need_attention(self._user), self._user.office
        if not nodes or office is None:
            return []
        waiting = DeferralRequest.objects.filter(node__in=nodes, status=DeferralRequest.Status.PENDING)
        asked = set(waiting.values_list("node_id", flat=True))
        return [_pressing(node, office, node.pk in asked) for node in nodes]

    @property
    def decisions(self) -> int:
        return len(self.to_sign) + len(self.to_record) + len(self.to_review)

    @property
    def total(self) -> int:
        return self.decisions + len(self._pressing)


def todo(user: User) -> Todo:
    """What waits for `user`, kept on the instance, which lives for one request."""
    return user.__dict__.setdefault("_todo", Todo(user))


def _pressing(node: Any, office: Office, asked: bool) -> Pressing:
    deadline = node.current_deadline
    if deadline is None:
        return Pressing(node, "", 0, asked)
    return Pressing(node, *stage(working_days(office), deadline, today(office)), asked)


def _returned(node: Any) -> bool:
    return node.state == State.IN_PROGRESS and node.last_outcome == EvidenceSubmission.Outcome.RETURNED
