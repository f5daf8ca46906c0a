"""Handing a stored file out: always to be saved, never to be run in the site's name."""

from __future__ import annotations

from django.http import FileResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from nodes.models import EvidenceSubmission, Upload
from workflow.file_types import CSV, DOC, DOCX, OFD, PPT, PPTX, TEXT, XLS, XLSX, ZIP
from workflow.files import path_of
from workflow.models import Attachment, User
from workflow.refusals import NotFound

PICTURE = pgettext_lazy("type of file", "picture")
TYPES: dict[str, str | Promise] = {
    "application/pdf": "PDF",
    DOC: "Word",
    DOCX: "Word",
    XLS: "Excel",
    XLSX: "Excel",
    PPT: "PPT",
    PPTX: "PPT",
    OFD: "OFD",
    ZIP: pgettext_lazy("type of file", "archive"),
    TEXT: pgettext_lazy("type of file", "text"),
    CSV: pgettext_lazy("type of file", "table"),
    "video/mp4": pgettext_lazy("type of file", "video"),
}


def type_word(attachment: Attachment) -> str:
    """What kind of file it is, in a word."""
    content_type = attachment.file.content_type
    return str(PICTURE if content_type.startswith("image/") else TYPES.get(content_type, ""))


def may_see(user: User, attachment: Attachment) -> bool:
    """Whether it is evidence that the user may see, or a file of their own that was not handed in."""
    evidence = EvidenceSubmission.objects.visible_to(user).filter(files=attachment)
    return evidence.exists() or Upload.objects.filter(attachment=attachment, author=user).exists()


def attachment_response(attachment: Attachment) -> FileResponse:
    """The file under its own name. Raises NotFound when its content is not on this machine."""
    path = path_of(attachment.file.sha256)
    if not path.is_file():
        raise NotFound(
            _("The content of “%(name)s” is not here; ask the administrator.") % {"name": attachment}
        )
    response = FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=attachment.name,
        content_type=attachment.file.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-cache"
    return response
