"""What a drawing is made of: plain shapes in its own units, to be painted as SVG or on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

# Tones by name, as they look on white paper; on the screen a style sheet says what they look like.
TONES = {
    "ink": "#22252a",
    "soft": "#585e66",
    "line": "#dfdacd",
    "strong": "#8d8878",
    "sunken": "#f0ede4",
    "surface": "#ffffff",
    "green": "#1c6639",
    "amber": "#7d4c00",
    "red": "#a3123a",
    "grey": "#535961",
    "blue": "#1f4e79",
    "green-wash": "#e2f0e5",
    "amber-wash": "#fbedcf",
    "red-wash": "#fbe3e8",
    "grey-wash": "#e9e6dd",
    "blue-wash": "#e1ebf4",
}
ELLIPSIS = "…"

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, width, height


@dataclass(frozen=True)
class Boxes:
    """Rectangles of one look: filled with the tone, hatched, framed, or outlined on the tone's wash."""

    tone: str
    boxes: Sequence[Box]
    look: str = "solid"  # or hatched, framed, outlined


@dataclass(frozen=True)
class Line:
    """Straight pieces through `points`."""

    tone: str
    points: Sequence[Point]
    width: float = 1
    dashed: bool = False


@dataclass(frozen=True)
class Dots:
    """Small circles of one look around `centres`."""

    tone: str
    centres: Sequence[Point]
    radius: float = 1.6
    hollow: bool = False


@dataclass(frozen=True)
class Words:
    """A line of text whose baseline is at `y`; `anchor` is SVG's text-anchor, `whole` what was shortened."""

    x: float
    y: float
    text: str
    size: float = 12
    tone: str = "ink"
    anchor: str = "start"
    bold: bool = False
    href: str = ""
    whole: str = ""


@dataclass(frozen=True)
class Link:
    """A place to press: where it leads, the text in it and what it says to whoever asks."""

    box: Box
    href: str
    text: str
    says: str


Shape = Boxes | Line | Dots | Words | Link


@dataclass
class Drawing:
    """A picture with a title and a description for whoever does not see it; `name` is unique on its page."""

    name: str
    title: str
    description: str
    width: float
    height: float
    shapes: list[Shape] = field(default_factory=list)

    def add(self, *shapes: Shape) -> None:
        self.shapes.extend(shapes)

    @property
    def has_links(self) -> bool:
        return any(getattr(shape, "href", "") for shape in self.shapes)


def breadth(text: str, size: float) -> float:
    """About how wide `text` is: Chinese characters are square, others about half as wide."""
    return sum(size if ord(sign) > 0x2E7F or sign in "—…“”·" else size * 0.56 for sign in text)


def fitted(text: str, width: float, size: float) -> str:
    """`text`, shortened where it would be wider than `width`."""
    if breadth(text, size) <= width:
        return text
    while text and breadth(text + ELLIPSIS, size) > width:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS
