"""Pages of a document or picture as images: run as a program of its own, since a file may be hostile.

Called as `python -I rendering.py SOURCE TYPE FOLDER`. It writes `count` (how many pages there are) and then
page after page; whoever started it takes what is there when it ends, however it ends.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import Any

MAX_PAGES = 20
WIDTH = 1400  # pixels, at most
CPU_SECONDS = 20
MEMORY = 1024**3
LONGEST = 20_000  # pixels: taller than that is no page
ENDINGS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/tiff": "tif",
}
PDF = "application/pdf"


def confine() -> None:
    """Give up rather than take the machine along."""
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 64 * 1024**2),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def render(source: Path, content_type: str, folder: Path) -> None:
    """Write the pages' number and images. Raises whatever the library finds wrong with the file."""
    import pymupdf  # after the limits are set

    ending = ENDINGS.get(content_type, "pdf")
    document = pymupdf.open(stream=source.read_bytes(), filetype=ending)
    if document.needs_pass:
        raise ValueError("sealed with a password")
    (folder / "count").write_text(str(document.page_count))
    sharpest = WIDTH if content_type == PDF else min(WIDTH, pymupdf.Pixmap(source.read_bytes()).width)
    for number in range(min(MAX_PAGES, document.page_count)):
        image = _image(pymupdf, document[number], sharpest)
        picture = image.tobytes("png") if content_type == PDF else image.tobytes("jpeg", jpg_quality=85)
        part = folder / "part"
        part.write_bytes(picture)
        part.rename(folder / str(number + 1))


def _image(pymupdf: Any, page: Any, width: int) -> Any:
    zoom = min(width / page.rect.width, LONGEST / page.rect.height)
    return page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), alpha=False)


if __name__ == "__main__":
    confine()
    render(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
