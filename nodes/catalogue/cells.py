"""What a cell may hold, and how it reads as text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
ESCAPED_CONTROL = re.compile(r"_x00[01][0-9A-Fa-f]_")
HAN = r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"
BREAK_WITHIN_CHINESE = re.compile(rf"(?<={HAN})[ \t]*[\r\n\v\f]+\s*(?={HAN})")
FULL_WIDTH = str.maketrans("０１２３４５６７８９／－—–．：", "0123456789/---.:")


@dataclass(frozen=True)
class BadCell:
    """A cell whose value cannot be used, and why."""

    message: str


Value = str | int | float | bool | date | datetime | time | timedelta | BadCell | None


def as_text(value: Value) -> str:
    """Return a cell as one line of clean text in NFC; '' for a blank or an unusable one."""
    if value is None or isinstance(value, BadCell):
        return ""
    if isinstance(value, str):
        return _one_line(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).upper() if isinstance(value, bool) else str(value)


def as_key(value: Value) -> str:
    """Return a cell's text for comparing names: no spaces, full-width and half-width forms alike."""
    return "".join(unicodedata.normalize("NFKC", as_text(value)).split())


def is_blank(value: Value) -> bool:
    """Return whether a cell holds nothing a person would see."""
    return not isinstance(value, BadCell) and as_text(value) == ""


def _one_line(text: str) -> str:
    """Chinese runs on over a line break; between other words the break is a space."""
    text = ESCAPED_CONTROL.sub("\n", text)
    text = " ".join(BREAK_WITHIN_CHINESE.sub("", text).split())
    return unicodedata.normalize("NFC", CONTROL.sub("", text)).strip()
