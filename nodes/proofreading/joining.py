"""Decides which lines of a text belong to one paragraph."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from nodes.proofreading.marks import DATE_LINE, NUMBERING, PAGE_NUMBER
from nodes.proofreading.paragraphs import Line, Paragraph

CLOSERS = {"》": "《", "”": "“", "）": "（", ")": "(", "〕": "〔", "’": "‘"}
OPENERS = frozenset(CLOSERS.values())
STOP = "。！？；：…!?;:"
CLOSING = "”’）)》」』】"
APART = re.compile(r"附件|抄送|抄报|主送|签发人|联系人|[（(]联系人|印发|主题词|此页无正文|[（(]此[页件]")
MARKUP = re.compile(r"\*\*|^#{1,6}\s+")
HEAD = 15  # lines among which the addressee stands
BODY = 15  # characters from which a line with a comma may be running text
UNCLOSED_LINES = 4  # an opening mark that is not closed by then was forgotten
NARROWEST = 20  # characters of a line that may have been wrapped
WRAPPED = 5  # lines of full width that show a text to be wrapped


@dataclass
class _Growing:
    """A paragraph while lines are added to it."""

    lines: list[Line]
    text: str
    starts: list[int] = field(default_factory=lambda: [0])
    breaks: list[int] = field(default_factory=list)
    bold_open: bool = False
    bold: bool = False

    def add(self, line: Line, text: str, *, gap: bool) -> None:
        if (
            self.text[-1:].isascii()
            and self.text[-1:].isalnum()
            and text[:1].isascii()
            and text[:1].isalnum()
        ):
            self.text += " "
        self.starts.append(len(self.text))
        if gap:
            self.breaks.append(len(self.text))
        self.lines.append(line)
        self.text += text

    def finished(self) -> Paragraph:
        return Paragraph(
            self.text,
            tuple(line.number for line in self.lines),
            tuple(self.starts),
            tuple(self.breaks),
            cell=self.lines[0].cell,
            bold=self.bold,
        )


def join(lines: list[Line]) -> tuple[Paragraph, ...]:
    """The paragraphs that `lines` make; blank lines and page numbers go."""
    layout = _Layout(lines)
    made: list[_Growing] = []
    gap = False
    for at, line in enumerate(lines):
        text = MARKUP.sub("", line.text.replace("\f", " ")).strip()
        if not text or PAGE_NUMBER.match(text):
            gap = True
            continue
        marks = line.text.count("**")
        if made and layout.continues(made[-1], line, text, at, gap=gap):
            made[-1].add(line, text, gap=gap and not made[-1].bold_open)
        else:
            made.append(_Growing([line], text, bold=line.bold or line.text.lstrip().startswith("**")))
        made[-1].bold_open ^= bool(marks % 2)
        gap = "\f" in line.text
    return tuple(one.finished() for one in made)


class _Layout:
    """How the text is laid out, seen from all of its lines."""

    def __init__(self, lines: list[Line]) -> None:
        filled = [(at, line) for at, line in enumerate(lines) if line.text.strip()]
        self.head_until = self._addressee(filled)
        self.signatures = self._signatures(filled)
        body = [line for _at, line in filled if len(line.text.strip()) >= BODY]
        self.indents = sum(line.indented for line in body) * 4 > len(body)
        self.width = self._width(filled)
        self.spaced = self._spaced(filled)

    @staticmethod
    def _addressee(filled: list[tuple[int, Line]]) -> int:
        """Up to which line nothing is running text."""
        for at, line in filled[:HEAD]:
            text = line.text.strip().strip("*")
            if (
                text[-1:] in ("：", ":")
                and len(text) <= 80
                and "。" not in text
                and not NUMBERING.match(text)
            ):
                return at
            if "。" in text:
                break
        return -1

    @staticmethod
    def _signatures(filled: list[tuple[int, Line]]) -> frozenset[int]:
        """Dates standing alone and the lines before them."""
        found = set()
        for place, (at, line) in enumerate(filled):
            if DATE_LINE.match(line.text.strip()):
                found |= {at, filled[place - 1][0]} if place else {at}
        return frozenset(found)

    @staticmethod
    def _width(filled: list[tuple[int, Line]]) -> int:
        """The width at which lines are wrapped, 0 where they are not."""
        widths = Counter(len(line.text.strip()) for _at, line in filled if not line.cell)
        widest = max(widths, default=0)
        full = sum(widths[width] for width in range(widest - 2, widest + 1))
        return widest if full >= WRAPPED and full * 4 >= len(filled) else 0

    @staticmethod
    def _spaced(filled: list[tuple[int, Line]]) -> bool:
        """Whether blank lines stand between paragraphs, so that lines without one belong together."""
        apart = sum(after - before > 1 for (before, _), (after, _) in pairwise(filled))
        return apart >= WRAPPED and apart * 4 > len(filled) * 3

    def continues(self, made: _Growing, line: Line, text: str, at: int, *, gap: bool) -> bool:
        """Whether a line goes on with the paragraph before it."""
        if line.cell or made.lines[-1].cell:
            return False
        if made.bold_open:
            return True
        if at <= self.head_until + 1 or at in self.signatures or _begins_anew(text):
            return False
        if self.indents and line.indented:
            return False
        return self._unfinished(made, gap=gap)

    def _filled(self, line: str) -> bool:
        """Whether a line is so long that it may have been wrapped."""
        if self.spaced:
            return len(line) >= NARROWEST
        return self.width > 0 and len(line) >= self.width - 2

    def _unfinished(self, made: _Growing, *, gap: bool) -> bool:
        text = made.text
        if APART.match(text) or DATE_LINE.match(text):
            return False
        if len(made.lines) < UNCLOSED_LINES and _unclosed(text):
            return True
        if text[-1] in "，、,":
            return True
        if _ends(text):
            return False
        last = made.lines[-1].text.strip()
        if not gap and self._filled(last):
            return True
        if NUMBERING.match(text):
            return "。" in text and not text.endswith("。")
        return len(text) >= BODY and any(mark in text for mark in "，。；,;")


def _begins_anew(text: str) -> bool:
    return bool(NUMBERING.match(text) or DATE_LINE.match(text) or APART.match(text))


def _ends(text: str) -> bool:
    """Whether a sentence is over: a stop, or a closing mark after one or around everything."""
    if text[-1] in STOP:
        return True
    if text[-1] not in CLOSING:
        return False
    return text[-2:-1] in set(STOP) or text[0] in "（("


def _unclosed(text: str) -> bool:
    """Whether the last quotation, title or bracket that was opened is still open."""
    tail = text[-200:]
    open_marks: list[str] = []
    for mark in tail:
        if mark in OPENERS:
            open_marks.append(mark)
        elif mark in CLOSERS and open_marks and open_marks[-1] == CLOSERS[mark]:
            open_marks.pop()
    return bool(open_marks)
