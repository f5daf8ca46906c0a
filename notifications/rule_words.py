"""The rules of the ledger in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.plain_words import literal
from notifications.timing import own_rule
from workflow.policy import ReminderPolicy


def rule_words(rule: str, policy: ReminderPolicy | None = None) -> str:
    """“before_3” as “3 working days before the deadline”; one of the office's own as `policy` names it.

    A rule without words shows its name.
    """
    if own := own_rule(rule):
        names = {one.id: literal(one.name) for one in policy.rules} if policy else {}
        return names.get(own) or _("the office's rule “%(id)s”") % {"id": own}
    kind, _underscore, number = rule.rpartition("_")
    n = int(number) if number.isdecimal() else 0
    if kind == "before":
        words = ngettext("%(n)d working day before the deadline", "%(n)d working days before the deadline", n)
    elif kind == "overdue":
        words = ngettext("overdue for %(n)d working day", "overdue for %(n)d working days", n)
    elif kind == "escalated":
        words = ngettext(
            "overdue for %(n)d working day, told further up",
            "overdue for %(n)d working days, told further up",
            n,
        )
    elif rule == "due_day":
        return _("on the day of the deadline")
    else:
        return rule
    return words % {"n": n}
