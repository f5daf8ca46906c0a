"""A node's addresses: its number is unique within a year, so the year goes with it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from nodes.models import WorkNode


def node_url(node: WorkNode, page: str = "node", *arguments: Any) -> str:
    """The address of the node's page, or of another `page` under it (a URL name)."""
    return with_year(reverse(page, args=[node.number, *arguments]), node.cycle.year)


def with_year(url: str, year: Any) -> str:
    """`url` with the year that was chosen, if one was."""
    return f"{url}?year={year}" if str(year or "").isdecimal() else url
