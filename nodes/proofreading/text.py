"""A text as numbered paragraphs, with what page breaks and line wraps cut put together again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike

from nodes.proofreading.joining import join
from nodes.proofreading.paragraphs import Line, Paragraph, Table, lines_of, tables_of
from nodes.proofreading.reading import read


@dataclass(frozen=True)
class Text:
    """What is proofread: paragraphs in reading order, and the tables among them."""

    paragraphs: tuple[Paragraph, ...]
    tables: tuple[Table, ...] = ()

    @classmethod
    def from_string(cls, text: str) -> Text:
        """Lines are those that `text` has: a summary, a statement, or a part of either."""
        lines = lines_of(text)
        return cls.from_lines(lines, tables_of(lines))

    @classmethod
    def from_lines(cls, lines: Iterable[Line], tables: Iterable[Table] = ()) -> Text:
        """Put together what wraps and page breaks cut."""
        return cls(join(list(lines)), tuple(tables))

    @classmethod
    def from_file(cls, path: str | PathLike[str]) -> Text:
        """Read a .txt or .docx file. Raises Unreadable, in the active language, when that cannot be done."""
        lines, tables = read(path)
        return cls.from_lines(lines, tables)

    @property
    def body(self) -> str:
        """All paragraphs, one a line."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)
