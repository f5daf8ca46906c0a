"""Signing the annual summary: asked for, signed and frozen, returned, taken back, and opened again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from approvals.driving import complete_task
from approvals.events import SummaryAsked, SummarySettled
from approvals.flows import SummaryFlow
from approvals.models import AnnualSummary, SummaryForm, SummarySignOff, SummaryState, SummaryVersion
from approvals.services import summaries
from approvals.services.handing_in import require_not_waiting
from approvals.settling import settle_summary
from approvals.summary import checking, compiling
from approvals.summary.document import write
from approvals.summary.issuing import LANGUAGE
from approvals.summary.wording import say
from workflow import audit, events, files, people
from workflow.clock import moment
from workflow.models import Attachment, Office, Post, PostKind, User
from workflow.permissions import require
from workflow.refusals import Conflict, Invalid, NotAllowed, WrongState

Outcome = SummarySignOff.Outcome
APPROVE, RETURN = "approve", "return"
LARGEST = 99_999
LONGEST_NAME = 100


@dataclass(frozen=True)
class Details:
    """What the document is called and dated: `number` is the office's in the year of `issued_on`."""

    number: int | None
    issued_on: date | None
    form: str = SummaryForm.LETTER
    signatory: str = ""


@transaction.atomic
def ask_for_sign_off(
    *, actor: User, summary_id: int, base: int, details: Details, at: datetime | None = None
) -> SummarySignOff:
    """Lay the newest version before the head of the unit.

    `base` is the number of the version the actor looked at. Raises NotAllowed unless they are of the
    performance office, WrongState unless it is being written, Conflict when it was saved since, Invalid
    naming nodes and lines while errors remain, or beside the fields of `details`.
    """
    at = moment(at)
    summary = summaries.locked(summary_id, actor)
    require(actor, "approvals.edit_summary", summary, at=at)
    summaries.require_draft(summary)
    version = summaries.newest_of(summary)
    summaries.require_newest(version, base, summary)
    _take_over(summary, details)
    sign_off = SummarySignOff(
        summary=summary,
        version=version,
        asked_by=actor,
        asked_for_id=people.principal_in_office(actor, summary.office.day(at)),
        asked_at=at,
    )
    _check_somebody_signs(sign_off, summary.office.day(at))
    _check_no_errors(summary, version)
    sign_off.save()
    sign_off.process = SummaryFlow.start.run(sign_off=sign_off)
    sign_off.save(update_fields=["process"])
    summary.ask()
    summary.save()
    facts = {"version": version.number, "number": details.number}
    audit.record(actor, "summary.asked", summary, at=at, on_behalf_of_id=sign_off.asked_for_id, data=facts)
    events.publish(SummaryAsked(sign_off, at))
    return sign_off


def sign_summary(
    *,
    actor: User,
    summary_id: int,
    sign_off_id: int,
    outcome: str,
    opinion: str = "",
    at: datetime | None = None,
) -> SummarySignOff:
    """Sign the summary, which freezes it as the file that was signed, or return it with an `opinion`.

    `sign_off_id` is the round the actor was looking at. The head of the unit signs, or who stands in;
    never who asks. Raises NotAllowed, Invalid, Conflict naming who decided first.
    """
    at = moment(at)
    with transaction.atomic():
        summary = summaries.locked(summary_id, actor)
        sign_off = _waiting(summary, sign_off_id)
        capacity = capacity_to_sign(actor, sign_off, summary.office.day(at))
        if capacity is None:
            raise NotAllowed(_("Only the head of the unit signs the summary, and never who asks for it."))
        _check_decision(outcome, opinion)
        sign_off.post, sign_off.decided_by = capacity.post, actor
        sign_off.on_behalf_of_id = capacity.on_behalf_of_id
        sign_off.decided_at, sign_off.opinion = at, summaries.worded(opinion)
        if outcome == APPROVE:
            _check_no_errors(summary, sign_off.version)
            summary.signatory = summary.signatory or str(sign_off.on_behalf_of or actor)
            with _filed(summary, sign_off, actor, at):
                _decide(summary, sign_off, Outcome.APPROVED, "summary.signed")
        else:
            _decide(summary, sign_off, Outcome.RETURNED, "summary.returned")
    return sign_off


