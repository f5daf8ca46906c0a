"""Catalogues on their way in: kept between the look at what they would change and the import itself."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from nodes.catalogue.reader import MAX_BYTES
from workflow.file_types import clean_name
from workflow.models import User

KEPT_SECONDS = 2 * 60 * 60


@dataclass(frozen=True)
class Staged:
    """An uploaded catalogue: its name, and where its content lies."""

    name: str
    sha256: str
    path: Path


def stage(user: User, name: str, content: bytes) -> Staged:
    """Keep what `user` uploaded, for them alone, for two hours; what is older goes."""
    _discard_old()
    sha256 = hashlib.sha256(content).hexdigest()
    found = Staged(clean_name(name), sha256, _folder(user) / sha256)
    found.path.parent.mkdir(parents=True, exist_ok=True)
    # One byte more than is allowed says as much as the rest: the reader will refuse it.
    _write(found.path, content[: MAX_BYTES + 1])
    _write(found.path.with_suffix(".name"), found.name.encode())
    return found


def staged(user: User, sha256: str) -> Staged | None:
    """What `user` uploaded under this hash, None when it expired or is somebody else's."""
    if len(sha256) != 64 or not sha256.isalnum():
        return None
    path = _folder(user) / sha256
    try:
        if time.time() - path.stat().st_mtime > KEPT_SECONDS:
            return None
        return Staged(path.with_suffix(".name").read_text("utf-8"), sha256, path)
    except FileNotFoundError:
        return None


def discard(found: Staged) -> None:
    for path in (found.path, found.path.with_suffix(".name")):
        path.unlink(missing_ok=True)


def _folder(user: User) -> Path:
    return _root() / str(user.pk)


def _root() -> Path:
    return Path(settings.MEDIA_ROOT) / "imports"


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: a second click reads while the first one writes."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
        part.write(content)
    os.chmod(part.name, 0o600)
    Path(part.name).replace(path)


def _discard_old() -> None:
    limit = time.time() - KEPT_SECONDS
    for path in _root().glob("*/*"):
        try:
            if path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)
        except FileNotFoundError:  # another upload was quicker
            continue
