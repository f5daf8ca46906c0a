"""A first sentence for a statement, put together from the facts that were given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from nodes.kinds import Kind

# What is not given drops out with the words around it; statements are written in Chinese.
PATTERNS: dict[str, tuple[str, ...]] = {
    Kind.MEETING: ("{when}{place}{title}", "由{organiser}主办", "{participants}参加", "{result}"),
    Kind.DOCUMENT: ("{title}", "{issued}印发", "文号为{document_number}", "发至{issued_to}"),
    Kind.ACTIVITY: ("{when}{place}{title}", "{people}参加", "{result}"),
    Kind.DATA: ("{period}{title}", "完成{figure}{unit}", "数据来源：{source}"),
    Kind.APPROVAL: ("{title}", "经{authority}批准", "{issued}批复", "批准文号为{document_number}"),
}
OPTIONAL = {"when", "place", "unit", "period"}  # their clause reads without them


def compose(kind: str, title: str, details: Mapping[str, str], completed_on: date | None = None) -> str:
    """One sentence; empty while nothing but the title is known."""
    words = _words(details, completed_on) | {"title": title.strip(" 。；;")}
    clauses = [_clause(pattern, words) for pattern in PATTERNS.get(kind, ())]
    told = [clause for clause in clauses if clause]
    known = any(str(value).strip() for value in details.values())
    return "，".join(told) + "。" if told and known else ""


def joined(statement: str, sentence: str) -> str:
    """The statement with the sentence after it: what somebody wrote is never replaced."""
    if not sentence or sentence in statement:
        return statement
    return f"{statement.rstrip()}\n{sentence}" if statement.strip() else sentence


def _words(details: Mapping[str, str], completed_on: date | None) -> dict[str, str]:
    given = {name: str(value).strip(" 。，；、\n") for name, value in details.items()}
    day = _day(given.get("date", "")) or (completed_on and _written(completed_on)) or ""
    until = _day(given.get("until", ""))
    given["when"] = f"{day}至{_shorter(until, day)}" if until and until != day else day
    given["issued"] = f"于{_day(given['date'])}" if given.get("date") else ""
    if place := given.get("place"):
        given["place"] = f"在{place}"
    if (number := given.get("participants", "")).isdecimal():
        given["participants"] = f"{number}人"
    if period := given.get("period"):
        given["period"] = f"{period}，"
    return given


def _clause(pattern: str, words: Mapping[str, str]) -> str:
    names = re.findall(r"{(\w+)}", pattern)
    if any(not words.get(name) for name in names if name not in OPTIONAL):
        return ""
    if not any(words.get(name) for name in names):
        return ""
    return re.sub(r"{(\w+)}", lambda found: words.get(found[1], ""), pattern)


def _day(text: str) -> str:
    """A day as it is written in a statement; what is no ISO day stays as it is."""
    try:
        return _written(date.fromisoformat(text))
    except ValueError:
        return text


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _shorter(until: str, since: str) -> str:
    """The last day without the year, or the month, that the first one named."""
    for unit in ("月", "年"):
        head, found, rest = until.partition(unit)
        if found and since.startswith(head + unit):
            return rest
    return until
