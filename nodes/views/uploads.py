"""Files that come in pieces: a place to begin one, to go on with it, and to be rid of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from nodes import services
from nodes.addresses import node_url
from nodes.downloads import type_word
from nodes.models import Upload, WorkNode
from nodes.services.uploading import MAX_PIECE, WrongOffset, received
from nodes.views.answers import in_json, refused
from nodes.views.choosing import chosen_node, visitor
from workflow.models import User
from workflow.permissions import require
from workflow.refusals import Invalid, NotFound

LONGEST_NUMBER = 15  # digits


@require_POST
@in_json
def begin(request: HttpRequest, number: int) -> JsonResponse:
    """Announce a file (`name`, `size` in bytes); the answer says where its pieces go."""
    node = chosen_node(request, number)
    require(visitor(request), "nodes.submit_evidence", node)
    upload = services.begin_upload(
        actor=visitor(request),
        node_id=node.pk,
        name=request.POST.get("name", ""),
        size=_number(request.POST.get("size", "")),
    )
    return JsonResponse(_state(upload, node), status=201)


@require_http_methods(["GET", "HEAD", "POST"])
@in_json
def piece(request: HttpRequest, number: int, upload_id: UUID) -> JsonResponse:
    """GET tells how much has come; POST adds the piece in the body at `Upload-Offset`.

    A wrong offset is answered 409 with the right one in `received`.
    """
    node = chosen_node(request, number)
    own = _own(visitor(request), node, upload_id)
    if request.method != "POST":
        return JsonResponse(_state(own, node))
    try:
        upload = services.receive_piece(
            actor=visitor(request),
            node_id=node.pk,
            upload_id=upload_id,
            offset=_number(request.headers.get("Upload-Offset", "")),
            piece=_body(request),
        )
    except WrongOffset as wrong:
        return refused(wrong, received=wrong.received)
    return JsonResponse(_state(upload, node))


@require_POST
def remove(request: HttpRequest, number: int, upload_id: UUID) -> HttpResponse:
    """Throw the file away: back to the form for who pressed a button, an empty answer for a script."""
    node = chosen_node(request, number)
    services.remove_upload(actor=visitor(request), node_id=node.pk, upload_id=upload_id)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({})
    return redirect(node_url(node, "node-submit"))


def _own(user: User, node: WorkNode, upload_id: UUID) -> Upload:
    upload = Upload.objects.filter(pk=upload_id, author=user, node=node).first()
    if upload is None:
        raise NotFound(_("There is no such file."))
    return upload


def _state(upload: Upload, node: WorkNode) -> dict[str, Any]:
    state: dict[str, Any] = {
        "id": str(upload.pk),
        "name": upload.name,
        "size": upload.size,
        "received": received(upload),
        "done": upload.attachment_id is not None,
        "url": node_url(node, "node-upload", upload.pk),
        "remove": node_url(node, "node-upload-remove", upload.pk),
    }
    if upload.attachment is not None:
        state["type"] = type_word(upload.attachment)
    return state


def _number(text: str) -> int:
    """A whole number as a script sends it. Raises Invalid for anything else."""
    if not (text.isascii() and text.removeprefix("-").isdecimal()) or len(text) > LONGEST_NUMBER:
        raise Invalid(_("The size and the place of a piece are whole numbers."))
    return int(text)


def _body(request: HttpRequest) -> bytes:
    """The piece. Raises Invalid, without reading it, for one that says it is too large."""
    length = _number(request.META.get("CONTENT_LENGTH") or "0")
    if length > MAX_PIECE:
        raise Invalid(_("The piece is larger than what is missing of the file."))
    return request.body
