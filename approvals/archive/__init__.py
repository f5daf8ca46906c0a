"""A year's evidence in one archive that proves itself: every file, an index page, hashes and a verifier."""

from __future__ import annotations

from approvals.archive.contents import contents
from approvals.archive.packing import Archive, archive_of

__all__ = ["Archive", "archive_of", "contents"]
