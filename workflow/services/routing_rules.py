"""Changing who signs a deferral: requests already on their way keep the signatures they have."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import ValidationError

from workflow import audit
from workflow.models import Division, Office, Post, PostKind, RoutingRule, User
from workflow.permissions import require
from workflow.refusals import Invalid, NotFound, WrongState
from workflow.routing import Group, Rule
from workflow.services.meanwhile import changed_meanwhile

MOST_RULES = 50
MOST_STEPS = 10


@transaction.atomic
def add_rule(*, actor: User, office: Office, rule: dict[str, Any], at: datetime | None = None) -> RoutingRule:
    """Put a rule behind the others. Raises NotAllowed, Invalid, WrongState when there is one just like it."""
    rows = _locked(actor, office, at)
    checked = _checked(rule, office)
    if any((row.when, row.sign_off) == (checked["when"], checked["sign_off"]) for row in rows):
        raise WrongState(_("There is a rule with these conditions and signatures already."))
    if len(rows) >= MOST_RULES:
        raise Invalid(_("An office has at most %(limit)d rules.") % {"limit": MOST_RULES})
    row = RoutingRule.objects.create(office=office, position=len(rows), **checked)
    audit.record(actor, "routing.added", office, at=at, data={"rule": len(rows) + 1, "after": checked})
    return row


@transaction.atomic
def change_rule(
    *,
    actor: User,
    office: Office,
    rule_id: int,
    rule: dict[str, Any],
    seen: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> RoutingRule:
    """Give a rule other conditions or signatures; what is the same already changes nothing.

    Raises NotAllowed, NotFound, Invalid, and Conflict when the rule is not as `seen` any more.
    """
    row = _one(_locked(actor, office, at), rule_id)
    before, after = as_data(row), _checked(rule, office)
    if before == after:
        return row
    if seen is not None and seen != before:
        raise changed_meanwhile(actor, office, office, "routing.")
    row.when, row.sign_off = after["when"], after["sign_off"]
    row.save(update_fields=["when", "sign_off"])
    facts = {"rule": row.position + 1, "before": before, "after": after}
    audit.record(actor, "routing.changed", office, at=at, data=facts)
    return row


@transaction.atomic
def move_rule(
    *, actor: User, office: Office, rule_id: int, to: int, at: datetime | None = None
) -> RoutingRule:
    """Let a rule stand at the position `to` (from 0). Raises NotAllowed, NotFound, Invalid."""
    rows = _locked(actor, office, at)
    row = _one(rows, rule_id)
    if not 0 <= to < len(rows):
        raise Invalid(_("There is no such place in the order."))
    if to == row.position:
        return row
    before = row.position
    _arrange([*_without(rows, row)[:to], row, *_without(rows, row)[to:]])
    facts = {"rule": before + 1, "to": to + 1, **as_data(row)}
    audit.record(actor, "routing.moved", office, at=at, data=facts)
    return row


@transaction.atomic
def remove_rule(*, actor: User, office: Office, rule_id: int, at: datetime | None = None) -> None:
    """Take a rule away. Raises NotAllowed, NotFound."""
    rows = _locked(actor, office, at)
    row = _one(rows, rule_id)
    facts = {"rule": row.position + 1, "id": row.pk, "before": as_data(row)}
    row.delete()
    _arrange(_without(rows, row))
    audit.record(actor, "routing.removed", office, at=at, data=facts)


def as_data(row: RoutingRule) -> dict[str, Any]:
    """What a rule says, as the audit trail keeps it."""
    return {"when": row.when, "sign_off": row.sign_off}


def _locked(actor: User, office: Office, at: datetime | None) -> list[RoutingRule]:
    """The office's rules in order; whoever else changes them waits."""
    require(actor, "workflow.manage_settings", office, at=at)
    Office.objects.select_for_update(no_key=True).get(pk=office.pk)
    return list(RoutingRule.objects.filter(office=office))


def _one(rows: list[RoutingRule], rule_id: int) -> RoutingRule:
    found = next((row for row in rows if row.pk == rule_id), None)
    if found is None:
        raise NotFound(_("There is no such rule."))
    return found


def _without(rows: list[RoutingRule], row: RoutingRule) -> list[RoutingRule]:
    return [one for one in rows if one is not row]


def _arrange(rows: list[RoutingRule]) -> None:
    """Number `rows` anew; by way of numbers that nobody has, for two never share one."""
    moved = [(position, row) for position, row in enumerate(rows) if row.position != position]
    for offset in (100_000, 0):
        for position, row in moved:
            row.position = position + offset
            row.save(update_fields=["position"])


def _checked(rule: dict[str, Any], office: Office) -> dict[str, Any]:
    """The rule as it is kept. Raises Invalid with the words beside their fields."""
    try:
        valid = Rule.model_validate(rule)
    except ValidationError as error:
        raise Invalid(_words(error)) from error
    if errors := _misfits(valid, office):
        raise Invalid(errors)
    dumped = valid.model_dump(mode="json", exclude_unset=True)
    return {"when": dumped.get("when", {}), "sign_off": dumped["sign_off"]}


def _words(error: ValidationError) -> dict[str, list[str]]:
    """What does not fit the shape, by field: a condition's own name, else the signatures."""
    found: dict[str, list[str]] = {}
    for one in error.errors():
        place = [str(part) for part in one["loc"]]
        if place[:1] == ["when"] and len(place) > 1:
            found[place[1]] = [_("This is not a value that can be asked for.")]
        else:
            found["sign_off"] = [_("Name at least one post that signs.")]
    return found


def _misfits(rule: Rule, office: Office) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    when = rule.when
    if when.days_at_most and when.days_at_least and when.days_at_least > when.days_at_most:
        errors["days_at_least"] = [_("More than the most days: no request would fit.")]
    if when.times_deferred is not None and (when.times_deferred_at_least or 0) > when.times_deferred:
        errors["times_deferred_at_least"] = [_("More than the exact number: no request would fit.")]
    if when.division is not None and not Division.objects.filter(office=office, name=when.division):
        errors["division"] = [_("There is no such division.")]
    if len(rule.sign_off) > MOST_STEPS:
        errors["sign_off"] = [_("At most %(limit)d steps.") % {"limit": MOST_STEPS}]
    elif missing := _unfilled(rule, office):
        errors["sign_off"] = [
            _("The office has no post of the kind “%(kind)s”.") % {"kind": kind} for kind in missing
        ]
    return errors


def _unfilled(rule: Rule, office: Office) -> list[str]:
    """The kinds of post that the rule asks for and the office does not have."""
    filled = set(Post.objects.filter(office=office).values_list("kind", flat=True))
    asked = [
        kind
        for step in rule.sign_off
        for kind in ((*step.any_of, *step.all_of) if isinstance(step, Group) else (step,))
    ]
    return [str(PostKind(kind).label) for kind in dict.fromkeys(asked) if kind not in filled]
