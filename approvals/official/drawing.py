"""Rules at fixed places of the page: filled bars, which every word processor draws alike."""

from __future__ import annotations

from approvals.official.measures import PAGE_WIDTH, RULE_OF_LETTER
from approvals.official.styles import RED

THICK, GAP, THIN = 40, 20, 15  # twips
DOUBLE = THICK + GAP + THIN
EMU = 635  # in a twip
SHAPE = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"


def double_rule(top: int, *, thick_first: bool, number: int) -> str:
    """A run with a double rule, centred, whose upper edge is `top` twips below the paper's.

    `number` tells this from the page's other rules.
    """
    upper, lower = (THICK, THIN) if thick_first else (THIN, THICK)
    left = (PAGE_WIDTH - RULE_OF_LETTER) // 2
    first = rule(left, top, RULE_OF_LETTER, upper, color=RED, number=2 * number)
    second_top = top + upper + GAP
    return first + rule(left, second_top, RULE_OF_LETTER, lower, color=RED, number=2 * number + 1)


def rule(left: int, top: int, width: int, height: int, *, color: str, number: int) -> str:
    """A run with a bar at this place of the page, in twips; `number` tells it from the document's others."""
    size = f'cx="{width * EMU}" cy="{height * EMU}"'
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
        '<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" behindDoc="1"'
        ' locked="0" layoutInCell="0" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        f'<wp:positionH relativeFrom="page"><wp:posOffset>{left * EMU}</wp:posOffset></wp:positionH>'
        f'<wp:positionV relativeFrom="page"><wp:posOffset>{top * EMU}</wp:posOffset></wp:positionV>'
        f'<wp:extent {size}/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>'
        f'<wp:docPr id="{number + 1}" name="Rule {number + 1}"/><wp:cNvGraphicFramePr/>'
        f'<a:graphic><a:graphicData uri="{SHAPE}"><wps:wsp><wps:cNvSpPr/><wps:spPr>'
        f'<a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        f'<a:solidFill><a:srgbClr val="{color}"/></a:solidFill><a:ln><a:noFill/></a:ln>'
        "</wps:spPr><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice>"
        "</mc:AlternateContent></w:r>"
    )
