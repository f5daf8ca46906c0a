"""A drawing as SVG inside a page: lean, its tones left to the page's style sheet (css/charts.css)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from approvals.drawings.shapes import Box, Boxes, Dots, Drawing, Line, Link, Shape, Words

# So many lines under each other that their common place is said once.
COLUMN = 3


def svg(drawing: Drawing) -> SafeString:
    """The drawing as an `<svg>` element for a page, named by its title and told by its description.

    What leads somewhere is a group, since the parts of an image cannot be reached by keyboard.
    """
    role = "group" if drawing.has_links else "img"
    told = f"<desc>{escape(drawing.description)}</desc>" if drawing.description else ""
    head = (
        f'<svg class="chart" role="{role}" id="{drawing.name}"'
        f' viewBox="0 0 {_number(drawing.width)} {_number(drawing.height)}">'
        f"<title>{escape(drawing.title)}</title>{told}"
    )
    return mark_safe("".join([head, _hatches(drawing), *_parts(drawing), "</svg>"]))


def _parts(drawing: Drawing) -> Iterator[str]:
    """Each shape in its turn; lines of text of one look and place that follow each other say so once."""
    for look, found in groupby(drawing.shapes, key=_look):
        shapes = list(found)
        if column := _column(shapes):
            look += f' transform="translate({_number(column)})"'
            shapes = [replace(shape, x=0) for shape in shapes if isinstance(shape, Words)]
        painted = "".join(_painted(shape, drawing.name) for shape in _signs_in_line(shapes))
        yield f"<g {look}>{painted}</g>" if look else painted


def _column(shapes: list[Shape]) -> float:
    """Where the lines of a column of text all begin or end, 0 when they are none."""
    places = {shape.x if isinstance(shape, Words) else 0 for shape in shapes}
    return places.pop() if len(places) == 1 and len(shapes) > COLUMN else 0


def _signs_in_line(shapes: Iterable[Shape]) -> Iterator[Shape | list[Words]]:
    """The shapes, where single signs on one line follow each other as one list."""
    for y, found in groupby(shapes, key=_line_of_sign):
        run = list(found)
        yield from run if y is None else [[sign for sign in run if isinstance(sign, Words)]]


def _line_of_sign(shape: Shape) -> float | None:
    if isinstance(shape, Words) and len(shape.text) == 1 and shape.text.isalpha() and not shape.href:
        return shape.y
    return None


def _look(shape: Shape) -> str:
    if isinstance(shape, Link):
        return f'font-size="11" font-weight="600" text-anchor="middle" {_fill("ink")}'
    if not isinstance(shape, Words):
        return ""
    look = f'font-size="{_number(shape.size)}" {_fill(shape.tone)}'
    if shape.anchor != "start":
        look += f' text-anchor="{shape.anchor}"'
    return look + (' font-weight="600"' if shape.bold else "")


def _painted(shape: Shape | list[Words], name: str) -> str:
    match shape:
        case list():
            return _signs(shape)
        case Boxes():
            return _boxes(shape, name)
        case Line():
            return _line(shape)
        case Dots():
            return _dots(shape)
        case Words():
            return _words(shape)
        case Link():
            return _link(shape)


def _boxes(shape: Boxes, name: str) -> str:
    d = "".join(_outline(box) for box in shape.boxes)
    if not d:
        return ""
    if shape.look == "hatched":
        stroke = _stroke(shape.tone)
        return f'<path d="{d}" fill="url(#{name}-{shape.tone})" {stroke}/>'
    if shape.look == "framed":
        return f'<path d="{d}" fill="none" {_stroke(shape.tone)}/>'
    if shape.look == "outlined":
        return f'<path d="{d}" class="f-{shape.tone}-wash s-{shape.tone}"/>'
    return f'<path d="{d}" {_fill(shape.tone)}/>'


def _outline(box: Box) -> str:
    x, y, width, height = (_number(side) for side in box)
    return f"M{x} {y}h{width}v{height}H{x}z"


def _line(shape: Line) -> str:
    d = "".join(_strokes([(_number(x), _number(y)) for x, y in shape.points]))
    dashes = ' stroke-dasharray="5 4"' if shape.dashed else ""
    return f'<path d="{d}" fill="none" {_stroke(shape.tone)} stroke-width="{_number(shape.width)}"{dashes}/>'


def _strokes(points: list[tuple[str, str]]) -> Iterator[str]:
    """The way through `points`; level and upright pieces name one number only."""
    was_x, was_y = "", ""
    for x, y in points:
        if not was_x:
            yield f"M{x} {y}"
        elif x == was_x:
            yield f"V{y}"
        else:
            yield f"H{x}" if y == was_y else f"L{x} {y}"
        was_x, was_y = x, y


def _dots(shape: Dots) -> str:
    """A piece of line without length has round ends, and little to say."""
    d = "".join(f"M{_number(x)} {_number(y)}h0" for x, y in shape.centres)
    if not d:
        return ""
    if not shape.hollow:
        return f'<path d="{d}" {_pen(shape.tone, shape.radius * 2)}/>'
    return (
        f'<path d="{d}" {_pen(shape.tone, shape.radius * 2 + 1)}/>'
        f'<path d="{d}" {_pen("surface", shape.radius * 2 - 1)}/>'
    )


def _pen(tone: str, width: float) -> str:
    return f'{_stroke(tone)} stroke-width="{_number(width)}" stroke-linecap="round"'


def _words(shape: Words) -> str:
    whole = f"<title>{escape(shape.whole)}</title>" if shape.whole else ""
    x = f' x="{_number(shape.x)}"' if shape.x else ""
    text = f'<text{x} y="{_number(shape.y)}">{escape(shape.text)}{whole}</text>'
    return f'<a href="{escape(shape.href)}">{text}</a>' if shape.href else text


def _signs(found: list[Words]) -> str:
    """Single signs on one line, each at its own place."""
    places = " ".join(_number(sign.x) for sign in found)
    text = escape("".join(sign.text for sign in found))
    return f'<text x="{places}" y="{_number(found[0].y)}">{text}</text>'


def _link(shape: Link) -> str:
    x, y, width, _height = shape.box
    text = f'<text x="{_number(x + width / 2)}" y="{_number(y + 12)}">{escape(shape.text)}</text>'
    says = f"<title>{escape(shape.says)}</title>"
    return f'<a href="{escape(shape.href)}"><path d="{_outline(shape.box)}"/>{text}{says}</a>'


def _hatches(drawing: Drawing) -> str:
    tones = {s.tone: None for s in drawing.shapes if isinstance(s, Boxes) and s.look == "hatched" and s.boxes}
    patterns = "".join(_hatch(f"{drawing.name}-{tone}", tone) for tone in tones)
    return f"<defs>{patterns}</defs>" if patterns else ""


def _hatch(name: str, tone: str) -> str:
    return (
        f'<pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<path d="M-1 7L7-1M-1 1L1-1M5 7L7 5" {_stroke(tone)} stroke-width="1.6"/></pattern>'
    )


def _fill(tone: str) -> str:
    return f'class="f-{tone}"'


def _stroke(tone: str) -> str:
    return f'class="s-{tone}"'


def _number(value: float) -> str:
    return f"{round(value, 1):g}"
