"""Links inside an archive of evidence."""

from __future__ import annotations

from urllib.parse import quote

from django import template

register = template.Library()


@register.filter
def as_address(path: str) -> str:
    """A path of the archive as the address that a page beside it links to."""
    return quote(path)
