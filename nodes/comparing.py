"""What changed from one round of evidence to the next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from nodes.models import EvidenceSubmission

# Chinese has no spaces: single characters, but figures and Latin words whole; clauses in a long text.
WORD = re.compile(r"\d+(?:\.\d+)?|[A-Za-z]+|.", re.DOTALL)
CLAUSE = re.compile(r"[^，。；：、！？\n]*[，。；：、！？\n]*")
LONG = 3000  # characters, beyond which single characters take too long to compare


@dataclass(frozen=True)
class Piece:
    """A stretch of text that was "kept", "added" or "removed"."""

    change: str
    text: str


@dataclass(frozen=True)
class Changes:
    """How a round differs from the one before: its text, its day of completion, its files (by name)."""

    pieces: list[Piece]
    completed_before: date | None
    files_added: list[str]
    files_removed: list[str]

    @property
    def text_changed(self) -> bool:
        return any(piece.change != "kept" for piece in self.pieces)

    @property
    def nothing(self) -> bool:
        return not (self.text_changed or self.completed_before or self.files_added or self.files_removed)


def changes(before: EvidenceSubmission, after: EvidenceSubmission) -> Changes:
    """What `after` has that `before` had not, and the other way round; files with equal content are equal."""
    old = {one.file_id: one.name for one in before.files.all()}
    new = {one.file_id: one.name for one in after.files.all()}
    return Changes(
        pieces=list(compare(before.statement, after.statement)),
        completed_before=before.completed_on if before.completed_on != after.completed_on else None,
        files_added=[name for file, name in new.items() if file not in old],
        files_removed=[name for file, name in old.items() if file not in new],
    )


def compare(before: str, after: str) -> Iterator[Piece]:
    """`after` with what was removed from `before` and what was added to it, in reading order."""
    split = CLAUSE if max(len(before), len(after)) > LONG else WORD
    old, new = split.findall(before), split.findall(after)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("kept", "".join(new[j1:j2]))
            continue
        if i2 > i1:
            yield Piece("removed", "".join(old[i1:i2]))
        if j2 > j1:
            yield Piece("added", "".join(new[j1:j2]))
