"""What a person may see of a year's scores, and the appeals that concern them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from approvals.models import ScoreAppeal
from approvals.scores.collecting import live_basis
from approvals.scores.freezing import Basis
from approvals.scores.published import Published, published
from approvals.scores.year import YearScores
from approvals.services.appealing import capacity_to_decide
from nodes.models import Cycle
from nodes.selectors import today
from workflow import people
from workflow.models import Attachment, PostKind, User
from workflow.permissions import allows
from workflow.refusals import NotFound

Status = ScoreAppeal.Status
DECIDERS = {
    PostKind.DIVISION_HEAD, PostKind.LEADER_IN_CHARGE, PostKind.HEAD_OF_UNIT, PostKind.PERFORMANCE_OFFICE,
}  # fmt: skip


@dataclass(frozen=True)
class Sight:
    """The scores of a year as somebody sees them: as published (with what appeals added), or as they stand.

    `overseer` says whether they may see more than what is published.
    """

    cycle: Cycle
    basis: Basis
    scores: YearScores
    publication: Published | None
    live: bool
    overseer: bool


def sight(user: User, cycle: Cycle, *, live: bool = False) -> Sight | None:
    """What `user` sees of the year's scores, None where nothing is published for them; `live` is how they
    stand now, for those who may see that."""
    overseer = allows(user, "approvals.see_unpublished_scores", cycle)
    found = published(cycle)
    if found and not (live and overseer):
        return Sight(cycle, found.basis, found.scores, found, False, overseer)
    if not overseer:
        return None
    basis = live_basis(cycle)
    return Sight(cycle, basis, basis.adjusted(found.adjustments if found else ()), found, True, overseer)


def appeals(user: User) -> QuerySet[ScoreAppeal]:
    """The appeals the user may see, the newest first, with what a list shows."""
    found = ScoreAppeal.objects.visible_to(user)
    return found.select_related(
        "publication__cycle", "division", "applicant", "on_behalf_of", "decider__division", "office",
        "viewed_by", "viewed_for", "decided_by", "decided_for", "decided_as__division",
    )  # fmt: skip


def appeal_seen_by(user: User, appeal_id: int) -> ScoreAppeal:
    """The appeal with what its page shows. Raises NotFound."""
    files = Prefetch("files", queryset=Attachment.objects.select_related("file"))
    appeal = appeals(user).select_related("publication__cycle__office").prefetch_related(files)
    found = appeal.filter(pk=appeal_id).first()
    if found is None:
        raise NotFound(_("There is no such appeal."))
    return found


@dataclass(frozen=True)
class MyPart:
    """What a person can do to an appeal."""

    view: bool = False
    decide: people.Capacity | None = None
    withdraw: bool = False

    @property
    def waits(self) -> bool:
        return self.view or self.decide is not None


def my_part(user: User, appeal: ScoreAppeal) -> MyPart:
    """What `user` can do to the appeal now."""
    if not appeal.pending:
        return MyPart()
    decides = (
        capacity_to_decide(user, appeal, today(appeal.office)) if appeal.status == Status.VIEWED else None
    )
    return MyPart(
        appeal.status == Status.FILED and allows(user, "approvals.view_appeal", appeal),
        decides,
        allows(user, "approvals.appeal_scores", appeal.division),
    )


def appeals_waiting_for(user: User) -> list[ScoreAppeal]:
    """The appeals that wait for the user's view or decision, the longest wait first."""
    if user.office is None or DECIDERS.isdisjoint(people.roles(user)):
        return []
    waiting = appeals(user).filter(status__in=ScoreAppeal.WAITING).order_by("filed_at", "id")
    return [one for one in waiting if my_part(user, one).waits]
