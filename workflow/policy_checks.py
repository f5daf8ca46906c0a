"""What is well-formed in the rules of a reminder policy and makes no sense all the same.

What a rule says about nodes and messages is checked by the apps that know them: each registers its own check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from django.utils.translation import gettext as _

from workflow.models import Division, Office
from workflow.policy import ReminderPolicy, Rule
from workflow.selectors import reminder_policy

# Of a field of the rule at a position (from 0), what is wrong.
Problem = tuple[int, str, str]
MOST_OCCASIONS = 3000  # days around a deadline on which somebody is told, of all rules together
Check = Callable[[Sequence[Rule], Office | None], Iterator[Problem]]
_checks: list[Check] = []


def register(check: Check) -> None:
    """Let `check` look at the rules too, of an office or, before there is one, of none."""
    if check not in _checks:
        _checks.append(check)


def rule_errors(policy: ReminderPolicy, office: Office | None = None) -> dict[str, list[str]]:
    """What is wrong, by `rules.<position>.<field>`; names are looked up in `office`, where there is one.

    The fields are those of `Rule`, and of its conditions `indicators`, `divisions`, `weight_at_least`.
    """
    errors: dict[str, list[str]] = {}
    for check in (_repeated_ids, _nameless, _timing_of_events, _too_often, _unknown_divisions, *_checks):
        for position, field, words in check(policy.rules, office):
            errors.setdefault(f"rules.{position}.{field}", []).append(words)
    return errors


def names_in_use(office: Office, field: str) -> set[str]:
    """What the rules in force name in a field of their conditions: it was right when it was written, and
    if it is no more, that keeps nobody from changing something else."""
    return {name for rule in reminder_policy(office).rules for name in getattr(rule.only, field)}


def _repeated_ids(rules: Sequence[Rule], office: Office | None) -> Iterator[Problem]:
    seen: set[str] = set()
    for position, rule in enumerate(rules):
        if rule.id in seen:
            yield position, "id", _("Another rule has this id already: %(id)s.") % {"id": rule.id}
        seen.add(rule.id)


def _nameless(rules: Sequence[Rule], office: Office | None) -> Iterator[Problem]:
    for position, rule in enumerate(rules):
        if not rule.name.strip():
            yield position, "name", _("The rule needs a name.")


def _timing_of_events(rules: Sequence[Rule], office: Office | None) -> Iterator[Problem]:
    for position, rule in enumerate(rules):
        if rule.is_timed:
            continue
        words = _("Only a rule about the deadline counts working days.")
        if rule.working_days:
            yield position, "working_days", words
        if rule.every is not None:
            yield position, "every", words


def _too_often(rules: Sequence[Rule], office: Office | None) -> Iterator[Problem]:
    """Rules are cheap; hundreds of them that repeat daily for a year are not."""
    asked = 0
    for position, rule in enumerate(rules):
        asked += len(rule.offsets) * len(set(rule.to)) if rule.is_timed else 0
        if asked > MOST_OCCASIONS and rule.every is not None:
            yield position, "every", _("Together the rules repeat too often: let some come less often.")
            return


def _unknown_divisions(rules: Sequence[Rule], office: Office | None) -> Iterator[Problem]:
    asked = {name for rule in rules for name in rule.only.divisions}
    if office is None or not asked:
        return
    known = names_in_use(office, "divisions")
    known |= set(Division.objects.filter(office=office, name__in=asked).values_list("name", flat=True))
    for position, rule in enumerate(rules):
        for name in rule.only.divisions:
            if name not in known:
                yield position, "divisions", _("There is no division “%(name)s”.") % {"name": name}
