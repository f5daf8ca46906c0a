"""The words of a notification, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications.models import Notification
from notifications.timing import REMINDERS, stage
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


def sentence(notification: Notification, on: date | None = None) -> str:
    """What the notification says about its node, without naming the node.

    A reminder speaks as it did on its own day, or as is true on the day `on`.
    """
    rule, n = _as_of(notification, on) if on else _parts(notification)
    node = notification.node
    deadline = node.current_deadline
    return str(SENTENCES[rule]) % {
        "n": n,
        "division": node.lead_division,
        "deadline": date_format(deadline, "Y-m-d") if deadline else _("no date"),
    }


def _parts(notification: Notification) -> tuple[str, int | None]:
    """The rule without its number, and the number."""
    rule, n = re.fullmatch(r"(.*?)(?:_(\d+))?", notification.rule).groups()  # type: ignore[union-attr]
    return rule, int(n) if n else None


def _as_of(notification: Notification, on: date) -> tuple[str, int | None]:
    """The rule and number under which a reminder would be written on the day `on`; others never change."""
    rule, n = _parts(notification)
    deadline = notification.node.current_deadline
    if rule not in REMINDERS or deadline is None:
        return rule, n
    now, days = stage(working_days(notification.office), deadline, on)
    return (rule if (rule, now) == ("escalated", "overdue") else now), days


def headline(notification: Notification, on: date | None = None) -> str:
    """The notification on one line, node and all; `on` as for `sentence`."""
    node = notification.node
    return _("Node %(number)d “%(title)s”: %(sentence)s") % {
        "number": node.number,
        "title": node.title,
        "sentence": sentence(notification, on),
    }


def address(notification: Notification) -> str:
    """Where the reader can do something about it, as a path."""
    if notification.request_id and notification.rule.startswith(("sign_off", "deferral")):
        return reverse("deferral", args=[notification.request_id])
    node = notification.node
    return f"{reverse('node', args=[node.number])}?year={node.cycle.year}"


def compose(rows: Sequence[Notification], on: date) -> tuple[str, str]:
    """Subject and plain-text body of the one message that tells `rows` on the day `on`.

    It is in the recipient's language, true on that day, and names each node once.
    """
    with translation.override(rows[0].recipient.language or settings.LANGUAGE_CODE):
        return _compose(rows, on)


def _compose(rows: Sequence[Notification], on: date) -> tuple[str, str]:
    shown = _most_urgent(rows)
    lines = [f"{headline(row, on)}\n{settings.BASE_URL}{address(row)}" for row in shown]
    subject = headline(shown[0], on) if len(shown) == 1 else _digest_subject(len(shown))
    greeting = _("%(name)s:") % {"name": rows[0].recipient}
    body = "\n\n".join([greeting, *lines, _("Sent by Jiedian; please do not reply.")])
    return f"[{rows[0].office}] {subject}"[:200], body + "\n"


def _most_urgent(rows: Sequence[Notification]) -> list[Notification]:
    """Of several rows about one node, as missed days leave them, the most urgent and then the latest."""
    found: dict[int, Notification] = {}
    for row in rows:
        found[row.node_id] = max(found.get(row.node_id, row), row, key=_urgency)
    return list(found.values())


def _urgency(row: Notification) -> tuple[int, datetime]:
    rule, _n = _parts(row)
    return REMINDERS.index(rule) if rule in REMINDERS else -1, row.happened_at


def _digest_subject(count: int) -> str:
    return ngettext("%(count)d node needs you", "%(count)d nodes need you", count) % {"count": count}
