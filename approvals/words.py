"""How what happened is said on a page: one sentence for every action in the audit trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from approvals.models import Decision, DeferralRequest
from nodes.models import Cycle, State
from workflow.models import AuditEntry, Office, User

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
    "node.carried_over": _("carried over from node %(node)s of %(year)s"),
    "node.deadline_accepted": _("took the proposed deadline %(to)s instead of %(from)s"),
    "node.deadline_restored": _("went back to the deadline %(to)s from the proposed %(from)s"),
    "node.commented": _("commented"),
    "node.urged": _("urged the lead division"),
    "evidence.submitted": _("submitted evidence, round %(round)s"),
    "evidence.withdrawn": _("withdrew the evidence of round %(round)s"),
    "evidence.returned": _("returned the evidence of round %(round)s"),
    "evidence.approved": _("approved the evidence of round %(round)s"),
    "statements.held_up": _("held the statement of round %(round)s up as an example"),
    "statements.taken_down": _("holds the statement of round %(round)s up no longer"),
    "evidence.urged": _("urged the review that waits"),
    "evidence.escalated": _("told the head of the unit that the review waits too long"),
    "deferral.requested": _("asked for a deferral"),
    "deferral.withdrawn": _("withdrew the request for a deferral"),
    "deferral.urged": _("urged the sign-off that waits"),
    "deferral.escalated": _("told the next post up that the sign-off waits too long"),
    "deferral.signed": _("signed the deferral as %(post)s: %(outcome)s"),
    "deferral.signer_added": _("asked %(post)s to sign as well"),
    "deferral.passed_on": _("passed the sign-off on from %(from)s to %(post)s"),
    "score.scheme_changed": _("changed the scoring scheme of %(year)s, version %(number)s"),
    "score.scheme_restored": _(
        "brought version %(restored)s of the scoring scheme of %(year)s back as version %(number)s"
    ),
    "score.published": _("published the scores of %(year)s, for the %(number)s. time"),
    "score.recorded": _("recorded an entry of the scores: %(points)s"),
    "score.corrected": _("corrected an entry of the scores: %(points)s"),
    "score.voided": _("took an entry of the scores back"),
    "appeal.filed": _("appealed against a line of the scores"),
    "appeal.viewed": _("gave the performance office's view on the appeal"),
    "appeal.upheld": _("upheld the appeal as %(post)s: %(adjustment)s points"),
    "appeal.rejected": _("rejected the appeal as %(post)s"),
    "appeal.withdrawn": _("withdrew the appeal"),
    "deferral.recorded": _("recorded the sign-off by %(post)s: %(outcome)s (%(document_number)s)"),
}
ACTIONS_ON_THE_SUMMARY: Mapping[str, Promise] = {
    "summary.begun": _("began the annual summary"),
    "summary.saved": _("saved version %(version)s of the annual summary"),
    "summary.compiled": _("compiled version %(version)s of the annual summary anew"),
    "summary.arranged": _("arranged the indicators of the annual summary anew (version %(version)s)"),
    "summary.restored": _("restored version %(restored)s of the annual summary as version %(version)s"),
    "summary.commented": _("commented on the annual summary"),
    "summary.comment_settled": _("settled a comment on the annual summary"),
    "summary.asked": _("asked for the sign-off of the annual summary, version %(version)s"),
    "summary.withdrawn": _("took the annual summary back from the sign-off"),
    "summary.signed": _("signed the annual summary as %(post)s"),
    "summary.returned": _("returned the annual summary as %(post)s"),
    "summary.reopened": _("opened the signed annual summary again"),
    "summary.filing_handed_in": _("handed the annual summary in to %(office)s, round %(round)s"),
    "summary.filing_received": _("received the annual summary for %(by)s, round %(round)s"),
    "summary.filing_returned": _("returned the annual summary for %(by)s, round %(round)s"),
    "summary.filing_commented": _("said something about the annual summary for %(by)s, round %(round)s"),
    "filing.handed_in": _("handed the annual summary %(year)s of %(of)s in, round %(round)s"),
    "filing.received": _("received the annual summary %(year)s of %(of)s, round %(round)s"),
    "filing.returned": _("returned the annual summary %(year)s of %(of)s, round %(round)s"),
    "filing.commented": _(
        "said something for %(by)s about the annual summary %(year)s of %(of)s, round %(round)s"
    ),
}
ACTIONS_ON_THE_OFFICE: Mapping[str, Promise] = {
    "post.appointed": _("appointed %(to)s from %(starts)s on"),
    "post.relieved": _("ended the tenure of %(from)s with %(ends)s"),
    "post.delegated": _("let %(to)s stand in for %(from)s from %(starts)s to %(ends)s"),
    "post.delegation_revoked": _("revoked a delegation"),
    "person.added": _("added a person"),
    "person.changed": _("corrected a person's facts"),
    "person.left": _("closed an account"),
    "person.returned": _("opened an account again"),
    "person.password_set": _("set a new password"),
    "user.password_changed": _("changed their own password"),
    "user.email_changed": _("changed their own e-mail address"),
    "user.second_factor_added": _("set up two-step log-in"),
    "user.second_factor_removed": _("removed a second factor"),
    "user.recovery_codes_renewed": _("made new recovery codes"),
    "user.single_sign_on_removed": _("removed an identity of single sign-on"),
    "user.changed_by_administrator": _("changed an account in the administration"),
    "organisation.imported": _("imported the organisation file"),
    "organisation.overseer_changed": _("changed which office oversees this one, from “%(from)s” to “%(to)s”"),
    "organisation.overseen_changed": _("%(office)s: overseen by “%(to)s” instead of “%(from)s”"),
    "catalogue.imported": _("imported the catalogue of %(year)s: %(created)s new, %(updated)s changed"),
    "cycle.created": _("created the year"),
    "cycle.open": _("opened the year"),
    "cycle.closed": _("closed the year"),
    "statements.template_changed": _("changed the template of statements for “%(kind)s”"),
    "cycle.evidence_exported": _("took the year's evidence along as an archive (list %(manifest)s)"),
    "cycle.rolled_over": _("rolled the year over to %(to)s"),
    "calendar.changed": _("changed the office's own days in the calendar"),
    "policy.changed": _("changed the reminder policy"),
    "message.retried": _("had a message to %(to)s about node %(nodes)s sent once more"),
    "message.retried_all": _("had %(count)s notices that were given up sent once more"),
    "message.muted": _("muted a message to %(to)s about node %(nodes)s"),
    "message.unmuted": _("let a message to %(to)s about node %(nodes)s go out after all"),
    "feed.made": _("made a calendar address of their own"),
    "feed.revoked": _("revoked their calendar address"),
    "channel.added": _("set up the channel %(channel)s"),
    "channel.changed": _("changed the channel %(channel)s"),
    "channel.switched_on": _("switched the channel %(channel)s on"),
    "channel.switched_off": _("switched the channel %(channel)s off"),
    "channel.removed": _("removed the channel %(channel)s"),
    "channel.tested": _("sent a test message through the channel %(channel)s"),
    "person.addresses_changed": _("changed where a person is reached"),
    "user.addresses_changed": _("changed where they are reached"),
    "user.preferences_changed": _("changed what they are told outside the system"),
    "routing.added": _("added routing rule %(rule)s"),
    "routing.changed": _("changed routing rule %(rule)s"),
    "routing.moved": _("moved routing rule %(rule)s to place %(to)s"),
    "routing.removed": _("removed routing rule %(rule)s"),
}
_WORDS = {**ACTIONS, **ACTIONS_ON_THE_SUMMARY, **ACTIONS_ON_THE_OFFICE}
# What a leader writes most often; a tap puts it into the opinion.
OPINIONS: Sequence[Promise] = (
    pgettext_lazy("opinion", "Agreed."),
    pgettext_lazy("opinion", "Agreed; please press ahead with it."),
    pgettext_lazy("opinion", "Please explain further."),
    pgettext_lazy("opinion", "Please finish it by the original deadline."),
)
TONES: Mapping[str, str] = {
    "evidence.approved": "good",
    "evidence.returned": "bad",
    "node.reopened": "bad",
    "node.deferred": "still",
    "deferral.requested": "still",
    "summary.signed": "good",
    "summary.returned": "bad",
    "summary.reopened": "bad",
    "summary.filing_received": "good",
    "summary.filing_returned": "bad",
    "filing.received": "good",
    "filing.returned": "bad",
    "node.urged": "still",
    "evidence.urged": "still",
    "deferral.urged": "still",
    "appeal.upheld": "good",
    "appeal.rejected": "bad",
}


def sentence(entry: AuditEntry) -> str:
    """What was done, in words; an action without words of its own shows its name."""
    words = _WORDS.get(entry.action)
    if words is None:
        return entry.action
    outcomes = dict(Decision.Outcome.choices)
    facts = {
        name: "、".join(map(str, fact)) if isinstance(fact, list) else fact
        for name, fact in entry.data.items()
    }
    return str(words) % _Facts(facts, outcome=outcomes.get(entry.to_state, entry.to_state))


class _Facts(dict[str, Any]):
    """What an entry recorded; entries of an older day may lack what a sentence mentions now."""

    def __missing__(self, name: str) -> str:
        return ""


def who(entry: AuditEntry) -> str:
    """Who acted, and for whom."""
    return hand(entry.actor, entry.on_behalf_of) if entry.actor else str(_("the system"))


def hand(actor: User, principal: User | None) -> str:
    """Whose hand it was, and for whom it acted."""
    if principal is None:
        return str(actor)
    return str(_("%(delegate)s for %(holder)s")) % {"delegate": actor, "holder": principal}


def sign_off(decision: Decision, office: Office) -> list[str]:
    """A signature in pieces: whose it is (on paper the leader's), how, when, and the paper's number."""
    by = decision.leader_name or hand(decision.actor, decision.on_behalf_of)
    on = decision.signed_on or office.day(decision.at)
    return list(filter(None, [by, str(decision.get_outcome_display()), str(on), decision.document_number]))


def state(name: str) -> str:
    """The word for a state or an outcome, whatever it is one of; a name without a word as it is."""
    known = {**dict(Decision.Outcome.choices), **dict(Cycle.Status.choices), **dict(State.choices)}
    return str(known.get(name, name))


def tone(entry: AuditEntry) -> str:
    """How the mark before it looks: good, bad, still or nothing."""
    if entry.action in ("deferral.signed", "deferral.recorded"):
        return "good" if entry.to_state == Decision.Outcome.APPROVE else "bad"
    return TONES.get(entry.action, "")
