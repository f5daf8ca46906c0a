"""Files that come in pieces, so that a lost connection costs a piece and not the file."""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from nodes.models import Upload, WorkNode
from nodes.services import acting
from workflow import files
from workflow.clock import moment
from workflow.file_types import MAX_BYTES, MIB, BadFile, check_name, clean_name
from workflow.models import Attachment, User
from workflow.refusals import Conflict, Invalid, NotFound

MAX_PIECE = 2 * MIB
MAX_UNFINISHED = 1024 * MIB  # bytes that one person may have begun and not handed in
KEPT = timedelta(days=7)


class WrongOffset(Conflict):
    """The piece does not follow what has come: `received` bytes have."""

    def __init__(self, received: int) -> None:
        super().__init__(_("%(received)d bytes of the file have come so far.") % {"received": received})
        self.received = received


@transaction.atomic
def begin_upload(*, actor: User, node_id: int, name: str, size: int, at: datetime | None = None) -> Upload:
    """Make room for a file of `size` bytes in the actor's unfinished evidence for the node.

    Raises NotAllowed or WrongState where the actor could not submit evidence now, Invalid for a name or size
    that no accepted file has, or when too much is unfinished.
    """
    at = moment(at)
    node = _open_node(actor, node_id, at)
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)  # what one person begins is counted in turn
    _check_file(name, size)
    _check_room(actor, node, size)
    return Upload.objects.create(
        office_id=node.office_id, node=node, author=actor, name=clean_name(name), size=size, begun_at=at
    )


def receive_piece(
    *, actor: User, node_id: int, upload_id: uuid.UUID, offset: int, piece: bytes, at: datetime | None = None
) -> Upload:
    """Add the bytes that follow the first `offset`; with the last of them the file is inspected and kept.

    An empty piece at the end tries again what was interrupted there. Raises as `begin_upload`, WrongOffset
    with the offset that is wanted, and Invalid for a file that is not accepted, which is then gone.
    """
    at = moment(at)
    with transaction.atomic():
        _open_node(actor, node_id, at)
        upload = _locked(actor, node_id, upload_id)
        if upload.attachment_id is None:
            _add(upload, offset, piece)
    try:
        return _finished(actor, node_id, upload_id, at)
    except Invalid:
        remove_upload(actor=actor, node_id=node_id, upload_id=upload_id)
        raise


def take_in(*, actor: User, node_id: int, given: files.Upload, at: datetime | None = None) -> Upload:
    """Keep a file that came whole in the actor's unfinished evidence. Raises as the two above."""
    given.stream.seek(0, os.SEEK_END)
    size = given.stream.tell()
    given.stream.seek(0)
    upload = begin_upload(actor=actor, node_id=node_id, name=given.name, size=size, at=at)
    offset = 0
    while piece := given.stream.read(MAX_PIECE):
        upload = receive_piece(
            actor=actor, node_id=node_id, upload_id=upload.pk, offset=offset, piece=piece, at=at
        )
        offset += len(piece)
    return upload


def received(upload: Upload) -> int:
    """How many bytes of the file are safely here."""
    if upload.attachment_id:
        return upload.size
    path = _path(upload.pk)
    return min(upload.received, path.stat().st_size if path.is_file() else 0)


@transaction.atomic
def remove_upload(*, actor: User, node_id: int, upload_id: uuid.UUID) -> None:
    """Throw away a file that was not handed in. Raises NotFound for anybody else's."""
    _discard(_locked(actor, node_id, upload_id))


def handed_in(actor: User, node: WorkNode, chosen: Sequence[uuid.UUID]) -> list[Upload]:
    """The chosen files of the actor's unfinished evidence, locked. Raises Invalid where one is not whole."""
    found = list(
        Upload.objects.select_for_update(of=("self",))
        .select_related("attachment__file")
        .filter(node=node, author=actor, pk__in=chosen)
        .order_by("pk")
    )
    errors = [
        _("“%(name)s” has not arrived in whole: resume or remove it.") % {"name": upload}
        for upload in found
        if upload.attachment_id is None
    ]
    if len(found) < len(set(chosen)):
        errors.append(_("A file is not here any more: look at the list and attach it again."))
    if errors:
        raise Invalid({"files": errors})
    return sorted(found, key=lambda upload: upload.begun_at)


