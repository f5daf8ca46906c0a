"""What makes no sense in a scheme that is well-formed: words by field, for beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

from approvals.scores.scheme import Band, ItemRule, Named, Scheme, Special
from approvals.scores.wording import plain

Errors = dict[str, list[str]]


def scheme_errors(scheme: Scheme) -> Errors:
    """Field to what is wrong with it. Rows stand under `bands.<row>` and `exceptions.<row>`, from 0."""
    found: Errors = {}
    for field, words in (
        *_bands(scheme.bands, scheme.full),
        *_caps(scheme),
        *_named("bonus_levels", scheme.bonus_levels, falling=True),
        *_named("deductions", scheme.deductions),
        *_rule("rule", scheme.rule),
        *_exceptions(scheme.exceptions),
        *_points(scheme),
    ):
        found.setdefault(field, []).append(words)
    return found


def _bands(bands: Sequence[Band], full: Decimal) -> Iterator[tuple[str, str]]:
    if not bands:
        yield "bands", _("Name at least one grade.")
        return
    names = [band.name for band in bands]
    for row, band in enumerate(bands):
        if not band.name.strip():
            yield f"bands.{row}", _("Give the grade a name.")
        elif names.index(band.name) != row:
            yield f"bands.{row}", _("Another grade is called “%(name)s” already.") % {"name": band.name}
        if band.upper <= band.lower:
            yield f"bands.{row}", _("The upper bound has to lie above the lower one.")
    yield from _seams(bands, full)


def _seams(bands: Sequence[Band], full: Decimal) -> Iterator[tuple[str, str]]:
    """Where two grades meet there is neither a gap nor an overlap; the first and the last reach the ends."""
    rising = sorted(range(len(bands)), key=lambda row: (bands[row].lower, bands[row].upper))
    lowest, highest = rising[0], max(rising, key=lambda row: bands[row].upper)
    if bands[lowest].lower > 0:
        facts = {"from": "0", "to": plain(bands[lowest].lower)}
        yield f"bands.{lowest}", _("No grade holds the scores from %(from)s to %(to)s.") % facts
    for below, above in pairwise(rising):
        yield from _seam(above, bands[below], bands[above])
    if bands[highest].upper < full:
        facts = {"from": plain(bands[highest].upper), "to": plain(full)}
        yield f"bands.{highest}", _("No grade holds the scores from %(from)s to %(to)s.") % facts


def _seam(row: int, below: Band, above: Band) -> Iterator[tuple[str, str]]:
    facts = {"below": below.name, "from": plain(below.upper), "to": plain(above.lower)}
    if below.upper < above.lower:
        words = _(
            "Scores from %(from)s to %(to)s have no grade: let “%(below)s” end at %(to)s (not included)."
        )
        yield f"bands.{row}", words % facts
    elif below.upper > above.lower:
        words = _("Overlaps with “%(below)s”, which ends at %(from)s only.")
        yield f"bands.{row}", words % facts


def _caps(scheme: Scheme) -> Iterator[tuple[str, str]]:
    if scheme.bonus_division_cap < scheme.bonus_item_cap:
        yield "bonus_division_cap", _("Not less than the cap for one matter.")
    if scheme.bonus_office_cap < scheme.bonus_division_cap:
        yield "bonus_office_cap", _("Not less than the cap for one division.")


def _named(field: str, named: Sequence[Named], *, falling: bool = False) -> Iterator[tuple[str, str]]:
    names = [one.name for one in named]
    for name in {one for one in names if names.count(one) > 1}:
        yield field, _("“%(name)s” stands there twice.") % {"name": name}
    if falling and any(below.points > above.points for above, below in pairwise(named)):
        yield field, _("The highest level comes first: none has more points than the one above it.")


def _rule(field: str, rule: ItemRule) -> Iterator[tuple[str, str]]:
    if rule.lateness == "day_rate" and not rule.day_rate:
        yield f"{field}.day_rate", _("Say what a day costs.")
    if rule.lateness == "day_rate" and rule.day_rate_in == "percent" and rule.day_rate > 100:
        yield f"{field}.day_rate", _("Not more than 100 percent.")


def _exceptions(exceptions: Sequence[Special]) -> Iterator[tuple[str, str]]:
    taken: dict[int, str] = {}
    for row, one in enumerate(exceptions):
        if not one.name.strip():
            yield f"exceptions.{row}.name", _("Give the rule a name.")
        if not one.numbers and not one.level1:
            yield f"exceptions.{row}.numbers", _("Say which nodes it is for.")
        for number in one.numbers:
            if number in taken:
                facts = {"number": number, "name": taken[number]}
                words = _("Node %(number)d belongs to “%(name)s” already.") % facts
                yield f"exceptions.{row}.numbers", words
            taken.setdefault(number, one.name)
        yield from _rule(f"exceptions.{row}", one.rule)


def _points(scheme: Scheme) -> Iterator[tuple[str, str]]:
    if not scheme.points_without_weight:
        yield "points_without_weight", _("More than nothing.")
