"""Looking at the board of a year: as a page, as numbers that lead somewhere, and on paper."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pymupdf

from approvals.dashboard.board import Board, board
from approvals.dashboard.scope import scope_of
from tests import builders
from tests.browsing import logged_in


def visit(username: str, address: str = "/dashboard/", **asked: object) -> str:
    """The page as text; refusals fail."""
    answer = answered(username, address, **asked)
    assert answer.status_code == 200
    return answer.content.decode()


def answered(username: str, address: str = "/dashboard/", **asked: object) -> Any:
    client = logged_in(username)
    return client.get(address, asked)


def seen_by(username: str, **asked: object) -> Board:
    user = builders.person(username)
    return board(user, scope_of(user, {name: str(value) for name, value in asked.items()}))


def numbers(page: str) -> dict[str, int]:
    """The headline's figures by their names."""
    found = re.findall(r"<dt>([^<]*)</dt>\s*<dd>(?:<a[^>]*>)?(\d+)", page)
    return {unescape(label): int(number) for label, number in found}


def links(page: str) -> set[tuple[str, int]]:
    """Addresses of the catalogue that a number leads to, with the number."""
    found = re.findall(r'<a href="(/nodes/\?[^"]*)">(\d+)</a>', page)
    found += re.findall(r'<a href="(/nodes/\?[^"]*)">[^<]*<b>(\d+)</b></a>', page)
    return {(unescape(address), int(number)) for address, number in found}


def listed(username: str, address: str) -> int:
    """How many nodes the list at this address shows."""
    client = logged_in(username)
    return len(client.get(address).context["page"].paginator.object_list)


def text_of(pdf: bytes) -> str:
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        return "\n".join(page.get_text() for page in document)
