"""Handing a signed summary in to the office that oversees, and what that office makes of it.

Handing in is an act of its own: the signature says what the office's summary is, handing in that it goes up.
An office that is overseen only after it signed, or that hands in again, goes the very same way.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from approvals.events import SummaryHandedIn, SummaryReceived
from approvals.models import AnnualSummary, FilingComment, SummaryFiling, SummaryState
from approvals.services import summaries
from workflow import audit, events, people
from workflow.clock import moment
from workflow.models import User
from workflow.permissions import require
from workflow.refusals import Conflict, Invalid, NotFound, WrongState

State = SummaryFiling.State
RECEIVE, RETURN = "receive", "return"
OUTCOMES = {RECEIVE: State.RECEIVED, RETURN: State.RETURNED}
LONGEST = 2000  # characters
AGAIN = timedelta(minutes=10)  # within which the same words are a second click


@transaction.atomic
def hand_in_summary(*, actor: User, summary_id: int, at: datetime | None = None) -> SummaryFiling:
    """Hand the signed summary in to the office that oversees.

    Raises NotFound where none does, NotAllowed unless `actor` is of the performance office, WrongState unless
    it is signed, Conflict naming who handed this very signature in before.
    """
    at = moment(at)
    summary = summaries.locked(summary_id, actor)
    overseer = summary.office.overseen_by
    if overseer is None:
        raise NotFound(_("No office oversees yours."))
    require(actor, "approvals.hand_in_summary", summary, at=at)
    signed = summary.signed
    if summary.state != SummaryState.SIGNED or signed is None:
        raise WrongState(_("The summary is not signed."))
    if (
        before := SummaryFiling.objects.filter(sign_off=signed).select_related("sent_by").first()
    ) is not None:
        facts = {"person": before.sent_by, "at": summary.office.minute(before.sent_at)}
        message = _("%(person)s handed this summary in at %(at)s.") % facts
        raise Conflict(message, decided_by=before.sent_by, decided_at=before.sent_at)
    last = summary.filings.aggregate(last=Max("number"))["last"] or 0
    filing = SummaryFiling.objects.create(
        office=overseer,
        summary=summary,
        number=last + 1,
        sign_off=signed,
        sha256=signed.sha256,
        sent_by=actor,
        sent_for_id=people.principal_in_office(actor, summary.office.day(at)),
        sent_at=at,
    )
    _record(actor, "handed_in", filing, at, principal=filing.sent_for_id)
    events.publish(SummaryHandedIn(filing, at))
    return filing


@transaction.atomic
def decide_filing(
    *, actor: User, filing_id: int, outcome: str, opinion: str = "", at: datetime | None = None
) -> SummaryFiling:
    """Receive a summary that was handed in, or return it with an `opinion` to be mended.

    Raises NotFound unless it was handed in to the actor's office and that still oversees, NotAllowed unless
    they are of its performance office, Invalid, Conflict naming who decided first.
    """
    at = moment(at)
    words = summaries.worded(opinion)
    _check_decision(outcome, words)
    filing = _locked(filing_id, actor)
    require(actor, "approvals.receive_summary", filing, at=at)
    if filing.state != State.SENT:
        raise _decided(filing)
    filing.state, filing.opinion = OUTCOMES[outcome], words
    filing.decided_by, filing.decided_at = actor, at
    filing.decided_for_id = people.principal_in_office(actor, filing.office.day(at))
    filing.save(update_fields=["state", "opinion", "decided_by", "decided_for", "decided_at"])
    _record(actor, filing.state, filing, at, principal=filing.decided_for_id, reason=words)
    events.publish(SummaryReceived(filing, at))
    return filing


@transaction.atomic
def say_about_filing(*, actor: User, filing_id: int, text: str, at: datetime | None = None) -> FilingComment:
    """Say something about a round, which both offices read; the same words at once again are said once.

    Raises NotFound unless the actor's office handed it in or received it, NotAllowed unless they are of its
    performance office or head the unit, Invalid for no words or too many.
    """
    at = moment(at)
    filing = _locked(filing_id, actor, sender_too=True)
    summary = filing.summary
    mine = summary if summary.office_id == actor.office_id else filing
    require(actor, "approvals.talk_about_filing", mine, at=at)
    words = summaries.worded(text)
    if not words or len(words) > LONGEST:
        message = _("Write a comment of at most %(limit)d characters.") % {"limit": LONGEST}
        raise Invalid({"comment": [message]})
    last = filing.comments.last()
    if last and (last.author_id, last.text) == (actor.pk, words) and at - last.at < AGAIN:
        return last
    made = FilingComment.objects.create(
        filing=filing, office_id=mine.office_id, author=actor, text=words, at=at
    )
    _record(actor, "commented", filing, at, reason=words)
    return made


def require_not_waiting(summary: AnnualSummary) -> None:
    """Raise WrongState while the summary lies with the office that oversees and waits to be received."""
    waiting = summary.filings.filter(state=State.SENT).select_related("office").first()
    if waiting is not None:
        facts = {"office": waiting.office}
        message = _("The summary was handed in: it can be opened again once %(office)s has returned it.")
        raise WrongState(message % facts)


def _locked(filing_id: int, actor: User, *, sender_too: bool = False) -> SummaryFiling:
    """The round of this id that was handed in to the actor's office (or by it), its row locked."""
    found = SummaryFiling.objects.select_for_update(of=("self",), no_key=True)
    filing = found.select_related("summary__office", "summary__cycle", "office", "decided_by").filter(
        pk=filing_id
    ).first()  # fmt: skip
    if filing is not None and filing.summary.office.overseen_by_id == filing.office_id:
        if actor.office_id == filing.office_id:
            return filing
        if sender_too and actor.office_id == filing.summary.office_id:
            return filing
    raise NotFound(_("There is no such summary that was handed in."))


def _check_decision(outcome: str, opinion: str) -> None:
    if outcome not in OUTCOMES:
        raise Invalid({"outcome": [_("Choose to receive or to return it.")]})
    if outcome == RETURN and not opinion:
        raise Invalid({"opinion": [_("Say why.")]})
    if len(opinion) > LONGEST:
        raise Invalid({"opinion": [_("At most %(limit)d characters.") % {"limit": LONGEST}]})


def _decided(filing: SummaryFiling) -> Conflict:
    assert filing.decided_at is not None
    facts = {
        "outcome": filing.get_state_display(),
        "person": filing.decided_by,
        "at": filing.office.minute(filing.decided_at),
    }
    return Conflict(
        _("“%(outcome)s” was decided by %(person)s at %(at)s.") % facts,
        decided_by=filing.decided_by,
        decided_at=filing.decided_at,
        outcome=RECEIVE if filing.state == State.RECEIVED else RETURN,
    )


def _record(
    actor: User,
    what: str,
    filing: SummaryFiling,
    at: datetime,
    *,
    principal: int | None = None,
    reason: str = "",
) -> None:
    """In the trails of both offices: of the one about its summary, of the other about what it got."""
    summary = filing.summary
    facts = {
        "office": str(filing.office),
        "of": str(summary.office),
        "year": summary.cycle.year,
        "round": filing.number,
        "sha256": filing.sha256,
        "by": str(actor.office),
    }
    for action, subject in ((f"summary.filing_{what}", summary), (f"filing.{what}", filing)):
        audit.record(actor, action, subject, at=at, on_behalf_of_id=principal, reason=reason, data=facts)
