"""Recording bonus, deductions and completion beside the nodes, and correcting what was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from approvals.models import ScoreEntry
from approvals.scores.collecting import scheme_of
from approvals.scores.scheme import Named, Scheme
from approvals.services.scoring import locked_year
from nodes.models import Cycle, WorkNode
from workflow import audit, files, people
from workflow.clock import moment
from workflow.models import User
from workflow.permissions import require
from workflow.refusals import Conflict, Invalid, NotFound, WrongState

Kind = ScoreEntry.Kind
MOST_POINTS = Decimal(1000)
SAME_CLICK = timedelta(minutes=1)


@dataclass(frozen=True)
class EntryDraft:
    """A bonus, a deduction or a completion on its way in; `points` is a percentage for a completion."""

    kind: str
    matter: str
    points: Decimal | None
    division_id: int | None = None
    node_number: int | None = None
    level: str = ""
    matter_key: str = ""
    basis: str = ""
    files: Sequence[files.Upload] = field(default_factory=tuple)


def record_entry(*, actor: User, cycle_id: int, draft: EntryDraft, at: datetime | None = None) -> ScoreEntry:
    """Record an entry; the same again at once, as a second click sends it, adds nothing.

    Raises NotAllowed unless `actor` is of the performance office, Invalid by field.
    """
    return _keep(actor, cycle_id, draft, at)


def correct_entry(
    *,
    actor: User,
    entry_id: int,
    draft: EntryDraft,
    why: str,
    void: bool = False,
    at: datetime | None = None,
) -> ScoreEntry:
    """Put another entry in the place of one, which stays on record; with `void` nothing counts any more.

    Raises as `record_entry` does, Invalid without a reason, Conflict where it was replaced before.
    """
    old = ScoreEntry.objects.filter(pk=entry_id, office=actor.office_id).first()
    if old is None:
        raise NotFound(_("There is no such entry."))
    return _keep(actor, old.cycle_id, draft, at, replaces=old, why=why.strip(), void=void)


def _keep(
    actor: User,
    cycle_id: int,
    draft: EntryDraft,
    at: datetime | None,
    *,
    replaces: ScoreEntry | None = None,
    why: str = "",
    void: bool = False,
) -> ScoreEntry:
    now = moment(at)
    with transaction.atomic():
        cycle = locked_year(cycle_id, actor)
        require(actor, "approvals.record_scores", cycle, at=now)
        _require_current(replaces, cycle)
        node = _node(draft, cycle)
        if replaces is None and (recorded := _just_recorded(actor, cycle, _written(draft, node), now)):
            return recorded
        _check(draft, cycle, node, replaces=replaces, why=why, void=void)
        with files.kept(draft.files, office=cycle.office, by=actor, at=now) as attachments:
            made = _made(actor, cycle, draft, node, now, replaces=replaces, why=why, void=void)
            kept = list(replaces.files.all()) if replaces else []
            made.files.set([*kept, *attachments])
            _record(actor, made)
    return made


def _check(
    draft: EntryDraft,
    cycle: Cycle,
    node: WorkNode | None,
    *,
    replaces: ScoreEntry | None,
    why: str,
    void: bool,
) -> None:
    """Raise Invalid, beside the fields, for what cannot be recorded."""
    errors = {} if void else _entry_errors(draft, cycle, node, has_files=_has_files(draft, replaces))
    if _recorded_before(draft, node, replaces):
        errors["node_number"] = [_("How much of this node is done is recorded already: correct that entry.")]
    if replaces and not why:
        errors["why"] = [_("Say why: the entry before it stays on record beside this.")]
    if errors:
        raise Invalid(errors)


def _made(
    actor: User, cycle: Cycle, draft: EntryDraft, node: WorkNode | None, at: datetime, **correction: object
) -> ScoreEntry:
    return ScoreEntry.objects.create(
        office=cycle.office,
        cycle=cycle,
        **_written(draft, node),
        recorded_by=actor,
        on_behalf_of_id=people.principal_in_office(actor, cycle.office.day(at)),
        recorded_at=at,
        **correction,
    )


def _written(draft: EntryDraft, node: WorkNode | None) -> dict[str, Any]:
    """What an entry says, as it is kept."""
    return {
        "kind": draft.kind,
        "division_id": node.lead_division_id if node else draft.division_id,
        "node": node,
        "matter": draft.matter.strip(),
        "level": draft.level.strip(),
        "points": draft.points or Decimal(0),
        "matter_key": " ".join(draft.matter_key.split()),
        "basis": draft.basis.strip(),
    }


def _just_recorded(actor: User, cycle: Cycle, written: dict[str, Any], at: datetime) -> ScoreEntry | None:
    current = ScoreEntry.objects.filter(cycle=cycle, replaced_by=None, replaces=None)
    last = current.filter(recorded_by=actor).order_by("id").last()
    if last is None or abs(at - last.recorded_at) > SAME_CLICK:
        return None
    return last if all(getattr(last, name) == value for name, value in written.items()) else None


def _record(actor: User, entry: ScoreEntry) -> None:
    action = "score.voided" if entry.void else "score.corrected" if entry.replaces_id else "score.recorded"
    facts = {"kind": entry.kind, "points": str(entry.points), "division": str(entry.division or "")}
    audit.record(
        actor,
        action,
        entry,
        at=entry.recorded_at,
        on_behalf_of_id=entry.on_behalf_of_id,
        reason=entry.why,
        data=facts | {"replaces": entry.replaces_id},
    )


def _require_current(replaces: ScoreEntry | None, cycle: Cycle) -> None:
    later = (
        ScoreEntry.objects.filter(replaces=replaces).select_related("recorded_by").first()
        if replaces
        else None
    )
    if later:
        facts = {"person": later.recorded_by, "at": cycle.office.minute(later.recorded_at)}
        message = _("%(person)s corrected this entry at %(at)s already.") % facts
        raise Conflict(message, decided_by=later.recorded_by, decided_at=later.recorded_at)
    if replaces and replaces.void:
        raise WrongState(_("This entry was taken back."))


def _node(draft: EntryDraft, cycle: Cycle) -> WorkNode | None:
    if draft.node_number is None:
        return None
    node = WorkNode.objects.filter(cycle=cycle, number=draft.node_number).first()
    if node is None:
        raise Invalid({"node_number": [_("The year has no node of this number.")]})
    return node


def _recorded_before(draft: EntryDraft, node: WorkNode | None, replaces: ScoreEntry | None) -> bool:
    """Whether another entry says how much of the node is done."""
    if node is None or draft.kind != Kind.COMPLETION:
        return False
    current = ScoreEntry.objects.filter(node=node, kind=Kind.COMPLETION, replaced_by=None, void=False)
    if replaces:
        current = current.exclude(pk=replaces.pk)
    return current.exists()


def _has_files(draft: EntryDraft, replaces: ScoreEntry | None) -> bool:
    return bool(draft.files) or (replaces is not None and replaces.files.exists())


def _entry_errors(
    draft: EntryDraft, cycle: Cycle, node: WorkNode | None, *, has_files: bool
) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if draft.kind not in Kind.values:
        errors["kind"] = [_("Choose one of the kinds.")]
    if not draft.matter.strip():
        errors["matter"] = [_("Say what it is for.")]
    if draft.points is None or draft.points < 0 or (not draft.points and draft.kind != Kind.COMPLETION):
        errors["points"] = [_("A number above nothing.")]
    elif draft.points > MOST_POINTS:
        errors["points"] = [_("At most %(limit)s.") % {"limit": MOST_POINTS}]
    if draft.kind == Kind.COMPLETION and node is None:
        errors["node_number"] = [_("Say which node it is about.")]
    if draft.kind == Kind.BONUS and not draft.basis.strip() and not has_files:
        errors["basis"] = [_("A bonus needs the document it rests on: its number or the file.")]
    errors |= _level_errors(draft, scheme_of(cycle).scheme)
    if draft.division_id and not cycle.nodes.filter(lead_division=draft.division_id).exists():
        errors["division_id"] = [_("This division leads no node of the year.")]
    return errors


def _level_errors(draft: EntryDraft, scheme: Scheme) -> dict[str, list[str]]:
    levels: dict[str, tuple[Named, ...]] = {
        Kind.BONUS: scheme.bonus_levels,
        Kind.DEDUCTION: scheme.deductions,
    }
    known = levels.get(draft.kind, ())
    if known and draft.level.strip() not in {one.name for one in known}:
        return {"level": [_("Choose one that the scheme names.")]}
    return {}
