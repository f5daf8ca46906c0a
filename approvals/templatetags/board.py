"""How the board's templates show a number and a drawing."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.utils.html import format_html, strip_spaces_between_tags
from django.utils.safestring import SafeString, mark_safe

from approvals.drawings.shapes import Drawing
from approvals.drawings.svg import svg

register = template.Library()

# What comes next ends these, says HTML.
UNSAID = re.compile(r"</(?:li|td|th|tr|thead|tbody)>(?=<)")


@register.simple_tag
def counted(number: Any, url: str) -> SafeString:
    """A number that leads to the list behind it, where there is one."""
    return format_html('<a href="{}">{}</a>', url, number) if url and number else format_html("{}", number)


@register.filter
def as_svg(drawing: Drawing) -> SafeString:
    return svg(drawing)


@register.simple_block_tag
def lean(content: str) -> SafeString:
    """Markup without blanks between elements, and without the end tags that go without saying."""
    return mark_safe(UNSAID.sub("", strip_spaces_between_tags(content.strip())))
