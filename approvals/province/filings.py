"""The rounds in which a summary was handed in, as either side reads them, and those that wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db.models import F, OuterRef, Prefetch, Subquery

from approvals.models import AnnualSummary, FilingComment, SummaryFiling, SummaryState
from nodes.models import Cycle
from workflow import overseeing, people
from workflow.files import path_of
from workflow.models import Office, PostKind, User

State = SummaryFiling.State
NEWS = timedelta(days=7)  # during which the inbox tells what the overseeing office did or said
_SHOWN = (
    "office", "sent_by", "sent_for", "decided_by", "decided_for", "summary__cycle", "summary__office",
    "sign_off__file__file", "sign_off__decided_by", "sign_off__on_behalf_of", "sign_off__post",
)  # fmt: skip


def rounds(cycle: Cycle, overseer: Office) -> list[SummaryFiling]:
    """Every round of the year's summary with `overseer`, the newest first, with what was said about it."""
    said = FilingComment.objects.select_related("author", "office")
    found = SummaryFiling.objects.filter(summary__cycle=cycle, office=overseer).select_related(*_SHOWN)
    return list(found.prefetch_related(Prefetch("comments", queryset=said)).order_by("-number"))


def received_round(overseer: Office, office: Office, filing_id: int) -> SummaryFiling | None:
    """The round of this id that `office` handed in to `overseer`."""
    found = SummaryFiling.objects.filter(pk=filing_id, office=overseer, summary__office=office)
    return found.select_related(*_SHOWN).first()


def is_what_was_signed(filing: SummaryFiling) -> bool:
    """Whether the stored file still has the fingerprint that was handed in."""
    path = path_of(filing.sign_off.sha256)
    if not path.is_file():
        return False
    return sha256(path.read_bytes()).hexdigest() == filing.sha256


# What waits


def to_receive(user: User) -> list[SummaryFiling]:
    """What other offices handed in to the user's performance office, the longest wait first."""
    office = user.office
    if office is None or not overseeing.sees_others(user) or not _of_performance_office(user):
        return []
    found = SummaryFiling.objects.filter(office=office, state=State.SENT)
    return list(found.select_related("summary__cycle", "summary__office").order_by("sent_at", "id"))


@dataclass(frozen=True)
class Own:
    """A summary of one's own office and its newest round with the office called `overseer`; the round's
    facts are empty before the first. `said_at` is when that office said something last."""

    summary: AnnualSummary
    overseer: str
    state: str
    sign_off_id: int | None
    decided_at: datetime | None
    opinion: str
    said_at: datetime | None

    @property
    def returned(self) -> bool:
        return self.state == State.RETURNED

    @property
    def waits(self) -> bool:
        """Whether it is signed and to be handed in, or came back."""
        signed = self.summary.state == SummaryState.SIGNED
        return self.returned or (signed and self.summary.signed_id != self.sign_off_id)

    def received_since(self, moment: datetime) -> bool:
        return self.state == State.RECEIVED and self.decided_at is not None and self.decided_at >= moment

    def said_since(self, moment: datetime) -> bool:
        return self.said_at is not None and self.said_at >= moment


def own(user: User) -> list[Own]:
    """The summaries that the user's performance office hands in, by year: one statement."""
    office = user.office
    if office is None or office.overseen_by_id is None or not _of_performance_office(user):
        return []
    rounds = SummaryFiling.objects.filter(summary=OuterRef("pk"), office=office.overseen_by_id)
    newest = rounds.order_by("-number")
    facts = {
        f"newest_{name}": Subquery(newest.values(name)[:1])
        for name in ("state", "sign_off_id", "decided_at", "opinion")
    }
    said = FilingComment.objects.filter(filing__summary=OuterRef("pk"), office=office.overseen_by_id)
    facts["said_at"] = Subquery(said.order_by("-at").values("at")[:1])
    found = AnnualSummary.objects.filter(office=office).select_related("cycle").order_by("cycle__year")
    return [_own(one) for one in found.annotate(overseer=F("office__overseen_by__name"), **facts)]


def _own(summary: Any) -> Own:
    return Own(
        summary,
        summary.overseer,
        summary.newest_state or "",
        summary.newest_sign_off_id,
        summary.newest_decided_at,
        summary.newest_opinion or "",
        summary.said_at,
    )


def _of_performance_office(user: User) -> bool:
    return PostKind.PERFORMANCE_OFFICE in people.roles(user)
