"""Publishing a year's scores: frozen, with what they follow from."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from approvals.models import PublishedScores, ScoreAppeal
from approvals.scores.collecting import live_basis
from approvals.scores.freezing import Basis, digest, frozen
from approvals.services.scoring import locked_year
from nodes.models import Cycle
from workflow import audit, people
from workflow.clock import moment
from workflow.models import User
from workflow.permissions import require
from workflow.refusals import Conflict, Invalid, WrongState
from workflow.selectors import working_days


@transaction.atomic
def publish_scores(
    *, actor: User, cycle_id: int, seen: int, why: str = "", at: datetime | None = None
) -> PublishedScores:
    """Freeze the year's scores and let everybody of the office read them; appeals are open from now on.

    `seen` is the number of the newest publication when the page was opened, 0 for none. Raises NotAllowed,
    WrongState while the year is not over, evidence waits for review or an appeal waits for its decision,
    Invalid without a reason for publishing anew, Conflict when somebody else was faster.
    """
    now = moment(at)
    cycle = locked_year(cycle_id, actor)
    require(actor, "approvals.publish_scores", cycle, at=now)
    last = _locked_last(cycle)
    _require_newest(last, seen, cycle)
    today = cycle.office.day(now)
    basis = live_basis(cycle, today)
    _require_ready(cycle, basis, last)
    if last and not why.strip():
        raise Invalid({"why": [_("Say why the scores are published anew.")]})
    content = frozen(basis)
    made = PublishedScores.objects.create(
        office=cycle.office,
        cycle=cycle,
        number=last.number + 1 if last else 1,
        scheme_number=basis.scheme_number,
        content=content,
        sha256=digest(content),
        why=why.strip(),
        appeal_until=working_days(cycle.office).after(today, basis.scheme.appeal_working_days),
        published_by=actor,
        on_behalf_of_id=people.principal_in_office(actor, today),
        published_at=now,
    )
    facts = {"year": cycle.year, "number": made.number, "scheme": made.scheme_number, "sha256": made.sha256}
    principal = made.on_behalf_of_id
    audit.record(
        actor, "score.published", made, at=now, on_behalf_of_id=principal, reason=made.why, data=facts
    )
    return made


def _locked_last(cycle: Cycle) -> PublishedScores | None:
    """The publication in force, its row locked: who appeals against it meanwhile finds the new one."""
    found = PublishedScores.objects.filter(cycle=cycle).select_related("published_by")
    return found.select_for_update(of=("self",), no_key=True).first()


def _require_newest(last: PublishedScores | None, seen: int, cycle: Cycle) -> None:
    if last and last.number != seen:
        facts = {"person": last.published_by, "at": cycle.office.minute(last.published_at)}
        message = _("%(person)s published the scores at %(at)s already.") % facts
        raise Conflict(message, decided_by=last.published_by, decided_at=last.published_at)


def _require_ready(cycle: Cycle, basis: Basis, last: PublishedScores | None) -> None:
    if reasons := why_not_yet(cycle, basis, last):
        raise WrongState(" ".join(reasons))


def why_not_yet(cycle: Cycle, basis: Basis, last: PublishedScores | None) -> list[str]:
    """What keeps the scores from being published, in sentences."""
    reasons = []
    if basis.on <= cycle.last_day:
        reasons.append(_("The year is not over yet."))
    if basis.in_review:
        reasons.append(_("The evidence of %(count)d nodes waits for review.") % {"count": basis.in_review})
    if basis.scores.office.score is None:
        reasons.append(_("No node counts yet."))
    waiting = (
        ScoreAppeal.objects.filter(publication=last, status__in=ScoreAppeal.WAITING).count() if last else 0
    )
    if waiting:
        reasons.append(_("%(count)d appeals wait for their decision.") % {"count": waiting})
    return reasons
