"""Names inside an archive: whatever people called their files, every system can unpack them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

# Separators, what Windows forbids, controls, and marks that turn the direction of writing round.
UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f/\\:*?\"<>|\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
LONGEST = 40  # characters of one part of a path: Windows allows 260 of all parts together
LONGEST_ENDING = 8


def part(name: str, longest: int = LONGEST) -> str:
    """One part of a path, after `name`: without anything that leads elsewhere or that some system refuses."""
    plain = UNFIT.sub("_", unicodedata.normalize("NFC", name))
    plain = " ".join(plain.split()).strip(". ")[:longest].strip(". ")
    return f"_{plain}" if RESERVED.match(plain) else plain or "_"


def file_part(name: str, longest: int = LONGEST) -> str:
    """As `part`, but what is too long loses its middle and keeps its ending (.pdf)."""
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > LONGEST_ENDING:
        return part(name, longest)
    return part(stem, longest - len(ending) - 1) + dot + part(ending)


def unlike(path: str, taken: Collection[str]) -> str:
    """`path`, numbered where something that differs in case only is there already."""
    stem, dot, ending = path.rpartition(".")
    if not stem or "/" in ending:
        stem, dot, ending = path, "", ""
    found, number = path, 1
    while found.casefold() in taken:
        number += 1
        found = f"{stem} ({number}){dot}{ending}"
    return found
