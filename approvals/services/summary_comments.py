"""What is said about a block of the annual summary: comments, answers, and that they are settled."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from approvals.models import AnnualSummary, SummaryComment, SummaryState
from approvals.services import summaries
from approvals.summary import compiling
from workflow import audit
from workflow.clock import moment
from workflow.models import User
from workflow.permissions import allows, require
from workflow.refusals import Invalid, NotAllowed, NotFound, WrongState

LONGEST = 2000


@transaction.atomic
def comment_on_summary(
    *,
    actor: User,
    summary_id: int,
    block: str,
    text: str,
    answers: int | None = None,
    at: datetime | None = None,
) -> SummaryComment:
    """Say something about a block of the newest version, or answer what was said about it; a second click
    says it once.

    Raises NotAllowed unless `actor` is of the performance office or a leader, WrongState once it is signed,
    Invalid for no words, too many, or a block that is not there.
    """
    at = moment(at)
    summary = _open(summary_id, actor)
    require(actor, "approvals.comment_on_summary", summary, at=at)
    version = summaries.newest_of(summary)
    question = _question(summary, answers)
    key = question.block if question else block
    words = summaries.worded(text)
    if not words or len(words) > LONGEST:
        message = _("Write a comment of at most %(limit)d characters.") % {"limit": LONGEST}
        raise Invalid({"comment": [message]})
    if question is None and compiling.body_of(version).block(key) is None:
        raise Invalid({"block": [_("There is no such block.")]})
    last = summary.comments.last()
    if last is not None and (last.author_id, last.block, last.text, last.answers_id) == (
        actor.pk, key, words, question.pk if question else None,
    ):  # fmt: skip
        return last
    made = SummaryComment.objects.create(
        summary=summary, version=version, block=key, text=words, author=actor, at=at, answers=question
    )
    audit.record(actor, "summary.commented", summary, at=at, reason=words)
    return made


@transaction.atomic
def settle_comment(*, actor: User, comment_id: int, at: datetime | None = None) -> SummaryComment:
    """Mark a comment, with its answers, as settled; a second time changes nothing.

    Raises NotAllowed unless `actor` wrote it or is of the performance office.
    """
    at = moment(at)
    found = SummaryComment.objects.select_related("summary").filter(pk=comment_id, answers=None)
    comment = found.filter(summary__office=actor.office_id).first()
    if comment is None:
        raise NotFound(_("There is no such comment."))
    summary = summaries.locked(comment.summary_id, actor)
    if comment.author_id != actor.pk and not allows(actor, "approvals.edit_summary", summary, at=at):
        raise NotAllowed(_("Who wrote a comment settles it, or the performance office."))
    if not SummaryComment.objects.filter(pk=comment.pk, settled_at=None).update(
        settled_by=actor, settled_at=at
    ):
        return comment
    audit.record(actor, "summary.comment_settled", summary, at=at, reason=comment.text)
    return comment


def _open(summary_id: int, actor: User) -> AnnualSummary:
    summary = summaries.locked(summary_id, actor)
    if summary.state == SummaryState.SIGNED:
        raise WrongState(_("The summary is signed and frozen: open it again first."))
    return summary


def _question(summary: AnnualSummary, pk: int | None) -> SummaryComment | None:
    """The comment that is answered; an answer to an answer belongs to its question."""
    if pk is None:
        return None
    comment = summary.comments.select_related("answers").filter(pk=pk).first()
    if comment is None:
        raise NotFound(_("There is no such comment."))
    return comment.answers or comment
