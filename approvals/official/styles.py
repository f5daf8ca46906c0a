"""The document's styles and settings: everything has its look from a style, so that it can be edited on."""

from __future__ import annotations

from approvals.official import fonts
from approvals.official.markup import NAMESPACES, element
from approvals.official.measures import BODY, CHARACTER, LINE, NUMBER_OF_PAGE, TABLE, TITLE

TITLE_LINE = 660  # 33 points, one and a half of the type
TABLE_LINE = 340
RED = "E60012"


def indent(*, first: float = 0, left: float = 0, right: float = 0, hanging: float = 0) -> str:
    """An indent in characters of the body (w:firstLineChars counts hundredths), with its width beside it."""
    given = {"left": left, "right": right, "firstLine": first, "hanging": hanging}
    attributes: dict[str, int] = {}
    for name, count in given.items():
        if count:
            attributes[f"{name}Chars"] = round(count * 100)
            attributes[name] = round(count * CHARACTER)
    return element("ind", **attributes) if attributes else ""


def spacing(line: int = LINE, *, rule: str = "exact", before: int = 0, after: int = 0) -> str:
    return element("spacing", before=before, after=after, line=line, lineRule=rule)


OFF_GRID = element("snapToGrid", val=0)
# No line is saved at a page's end, so that there are 22 on each.
PLAIN = element("widowControl", val=0) + OFF_GRID


def styles() -> str:
    """The whole of styles.xml."""
    defaults = element(
        "docDefaults",
        element("rPrDefault", element("rPr", fonts.properties(BODY, fonts.BODY), LANGUAGE)),
        element("pPrDefault"),
    )
    return f"<w:styles {NAMESPACES}>{defaults}{''.join((*_text(), *_tables()))}</w:styles>"


LANGUAGE = element("lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA")


def _text() -> list[str]:
    body = fonts.properties(BODY, fonts.BODY)
    two = indent(first=2)
    both = element("jc", val="both")
    centred = element("jc", val="center")
    return [
        _style("Normal", "Normal", PLAIN + spacing() + both, body, default=True),
        _style("BodyText", "Body Text", two, body),
        _heading(1, fonts.properties(BODY, fonts.FIRST)),
        _heading(2, fonts.properties(BODY, fonts.SECOND)),
        _heading(3, body),
        _heading(4, body),
        _style("Title", "Title", spacing(TITLE_LINE) + centred, fonts.properties(TITLE, fonts.TITLE)),
        _style("OrganMark", "Organ Mark", centred, fonts.properties(TITLE, fonts.TITLE, color=RED)),
        _style("AnnexLabel", "Annex Label", element("pageBreakBefore"), fonts.properties(BODY, fonts.FIRST)),
        _style("TableText", "Table Text", spacing(TABLE_LINE), fonts.properties(TABLE, fonts.BODY)),
        _style("TableHead", "Table Head", spacing(TABLE_LINE), fonts.properties(TABLE, fonts.FIRST)),
        _style("Header", "header", "", fonts.properties(BODY, fonts.FIRST, color=RED)),
        _style(
            "Footer",
            "footer",
            spacing(NUMBER_OF_PAGE * 20),
            fonts.properties(NUMBER_OF_PAGE, fonts.PAGE_NUMBER, latin=fonts.PAGE_NUMBER),
        ),
    ]


def _style(key: str, name: str, paragraph: str, type_: str, *, default: bool = False) -> str:
    based = "" if default else element("basedOn", val="Normal")
    ranked = element("qFormat") if not name.startswith(("header", "footer")) else ""
    attributes: dict[str, str | int] = {"type": "paragraph", "styleId": key}
    if default:
        attributes["default"] = 1
    return element(
        "style",
        element("name", val=name),
        based,
        ranked,
        element("pPr", paragraph),
        element("rPr", type_),
        **attributes,
    )


def _heading(level: int, type_: str) -> str:
    layout = element("keepNext") + indent(first=2) + element("outlineLvl", val=level - 1)
    return _style(f"Heading{level}", f"heading {level}", layout, type_)


def _tables() -> list[str]:
    edges = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = "".join(element(edge, val="single", sz=4, space=0, color="auto") for edge in edges)
    sides = "".join(element(side, w=45, type="dxa") for side in ("top", "left", "bottom", "right"))
    grid = element("tblPr", element("tblBorders", borders), element("tblCellMar", sides))
    plain = element("tblPr", element("tblInd", w=0, type="dxa"))
    return [
        element(
            "style",
            element("name", val="Normal Table"),
            plain,
            type="table",
            default=1,
            styleId="TableNormal",
        ),
        element(
            "style",
            element("name", val="Table Grid"),
            element("basedOn", val="TableNormal"),
            grid,
            type="table",
            styleId="TableGrid",
        ),
    ]


def settings() -> str:
    """The whole of settings.xml."""
    compatible = element("useFELayout") + element(
        "compatSetting",
        name="compatibilityMode",
        uri="http://schemas.microsoft.com/office/word",
        val=15,
    )
    content = (
        element("zoom", percent=100)
        + element("defaultTabStop", val=420)
        + element("evenAndOddHeaders")
        + element("drawingGridVerticalSpacing", val=LINE // 2)
        + element("characterSpacingControl", val="doNotCompress")
        + element("compat", compatible)
        + element("themeFontLang", val="en-US", eastAsia="zh-CN")
    )
    return f"<w:settings {NAMESPACES}>{content}</w:settings>"
