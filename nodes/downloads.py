"""Handing a stored file out: always to be saved, never to be run in the site's name."""

from __future__ import annotations

from django.http import FileResponse
from django.utils.translation import gettext as _

from workflow.files import path_of
from workflow.models import Attachment
from workflow.refusals import NotFound


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
