"""Writing the annual summary: begun, saved, compiled anew, arranged, and restored; each a new version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from approvals.models import AnnualSummary, SummaryState, SummaryVersion
from approvals.summary import compiling, hand
from approvals.summary.keeping import as_json
from approvals.summary.parts import Body, Item
from nodes.models import Cycle
from workflow import audit
from workflow.clock import moment
from workflow.models import User
from workflow.permissions import require
from workflow.refusals import Conflict, Invalid, NotFound, WrongState

MOST_WORDS = 200  # characters of a note


@transaction.atomic
def begin_summary(
    *, actor: User, cycle: Cycle, cut_off: datetime | None = None, at: datetime | None = None
) -> AnnualSummary:
    """Begin the summary of `cycle` with what the record said at `cut_off` (now when None).

    Raises NotAllowed unless `actor` is of the performance office, Conflict when somebody has begun it.
    """
    at = moment(at)
    require(actor, "approvals.edit_summary", cycle, at=at)
    locked = Cycle.objects.select_for_update(of=("self",)).select_related("office").get(pk=cycle.pk)
    if (begun := AnnualSummary.objects.filter(cycle=locked).first()) is not None:
        first = begun.versions.select_related("author")[0]
        raise _taken(_("%(person)s began this summary at %(at)s."), first, locked)
    _check_cut_off(cut_off, at)
    summary = AnnualSummary.objects.create(office=locked.office, cycle=locked)
    facts = compiling.facts_of(summary, cut_off or at)
    _keep(summary, compiling.compiled(facts), actor, at, cut_off=cut_off or at)
    audit.record(actor, "summary.begun", summary, at=at)
    return summary


@transaction.atomic
def save_summary(
    *,
    actor: User,
    summary_id: int,
    base: int,
    texts: Mapping[str, str],
    items: Iterable[Item] | None = None,
    note: str = "",
    at: datetime | None = None,
) -> SummaryVersion:
    """Keep what people wrote (`texts` by their blocks' keys, `items` of the assessment) in a new version.

    `base` is the number of the version it was written on. Raises Conflict, naming who saved since, Invalid
    naming the computed block that somebody tries to alter; saving the very same again changes nothing.
    """
    at = moment(at)
    summary = locked(summary_id, actor)
    require(actor, "approvals.edit_summary", summary, at=at)
    newest = newest_of(summary)
    body = hand.rewritten(compiling.body_of(newest), texts, items)
    if as_json(body) == newest.body:
        return newest
    require_draft(summary)
    require_newest(newest, base, summary)
    return _next(summary, newest, body, actor, at, "saved", note=_noted(note))


@transaction.atomic
def compile_summary(
    *, actor: User, summary_id: int, base: int, cut_off: datetime | None = None, at: datetime | None = None
) -> SummaryVersion:
    """Compile the record up to `cut_off` (now when None) anew; what people wrote stays.

    Raises as `save_summary` does, and Invalid for a cut-off in the future.
    """
    at = moment(at)
    summary, newest = _draft_on(summary_id, base, actor, at)
    _check_cut_off(cut_off, at)
    body = compiling.compiled_anew(summary, newest, cut_off or at)
    changed = len(hand.changed(compiling.body_of(newest), body))
    note = _("compiled anew: %(count)d blocks changed") % {"count": changed}
    return _next(summary, newest, body, actor, at, "compiled", cut_off=cut_off or at, note=note)


@transaction.atomic
def arrange_summary(
    *,
    actor: User,
    summary_id: int,
    base: int,
    indicator: int,
    together: bool,
    at: datetime | None = None,
) -> SummaryVersion:
    """Tell the indicator of this number `together` with the one before it, or by itself; same cut-off.

    Raises as `save_summary` does, and Invalid for a number that the year does not have, or its first.
    """
    at = moment(at)
    summary, newest = _draft_on(summary_id, base, actor, at)
    facts = compiling.facts_of(summary, newest.cut_off)
    if indicator not in {one.number for one in facts.indicators[1:]}:
        raise Invalid({"indicator": [_("There is no such indicator that another one stands before.")]})
    before = compiling.body_of(newest)
    joins = {**dict(before.joins), indicator: together}
    body = compiling.compiled(facts, joins).with_hand_of(before)
    return _next(summary, newest, body, actor, at, "arranged")


@transaction.atomic
def restore_summary(
    *, actor: User, summary_id: int, base: int, number: int, at: datetime | None = None
) -> SummaryVersion:
    """Make the version of this number the newest again, as a new one. Raises as `save_summary` does."""
    at = moment(at)
    summary, newest = _draft_on(summary_id, base, actor, at)
    old = summary.versions.filter(number=number).first()
    if old is None:
        raise NotFound(_("There is no such version."))
    note = _("restored from version %(number)d") % {"number": number}
    facts = {"restored": number}
    body = compiling.body_of(old)
    return _next(summary, newest, body, actor, at, "restored", cut_off=old.cut_off, note=note, data=facts)


# What every act on a summary begins with


def locked(summary_id: int, actor: User) -> AnnualSummary:
    """The summary of the actor's office, its row locked. Raises NotFound."""
    found = AnnualSummary.objects.select_for_update(of=("self",)).select_related("cycle__office", "office")
    summary = found.filter(pk=summary_id, office=actor.office_id).first()
    if summary is None:
        raise NotFound(_("There is no such summary in your office."))
    return summary


def newest_of(summary: AnnualSummary) -> SummaryVersion:
    newest = summary.versions.select_related("author").last()
    assert newest is not None
    return newest


def require_draft(summary: AnnualSummary) -> None:
    """Raise WrongState unless the summary is being written."""
    if summary.state == SummaryState.AT_SIGN_OFF:
        raise WrongState(_("The summary waits for sign-off: take it back first, then write on."))
    if summary.state == SummaryState.SIGNED:
        raise WrongState(_("The summary is signed and frozen: open it again first."))


def require_newest(newest: SummaryVersion, base: int, summary: AnnualSummary) -> None:
    """Raise Conflict, naming who saved when, where `base` is no longer the newest version."""
    if newest.number != base:
        raise _taken(_("%(person)s saved version %(number)d at %(at)s."), newest, summary.cycle)


def _taken(message: str, version: SummaryVersion, cycle: Cycle) -> Conflict:
    facts = {"person": version.author, "number": version.number, "at": cycle.office.minute(version.at)}
    return Conflict(message % facts, decided_by=version.author, decided_at=version.at, outcome="saved")


def _draft_on(summary_id: int, base: int, actor: User, at: datetime) -> tuple[AnnualSummary, SummaryVersion]:
    summary = locked(summary_id, actor)
    require(actor, "approvals.edit_summary", summary, at=at)
    require_draft(summary)
    newest = newest_of(summary)
    require_newest(newest, base, summary)
    return summary, newest


def _check_cut_off(cut_off: datetime | None, at: datetime) -> None:
    if cut_off and cut_off > at:
        raise Invalid({"cut_off": [_("The cut-off lies in the future.")]})


def worded(text: str) -> str:
    """`text` as plain words."""
    return hand.plain(text)


def _noted(note: str) -> str:
    return " ".join(worded(note).split())[:MOST_WORDS]


def _next(
    summary: AnnualSummary,
    newest: SummaryVersion,
    body: Body,
    actor: User,
    at: datetime,
    how: str,
    *,
    cut_off: datetime | None = None,
    note: str = "",
    data: dict[str, int] | None = None,
) -> SummaryVersion:
    """Keep `body` as the version after `newest`, and record how it came about."""
    number = newest.number + 1
    version = _keep(summary, body, actor, at, cut_off=cut_off or newest.cut_off, number=number, note=note)
    audit.record(actor, f"summary.{how}", summary, at=at, data={"version": number, **(data or {})})
    return version


def _keep(
    summary: AnnualSummary,
    body: Body,
    actor: User,
    at: datetime,
    *,
    cut_off: datetime,
    number: int = 1,
    note: str = "",
) -> SummaryVersion:
    return SummaryVersion.objects.create(
        summary=summary, number=number, body=as_json(body), cut_off=cut_off, author=actor, at=at, note=note
    )
