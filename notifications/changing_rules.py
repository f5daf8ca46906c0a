"""A policy with one of its rules added, changed, moved, switched or removed: nothing is kept here."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Sequence

from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext as _

from notifications.plain_words import literal
from workflow.models import Office, PolicyVersion
from workflow.policy import ReminderPolicy, Rule
from workflow.refusals import Invalid, NotFound

MOST_RULES = 50
ABOUT_A_RULE = re.compile(r"rules\.([0-9]{1,2})\.(\w+)")
LETTERS = string.ascii_lowercase + string.digits
NAME_LENGTH = 5


def new_name(policy: ReminderPolicy) -> str:
    """A name for a new rule, which no rule of the policy has; what was sent under it bears it for good."""
    while True:
        name = "r" + "".join(secrets.choice(LETTERS) for _letter in range(NAME_LENGTH))
        if not any(rule.id == name for rule in policy.rules):
            return name


def rule_of(policy: ReminderPolicy, name: str) -> Rule:
    """The rule called `name`. Raises NotFound."""
    for rule in policy.rules:
        if rule.id == name:
            return rule
    raise NotFound(_("There is no such rule."))


def was_a_rule(office: Office, name: str) -> bool:
    """Whether the office ever had a rule of this name."""
    return PolicyVersion.objects.filter(office=office, policy__rules__contains=[{"id": name}]).exists()


def with_rule(policy: ReminderPolicy, rule: Rule) -> ReminderPolicy:
    """The policy with `rule` in the place of its namesake, or at the end. Raises Invalid for too many."""
    if not any(one.id == rule.id for one in policy.rules):
        if len(policy.rules) >= MOST_RULES:
            raise Invalid(_("At most %(limit)d rules.") % {"limit": MOST_RULES})
        return _with(policy, [*policy.rules, rule])
    return _with(policy, [rule if one.id == rule.id else one for one in policy.rules])


def without_rule(policy: ReminderPolicy, name: str) -> ReminderPolicy:
    return _with(policy, [one for one in policy.rules if one.id != name])


def with_rule_moved(policy: ReminderPolicy, name: str, to: int) -> ReminderPolicy:
    """The policy with the rule `name` at place `to`, counted from 0; beyond the last is the last.

    Raises NotFound.
    """
    rule = rule_of(policy, name)
    others = [one for one in policy.rules if one.id != name]
    return _with(policy, [*others[:to], rule, *others[to:]])


def with_rule_switched(policy: ReminderPolicy, name: str, *, on: bool) -> ReminderPolicy:
    """The policy with the rule `name` in use or not. Raises NotFound."""
    return with_rule(policy, rule_of(policy, name).model_copy(update={"enabled": on}))


def about_rules(refusal: Invalid, policy: ReminderPolicy, *, mine: str = "") -> Invalid:
    """`refusal`, by the fields of the rule called `mine`; what is wrong with others says with which.

    The services name a rule by its position: “rules.0.divisions”.
    """
    errors: dict[str, list[str]] = {}
    for field, said in refusal.errors.items():
        found = ABOUT_A_RULE.fullmatch(field)
        rule = policy.rules[int(found[1])] if found else None
        if found and rule and rule.id == mine:
            errors.setdefault(found[2], []).extend(said)
        elif rule:
            words = _("Rule “%(name)s”: %(what)s")
            said = [words % {"name": literal(rule.name), "what": one} for one in said]
            errors.setdefault(NON_FIELD_ERRORS, []).extend(said)
        else:
            errors.setdefault(field, []).extend(said)
    return Invalid(errors)


def _with(policy: ReminderPolicy, rules: Sequence[Rule]) -> ReminderPolicy:
    return policy.model_copy(update={"rules": tuple(rules)})