def prune_uploads(*, at: datetime | None = None) -> int:
    """Throw away what was begun a week ago and never handed in; return how many files."""
    old = Upload.objects.filter(begun_at__lt=moment(at) - KEPT).values_list("pk", flat=True)
    gone = sum(_prune(pk) for pk in list(old))
    here = {path.name for path in _folder().glob("*")}
    known = {str(pk) for pk in Upload.objects.values_list("pk", flat=True)}
    for name in here - known:
        (_folder() / name).unlink(missing_ok=True)
    return gone


@transaction.atomic
def _prune(pk: uuid.UUID) -> bool:
    upload = Upload.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if upload is not None:
        _discard(upload)
    return upload is not None


def _open_node(actor: User, node_id: int, at: datetime) -> WorkNode:
    node = acting.locked(node_id, actor)
    acting.check(actor, "nodes.submit_evidence", node, at=at)
    acting.require_transition(node.submit_evidence)
    return node


def _check_file(name: str, size: int) -> None:
    try:
        check_name(name)
    except BadFile as error:
        raise Invalid({"files": [str(error)]}) from error
    if size <= 0:
        raise Invalid({"files": [_("The file is empty.")]})
    if size > MAX_BYTES:
        raise Invalid({"files": [_("The file is larger than %(limit)d MB.") % {"limit": MAX_BYTES // MIB}]})


def _check_room(actor: User, node: WorkNode, size: int) -> None:
    begun = Upload.objects.filter(author=actor)
    if begun.filter(node=node).count() >= files.MAX_FILES:
        raise Invalid({"files": [_("At most %(limit)d files at a time.") % {"limit": files.MAX_FILES}]})
    if (begun.aggregate(sum=Sum("size"))["sum"] or 0) + size > MAX_UNFINISHED:
        message = _(
            "You have %(limit)d MB of files that were not handed in; hand some in or remove them first."
        )
        raise Invalid({"files": [message % {"limit": MAX_UNFINISHED // MIB}]})


def _locked(actor: User, node_id: int, upload_id: uuid.UUID) -> Upload:
    mine = Upload.objects.filter(pk=upload_id, author=actor, node=node_id, office=actor.office_id)
    upload = mine.select_for_update().first()
    if upload is None:
        raise NotFound(_("There is no such file."))
    return upload


def _add(upload: Upload, offset: int, piece: bytes) -> None:
    """Write, then count: bytes that nobody counted are written over by the next piece."""
    here = received(upload)
    if offset != here:
        raise WrongOffset(here)
    if len(piece) > MAX_PIECE or offset + len(piece) > upload.size:
        raise Invalid({"files": [_("The piece is larger than what is missing of the file.")]})
    path = _path(upload.pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    with path.open("r+b") as stream:
        stream.seek(offset)
        stream.write(piece)
        stream.truncate()
    upload.received = offset + len(piece)
    upload.save(update_fields=["received"])


@transaction.atomic
def _finished(actor: User, node_id: int, upload_id: uuid.UUID, at: datetime) -> Upload:
    """The upload, with its content kept if all of it is here."""
    upload = _locked(actor, node_id, upload_id)
    if upload.attachment_id or received(upload) < upload.size:
        return upload
    with (
        _path(upload.pk).open("rb") as stream,
        files.kept([files.Upload(upload.name, stream)], office=upload.office, by=actor, at=at) as attachments,
    ):
        (upload.attachment,) = attachments
        upload.save(update_fields=["attachment"])
    transaction.on_commit(partial(_remove, upload.pk))
    return upload


def _discard(upload: Upload) -> None:
    attachment: Attachment | None = upload.attachment
    transaction.on_commit(partial(_remove, upload.pk))
    upload.delete()
    if attachment is not None:
        files.release(attachment)


def _remove(pk: uuid.UUID) -> None:
    _path(pk).unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "partial"


def _path(pk: uuid.UUID) -> Path:
    """Where the bytes of an unfinished file lie: outside what is ever served."""
    return _folder() / str(pk)
