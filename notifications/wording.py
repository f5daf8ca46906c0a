"""What is said of one row of the ledger, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications import placeholders
from notifications.models import Notification
from notifications.placeholders import fill, names_the_node
from notifications.plain_words import literal
from notifications.rules import rule_of, tells_above
from notifications.timing import REMINDERS, is_reminder, own_event, stage
from workflow.selectors import working_days

# What each rule says; a rule with a number (“before_10”) is looked up without it.
SENTENCES = {
    "before": gettext_lazy("due on %(deadline)s, in %(n)s working days"),
    "due_day": gettext_lazy("due on %(deadline)s"),
    "overdue": gettext_lazy("overdue for %(n)s working days, it was due on %(deadline)s"),
    "escalated": gettext_lazy("%(division)s is overdue for %(n)s working days, it was due on %(deadline)s"),
    "work_started": gettext_lazy("%(division)s has begun; your division supports it"),
    "evidence_submitted": gettext_lazy("%(division)s submitted evidence: please review"),
    "evidence_returned": gettext_lazy("the evidence was returned: please mend and resubmit"),
    "evidence_approved": gettext_lazy("the evidence was approved"),
    "node_reopened": gettext_lazy("reopened for rectification"),
    "review_urged": gettext_lazy("the evidence waits for your review"),
    "review_escalated": gettext_lazy("the evidence of %(division)s has waited too long for its review"),
    "sign_off_opened": gettext_lazy("%(division)s asks for a deferral: please sign"),
    "sign_off_to_record": gettext_lazy("a leader outside the system signs on paper: please record it"),
    "sign_off_to_record_urged": gettext_lazy("a signature on paper still waits to be recorded"),
    "sign_off_to_record_escalated": gettext_lazy(
        "a signature on paper for %(division)s has waited too long to be recorded"
    ),
    "sign_off_urged": gettext_lazy("the deferral waits for your sign-off"),
    "sign_off_escalated": gettext_lazy("the deferral of %(division)s has waited too long for a sign-off"),
    "work_urged": gettext_lazy("you are urged to get on with it, it is due on %(deadline)s"),
    "review_urged_by_hand": gettext_lazy("%(division)s urges you to review its evidence"),
    "sign_off_urged_by_hand": gettext_lazy("you are urged to sign the deferral of %(division)s"),
    "sign_off_to_record_urged_by_hand": gettext_lazy(
        "you are urged to record the signature on paper for %(division)s"
    ),
    "mentioned": gettext_lazy("somebody called you in a comment"),
    "commented": gettext_lazy("there is a new comment"),
    "watched_started": gettext_lazy("%(division)s has begun"),
    "watched_submitted": gettext_lazy("%(division)s submitted evidence"),
    "watched_withdrawn": gettext_lazy("%(division)s withdrew its evidence"),
    "watched_returned": gettext_lazy("the evidence was sent back to %(division)s"),
    "watched_approved": gettext_lazy("the evidence was approved"),
    "watched_reopened": gettext_lazy("reopened for rectification"),
    "watched_deferred": gettext_lazy("the deferral is in force"),
    "watched_resumed": gettext_lazy("taken up again, to be done by %(deadline)s"),
    "deferral_approved": gettext_lazy("the deferral was approved"),
    "deferral_returned": gettext_lazy("the deferral was returned: please mend and ask again"),
    "deferral_rejected": gettext_lazy("the deferral was rejected"),
    "deferral_withdrawn": gettext_lazy("the deferral request was withdrawn"),
}

# What a rule says that has no words of its own.
NEWS = gettext_lazy("there is news")


def sentence(notification: Notification, on: date | None = None) -> str:
    """What the notification says about its node, in the office's own words where its rule has some; else
    without naming the node.

    A reminder speaks as it did on its own day, or as is true on the day `on`.
    """
    return own_words(notification, on) or _usual_words(notification, on)


def _usual_words(notification: Notification, on: date | None) -> str:
    rule, n = _usual_rule(notification, on)
    node = notification.node
    deadline = node.current_deadline
    return str(SENTENCES.get(rule, NEWS)) % {
        "n": n,
        "division": literal(node.lead_division),
        "deadline": f"{deadline:%Y-%m-%d}" if deadline else _("no date"),
    }


def _usual_rule(notification: Notification, on: date | None) -> tuple[str, int | None]:
    """The rule of `SENTENCES`, and its number, whose words say it."""
    if event := own_event(notification.rule):
        return f"watched_{event}", None
    if is_reminder(notification.rule) and (on or parts(notification)[0] not in REMINDERS):
        return as_of(notification, on or _own_day(notification))
    return parts(notification)


def own_words(notification: Notification, on: date | None = None) -> str:
    """What the template of the office's own rule says; nothing without one.

    Words that were meant for before a deadline, for its day or for after it are not said on another one.
    """
    rule = rule_of(notification)
    if rule is None or not rule.template:
        return ""
    own_day = _own_day(notification)
    on = on or own_day
    deadline = notification.node.current_deadline
    if rule.is_timed and deadline and on != own_day:
        calendar = working_days(notification.office)
        if stage(calendar, deadline, own_day)[0] != stage(calendar, deadline, on)[0]:
            return ""
    return fill(rule.template, notification.node, notification.office, on)


def read_ahead(rows: Iterable[Notification]) -> None:
    """Read at once what the office's own words of `rows` will need."""
    found = ((rule, row.node) for row in rows if (rule := rule_of(row)))
    placeholders.read_ahead((rule.template, node) for rule, node in found)


def _own_day(notification: Notification) -> date:
    return notification.office.day(notification.happened_at)


def parts(notification: Notification) -> tuple[str, int | None]:
    """The rule without its number, and the number."""
    rule, n = re.fullmatch(r"(.*?)(?:_(\d+))?", notification.rule).groups()  # type: ignore[union-attr]
    return rule, int(n) if n else None


def as_of(notification: Notification, on: date) -> tuple[str, int | None]:
    """The rule and number under which a reminder would be written on the day `on`; others never change."""
    rule, n = parts(notification)
    deadline = notification.node.current_deadline
    if not is_reminder(notification.rule) or deadline is None:
        return rule, n
    now, days = stage(working_days(notification.office), deadline, on)
    if now == "overdue" and (rule == "escalated" or tells_above(notification)):
        return "escalated", days
    return now, days


def headline(notification: Notification, on: date | None = None) -> str:
    """The notification on one line, node and all; `on` as for `sentence`."""
    said = sentence(notification, on)
    if (rule := rule_of(notification)) and names_the_node(rule.template) and own_words(notification, on):
        return said
    node = notification.node
    return _("Node %(number)d “%(title)s”: %(sentence)s") % {
        "number": node.number,
        "title": literal(node.title),
        "sentence": said,
    }


def address(notification: Notification) -> str:
    """Where the reader can do something about it, as a path."""
    if notification.request_id and notification.rule.startswith(("sign_off", "deferral")):
        return reverse("deferral", args=[notification.request_id])
    node = notification.node
    return f"{reverse('node', args=[node.number])}?year={node.cycle.year}"


def urgency(row: Notification) -> tuple[int, datetime]:
    """Of several rows about one node, as missed days leave them, the greatest is the one to tell."""
    rule, _n = parts(row)
    own = len(REMINDERS) if is_reminder(row.rule) else -1
    return REMINDERS.index(rule) if rule in REMINDERS else own, row.happened_at
