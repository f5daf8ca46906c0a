"""What waits for a person: decisions, and the nodes of their divisions; asked once for a request."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from approvals.models import DeferralRequest, ScoreAppeal, SignOff, SummaryFiling
from approvals.province import filings
from approvals.reviewing import queue
from approvals.scores.reading import appeals_waiting_for
from approvals.selectors import OpenSignOffs, Waiting, open_sign_offs
from approvals.summary_pages import ToSign, summaries_to_sign
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
    def summaries_to_sign(self) -> list[ToSign]:
        """Annual summaries that wait for the user's signature."""
        return summaries_to_sign(self._user)

    @cached_property
    def to_record(self) -> list[SignOff]:
        return self._open.to_record()

    @cached_property
    def to_review(self) -> list[EvidenceSubmission]:
        return list(queue(self._user))

    @cached_property
    def appeals(self) -> list[ScoreAppeal]:
        """Appeals against scores that wait for the user's view or decision."""
        return appeals_waiting_for(self._user)

    @cached_property
    def filings_to_receive(self) -> list[SummaryFiling]:
        """Summaries of overseen offices that wait for the user to receive or return them."""
        return filings.to_receive(self._user)

    @cached_property
    def _own_summaries(self) -> list[filings.Own]:
        return filings.own(self._user)

    @property
    def summaries_to_hand_in(self) -> list[filings.Own]:
        """Summaries of the user's office that are to be handed in, or that came back."""
        return [one for one in self._own_summaries if one.waits]

    @property
    def summaries_received(self) -> list[filings.Own]:
        """Those that the overseeing office received lately: told, not to be dealt with."""
        since = timezone.now() - filings.NEWS
        return [one for one in self._own_summaries if one.received_since(since)]

    @property
    def summaries_talked_about(self) -> list[filings.Own]:
        """Those about which the overseeing office said something lately."""
        since = timezone.now() - filings.NEWS
        return [one for one in self._own_summaries if one.said_since(since)]

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
        signatures = len(self.to_sign) + len(self.to_record) + len(self.summaries_to_sign)
        filed = len(self.filings_to_receive) + len(self.summaries_to_hand_in)
        return signatures + len(self.to_review) + len(self.appeals) + filed

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
