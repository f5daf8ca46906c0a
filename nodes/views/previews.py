"""A look at a file, wherever it is used, and the file itself: for exactly those who may see it there."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nodes.downloads import attachment_response
from nodes.views.choosing import visitor
from workflow import previews
from workflow.models import Attachment
from workflow.refusals import NotFound


@require_safe
def download(request: HttpRequest, attachment_id: int) -> FileResponse:
    return attachment_response(_seen(request, attachment_id))


@require_safe
def preview(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """The page with the file's pages or text, of which a script takes the part it needs."""
    attachment = _seen(request, attachment_id)
    shown = previews.preview_of(attachment.file)
    facts = {"attachment": attachment, "preview": shown, "pages": range(1, shown.pages + 1)}
    return render(request, "nodes/preview.html", facts)


@require_safe
def page(request: HttpRequest, attachment_id: int, page: int) -> FileResponse:
    """One page as an image that we drew ourselves."""
    attachment = _seen(request, attachment_id)
    path = previews.page_of(attachment.file, page)
    if path is None:
        raise NotFound(_("There is no such page."))
    response = FileResponse(path.open("rb"), content_type=previews.image_type(attachment.file))
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _seen(request: HttpRequest, attachment_id: int) -> Attachment:
    """The attachment. Raises NotFound unless the visitor may see it."""
    attachment = Attachment.objects.select_related("file").filter(pk=attachment_id).first()
    if attachment is None or not previews.may_see(visitor(request), attachment):
        raise NotFound(_("There is no such file."))
    return attachment
