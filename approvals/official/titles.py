"""Breaks a title into lines as the standard asks: no word is torn, and the lines make a trapezoid."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from importlib import resources
from itertools import combinations, pairwise
from math import comb

WORDS: list[str] = tomllib.loads(
    resources.files(__package__).joinpath("titles.toml").read_text(encoding="utf-8")
)["words"].split()
LONGEST_FIRST = sorted(WORDS, key=len, reverse=True)
# What stays whole: names in marks, numbers with what they count, Latin words, known words; else a character.
WHOLE = re.compile(
    "《[^》]{1,20}》|“[^”]{1,16}”|〔\\d+〕|第?[0-9０-９.,]+(?:年度?|月|日|号|项|次|届|个|期|%|％)?"
    "|第[一二三四五六七八九十百]+[届次期批号]|[A-Za-z0-9'’&.-]+|" + "|".join(LONGEST_FIRST) + "|\\s+|."
)
NEVER_FIRST = frozenset("、，。：；！？》”’）〕】·—…%％的之")
NEVER_LAST = frozenset("《“‘（〔【第")
# A line that ends so ends with a whole word.
FIRM = re.compile("(?:" + "|".join(LONGEST_FIRST) + "|[的和与及、年》”）〕])$")
MEETING = re.compile("(?<=[0-9A-Za-z])(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])(?=[0-9A-Za-z])")
BESIDE = 0.2  # characters between a Latin letter and a Chinese one
MOST_LINES = 4
MOST_SHAPES = 100_000  # a second's work
# What a shape costs beside the square of the steps between its lines, in characters: a break that may tear a
# word, two lines of one length (a block is no trapezoid), and a line shorter than both its neighbours.
TORN, BLOCK, HOURGLASS = 6, 8, 100


def lines(title: str, *, most: int, whole: str = "") -> tuple[str, ...]:
    """`title` as lines of at most `most` characters' width, in as few as hold it.

    `whole` is a name in it that is not broken where it can be helped. A title that no break makes fit, that
    needs more than four lines or can be broken in too many ways is left to the word processor as one line.
    """
    wide = width(title)
    if wide <= most:
        return (title,)
    pieces = _pieces(title, whole if width(whole) <= most else "")
    places = [at for at in range(1, len(pieces)) if _may_break(pieces[at - 1], pieces[at])]
    for count in range(2, MOST_LINES + 1):
        if comb(len(places), count - 1) > MOST_SHAPES:
            break
        if wide <= count * most and (fitting := list(_fitting(pieces, places, count, most))):
            return min(fitting, key=_cost)
    return (title,)


def width(text: str) -> float:
    """How wide `text` sets, in Chinese characters: Latin ones are narrower, with a gap beside Chinese."""
    return sum(map(_width, text)) + BESIDE * len(MEETING.findall(text))


def _width(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WFA":
        return 1
    return 0.25 if letter in " .,:;'" else 0.5


def _pieces(title: str, whole: str) -> list[str]:
    if not whole or whole not in title:
        return WHOLE.findall(title)
    before, _name, after = title.partition(whole)
    return [*WHOLE.findall(before), whole, *WHOLE.findall(after)]


def _may_break(before: str, after: str) -> bool:
    return after[0] not in NEVER_FIRST and before[-1] not in NEVER_LAST and not after.isspace()


def _fitting(pieces: list[str], places: list[int], count: int, most: int) -> Iterator[tuple[str, ...]]:
    """Every way to break the pieces into so many lines that all fit."""
    for cuts in combinations(places, count - 1):
        edges = (0, *cuts, len(pieces))
        shape = tuple("".join(pieces[a:b]).strip() for a, b in pairwise(edges))
        if all(width(line) <= most for line in shape):
            yield shape


def _cost(shape: tuple[str, ...]) -> float:
    """How far a shape is from a trapezoid (or, of three lines and more, a rhomb) of whole words."""
    steps = [after - before for before, after in pairwise(map(width, shape))]
    uneven = sum(step * step for step in steps) + BLOCK * sum(step == 0 for step in steps)
    hourglass = HOURGLASS * any(before < 0 < after for before, after in pairwise(steps))
    return uneven + hourglass + TORN * sum(not FIRM.search(line) for line in shape[:-1])
