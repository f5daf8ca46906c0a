"""An appeal against a published score: filing it, the performance office's view, the decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from approvals.driving import complete_task
from approvals.models import PublishedScores, ScoreAppeal
from approvals.scores.flow import ScoreAppealFlow
from approvals.scores.published import Published, opened
from approvals.scores.rounding import rounded
from approvals.scores.wording import plain
from workflow import audit, files, people, routing
from workflow.clock import moment
from workflow.models import Division, Post, PostKind, User
from workflow.permissions import require
from workflow.refusals import Conflict, Invalid, NotAllowed, NotFound, WrongState

Status = ScoreAppeal.Status


@dataclass(frozen=True)
class AppealDraft:
    """Which line is appealed against (the `line`-th, from 0, of a node or of the division), and why."""

    division_id: int
    line: int
    reason: str
    node_number: int | None = None
    files: Sequence[files.Upload] = field(default_factory=tuple)


def file_appeal(
    *, actor: User, publication_id: int, draft: AppealDraft, at: datetime | None = None
) -> ScoreAppeal:
    """Appeal against one line of the published scores.

    Raises NotAllowed unless `actor` heads the division, NotFound for a line that is not there, Invalid
    without a reason, WrongState after the last day, beside a newer publication, or where this line was
    appealed against before.
    """
    now = moment(at)
    with transaction.atomic():
        publication = _locked_publication(publication_id, actor)
        division = _division(draft.division_id, actor)
        require(actor, "approvals.appeal_scores", division, at=now)
        _require_line(opened(publication), draft)
        if not draft.reason.strip():
            raise Invalid({"reason": [_("Say what should be looked at again, and why.")]})
        _require_time(publication, now)
        _require_first(publication, draft)
        with files.kept(draft.files, office=publication.office, by=actor, at=now) as attachments:
            appeal = _from_draft(publication, division, draft, actor, now)
            appeal.files.set(attachments)
            appeal.process = ScoreAppealFlow.start.run(appeal=appeal)
            appeal.save(update_fields=["process"])
            _record(actor, "appeal.filed", appeal, now, appeal.on_behalf_of_id, reason=appeal.reason)
    return appeal


def _locked_publication(publication_id: int, actor: User) -> PublishedScores:
    mine = PublishedScores.objects.select_for_update(of=("self",), no_key=True)
    found = mine.select_related("office", "cycle").filter(pk=publication_id, office=actor.office_id).first()
    if found is None:
        raise NotFound(_("There are no such scores."))
    return found


def _division(division_id: int, actor: User) -> Division:
    division = Division.objects.filter(pk=division_id, office=actor.office_id).first()
    if division is None:
        raise NotFound(_("There is no such division."))
    return division


def _require_line(published: Published, draft: AppealDraft) -> None:
    lines = published.lines(draft.division_id, draft.node_number)
    if not 0 <= draft.line < len(lines):
        raise NotFound(_("The published scores have no such line."))


def _require_time(publication: PublishedScores, now: datetime) -> None:
    if publication.office.day(now) > publication.appeal_until:
        message = _("Appeals were taken until %(day)s.")
        raise WrongState(message % {"day": publication.appeal_until})
    if PublishedScores.objects.filter(cycle=publication.cycle, number__gt=publication.number).exists():
        raise WrongState(_("The scores were published anew meanwhile; look at them as they are now."))


def _require_first(publication: PublishedScores, draft: AppealDraft) -> None:
    same = publication.appeals.filter(
        division=draft.division_id, node_number=draft.node_number, line=draft.line
    ).exclude(status=Status.WITHDRAWN)
    earlier = same.select_related("applicant").first()
    if earlier:
        facts = {"person": earlier.applicant, "at": publication.office.minute(earlier.filed_at)}
        message = _("%(person)s appealed against this line at %(at)s already.") % facts
        raise Conflict(message, decided_by=earlier.applicant, decided_at=earlier.filed_at)


def _from_draft(
    publication: PublishedScores, division: Division, draft: AppealDraft, actor: User, now: datetime
) -> ScoreAppeal:
    return ScoreAppeal.objects.create(
        office=publication.office,
        publication=publication,
        division=division,
        node_number=draft.node_number,
        line=draft.line,
        reason=draft.reason.strip(),
        applicant=actor,
        on_behalf_of_id=_principal(actor, division, publication.office.day(now)),
        filed_at=now,
        decider=_decider(opened(publication), division),
    )


def _principal(actor: User, division: Division, on: date) -> int | None:
    heads = Post.objects.filter(division=division, kind=PostKind.DIVISION_HEAD)
    capacity = people.capacity_for(actor, heads, on)
    return capacity.on_behalf_of_id if capacity else None


def _decider(published: Published, division: Division) -> Post:
    """The post that the scheme names, as it answers for the division; a vacant one waits for its holder."""
    kind = PostKind(published.basis.scheme.appeal_decider)
    posts = [post for post in routing.posts_of_kind(kind, division) if not post.off_system]
    if not posts:
        raise Invalid(_("The office has no post in the system that decides on appeals."))
    return posts[0]


@transaction.atomic
def give_view(*, actor: User, appeal_id: int, view: str, at: datetime | None = None) -> ScoreAppeal:
    """Say what the performance office makes of an appeal.

    Raises NotAllowed unless `actor` is of it and no party, Invalid without words, Conflict when given before.
    """
    now = moment(at)
    appeal = _locked(appeal_id, actor)
    require(actor, "approvals.view_appeal", appeal, at=now)
    _require_not_settled(appeal)
    if appeal.status != Status.FILED:
        raise _given_before(appeal)
    if not view.strip():
        raise Invalid({"view": [_("Say what the performance office makes of it.")]})
    on = appeal.office.day(now)
    capacity = people.impartial(actor, PostKind.PERFORMANCE_OFFICE, appeal.parties, on)
    appeal.status, appeal.view, appeal.viewed_by, appeal.viewed_at = Status.VIEWED, view.strip(), actor, now
    appeal.viewed_for_id = capacity.on_behalf_of_id if capacity else None
    appeal.save(update_fields=["status", "view", "viewed_by", "viewed_for", "viewed_at"])
    _record(actor, "appeal.viewed", appeal, now, appeal.viewed_for_id, reason=appeal.view)
    complete_task(ScoreAppealFlow.view, appeal.process_id, by=actor)
    return appeal


def _given_before(appeal: ScoreAppeal) -> Conflict:
    assert appeal.viewed_at is not None
    facts = {"person": appeal.viewed_by, "at": appeal.office.minute(appeal.viewed_at)}
    message = _("%(person)s gave the performance office's view at %(at)s already.") % facts
    return Conflict(message, decided_by=appeal.viewed_by, decided_at=appeal.viewed_at)


@dataclass(frozen=True)
class Ruling:
    """How an appeal is decided; `adjustment` is what an upheld one adds, negative for what it takes."""

    outcome: str
    opinion: str
    adjustment: Decimal | None = None


@transaction.atomic
def decide_appeal(*, actor: User, appeal_id: int, ruling: Ruling, at: datetime | None = None) -> ScoreAppeal:
    """Uphold or reject an appeal, once the performance office has given its view.

    The holder of the deciding post at `at` decides, or their delegate; never a party, nor who gave the view.
    Raises NotAllowed, Invalid by field, WrongState before the view, Conflict naming who decided first.
    """
    now = moment(at)
    appeal = _locked(appeal_id, actor)
    on = appeal.office.day(now)
    _require_not_settled(appeal)
    capacity = capacity_to_decide(actor, appeal, on)
    if capacity is None:
        raise NotAllowed(_why_not(actor, appeal))
    if appeal.status != Status.VIEWED:
        raise WrongState(_("The performance office has not given its view yet."))
    _check_ruling(ruling, appeal)
    appeal.status, appeal.opinion, appeal.settled_at = ruling.outcome, ruling.opinion.strip(), now
    if ruling.outcome == Status.UPHELD and ruling.adjustment is not None:
        appeal.adjustment = rounded(ruling.adjustment)
    appeal.decided_as, appeal.decided_by = capacity.post, actor
    appeal.decided_for_id = capacity.on_behalf_of_id
    appeal.save()
    facts = {"adjustment": plain(appeal.adjustment or Decimal(0)), "post": str(capacity.post)}
    said = {"reason": appeal.opinion, "data": facts}
    _record(actor, f"appeal.{appeal.status}", appeal, now, appeal.decided_for_id, **said)
    complete_task(ScoreAppealFlow.decide, appeal.process_id, by=actor)
    return appeal


def capacity_to_decide(actor: User, appeal: ScoreAppeal, on: date) -> people.Capacity | None:
    """In which capacity `actor` may decide: for the deciding post, or the next up where only those who
    appeal hold it, or nobody does."""
    if not actor.is_active or actor.pk in appeal.heard:
        return None
    capacity = people.capacity_for(actor, [appeal.decider], on)
    if capacity is None:
        capacity = people.capacity_for(actor, [deciding_post(appeal, on)], on)
    return capacity if capacity and capacity.on_behalf_of_id not in appeal.heard else None


def deciding_post(appeal: ScoreAppeal, on: date) -> Post:
    """Who decides on `on`: the post itself, or the next up that can."""
    try:
        found = routing.free_of(appeal.parties, appeal.decider, appeal.division, on)
    except Invalid:
        return appeal.decider
    return appeal.decider if found.off_system else found


def _why_not(actor: User, appeal: ScoreAppeal) -> str:
    if actor.pk in appeal.heard:
        return _("%(actor)s is a party or gave the view, and does not decide.") % {"actor": actor}
    return _("%(actor)s cannot decide: the appeal waits for %(post)s.") % {
        "actor": actor,
        "post": appeal.decider,
    }


def _check_ruling(ruling: Ruling, appeal: ScoreAppeal) -> None:
    errors: dict[str, list[str]] = {}
    if ruling.outcome not in (Status.UPHELD, Status.REJECTED):
        errors["outcome"] = [_("Choose to uphold or to reject.")]
    if not ruling.opinion.strip():
        errors["opinion"] = [_("Say why.")]
    if ruling.outcome == Status.UPHELD:
        errors |= _adjustment_errors(ruling.adjustment, appeal)
    if errors:
        raise Invalid(errors)


def _adjustment_errors(adjustment: Decimal | None, appeal: ScoreAppeal) -> dict[str, list[str]]:
    if adjustment is None or not rounded(adjustment):
        return {"adjustment": [_("Say how many points are added or taken.")]}
    taken, given = opened(appeal.publication).room(appeal.division_id, appeal.node_number)
    if not -taken <= adjustment <= given:
        facts = {"from": plain(-taken), "to": plain(given)}
        return {"adjustment": [_("Between %(from)s and %(to)s: the score keeps its bounds.") % facts]}
    return {}


@transaction.atomic
def withdraw_appeal(*, actor: User, appeal_id: int, at: datetime | None = None) -> ScoreAppeal:
    """Take an appeal back. Raises NotAllowed unless `actor` heads the division, Conflict once decided."""
    now = moment(at)
    appeal = _locked(appeal_id, actor)
    require(actor, "approvals.appeal_scores", appeal.division, at=now)
    _require_not_settled(appeal)
    appeal.status, appeal.settled_at = Status.WITHDRAWN, now
    appeal.save(update_fields=["status", "settled_at"])
    ScoreAppealFlow.instance.cancel(appeal.process)
    _record(
        actor, "appeal.withdrawn", appeal, now, _principal(actor, appeal.division, appeal.office.day(now))
    )
    return appeal


def _locked(appeal_id: int, actor: User) -> ScoreAppeal:
    appeal = ScoreAppeal.objects.locked(appeal_id, actor.office)
    if appeal is None:
        raise NotFound(_("There is no such appeal."))
    return appeal


def _require_not_settled(appeal: ScoreAppeal) -> None:
    if appeal.pending:
        return
    if appeal.status == Status.WITHDRAWN:
        raise Conflict(_("This appeal was withdrawn."), decided_at=appeal.settled_at)
    assert appeal.settled_at is not None
    facts = {
        "outcome": appeal.get_status_display(),
        "person": appeal.decided_by,
        "post": appeal.decided_as,
        "at": appeal.office.minute(appeal.settled_at),
    }
    message = _("“%(outcome)s” was decided by %(person)s (%(post)s) at %(at)s.") % facts
    raise Conflict(message, decided_by=appeal.decided_by, decided_at=appeal.settled_at, outcome=appeal.status)


def _record(
    actor: User, action: str, appeal: ScoreAppeal, at: datetime, principal: int | None, **more: object
) -> None:
    audit.record(actor, action, appeal, at=at, on_behalf_of_id=principal, **more)  # type: ignore[arg-type]
