"""The product's Chinese: what the code says, what the catalogue answers, and what is missing between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

APPS = ("workflow", "nodes", "approvals", "notifications", "config")
CATALOGUE = Path(settings.LOCALE_PATHS[0]) / "zh_Hans" / "LC_MESSAGES" / "django.po"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def used() -> Catalog:
    """Every string that the code and the templates give to gettext, with where it is."""
    found = Catalog(fuzzy=False)
    for path in _sources():
        place = path.relative_to(settings.BASE_DIR).as_posix()
        for line, message, comments, context in _messages(path):
            found.add(message, None, [(place, line)], auto_comments=comments, context=context)
    return found


def _sources() -> Iterator[Path]:
    for app in APPS:
        yield from sorted((settings.BASE_DIR / app).rglob("*.py"))
        yield from sorted((settings.BASE_DIR / app).glob("templates/**/*.*"))


def _messages(path: Path) -> Iterator[Any]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Django turns a template into calls of gettext; their indentation means nothing.
        calls = templatize(text, origin=str(path))
        text = "\n".join(line.strip() for line in calls.splitlines())
    yield from extract("python", BytesIO(text.encode()), KEYWORDS)


def translated() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def update() -> Catalog:
    """Bring the catalogue up to the code: new strings come in empty, unused ones go; what is there stays."""
    known = translated() if CATALOGUE.exists() else Catalog(locale="zh_Hans")
    fresh = Catalog(locale="zh_Hans", fuzzy=False, header_comment="# Jiedian in simplified Chinese.")
    for message in used():
        if message.id:
            answer = known.get(_singular(message), message.context)
            string = answer.string if answer and not answer.fuzzy else ""
            fresh.add(message.id, string, message.locations, context=message.context)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_bytes(_without_dates(fresh))
    return fresh


def _without_dates(catalogue: Catalog) -> bytes:
    """As a file that changes only when a string does: no line numbers, no dates, no names."""
    file = BytesIO()
    write_po(file, catalogue, width=110, include_lineno=False, sort_output=True)
    return re.sub(
        rb'"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team)[^\n]*\n', b"", file.getvalue()
    )


def problems() -> list[str]:
    """A line for every string without its Chinese, or with other placeholders in it."""
    answers = translated()
    found = []
    for message in used():
        if message.id:
            found += _flaws(message, answers.get(_singular(message), message.context))
    return found


def _flaws(message: Message, answer: Message | None) -> list[str]:
    place = ", ".join(path for path, _line in message.locations[:2])
    strings = _strings(answer) if answer and not answer.fuzzy else []
    if not strings or not all(strings):
        return [f"not translated: {_singular(message)!r} ({place})"]
    ids = tuple(message.id) if isinstance(message.id, list | tuple) else (message.id,)
    wanted = {name for one in ids for name in PLACEHOLDER.findall(one)}
    if any(set(PLACEHOLDER.findall(string)) - wanted or _lacks(string, ids) for string in strings):
        return [f"other placeholders: {_singular(message)!r} ({place})"]
    return []


def _lacks(string: str, ids: tuple[str, ...]) -> bool:
    """Whether a placeholder that every form of the original has is missing."""
    common = set.intersection(*(set(PLACEHOLDER.findall(one)) for one in ids))
    return bool(common - set(PLACEHOLDER.findall(string)))


def _singular(message: Message) -> str:
    return message.id[0] if isinstance(message.id, list | tuple) else message.id


def _strings(message: Message) -> list[str]:
    strings = message.string if isinstance(message.string, list | tuple) else [message.string]
    return [string or "" for string in strings]
