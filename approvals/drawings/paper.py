"""A drawing on paper: the same shapes, painted on the page of a PDF."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from threading import Lock
from typing import Any

import pymupdf

from approvals.drawings.shapes import TONES, Box, Boxes, Dots, Drawing, Line, Link, Words

HATCH = 4.0
# MuPDF keeps its state in the process: one thread at a time may use it.
ONE_AT_A_TIME = Lock()


class Sheet:
    """A part of a page on which a drawing's units are scaled to points."""

    def __init__(self, page: Any, left: float, top: float, scale: float) -> None:
        self.page, self.left, self.top, self.scale = page, left, top, scale

    def place(self, x: float, y: float) -> Any:
        return pymupdf.Point(self.left + x * self.scale, self.top + y * self.scale)

    def rectangle(self, box: Box) -> Any:
        x, y, width, height = box
        return pymupdf.Rect(self.place(x, y), self.place(x + width, y + height))


def paint(page: Any, drawing: Drawing, left: float, top: float, width: float) -> float:
    """Paint `drawing` with its upper left corner at `left`, `top`, and return its height, all in points."""
    sheet = Sheet(page, left, top, width / drawing.width)
    for shape in drawing.shapes:
        match shape:
            case Boxes():
                _boxes(sheet, shape)
            case Line():
                _line(sheet, shape)
            case Dots():
                _dots(sheet, shape)
    _all_words(sheet, list(_words_of(drawing)))
    return drawing.height * sheet.scale


def _words_of(drawing: Drawing) -> Iterator[Words]:
    for shape in drawing.shapes:
        if isinstance(shape, Words):
            yield shape
        elif isinstance(shape, Link):
            x, y, width, _height = shape.box
            yield Words(x + width / 2, y + 12, shape.text, 11, anchor="middle", bold=True)


def _boxes(sheet: Sheet, shape: Boxes) -> None:
    if not shape.boxes:
        return
    ink, pen = _colour(shape.tone), sheet.page.new_shape()
    for box in shape.boxes:
        pen.draw_rect(sheet.rectangle(box))
    if shape.look == "solid":
        pen.finish(color=None, fill=ink)
    else:
        wash = _colour(f"{shape.tone}-wash") if shape.look == "outlined" else None
        pen.finish(color=ink, fill=wash, width=0.7)
    if shape.look == "hatched":
        for box in shape.boxes:
            for start, end in _slants(sheet.rectangle(box)):
                pen.draw_line(start, end)
        pen.finish(color=ink, width=0.8)
    pen.commit()


def _slants(area: Any) -> Iterator[tuple[Any, Any]]:
    """The slanting lines that fill `area`, each cut off at its border."""
    reach = HATCH
    while reach < area.width + area.height:
        x, y = min(reach, area.width), min(reach, area.height)
        start = pymupdf.Point(area.x0 + x, area.y0 + reach - x)
        yield start, pymupdf.Point(area.x0 + reach - y, area.y0 + y)
        reach += HATCH


def _line(sheet: Sheet, shape: Line) -> None:
    pen = sheet.page.new_shape()
    pen.draw_polyline([sheet.place(x, y) for x, y in shape.points])
    dashes = "[3 2.4] 0" if shape.dashed else None
    colour, width = _colour(shape.tone), max(0.4, shape.width * sheet.scale)
    pen.finish(color=colour, width=width, dashes=dashes, closePath=False)
    pen.commit()


def _dots(sheet: Sheet, shape: Dots) -> None:
    if not shape.centres:
        return
    ink, pen = _colour(shape.tone), sheet.page.new_shape()
    for x, y in shape.centres:
        pen.draw_circle(sheet.place(x, y), shape.radius * sheet.scale)
    pen.finish(color=ink, fill=_colour("surface") if shape.hollow else ink, width=0.6)
    pen.commit()


def _all_words(sheet: Sheet, found: list[Words]) -> None:
    """Write all lines of one look in one go."""
    writers: dict[tuple[str, bool], Any] = {}
    for words in found:
        look = (words.tone, words.bold)
        if look not in writers:
            writers[look] = pymupdf.TextWriter(sheet.page.rect)
        size = words.size * sheet.scale
        writers[look].append(_start(sheet, words, size), words.text, font(), size)
    for (tone, bold), writer in writers.items():
        writer.write_text(sheet.page, color=_colour(tone), render_mode=2 if bold else 0)


def _start(sheet: Sheet, words: Words, size: float) -> Any:
    share = {"start": 0.0, "middle": 0.5, "end": 1.0}[words.anchor]
    at = sheet.place(words.x, words.y)
    return pymupdf.Point(at.x - share * font().text_length(words.text, size), at.y)


@cache
def font() -> Any:
    """A font with all Chinese characters, which comes with the library."""
    return pymupdf.Font("cjk")


@cache
def _colour(tone: str) -> tuple[float, float, float]:
    code = TONES[tone].removeprefix("#")
    red, green, blue = (int(code[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue
