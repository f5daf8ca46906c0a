"""Calling people by name in a comment: “@王芳 请看一下”."""

from __future__ import annotations

from collections.abc import Collection, Iterator

AT = "@＠"


def called(text: str, names: Collection[str]) -> set[str]:
    """Those of `names` that are called in `text`, each time the longest that fits."""
    return {name for _piece, name in pieces(text, names) if name}


def pieces(text: str, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """`text` cut where somebody is called: a stretch of it, and the name that it calls or ""."""
    longest_first = sorted(filter(None, names), key=len, reverse=True)
    begin = place = 0
    while place < len(text):
        name = _called_at(text, place, longest_first)
        if not name:
            place += 1
            continue
        if begin < place:
            yield text[begin:place], ""
        begin = place + 1 + len(name)
        yield text[place:begin], name
        place = begin
    if begin < len(text):
        yield text[begin:], ""


def _called_at(text: str, place: int, longest_first: Collection[str]) -> str:
    if text[place] not in AT or (place and _latin(text[place - 1])):
        return ""  # not an @, or the one in the middle of an e-mail address
    rest = text[place + 1 :]
    return next((name for name in longest_first if rest.startswith(name) and _whole(name, rest)), "")


def _whole(name: str, rest: str) -> bool:
    """A Latin name ends where the word does; a Chinese one may be followed by anything."""
    return not (_latin(name[-1]) and len(rest) > len(name) and _latin(rest[len(name)]))


def _latin(letter: str) -> bool:
    return letter.isascii() and (letter.isalnum() or letter in "_-")
