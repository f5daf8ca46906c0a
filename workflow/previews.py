"""A look at a stored file without handing it out: its pages as images, or its text.

Nothing of the original reaches a browser. Pages are kept under MEDIA_ROOT/previews by the content's SHA-256.
Whether somebody may look is answered by the apps that use files: each registers its own answer here.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from workflow import rendering
from workflow.file_types import CSV, TEXT, decoded
from workflow.files import path_of
from workflow.models import Attachment, StoredFile, User

PAGED = frozenset({rendering.PDF, *rendering.ENDINGS})
TEXTS = frozenset({TEXT, CSV})
MAX_TEXT = 200 * 1024  # bytes
PATIENCE = 25  # seconds of waiting for a rendering
RETRY_SECONDS = 600  # a file that could not be shown is not tried again sooner

_answers: list[Callable[[User, Attachment], bool]] = []


@dataclass(frozen=True)
class Preview:
    """What can be shown: `pages` images of `total` pages, or `text`; nothing of both when it cannot be."""

    pages: int = 0
    total: int = 0
    text: str | None = None
    cut: bool = False

    @property
    def shown(self) -> bool:
        return bool(self.pages) or self.text is not None


def register(answer: Callable[[User, Attachment], bool]) -> None:
    """Let `answer` say of one more use of files whether a user may see an attachment."""
    if answer not in _answers:
        _answers.append(answer)


def may_see(user: User, attachment: Attachment) -> bool:
    """Whether the user may download the attachment wherever it is used; never another office's."""
    own = attachment.office_id == user.office_id and user.office_id is not None
    return own and any(answer(user, attachment) for answer in _answers)


def can_show(content_type: str) -> bool:
    """Whether files of this type have a preview at all."""
    return content_type in PAGED | TEXTS


def preview_of(file: StoredFile) -> Preview:
    """The file's preview; an empty one for what is damaged, sealed, too large or of no such type."""
    if file.content_type in TEXTS:
        return _text(file)
    if file.content_type not in PAGED:
        return Preview()
    folder = _rendered(file)
    pages = sum(1 for path in folder.iterdir() if path.name.isdecimal())
    return Preview(pages, int((folder / "count").read_text()) if pages else 0)


def page_of(file: StoredFile, number: int) -> Path | None:
    """Where the image of page `number` (from 1) lies; None when there is none."""
    if file.content_type not in PAGED:
        return None
    path = _rendered(file) / str(number)
    return path if path.is_file() else None


def image_type(file: StoredFile) -> str:
    """The type of the images of the file's pages."""
    return "image/png" if file.content_type == rendering.PDF else "image/jpeg"


def prune() -> int:
    """Delete the pages of content that is gone; return of how much."""
    folders = list(_root().glob("*"))
    known = set(
        StoredFile.objects.filter(sha256__in=[folder.name for folder in folders]).values_list(
            "sha256", flat=True
        )
    )
    gone = [folder for folder in folders if folder.name not in known and _age(folder) > RETRY_SECONDS]
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)
    return len(gone)


def _text(file: StoredFile) -> Preview:
    path = path_of(file.sha256)
    if not path.is_file():
        return Preview()
    with path.open("rb") as stream:
        head = stream.read(MAX_TEXT)
    return Preview(text=decoded(head), cut=file.size > MAX_TEXT)


def _root() -> Path:
    return Path(settings.MEDIA_ROOT) / "previews"


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0


def _rendered(file: StoredFile) -> Path:
    """The folder with the file's pages, made now if need be."""
    folder = _root() / file.sha256
    failed = folder.is_dir() and not (folder / "1").is_file()
    if folder.is_dir() and not (failed and _age(folder) > RETRY_SECONDS):
        return folder
    if failed:
        shutil.rmtree(folder, ignore_errors=True)
    return _render(file, folder)


def _render(file: StoredFile, folder: Path) -> Path:
    """Render aside and move into place at once: of two at the same time, the first one's pages stay."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix="tmp"))
    _run(path_of(file.sha256), file.content_type, aside)
    try:
        aside.rename(folder)
    except OSError:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def _run(source: Path, content_type: str, aside: Path) -> None:
    command = [sys.executable, "-I", rendering.__file__, str(source), content_type, str(aside)]
    with suppress(subprocess.TimeoutExpired):  # what is there by then is shown
        subprocess.run(command, env={}, cwd=aside, capture_output=True, timeout=PATIENCE, check=False)
    (aside / "part").unlink(missing_ok=True)  # a page that was not finished
