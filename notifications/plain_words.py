"""Words that people typed, made safe to stand in a message as nothing but words."""

from __future__ import annotations

import re

# Characters that are not there to be read: controls, marks that turn the direction of what follows, marks
# of no width at an end of text, tags, and halves of a character.
_UNSEEN = (
    r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb"
)
_UNREADABLE = re.compile(f"[{_UNSEEN}\ud800-\udfff\U000e0000-\U000e007f]")
_BREAKS = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
_BEGUN_ADDRESS = re.compile(r"https?://\S*\Z")
_SPACES = re.compile(r"[ \t\n]+")


def literal(text: object) -> str:
    """`text` on one line, for subjects, titles and names: no control characters, no line breaks, nothing
    that turns the direction of other words. What can be read stays as it is, `@all` and `<b>` too: a
    channel for which that would be more than words takes care of it."""
    return _SPACES.sub(" ", paragraphs(text)).strip()


def paragraphs(text: object) -> str:
    """As `literal`, but a line break stays one."""
    return _UNREADABLE.sub("", _BREAKS.sub("\n", str(text)))


def shortened(text: str, size: int) -> str:
    """`text` in at most `size` bytes of UTF-8; if it is cut, then between two characters and before an
    address rather than within, and ended by “…”."""
    if len(text.encode()) <= size:
        return text
    room = size - len("…".encode())
    cut = text.encode()[:room].decode(errors="ignore")
    return _BEGUN_ADDRESS.sub("", cut).rstrip() + "…"
