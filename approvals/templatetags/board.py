"""How the board's templates show a number and a drawing."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from approvals.drawings.shapes import Drawing
from approvals.drawings.svg import svg

register = template.Library()


@register.simple_tag
def counted(number: Any, url: str) -> SafeString:
    """A number that leads to the list behind it, where there is one."""
    return format_html('<a href="{}">{}</a>', url, number) if url and number else format_html("{}", number)


@register.filter
def as_svg(drawing: Drawing) -> SafeString:
    return svg(drawing)
