"""How one scheme differs from another, in the words of the form in which they are set."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.forms import BooleanField, ChoiceField
from django.utils.translation import gettext as _

from approvals.scheme_form import GeneralForm, RuleForm, named_lines
from approvals.scores.scheme import Band, ItemRule, Named, Scheme, Special
from approvals.scores.wording import plain


@dataclass(frozen=True)
class Difference:
    """One setting, as it was and as it is."""

    label: str
    before: str
    after: str


def differences(before: Scheme, after: Scheme) -> list[Difference]:
    """What differs between two schemes, in the order of the form."""
    found = [
        *_of_fields(before, after, GeneralForm),
        *_of_fields(before.rule, after.rule, RuleForm),
    ]
    for label, one, other in (
        (_("Exceptions"), _specials(before.exceptions), _specials(after.exceptions)),
        (_("Grades"), _bands(before.bands), _bands(after.bands)),
    ):
        if one != other:
            found.append(Difference(label, one, other))
    return found


def rule_facts(rule: ItemRule) -> list[tuple[str, str]]:
    """What a rule says, as far as it matters: label and value, in the order of the form."""
    wanted = {"completion", "lateness", "undone_is_zero"}
    wanted |= {"threshold", "over_cap"} if rule.completion == "proportional" else set()
    wanted |= {"day_rate": {"day_rate", "day_rate_in", "days"}, "share": {"late_share"}}.get(
        rule.lateness, set()
    )
    fields = RuleForm.base_fields.items()
    return [(str(field.label), _said(getattr(rule, name), field)) for name, field in fields if name in wanted]


def _of_fields(before: Scheme | ItemRule, after: Scheme | ItemRule, form: type[Any]) -> list[Difference]:
    found = []
    for name, field in form.base_fields.items():
        one, other = getattr(before, name, None), getattr(after, name, None)
        if one != other:
            found.append(Difference(str(field.label), _said(one, field), _said(other, field)))
    return found


def _said(value: Any, field: Any) -> str:
    if isinstance(field, BooleanField):
        return str(_("yes") if value else _("no"))
    if isinstance(field, ChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
    if isinstance(value, tuple):
        return named_lines([one for one in value if isinstance(one, Named)]).replace("\n", "；")
    return plain(value) if isinstance(value, Decimal) else "—" if value is None else str(value)


def _specials(specials: tuple[Special, ...]) -> str:
    return "；".join(_special(one) for one in specials) or "—"


def _special(one: Special) -> str:
    whom = one.level1 or "、".join(map(str, one.numbers))
    changes = _of_fields(ItemRule(), one.rule, RuleForm)
    return f"{one.name}（{whom}）" + "，".join(f"{change.label}：{change.after}" for change in changes)


def _bands(bands: tuple[Band, ...]) -> str:
    return "；".join(f"{band.name} {plain(band.lower)}–{plain(band.upper)}" for band in bands)
