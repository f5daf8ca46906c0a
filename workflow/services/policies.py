"""Changing when people are reminded."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow import audit
from workflow.models import Office, PolicyVersion, User
from workflow.permissions import require
from workflow.policy import GOES_OUT_WITHIN, ReminderPolicy, Rule
from workflow.policy_checks import rule_errors
from workflow.refusals import Invalid
from workflow.selectors import forget_policy
from workflow.services.meanwhile import changed_meanwhile

MOST_DAYS_BEFORE = 10
MOST_ESCALATIONS = 8


@transaction.atomic
def set_reminder_policy(
    *, actor: User, office: Office, policy: ReminderPolicy, seen: str = "", at: datetime | None = None
) -> bool:
    """Let `policy` hold for the office's reminders from now on; return whether it is another than before.

    What was sent or written already stays. Raises NotAllowed, Invalid with the words beside their fields,
    Conflict when the policy is not the one `seen` (by its `version_of`) any more.
    """
    require(actor, "workflow.manage_settings", office, at=at)
    check_policy(policy, office)
    locked = Office.objects.select_for_update(no_key=True).get(pk=office.pk)
    before = ReminderPolicy.model_validate(locked.reminder_policy)
    if policy == before:
        return False
    if seen and seen != version_of(before):
        raise changed_meanwhile(actor, office, office, "policy.")
    office.reminder_policy = locked.reminder_policy = policy.model_dump(mode="json")
    locked.save(update_fields=["reminder_policy"])
    keep_version(locked, before, by=None, at=at)
    keep_version(locked, policy, by=actor, at=at)
    audit.record(actor, "policy.changed", locked, at=at, data=_difference(before, policy))
    forget_policy(office)
    return True


def keep_version(office: Office, policy: ReminderPolicy, *, by: User | None, at: datetime | None) -> None:
    """Note that `policy` holds from `at` on, unless it is the last that was noted."""
    newest = PolicyVersion.objects.filter(office=office).first()
    if newest and ReminderPolicy.model_validate(newest.policy) == policy:
        return
    PolicyVersion.objects.create(
        office=office,
        number=newest.number + 1 if newest else 1,
        policy=policy.model_dump(mode="json"),
        made_by=by,
        made_at=at or timezone.now(),
    )


def version_of(policy: ReminderPolicy) -> str:
    """What tells one policy from another."""
    return sha256(policy.model_dump_json().encode()).hexdigest()[:16]


def check_policy(policy: ReminderPolicy, office: Office | None = None) -> None:
    """Raise Invalid for what is well-formed and makes no sense all the same.

    What is wrong with a rule stands under `rules.<position>.<field>`, the position from 0. Whether the names
    that its conditions use exist is asked where there is an `office`.
    """
    errors = rule_errors(policy, office)
    if len(policy.working_days_before) > MOST_DAYS_BEFORE:
        errors["working_days_before"] = [_("At most %(limit)d reminders.") % {"limit": MOST_DAYS_BEFORE}]
    if len(policy.escalate) > MOST_ESCALATIONS:
        errors["escalate"] = [_("At most %(limit)d lines.") % {"limit": MOST_ESCALATIONS}]
    quiet = policy.quiet_hours
    if quiet and quiet[0] == quiet[1]:
        errors["quiet_until"] = [_("Quiet hours end at another time than they begin.")]
    elif quiet and within(policy.send_at, *quiet):
        errors["send_at"] = [_("The sending time lies in the quiet hours.")]
    elif quiet and not has_room(policy.send_at, quiet):
        words = _(
            "Messages go out over %(minutes)d minutes from this time on, and by then the quiet hours begin:"
            " send at %(latest)s or earlier."
        )
        latest = f"{_later(quiet[0], -GOES_OUT_WITHIN):%H:%M}"
        errors["send_at"] = [words % {"minutes": GOES_OUT_WITHIN, "latest": latest}]
    if policy.sign_off.escalate_after_working_days <= policy.sign_off.urge_after_working_days:
        errors["escalate_after"] = [_("Has to come after the first urging.")]
    if errors:
        raise Invalid(errors)


def within(moment: time, starts: time, ends: time) -> bool:
    """Whether a time of day lies in the span from `starts` to `ends`, which may pass midnight."""
    if starts <= ends:
        return starts <= moment < ends
    return moment >= starts or moment < ends


def has_room(send_at: time, quiet: tuple[time, time]) -> bool:
    """Whether all that goes out at `send_at` is out when the quiet hours begin."""
    return not (within(send_at, *quiet) or within(quiet[0], send_at, _later(send_at, GOES_OUT_WITHIN)))


def _later(moment: time, minutes: int) -> time:
    return (datetime.combine(date(2000, 1, 2), moment) + timedelta(minutes=minutes)).time()


def _difference(before: ReminderPolicy, after: ReminderPolicy) -> dict[str, Any]:
    """What differs, as it was and as it is: of the rules those that do, and their order where that does."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    names = [name for name in new if old[name] != new[name]]
    found = {"before": {name: old[name] for name in names}, "after": {name: new[name] for name in names}}
    if "rules" in names:
        were, are = ({rule.id: rule for rule in policy.rules} for policy in (before, after))
        found["before"] |= _rules_beside(were, are)
        found["after"] |= _rules_beside(are, were)
    return found


def _rules_beside(rules: dict[str, Rule], others: dict[str, Rule]) -> dict[str, Any]:
    """Those of `rules` that `others` have not, or not so, without what they leave as it usually is."""
    differing = [rule for rule in rules.values() if others.get(rule.id) != rule]
    plain = [rule.model_dump(mode="json", exclude_defaults=True) for rule in differing]
    kept = [name for name in rules if name in others]
    moved = kept != [name for name in others if name in rules]
    return {"rules": plain} | ({"order": list(rules)} if moved else {})
