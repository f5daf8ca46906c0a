"""What templates say about a file."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from nodes.downloads import type_word as word_of
from nodes.kinds import Fact, facts_given
from nodes.models import EvidenceSubmission
from workflow import previews
from workflow.models import Attachment

register = template.Library()


@register.filter
def type_word(attachment: Attachment) -> str:
    """What kind of file it is, in a word."""
    return word_of(attachment)


@register.filter
def can_preview(attachment: Attachment) -> bool:
    """Whether files of this kind can be looked at without saving them."""
    return previews.can_show(attachment.file.content_type)


@register.filter
def first_shown(files: Iterable[Attachment]) -> Attachment | None:
    """The first of the files that can be looked at."""
    return next((attachment for attachment in files if can_preview(attachment)), None)


@register.filter
def facts_of(submission: EvidenceSubmission) -> list[tuple[Fact, str]]:
    """The facts that the submission's kind of work asks for."""
    return facts_given(submission.kind, submission.details)
