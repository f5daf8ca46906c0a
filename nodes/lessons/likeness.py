"""Which nodes of different years are the same work."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import lru_cache
from itertools import product

from nodes.lessons.works import Work

# What names the year or the edition, and changes from year to year.
DATED = re.compile(
    r"(?:19|20)\d\d(?:年度|年|)|[一二][〇零一二三四五六七八九]{3}(?:年度|年)|本年度?|年度"
    r"|第?[一二三四五六七八九十百零〇\d]+届|首届"
)
UNSAID = re.compile(r"[\W_]+")
# What tells two pieces of work with nearly the same title apart.
PART = re.compile(
    r"[上下]半年|第?[一二三四1-4]季度|[上中下]旬|\d+|第[一二三四五六七八九十]+[次批期]|[一二三四五六七八九十]+月"
)
MOST = 250_000  # pairs of one division that are compared: a second's work
ALIKE = 0.75  # the share of common pairs of characters (Dice) from which two titles say the same


@lru_cache(maxsize=8192)
def plain(title: str) -> str:
    """The title without year, edition, punctuation and blanks, in one width: “第十三届…（2021年）” is “…”."""
    text = unicodedata.normalize("NFKC", title).casefold()
    without = UNSAID.sub("", DATED.sub("", text))
    return without or UNSAID.sub("", text) or text


@lru_cache(maxsize=8192)
def _parts(title: str) -> tuple[str, ...]:
    return tuple(sorted(PART.findall(plain(title))))


@lru_cache(maxsize=8192)
def _pairs(title: str) -> frozenset[str]:
    text = plain(title)
    return frozenset(text[at : at + 2] for at in range(len(text) - 1)) or frozenset([text])


def likeness(one: str, other: str) -> float:
    """From 0 (nothing in common) to 1 (the same); 0 when they name different parts of a year or numbers."""
    if _parts(one) != _parts(other):
        return 0.0
    mine, theirs = _pairs(one), _pairs(other)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))


def matches(works: Sequence[Work], past: Sequence[Work]) -> dict[tuple[int, int], Work]:
    """For each work's key, the one of another year that is the same work; each of those is used once.

    First what was carried over, then the same title in the same division (the nearest day of the year
    where a title repeats), then the same title led by another division, then a similar one in the same.
    """
    found: dict[tuple[int, int], Work] = {}
    free = {work.key: work for work in past}
    for step in (_carried, _same, _moved, _similar):
        left = [work for work in works if work.key not in found]
        for work, match in step(left, list(free.values())):
            if work.key not in found and match.key in free:
                found[work.key] = free.pop(match.key)
    return found


Pairs = Iterable[tuple[Work, Work]]


def _carried(works: Sequence[Work], past: Sequence[Work]) -> Pairs:
    known = {work.key: work for work in past}
    return [(work, known[work.origin]) for work in works if work.origin in known]


def _same(works: Sequence[Work], past: Sequence[Work]) -> Pairs:
    """The nearest days first, so that what repeats within a year meets its own like."""
    ours, theirs = _grouped(works, plain), _grouped(past, plain)
    pairs = [pair for key, group in ours.items() for pair in _repeated(group, theirs.get(key, []))]
    return sorted(pairs, key=lambda pair: (_apart(*pair), pair[0].number, pair[1].number))


def _repeated(works: list[Work], past: list[Work]) -> Pairs:
    """Every pair of those of one title; of far too many each has one that comes at its place of the year."""
    if len(works) * len(past) <= MOST:
        return product(works, past)
    return zip(sorted(works, key=_day), sorted(past, key=_day), strict=False)


def _moved(works: Sequence[Work], past: Sequence[Work]) -> Pairs:
    """A title that only one node has on either side."""
    ours, theirs = _by_title(works), _by_title(past)
    return [
        (group[0], theirs[title][0])
        for title, group in ours.items()
        if len(group) == 1 and len(theirs.get(title, ())) == 1
    ]


def _similar(works: Sequence[Work], past: Sequence[Work]) -> Pairs:
    """Of a division with more than it could be compared with, nothing is guessed."""
    ours, theirs = _grouped(works, _parts), _grouped(past, _parts)
    groups = ((group, theirs.get(key, [])) for key, group in ours.items())
    near = [pair for one, other in groups if len(one) * len(other) <= MOST for pair in product(one, other)]
    pairs = [(likeness(work.title, one.title), work, one) for work, one in near]
    alike = [pair for pair in pairs if pair[0] >= ALIKE]
    alike.sort(key=lambda pair: (-pair[0], _apart(pair[1], pair[2]), pair[1].number, pair[2].number))
    return [(work, one) for _likeness, work, one in alike]


def _grouped(works: Iterable[Work], by: Callable[[str], Hashable]) -> dict[Hashable, list[Work]]:
    """By division and what `by` makes of the title."""
    found: dict[Hashable, list[Work]] = {}
    for work in works:
        found.setdefault((work.division_id, by(work.title)), []).append(work)
    return found


def _by_title(works: Iterable[Work]) -> dict[str, list[Work]]:
    found: dict[str, list[Work]] = {}
    for work in works:
        found.setdefault(plain(work.title), []).append(work)
    return found


def _apart(one: Work, other: Work) -> int:
    """Days between the two within a year."""
    return abs(_day(one) - _day(other))


def _day(work: Work) -> int:
    return work.promised.timetuple().tm_yday
