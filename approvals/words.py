"""How what happened is said on a page: one sentence for every action in the audit trail."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from approvals.models import Decision, DeferralRequest
from workflow.models import AuditEntry

Status = DeferralRequest.Status

# A node's evidence is “approved” (审核通过), a deferral is granted (已批准).
STATUS: Mapping[str, Promise] = {
    Status.PENDING: pgettext_lazy("deferral", "waiting for sign-off"),
    Status.APPROVED: pgettext_lazy("deferral", "granted"),
    Status.RETURNED: pgettext_lazy("deferral", "returned"),
    Status.REJECTED: pgettext_lazy("deferral", "rejected"),
    Status.WITHDRAWN: pgettext_lazy("deferral", "withdrawn"),
}
ACTIONS: Mapping[str, Promise] = {
    "node.started": _("started work"),
    "node.deferred": _("the deferral is in force"),
    "node.resumed": _("took the work up again, to be done by %(deadline)s"),
    "node.reopened": _("reopened the node"),
    "evidence.submitted": _("submitted evidence, round %(round)s"),
    "evidence.withdrawn": _("withdrew the evidence of round %(round)s"),
    "evidence.returned": _("returned the evidence of round %(round)s"),
    "evidence.approved": _("approved the evidence of round %(round)s"),
    "evidence.urged": _("urged the review that waits"),
    "evidence.escalated": _("told the head of the unit that the review waits too long"),
    "deferral.requested": _("asked for a deferral"),
    "deferral.withdrawn": _("withdrew the request for a deferral"),
    "deferral.urged": _("urged the sign-off that waits"),
    "deferral.escalated": _("told the next post up that the sign-off waits too long"),
    "deferral.signed": _("signed the deferral as %(post)s: %(outcome)s"),
    "deferral.recorded": _("recorded the sign-off by %(post)s: %(outcome)s (%(document_number)s)"),
}
TONES = {
    "evidence.approved": "good",
    "evidence.returned": "bad",
    "node.reopened": "bad",
    "node.deferred": "still",
    "deferral.requested": "still",
}


def sentence(entry: AuditEntry) -> str:
    """What was done, in words; an action without words of its own shows its name."""
    words = ACTIONS.get(entry.action)
    if words is None:
        return entry.action
    outcomes = dict(Decision.Outcome.choices)
    facts = {"round": "", "deadline": "", "post": "", "document_number": "", **entry.data}
    return str(words) % {**facts, "outcome": outcomes.get(entry.to_state, entry.to_state)}


def tone(entry: AuditEntry) -> str:
    """How the mark before it looks: good, bad, still or nothing."""
    if entry.action in ("deferral.signed", "deferral.recorded"):
        return "good" if entry.to_state == Decision.Outcome.APPROVE else "bad"
    return TONES.get(entry.action, "")
