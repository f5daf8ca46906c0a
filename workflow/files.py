"""The content-addressed file store: bytes under their SHA-256, outside the web root."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from workflow.clock import moment
from workflow.file_types import BadFile, FileFacts, clean_name, inspect
from workflow.models import Attachment, Office, StoredFile, User
from workflow.refusals import Invalid

MAX_FILES = 20
CHUNK = 1024 * 1024
PART_SECONDS = 24 * 60 * 60


@dataclass(frozen=True)
class Upload:
    """A file on its way in: the name its owner gave it and a seekable binary stream."""

    name: str
    stream: BinaryIO


def path_of(sha256: str) -> Path:
    """Where the content with this hash lies."""
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256


@contextmanager
def kept(
    uploads: Sequence[Upload], *, office: Office, by: User, at: datetime | None = None
) -> Iterator[list[Attachment]]:
    """Run the block in a transaction that holds `uploads` as attachments.

    Content is on disk before the transaction commits; when it rolls back, what it brought is removed.
    Raises Invalid naming each file that is not accepted.
    """
    facts = _inspected(uploads)
    try:
        with transaction.atomic():
            for sha256 in sorted({fact.sha256 for fact in facts}):
                _lock(sha256)  # in one order everywhere: two uploads of the same files cannot deadlock
            yield [
                _attach(upload, fact, office=office, by=by, at=moment(at))
                for upload, fact in zip(uploads, facts, strict=True)
            ]
    except BaseException:
        for sha256 in sorted({fact.sha256 for fact in facts}):
            discard_unreferenced(sha256)
        raise


def _inspected(uploads: Sequence[Upload]) -> list[FileFacts]:
    if len(uploads) > MAX_FILES:
        raise Invalid({"files": [_("At most %(limit)d files at a time.") % {"limit": MAX_FILES}]})
    facts, errors = [], []
    for upload in uploads:
        try:
            facts.append(inspect(upload.stream, upload.name))
        except BadFile as error:
            errors.append(f"{clean_name(upload.name)}: {error}")
    if errors:
        raise Invalid({"files": errors})
    return facts


def _attach(upload: Upload, facts: FileFacts, *, office: Office, by: User, at: datetime) -> Attachment:
    if not path_of(facts.sha256).exists():
        _write(upload.stream, path_of(facts.sha256))
    stored, _created = StoredFile.objects.get_or_create(
        sha256=facts.sha256, defaults={"size": facts.size, "content_type": facts.content_type}
    )
    return Attachment.objects.create(
        office=office, file=stored, name=clean_name(upload.name), uploaded_by=by, uploaded_at=at
    )


def _write(stream: BinaryIO, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    stream.seek(0)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as part:
        try:
            while chunk := stream.read(CHUNK):
                part.write(chunk)
            part.flush()
            os.fsync(part.fileno())
            Path(part.name).replace(target)
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise


def _lock(sha256: str) -> None:
    """One transaction at a time decides whether this content is on disk."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [sha256])


@transaction.atomic
def discard_unreferenced(sha256: str) -> bool:
    """Delete content that no committed row names; return whether it was."""
    _lock(sha256)
    if StoredFile.objects.filter(sha256=sha256).exists():
        return False
    path_of(sha256).unlink(missing_ok=True)
    return True


@transaction.atomic
def release(attachment: Attachment) -> None:
    """Delete an attachment that nothing names any more, and its content when it was the last of it."""
    stored = attachment.file
    _lock(stored.sha256)
    attachment.delete()
    if not stored.attachments.exists():
        stored.delete()
        transaction.on_commit(partial(discard_unreferenced, stored.sha256))


def prune() -> int:
    """Delete what a crash left: content never committed, and parts a day old of content never complete.

    Returns how many files went.
    """
    paths = list(Path(settings.MEDIA_ROOT).glob("??/*"))
    names = [path.name for path in paths if len(path.name) == 64]
    known = set(StoredFile.objects.filter(sha256__in=names).values_list("sha256", flat=True))
    unknown = sum(discard_unreferenced(name) for name in names if name not in known)
    return unknown + sum(_discard_stale(path) for path in paths if len(path.name) != 64)


def _discard_stale(part: Path) -> bool:
    """Delete a part of an upload that nobody can be writing any more; return whether it was."""
    try:
        stale = time.time() - part.stat().st_mtime > PART_SECONDS
    except FileNotFoundError:  # it was complete, and is content now
        return False
    if stale:
        part.unlink(missing_ok=True)
    return stale
