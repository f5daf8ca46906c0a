"""The summary's words, read from wording.toml, and the ways Chinese writes days and ordinals."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib import resources
from typing import Any

WORDS: dict[str, dict[str, Any]] = tomllib.loads(
    resources.files(__package__).joinpath("wording.toml").read_text(encoding="utf-8")
)


def say(key: str, **facts: Any) -> str:
    """The words under `section.name`, with `facts` filled in."""
    return template(key).format(**facts)


def template(key: str) -> str:
    """The words under `section.name`, with their gaps."""
    section, name = key.split(".")
    return str(WORDS[section][name])


def row(key: str) -> tuple[str, ...]:
    """The column titles under `section.name`."""
    section, name = key.split(".")
    return tuple(WORDS[section][name])


def day(value: date | None) -> str:
    """A day as documents write it, without leading zeros; open when None."""
    if value is None:
        return say("day.open")
    return say("day.written", year=value.year, month=value.month, day=value.day)


def ordinal(number: int) -> str:
    """`number` in Chinese numerals (17: 十七), in digits where that would take more than four places."""
    if not 0 < number < 10_000:
        return str(number)
    digits, places = WORDS["numerals"]["digits"], WORDS["numerals"]["places"]
    written = ""
    for place, digit in zip(range(len(str(number)) - 1, -1, -1), str(number), strict=True):
        if digit != "0":
            written += digits[int(digit)] + places[place]
        elif not written.endswith(digits[0]):
            written += digits[0]
    written = written.rstrip(digits[0])
    return written[1:] if 10 <= number < 20 else written
