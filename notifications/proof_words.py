"""The standard rules about what happens, in the words of an auditor."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

WORDS = {
    "work_started": gettext_lazy("work began, told to those who support it"),
    "node_reopened": gettext_lazy("node reopened for rectification"),
    "work_urged": gettext_lazy("work urged by hand"),
    "evidence_submitted": gettext_lazy("evidence handed in for review"),
    "evidence_returned": gettext_lazy("evidence returned"),
    "evidence_approved": gettext_lazy("evidence approved"),
    "review_urged": gettext_lazy("review waiting, urged by the system"),
    "review_escalated": gettext_lazy("review waiting too long, told further up"),
    "review_urged_by_hand": gettext_lazy("review urged by hand"),
    "sign_off_opened": gettext_lazy("sign-off asked for"),
    "sign_off_urged": gettext_lazy("sign-off waiting, urged by the system"),
    "sign_off_escalated": gettext_lazy("sign-off waiting too long, told further up"),
    "sign_off_urged_by_hand": gettext_lazy("sign-off urged by hand"),
    "sign_off_to_record": gettext_lazy("signature on paper to be recorded"),
    "sign_off_to_record_urged": gettext_lazy("signature on paper to be recorded, urged by the system"),
    "sign_off_to_record_escalated": gettext_lazy("signature on paper waiting too long to be recorded"),
    "sign_off_to_record_urged_by_hand": gettext_lazy("signature on paper to be recorded, urged by hand"),
    "deferral_approved": gettext_lazy("deferral decided: approved"),
    "deferral_returned": gettext_lazy("deferral decided: returned"),
    "deferral_rejected": gettext_lazy("deferral decided: rejected"),
    "deferral_withdrawn": gettext_lazy("deferral request withdrawn"),
    "mentioned": gettext_lazy("called by name in a comment"),
    "commented": gettext_lazy("watched node: new comment"),
    "watched_started": gettext_lazy("watched node: work began"),
    "watched_submitted": gettext_lazy("watched node: evidence handed in"),
    "watched_withdrawn": gettext_lazy("watched node: evidence withdrawn"),
    "watched_returned": gettext_lazy("watched node: evidence returned"),
    "watched_approved": gettext_lazy("watched node: evidence approved"),
    "watched_reopened": gettext_lazy("watched node: reopened"),
    "watched_deferred": gettext_lazy("watched node: deferral in force"),
    "watched_resumed": gettext_lazy("watched node: taken up again"),
}


def event_words(rule: str) -> str:
    """What the standard rule tells of; empty for a rule of deadlines or of the office's own."""
    return str(WORDS.get(rule, ""))
