"""PDFs kept by the content they were made from: the same document is printed once, and one at a time."""

from __future__ import annotations

import fcntl
import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from approvals.official.converting import pdf

PATIENCE = 25  # seconds, since somebody waits for the page
KEPT = 200


def proof(document: bytes) -> bytes:
    """The PDF of a .docx for somebody who looks at it now: made in some seconds, the next time at once.

    Raises NoPdf like `pdf`, after 25 seconds at most once it is this document's turn.
    """
    folder = Path(settings.MEDIA_ROOT) / "proofs"
    path = folder / f"{hashlib.sha256(document).hexdigest()}.pdf"
    folder.mkdir(parents=True, exist_ok=True)
    if not path.is_file():
        with _one_at_a_time(folder):
            if not path.is_file():
                _keep(pdf(document, patience=PATIENCE), path)
                _forget(folder)
    return path.read_bytes()


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _keep(content: bytes, path: Path) -> None:
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    part.write_bytes(content)
    part.replace(path)


def _forget(folder: Path) -> None:
    """Delete all but the newest."""
    found = sorted(folder.glob("*.pdf"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in found[KEPT:]:
        path.unlink(missing_ok=True)
