"""What is happening to a node and who has to act, in one sentence."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.models import DeferralRequest
from approvals.selectors import OpenSignOffs
from nodes.models import EvidenceSubmission, State, WorkNode
from nodes.selectors import today
from workflow.selectors import working_days


def situation(
    node: WorkNode,
    pending: DeferralRequest | None,
    waiting: OpenSignOffs | None,
    rounds: list[EvidenceSubmission],
) -> str:
    """The sentence; of a request and of `rounds` (the newest first) it tells what the reader may see."""
    facts = {"division": node.lead_division, "due": _due(node)}
    if pending and waiting and node.state != State.EVIDENCE_SUBMITTED:
        return _sign_off(node, pending, waiting)
    if node.state == State.PLANNED:
        return _("%(division)s has not begun yet: %(due)s.") % facts
    if node.state == State.IN_PROGRESS:
        return _in_progress(rounds, facts)
    if node.state == State.EVIDENCE_SUBMITTED:
        return _review(node)
    if node.state == State.DEFERRED:
        return _deferred(node)
    return _("Done: the performance office has approved the evidence, the work was completed on %(day)s.") % {
        "day": node.completed_on
    }


def _sign_off(node: WorkNode, pending: DeferralRequest, waiting: OpenSignOffs) -> str:
    """Which posts have to sign, who acts for them today, and since when they could."""
    signers = "、".join(_signer(waiting, place) for place in range(len(waiting.sign_offs)))
    opened = [one.opened_at for one in waiting.sign_offs if one.opened_at]
    since = min(opened, default=pending.filed_at)
    facts = {"who": signers or _("its signers"), "waited": _waited(node, since)}
    said = _("The deferral waits for %(who)s to sign, %(waited)s; until then no evidence can be submitted.")
    return said % facts


def _signer(waiting: OpenSignOffs, place: int) -> str:
    needed = waiting.sign_offs[place]
    posts, people = "、".join(map(str, needed.signers)), "、".join(waiting.people(needed))
    return f"{posts}（{people}）" if people else posts


def _in_progress(rounds: list[EvidenceSubmission], facts: dict[str, object]) -> str:
    last = rounds[0] if rounds else None
    if last and last.outcome == last.Outcome.RETURNED:
        facts |= {"person": last.decided_by, "round": last.round}
        return (
            _("%(person)s returned round %(round)d: %(division)s has to mend and resubmit it; %(due)s.")
            % facts
        )
    return _("%(division)s is at work: %(due)s.") % facts


def _review(node: WorkNode) -> str:
    submission = node.current_submission
    assert submission is not None
    facts = {"round": submission.round, "waited": _waited(node, submission.submitted_at)}
    return _("The performance office is reviewing round %(round)d, which has waited %(waited)s.") % facts


def _deferred(node: WorkNode) -> str:
    facts = {"division": node.lead_division, "day": node.current_deadline}
    if node.current_deadline is None:
        return _("Deferred without a day: %(division)s takes it up again when it can be done.") % facts
    return _("Deferred to %(day)s: %(division)s takes it up again.") % facts


def _due(node: WorkNode) -> str:
    deadline, day = node.current_deadline, today(node.office)
    if deadline is None:
        return _("no deadline is fixed")
    if deadline == day:
        return _("due today")
    late = deadline < day
    days = _days(node, *((deadline, day) if late else (day, deadline)))
    words = _("overdue for %(days)s, it was due on %(day)s") if late else _("due in %(days)s, on %(day)s")
    return words % {"days": days, "day": deadline}


def _waited(node: WorkNode, since: datetime) -> str:
    arrived, day = node.office.day(since), today(node.office)
    if arrived == day:
        return _("since today")
    return _("for %(days)s") % {"days": _days(node, arrived, day)}


def _days(node: WorkNode, after: date, until: date) -> str:
    count = working_days(node.office).between(after, until)
    return ngettext("%(count)d working day", "%(count)d working days", count) % {"count": count}
