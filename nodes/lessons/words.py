"""How a lesson is said: why a deadline is suggested, and why a node is likely to slip."""

from __future__ import annotations

from django.utils.translation import gettext as _

from nodes.lessons.calibration import PERCENTILE, YEARS, Suggestion, Verdict
from nodes.lessons.forecast import Factor, Reason


def why(suggestion: Suggestion) -> str:
    """What a suggestion rests on, in one sentence."""
    if suggestion.verdict == Verdict.UNKNOWN:
        told = _("No year in which this work was completed: nothing is suggested")
        return _with_left_out(told, suggestion)
    facts = {"base": _base(suggestion), "lead": abs(suggestion.lead or 0)}
    if suggestion.lead is not None and suggestion.lead > 0:
        told = _("%(base)s done %(lead)d working days early") % facts
    elif suggestion.lead == 0:
        told = _("%(base)s done on the last day") % facts
    else:
        told = _("%(base)s done %(lead)d working days late") % facts
    if suggestion.verdict == Verdict.FITS:
        told = _("%(told)s: the deadline fits") % {"told": told}
    return _with_left_out(told, suggestion)


def _with_left_out(told: str, suggestion: Suggestion) -> str:
    return told + (_("; ") + _left_out(suggestion) if suggestion.left_out else "")


def _base(suggestion: Suggestion) -> str:
    """On how many years it rests, and on what of them."""
    years = suggestion.years
    if len(years) >= YEARS:
        return _("Over the last three years, %(percentile)dth percentile:") % {"percentile": PERCENTILE}
    if len(years) == 1:
        return _("Resting on %(year)d alone:") % {"year": years[0]}
    facts = {"years": "、".join(str(year) for year in years), "percentile": PERCENTILE}
    return _("Resting on %(years)s only, %(percentile)dth percentile:") % facts


def _left_out(suggestion: Suggestion) -> str:
    deferred = [str(one.year) for one in reversed(suggestion.left_out) if one.deferred]
    undone = [str(one.year) for one in reversed(suggestion.left_out) if not one.deferred]
    said = []
    if deferred:
        said.append(_("deferred in %(years)s, not counted") % {"years": "、".join(deferred)})
    if undone:
        said.append(_("not done in %(years)s, not counted") % {"years": "、".join(undone)})
    return _("; ").join(said)


def says(factor: Factor) -> str:
    """A reason of the forecast with its numbers."""
    first, second = (*factor.numbers, 0, 0)[:2]
    match factor.reason:
        case Reason.NOT_STARTED:
            return _("Work has not begun, %(left)d working days are left.") % {"left": first}
        case Reason.SHORT:
            facts = {"left": first, "usual": second}
            return _("%(left)d working days are left; work of this kind usually takes %(usual)d.") % facts
        case Reason.RETURNED:
            return _("Its evidence was returned %(times)d time(s) already.") % {"times": first}
        case Reason.LATE_BEFORE:
            return _("The same work was late or put off in %(years)d of the last years.") % {"years": first}
        case Reason.LOAD:
            return _("Its division has %(count)d nodes due within ten working days.") % {"count": first}
        case Reason.RUSH:
            told = _("Its division did %(share)d%% of its work in the last three working days or later.")
            return told % {"share": first}
