"""A drawing as SVG: complete in itself, lean, and open to the page's style sheet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from approvals.drawings.shapes import TONES, Box, Boxes, Dots, Drawing, Line, Link, Shape, Words


def svg(drawing: Drawing) -> SafeString:
    """The drawing as an `<svg>` element for a page, named by its title and told by its description.

    What leads somewhere is a group, since the parts of an image cannot be reached by keyboard.
    """
    name, role = drawing.name, "group" if drawing.has_links else "img"
    described = description = ""
    if drawing.description:
        described = f' aria-describedby="{name}-desc"'
        description = f'<desc id="{name}-desc">{escape(drawing.description)}</desc>'
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="{role}" id="{name}"'
        f' aria-labelledby="{name}-title"{described}'
        f' viewBox="0 0 {_number(drawing.width)} {_number(drawing.height)}" font-family="sans-serif">'
        f'<title id="{name}-title">{escape(drawing.title)}</title>'
        f"{description}"
    )
    return mark_safe("".join([head, _hatches(drawing), *_parts(drawing), "</svg>"]))


def _parts(drawing: Drawing) -> Iterator[str]:
    """Each shape in its turn; lines of text of one look that follow each other say so once."""
    for look, shapes in groupby(drawing.shapes, key=_look):
        painted = "".join(_painted(shape, drawing.name) for shape in shapes)
        yield f"<g {look}>{painted}</g>" if look else painted


def _look(shape: Shape) -> str:
    if isinstance(shape, Link):
        return f'font-size="11" font-weight="600" text-anchor="middle" {_fill("ink")}'
    if not isinstance(shape, Words):
        return ""
    look = f'font-size="{_number(shape.size)}" {_fill(shape.tone)}'
    if shape.anchor != "start":
        look += f' text-anchor="{shape.anchor}"'
    return look + (' font-weight="600"' if shape.bold else "")


def _painted(shape: Shape, name: str) -> str:
    match shape:
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
        return f'<path d="{d}" fill="url(#{name}-{shape.tone})" {stroke} stroke-width="1"/>'
    if shape.look == "framed":
        return f'<path d="{d}" fill="none" {_stroke(shape.tone)}/>'
    if shape.look == "outlined":
        wash = f"{shape.tone}-wash"
        looks = f'class="f-{wash} s-{shape.tone}" fill="{TONES[wash]}" stroke="{TONES[shape.tone]}"'
        return f'<path d="{d}" {looks}/>'
    return f'<path d="{d}" {_fill(shape.tone)}/>'


def _outline(box: Box) -> str:
    x, y, width, height = (_number(side) for side in box)
    return f"M{x} {y}h{width}v{height}h-{width}z"


def _line(shape: Line) -> str:
    d = "M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in shape.points)
    dashes = ' stroke-dasharray="5 4"' if shape.dashed else ""
    return f'<path d="{d}" fill="none" {_stroke(shape.tone)} stroke-width="{_number(shape.width)}"{dashes}/>'


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
    text = f'<text x="{_number(shape.x)}" y="{_number(shape.y)}">{escape(shape.text)}{whole}</text>'
    return f'<a href="{escape(shape.href)}">{text}</a>' if shape.href else text


def _link(shape: Link) -> str:
    x, y, width, height = shape.box
    box = f'<rect x="{_number(x)}" y="{_number(y)}" width="{_number(width)}" height="{_number(height)}"'
    text = f'<text x="{_number(x + width / 2)}" y="{_number(y + 12)}">{escape(shape.text)}</text>'
    says = f"<title>{escape(shape.says)}</title>"
    return f'<a href="{escape(shape.href)}">{box} fill-opacity="0"/>{text}{says}</a>'


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
    return f'class="f-{tone}" fill="{TONES[tone]}"'


def _stroke(tone: str) -> str:
    return f'class="s-{tone}" stroke="{TONES[tone]}"'


def _number(value: float) -> str:
    return f"{round(value, 1):g}"
