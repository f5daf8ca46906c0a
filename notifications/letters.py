"""The words of a notification, in the reader's language."""

from __future__ import annotations

import re

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications.models import Notification

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
    "sign_off_urged": gettext_lazy("the deferral waits for your sign-off"),
    "sign_off_escalated": gettext_lazy("the deferral of %(division)s has waited too long for a sign-off"),
    "deferral_approved": gettext_lazy("the deferral was approved"),
    "deferral_returned": gettext_lazy("the deferral was returned: please mend and ask again"),
    "deferral_rejected": gettext_lazy("the deferral was rejected"),
    "deferral_withdrawn": gettext_lazy("the deferral request was withdrawn"),
}


def sentence(notification: Notification) -> str:
    """What the notification says about its node, without naming the node."""
    rule, n = re.fullmatch(r"(.*?)(?:_(\d+))?", notification.rule).groups()  # type: ignore[union-attr]
    node = notification.node
    deadline = node.current_deadline
    return str(SENTENCES[rule]) % {
        "n": n,
        "division": node.lead_division,
        "deadline": date_format(deadline, "Y-m-d") if deadline else _("no date"),
    }


def headline(notification: Notification) -> str:
    """The notification on one line, node and all."""
    node = notification.node
    return _("Node %(number)d “%(title)s”: %(sentence)s") % {
        "number": node.number,
        "title": node.title,
        "sentence": sentence(notification),
    }


def address(notification: Notification) -> str:
    """Where the reader can do something about it, as a path."""
    if notification.request_id and notification.rule.startswith(("sign_off", "deferral")):
        return reverse("deferral", args=[notification.request_id])
    node = notification.node
    return f"{reverse('node', args=[node.number])}?year={node.cycle.year}"


@translation.override(settings.LANGUAGE_CODE)
def compose(rows: list[Notification]) -> tuple[str, str]:
    """Subject and plain-text body of the one message that tells `rows`, in the site's language."""
    lines = [f"{headline(row)}\n{settings.BASE_URL}{address(row)}" for row in rows]
    subject = headline(rows[0]) if len(rows) == 1 else _digest_subject(rows)
    greeting = _("%(name)s:") % {"name": rows[0].recipient}
    body = "\n\n".join([greeting, *lines, _("Sent by Jiedian; please do not reply.")])
    return f"[{rows[0].office}] {subject}"[:200], body + "\n"


def _digest_subject(rows: list[Notification]) -> str:
    count = len({row.node_id for row in rows})
    return ngettext("%(count)d node needs you", "%(count)d nodes need you", count) % {"count": count}