@transaction.atomic
def take_back_summary(
    *, actor: User, summary_id: int, sign_off_id: int, at: datetime | None = None
) -> SummarySignOff:
    """Take the summary back from the head of the unit. Raises NotAllowed, Conflict when it was decided."""
    at = moment(at)
    summary = summaries.locked(summary_id, actor)
    require(actor, "approvals.edit_summary", summary, at=at)
    sign_off = _waiting(summary, sign_off_id)
    sign_off.outcome, sign_off.decided_by, sign_off.decided_at = Outcome.WITHDRAWN, actor, at
    sign_off.save()
    assert sign_off.process is not None
    SummaryFlow.instance.cancel(sign_off.process.coerced)
    settle_summary(sign_off)
    audit.record(actor, "summary.withdrawn", summary, at=at)
    events.publish(SummarySettled(sign_off, at))
    return sign_off


@transaction.atomic
def reopen_summary(*, actor: User, summary_id: int, reason: str, at: datetime | None = None) -> AnnualSummary:
    """Let a signed summary be written on: what was signed stays on record with its file.

    Raises NotAllowed, WrongState unless it is signed, Invalid without a reason.
    """
    at = moment(at)
    summary = summaries.locked(summary_id, actor)
    require(actor, "approvals.edit_summary", summary, at=at)
    if summary.state != SummaryState.SIGNED:
        raise WrongState(_("The summary is not signed."))
    if not summaries.worded(reason):
        raise Invalid({"opinion": [_("Say why.")]})
    require_not_waiting(summary)
    summary.reopen()
    summary.save()
    audit.record(actor, "summary.reopened", summary, at=at, reason=summaries.worded(reason))
    return summary


def capacity_to_sign(actor: User, sign_off: SummarySignOff, on: date) -> people.Capacity | None:
    """In which capacity `actor` may sign on `on`: as head of the unit or standing in, never one who asks."""
    if not actor.is_active:
        return None
    return people.impartial(actor, PostKind.HEAD_OF_UNIT, sign_off.parties, on)


def next_number(office: Office, year: int) -> int:
    """The number after the highest that the office's summaries have in `year`."""
    known = AnnualSummary.objects.filter(office=office, number_year=year).aggregate(last=Max("number"))
    return (known["last"] or 0) + 1


def file_name(summary: AnnualSummary, ending: str) -> str:
    """What the document's file is called."""
    return f"{say('head.title', office=summary.office.name, year=summary.cycle.year)}.{ending}"


def document_of(summary: AnnualSummary, version: SummaryVersion, *, draft: bool = False) -> bytes:
    """The Word file of a version with the summary's number and date; a draft says so, and what is to mend."""
    content = compiling.facts_of(summary, version.cut_off)
    body = compiling.body_of(version)
    with translation.override(LANGUAGE):
        mending = checking.listed(checking.remarks(body, content)) if draft else None
        return write(
            content,
            body=body.printed(),
            annex=body.annex,
            form=summary.form,
            signatory=summary.signatory,
            draft_with=mending,
        )


# Asking


def _take_over(summary: AnnualSummary, details: Details) -> None:
    errors = dict(_wrong(summary, details))
    if errors:
        raise Invalid(errors)
    assert details.issued_on is not None
    summary.number, summary.number_year = details.number, details.issued_on.year
    summary.issued_on, summary.form = details.issued_on, details.form
    summary.signatory = details.signatory.strip()


def _wrong(summary: AnnualSummary, details: Details) -> Iterator[tuple[str, list[str]]]:
    if details.form not in SummaryForm.values:
        yield "form", [_("Choose a letter or a report.")]
    if len(details.signatory.strip()) > LONGEST_NAME:
        yield "signatory", [_("At most %(limit)d characters.") % {"limit": LONGEST_NAME}]
    if details.issued_on is None:
        yield "issued_on", [_("Give the date of issue.")]
    if details.number is None or not 0 < details.number <= LARGEST:
        yield "number", [_("Give the document's number, a whole number from 1.")]
    elif details.issued_on and (other := _bearing(summary, details.number, details.issued_on.year)):
        facts = {"number": details.number, "year": details.issued_on.year, "summary": other}
        message = _("Number %(number)d of %(year)d is that of “%(summary)s” already.") % facts
        yield "number", [message]


