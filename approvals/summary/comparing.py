"""What differs between two bodies, block by block and inside each to the character."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from approvals.summary.hand import section_of
from approvals.summary.parts import Body, Part, Table, text_of
from nodes.comparing import Piece, compare


@dataclass(frozen=True)
class Difference:
    """A block or a row of a table that is "altered", "added" or "removed"; `section` is the heading above."""

    key: str
    section: str
    change: str
    pieces: tuple[Piece, ...]


def differences(before: Body, after: Body) -> list[Difference]:
    """In reading order of `after`; what is there no longer stands where it stood."""
    old, new = _by_key(before), _by_key(after)
    found: list[Difference] = []
    for key in _order(list(old), list(new)):
        section = section_of(after if key in new else before, key)
        found += _block(key, section, old.get(key), new.get(key))
    return found


def _by_key(body: Body) -> dict[str, Part]:
    return {block.key: block for block in (*body.blocks, body.annex)}


def _order(old: list[str], new: list[str]) -> list[str]:
    """The keys of both: those of `new`, each followed by what came after it in `old` and is gone."""
    following: dict[str, list[str]] = {}
    last = ""
    for key in old:
        if key in new:
            last = key
        else:
            following.setdefault(last, []).append(key)
    return [*following.get("", []), *(one for key in new for one in (key, *following.get(key, [])))]


def _block(key: str, section: str, before: Part | None, after: Part | None) -> Iterator[Difference]:
    if isinstance(before, Table) and isinstance(after, Table):
        old, new = _rows(before), _rows(after)
        for row in _order(list(old), list(new)):
            yield from _text(key, section, old.get(row, ""), new.get(row, ""))
    else:
        yield from _text(key, section, text_of(before) if before else "", text_of(after) if after else "")


def _rows(table: Table) -> dict[str, str]:
    """The rows in one line each, every cell with its column's title, by what stands in their first column."""
    return {row[0]: "　".join(map(_cell, table.header, row)) for row in table.rows}


def _cell(title: str, text: str) -> str:
    return f"{title} {text}"


def _text(key: str, section: str, before: str, after: str) -> Iterator[Difference]:
    if before == after:
        return
    change = "altered" if before and after else "added" if after else "removed"
    yield Difference(key, section, change, tuple(compare(before, after)))
