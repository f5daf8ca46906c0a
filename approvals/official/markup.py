"""WordprocessingML as text: written fast, with every word from outside escaped, so that it stays a word."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# What XML cannot hold, and what would only turn the order of the letters about.
UNFIT = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


def clean(text: str) -> str:
    """`text` without control characters; all that ends a line is a line feed."""
    return UNFIT.sub("", BREAKS.sub("\n", text))


def one_line(text: str) -> str:
    """`text` cleaned, without line ends and tabs, and without spaces at its ends."""
    return re.sub(r"[\n\t]+", " ", clean(text)).strip()


def element(name: str, /, *children: str, **attributes: str | int) -> str:
    """An element of the w namespace, as are its attributes; `children` are markup already."""
    written = "".join(f" w:{key}={quoteattr(str(value))}" for key, value in attributes.items())
    content = "".join(children)
    return f"<w:{name}{written}>{content}</w:{name}>" if content else f"<w:{name}{written}/>"


def run(text: str, properties: str = "") -> str:
    """Words in one type; Chinese quotation marks and dashes take the Chinese font (hint)."""
    if not text:
        return ""
    parts = re.split("([\n\t])", clean(text))
    written = "".join(_part(part) for part in parts if part)
    return f"<w:r><w:rPr>{properties or HINT}</w:rPr>{written}</w:r>"


HINT = '<w:rFonts w:hint="eastAsia"/>'


def _part(part: str) -> str:
    if part == "\n":
        return "<w:br/>"
    return "<w:tab/>" if part == "\t" else f'<w:t xml:space="preserve">{escape(part)}</w:t>'


def paragraph(style: str, *runs: str, properties: str = "") -> str:
    """A paragraph in the style of this id; `properties` are those of its own, in the schema's order."""
    named = "" if style == "Normal" else f'<w:pStyle w:val="{style}"/>'
    own = f"<w:pPr>{named}{properties}</w:pPr>" if named or properties else ""
    return f"<w:p>{own}{''.join(runs)}</w:p>"