def _bearing(summary: AnnualSummary, number: int, year: int) -> AnnualSummary | None:
    """Another summary of the office with this number in `year`."""
    others = (
        AnnualSummary.objects.select_related("cycle").filter(office=summary.office).exclude(pk=summary.pk)
    )
    return others.filter(number=number, number_year=year).first()


def _check_somebody_signs(sign_off: SummarySignOff, on: date) -> None:
    posts = Post.objects.filter(office=sign_off.summary.office, kind=PostKind.HEAD_OF_UNIT)
    able = [
        one
        for one in people.acting_for(posts, on)
        if one.pk not in sign_off.parties and one.on_behalf_of not in sign_off.parties
    ]
    if not able:
        raise Invalid(_("Nobody can sign: the post of the head of the unit is vacant, or its holder asks."))


def _check_no_errors(summary: AnnualSummary, version: SummaryVersion) -> None:
    content = compiling.facts_of(summary, version.cut_off)
    found = checking.errors(checking.remarks(compiling.body_of(version), content))
    if found:
        raise Invalid({"": [_("The checks still find errors; nothing was sent."), *found]})


# Deciding


def _waiting(summary: AnnualSummary, sign_off_id: int) -> SummarySignOff:
    """The round of this id, which waits. Raises Conflict naming who decided first."""
    known = summary.sign_offs.select_related("version", "process", "decided_by", "asked_by")
    sign_off = known.filter(pk=sign_off_id).first()
    if sign_off is None:
        raise WrongState(_("The summary does not wait for a signature."))
    sign_off.summary = summary
    if sign_off.outcome != Outcome.PENDING:
        assert sign_off.decided_at is not None
        facts = {
            "outcome": sign_off.get_outcome_display(),
            "person": sign_off.decided_by,
            "at": summary.office.minute(sign_off.decided_at),
        }
        raise Conflict(
            _("“%(outcome)s” was decided by %(person)s at %(at)s.") % facts,
            decided_by=sign_off.decided_by,
            decided_at=sign_off.decided_at,
            outcome=sign_off.outcome,
        )
    return sign_off


def _check_decision(outcome: str, opinion: str) -> None:
    if outcome not in (APPROVE, RETURN):
        raise Invalid({"outcome": [_("Choose to sign or to return it.")]})
    if outcome == RETURN and not opinion.strip():
        raise Invalid({"opinion": [_("Say why.")]})


@contextmanager
def _filed(
    summary: AnnualSummary, sign_off: SummarySignOff, actor: User, at: datetime
) -> Iterator[Attachment]:
    """Keep the document's bytes as the file of this signature while the block decides."""
    upload = files.Upload(file_name(summary, "docx"), BytesIO(document_of(summary, sign_off.version)))
    with files.kept([upload], office=summary.office, by=actor, at=at) as (file,):
        sign_off.file, sign_off.sha256 = file, file.file.sha256
        yield file


def _decide(summary: AnnualSummary, sign_off: SummarySignOff, outcome: str, action: str) -> None:
    """Write the decision, record it, and let the flow go on."""
    sign_off.outcome = outcome
    sign_off.save()
    assert sign_off.decided_by is not None
    assert sign_off.decided_at is not None
    audit.record(
        sign_off.decided_by,
        action,
        summary,
        at=sign_off.decided_at,
        on_behalf_of_id=sign_off.on_behalf_of_id,
        to_state=outcome,
        reason=sign_off.opinion,
        data={"post": str(sign_off.post), "version": sign_off.version.number, "sha256": sign_off.sha256},
    )
    complete_task(SummaryFlow.sign_off, sign_off.process_id, by=sign_off.decided_by, sign_off=sign_off)
    events.publish(SummarySettled(sign_off, sign_off.decided_at))
