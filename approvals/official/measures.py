"""The measures of GB/T 9704-2012, Layout key for official document of Party and government organs.

Lengths are in twips (a twentieth of a point, 1/1440 inch), as WordprocessingML has them, type in points.
"""

from __future__ import annotations


def mm(length: float) -> int:
    """Millimetres in twips."""
    return round(length * 1440 / 25.4)


PAGE_WIDTH, PAGE_HEIGHT = 11906, 16838  # A4
LEFT, RIGHT, BOTTOM = mm(28), mm(26), mm(35)
# 22 lines of 29 points are 0.07 mm higher than the text area; the head margin (37 ± 1 mm) gives it.
LINE, LINES = 580, 22
TOP = PAGE_HEIGHT - BOTTOM - LINES * LINE - 2
TEXT_WIDTH = PAGE_WIDTH - LEFT - RIGHT
CHARACTERS = 28

BODY = 16  # 3号
TITLE = 22  # 2号
NUMBER_OF_PAGE = 14  # 4号
TABLE = 10.5  # 5号

# A character's share of a line is 15.79 points, so those of 16 stand 0.3 closer; justified lines give back
# what is left. The page's grid says the same (in 1/4096 of a point), but nothing is snapped to it:
# LibreOffice gives two cells to a character wider than one, and cuts the text area to whole cells.
CHARACTER = TEXT_WIDTH / CHARACTERS
CLOSER = -6
GRID = -848

MARK_TOP_OF_LETTER = mm(30)  # below the paper's edge
MARK_TOP_OF_REPORT = mm(35)  # below the text area's
RULE_BELOW = mm(4)
RULE_OF_LETTER = mm(170)
LAST_RULE = mm(20)  # above the paper's lower edge
NUMBER_BELOW_RULE = BODY * 20 * 7 // 8
PAGE_NUMBER_BELOW = mm(7)


def characters(count: float) -> int:
    """So many characters of the body, in twips."""
    return round(count * CHARACTER)
