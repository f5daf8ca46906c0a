"""Tables: their header is repeated on every page, no row is torn, and a thousand rows take no time."""

from __future__ import annotations

from approvals.official.markup import element, paragraph, run
from approvals.official.measures import mm
from approvals.official.model import Table

KEEP = element("keepNext")


def table(block: Table, *, keep: bool = False) -> str:
    """The table's markup; with `keep`, its last row stays on one page with what follows."""
    widths = [mm(share) for share in block.widths]
    properties = element(
        "tblPr",
        element("tblStyle", val="TableGrid"),
        element("tblW", w=sum(widths), type="dxa"),
        element("jc", val="center"),
        element("tblLayout", type="fixed"),
        element(
            "tblLook", val="0420", firstRow=1, lastRow=0, firstColumn=0, lastColumn=0, noHBand=0, noVBand=1
        ),
    )
    grid = element("tblGrid", *(element("gridCol", w=width) for width in widths))
    head = _row(block.header, block, widths, head=True)
    last = len(block.rows) - 1
    rows = (
        _row(cells, block, widths, keep=block.together if at < last else keep)
        for at, cells in enumerate(block.rows)
    )
    return element("tbl", properties, grid, head, *rows)


def _row(
    cells: tuple[str, ...], block: Table, widths: list[int], *, head: bool = False, keep: bool = False
) -> str:
    layout = element("trPr", element("cantSplit"), element("tblHeader") if head else "")
    style = "TableHead" if head else "TableText"
    kept = KEEP if keep or head else ""
    written = (
        _cell(text, width, style, kept + _side(centred=head or column != block.wide))
        for column, (text, width) in enumerate(zip(cells, widths, strict=True))
    )
    return element("tr", layout, *written)


def _side(*, centred: bool) -> str:
    return element("jc", val="center" if centred else "left")


def _cell(text: str, width: int, style: str, properties: str) -> str:
    layout = element("tcPr", element("tcW", w=width, type="dxa"), element("vAlign", val="center"))
    return element("tc", layout, paragraph(style, run(text), properties=properties))
