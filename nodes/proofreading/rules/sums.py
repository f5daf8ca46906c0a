"""Arithmetic: parts and their total, a list and the number it is given, lists that overlap."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nodes.proofreading.findings import ERROR, WARNING
from nodes.proofreading.marks import HAN, number_of
from nodes.proofreading.paragraphs import Paragraph, Row, Table
from nodes.proofreading.registry import Hit, rule
from nodes.proofreading.structure import Document, each_match

# 全年76项节点工作如期完成75项，1项因故未完成
TOTAL = re.compile(
    rf"(?:全年|共有?|合计|总计|全部|所有|年度|承担|纳入[{HAN}]{{0,8}})[{HAN}“”]{{0,12}}?(\d{{1,5}})\s?[项个件]"
    rf"[{HAN}]{{0,12}}?(?:节点|指标|任务|工作|目标|事项|项目|建议|提案)"
)
DONE = (
    r"(?:已?(?:如期|按期|按时|提前|全部|基本|超额|逾期)?完成|延期|暂缓|未完成|未启动|未办结|已?办结"
    r"|正在(?:推进|办理|实施)|推进中|进行中|取消|核销)"
)
PART = re.compile(
    rf"(?:{DONE}的?(?:有|共)?\s?(\d{{1,5}})\s?[项个件](?!工作日))"
    rf"|(?:(\d{{1,5}})\s?[项个件](?:因故|尚|仍|已|正在|暂)?[{HAN}]{{0,3}}?{DONE})"
)
LEFT = re.compile("未|延期|暂缓|正在|推进|进行中|逾期|取消|核销")
AMONG = re.compile(r"其中|当中")
PLUS = re.compile(
    r"(?<![\d.])(\d{1,6})\s?[+＋]\s?(\d{1,6})(?:\s?[+＋]\s?(\d{1,6}))?\s?[=＝]\s?(\d{1,7})(?![\d.])"
)
# A、B、C等3个… ; A、B和C3家…
ITEM = rf"[{HAN}A-Za-z·“”（）]{{2,16}}?"
COUNTED = re.compile(
    rf"({ITEM}(?:、{ITEM}){{1,60}})(等)?\s?(\d{{1,3}}|[两三四五六七八九十]{{1,3}})\s?"
    rf"((?:个(?![人别])|家|国|名|位|所)[{HAN}]{{0,6}})"
)
LEAD_IN = re.compile(
    r"^.*(?:来自|包括|分别为|分别是|分别涉及|涉及|组织|邀请|覆盖|走访|赴|在|对|向|由|为|即|是|有|其中)(?=.{2})"
)
AND = re.compile("[和及与]")
COUNTRY = re.compile(r"国|个(?:周边|友好|沿线|成员|亚洲|欧洲|非洲)?国家")
CLAIM = re.compile(r"(\d{1,3})\s?(?:个(?:周边|友好|沿线)?国家|国(?=[驻使代青媒家]))")
MOST_LISTS = 8
NEARLY, LONG_LIST = 2, 5  # a list of so many, of which so few are missing, was meant to be whole
SUBTOTAL, GRAND_TOTAL = re.compile(r"小\s?计"), re.compile(r"合\s?计|总\s?计|共\s?计")


@rule(
    "sum_of_states",
    ERROR,
    explanation=_("the parts do not add up to the total"),
    remedy=_("count again; done on time, late, deferred and not done must make the total"),
    wrong=(
        "全年76项节点工作如期完成75项，2项因故未完成。",
        "全年共承担40项工作任务，已完成35项，正在推进4项。",
        "共有71个指标，按期完成60个，逾期完成8个，延期2个。",
    ),
    right=(
        "全年76项节点工作如期完成75项，1项因故未完成。",
        "全年76项节点工作如期完成72项，逾期完成2项，延期1项，未完成1项。",
        "全年共承担40项工作任务，已完成35项。",
        "全年76项节点工作已完成75项，其中提前完成60项，逾期完成2项。",
        "全年76项节点工作如期完成76项，提前完成60项。",
        "全年共安排20个项目，一季度完成3个，二季度完成5个。",
    ),
)
def sum_of_states(document: Document) -> Iterator[Hit]:
    """A total of nodes, tasks or indicators, and in the same sentence the numbers of each way they ended.

    Parts that stay below the total are wrong only where what is left is among them.
    """
    for paragraph in document.prose:
        for start, sentence in _sentences(paragraph.text):
            if (total := TOTAL.search(sentence)) and (parts := _parts(sentence, total.end())):
                wanted, summed = int(total[1]), sum(number for number, _end in parts)
                rest = LEFT.search(sentence, total.end(), parts[-1][1] + 8) and len(parts) > 1
                if summed > wanted or (summed < wanted and rest):
                    facts = {
                        "parts": " + ".join(str(number) for number, _end in parts),
                        "sum": summed,
                        "total": wanted,
                    }
                    message = gettext("%(parts)s = %(sum)d, but the total is %(total)d") % facts
                    yield Hit(paragraph, start + total.start(), start + parts[-1][1], message)


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """Each sentence with where it begins."""
    for match in re.finditer(r"[^。！？]+", text):
        yield match.start(), match[0]


def _parts(sentence: str, begin: int) -> list[tuple[int, int]]:
    """Each part with where it ends; done early is a part of done on time, and beyond the plan is no part."""
    among = AMONG.search(sentence, begin)
    end = among.start() if among else len(sentence)
    if "超额" in sentence:
        return []
    found = list(PART.finditer(sentence, begin, end))
    if any(re.search("如期|按期|按时", match[0]) for match in found):
        found = [match for match in found if "提前" not in match[0]]
    return [(int(match[1] or match[2]), match.end()) for match in found]


@rule(
    "sum_written_out",
    ERROR,
    explanation=_("the sum is wrong"),
    remedy=_("add up again"),
    wrong=("合计75+2=76项。",),
    right=("合计75+1=76项。", "外事+党建。"),
)
def sum_written_out(document: Document) -> Iterator[Hit]:
    for paragraph, match in each_match(PLUS, document.paragraphs):
        if sum(int(part) for part in match.groups()[:3] if part) != int(match[4]):
            yield Hit(paragraph, match.start(), match.end())


@dataclass(frozen=True)
class Listing:
    """Things named one after the other, and how many the text says they are."""

    paragraph: Paragraph
    start: int
    end: int
    items: tuple[str, ...]
    announced: int
    open: bool
    unit: str


def listings(document: Document) -> list[Listing]:
    """Every list with its number; `open` when 等 stands after what is named."""
    return document.once(_found)


def _found(document: Document) -> list[Listing]:
    return list(_listings(document))


def _listings(document: Document) -> Iterator[Listing]:
    for paragraph, match in each_match(COUNTED, document.prose):
        announced = number_of(match[3]) or 0
        start = match.start(2) if match[2] else match.start(3)
        items = _items(match[1], announced)
        yield Listing(paragraph, start, match.end(), items, announced, bool(match[2]), match[4])


def _items(text: str, announced: int) -> tuple[str, ...]:
    """What a list names; a 和 before the last joins two things where that makes the number announced."""
    first, *others = text.split("、")
    items = [LEAD_IN.sub("", first), *others]
    last = AND.split(items[-1], maxsplit=1)
    if len(last) == 2 and all(last) and len(items) + 1 <= announced:
        items[-1:] = last
    return tuple(items)


@rule(
    "list_count",
    WARNING,
    explanation=_("the number announced is not the number of things named"),
    remedy=_("count what is named, and correct the number or the list"),
    wrong=(
        "老挝、文莱、缅甸、泰国、越南等4个国家的使节来访。",
        "涉及秘书处、综合处、人事处4个处室。",
        "来自老挝、文莱、缅甸、泰国、越南等6国的使节。",
    ),
    right=(
        "老挝、文莱、缅甸等11个周边国家的使节来访。",
        "涉及秘书处、综合处、人事处3个处室。",
        "与老挝、文莱和缅甸3国开展交流。",
    ),
)
def list_count(document: Document) -> Iterator[Hit]:
    """More named than announced; without 等 any other number; with it, one or two less than a long list."""
    for found in listings(document):
        named = len(found.items)
        short = found.announced - named
        nearly = found.open and 0 < short <= NEARLY and named >= LONG_LIST
        if short < 0 or nearly or (not found.open and short and named > 2):
            message = gettext("%(announced)d are announced, %(named)d are named") % {
                "announced": found.announced,
                "named": named,
            }
            yield Hit(found.paragraph, found.start, found.end, message)


@rule(
    "item_twice",
    WARNING,
    explanation=_("the same thing is named twice in one list"),
    remedy=_("take one out, and check the number"),
    wrong=("来自老挝、文莱、缅甸、泰国、老挝等11国的使节来访。",),
    right=("来自老挝、文莱、缅甸等11国的使节来访。",),
)
def item_twice(document: Document) -> Iterator[Hit]:
    for found in listings(document):
        twice = sorted({item for item in found.items if found.items.count(item) > 1})
        if twice:
            message = gettext("named twice: %(items)s") % {"items": "、".join(twice)}
            yield Hit(found.paragraph, found.start, found.end, message)


@rule(
    "set_union",
    WARNING,
    explanation=_("a total counts twice what two lists have in common"),
    remedy=_("count what is in several lists only once"),
    wrong=(
        "接待两批27个国家的使节。老挝、文莱、泰国等3国使节来访，日本、泰国等2国使节来访。".replace("27", "5"),
    ),
    right=("接待两批4个国家的使节。老挝、文莱等2国使节来访。日本、泰国等2国使节来访。",),
)
def set_union(document: Document) -> Iterator[Hit]:
    """Complete lists of countries whose numbers make the total, though a country is in more than one."""
    complete = [
        one for one in listings(document) if len(one.items) == one.announced and COUNTRY.match(one.unit)
    ]
    for paragraph, match in each_match(CLAIM, document.prose):
        total = int(match[1])
        others = [
            one
            for one in complete
            if not (one.paragraph is paragraph and one.start <= match.start() <= one.end)
        ]
        for lists in _adding_up(others[:MOST_LISTS], total):
            names = [name for one in lists for name in one.items]
            if twice := sorted({name for name in names if names.count(name) > 1}):
                facts = {"lists": " + ".join(str(one.announced) for one in lists), "total": total}
                facts |= {"distinct": len(set(names)), "twice": "、".join(twice)}
                message = (
                    gettext("%(lists)s = %(total)d, but %(twice)s is in two lists: %(distinct)d in all")
                    % facts
                )
                yield Hit(paragraph, match.start(), match.end(), message)
                break


def _adding_up(lists: list[Listing], total: int) -> Iterator[tuple[Listing, ...]]:
    for size in range(2, len(lists) + 1):
        for chosen in combinations(lists, size):
            if sum(one.announced for one in chosen) == total:
                yield chosen


@rule(
    "table_total",
    WARNING,
    explanation=_("a column of the table does not add up to its total"),
    remedy=_("add the column up again"),
    wrong=("处室\t节点\t完成\n秘书处\t5\t5\n综合处\t4\t3\n合计\t9\t9",),
    right=(
        "处室\t节点\t完成\n秘书处\t5\t5\n综合处\t4\t3\n合计\t9\t8",
        "处室\t节点\n甲处\t5\n小计\t5\n合计\t9",
    ),
)
def table_total(document: Document) -> Iterator[Hit]:
    """A last row 合计 over whole numbers; tables with subtotals are left alone."""
    for table in document.text.tables:
        for column, summed, total in _wrong_columns(table):
            paragraph = next(
                (one for one in document.paragraphs if one.line >= table.line), document.paragraphs[0]
            )
            facts = {
                "column": table.rows[0][column] if column < len(table.rows[0]) else "",
                "sum": summed,
                "total": total,
            }
            message = gettext("column “%(column)s”: the rows make %(sum)d, the total says %(total)d") % facts
            yield Hit(paragraph, 0, len(paragraph.text), message)


def _wrong_columns(table: Table) -> Iterator[tuple[int, int, int]]:
    if not table.rows or any(SUBTOTAL.search("".join(row)) for row in table.rows):
        return
    *above, last = table.rows
    if not last or not GRAND_TOTAL.match(last[0]):
        return
    for column, cell in enumerate(last):
        numbers = _numbers(above[1:], column)
        if cell.isdecimal() and numbers and sum(numbers) != int(cell):
            yield column, sum(numbers), int(cell)


def _numbers(rows: list[Row], column: int) -> list[int]:
    """The whole numbers of a column, none at all when something else stands in it."""
    cells = [
        row[column] for row in rows if column < len(row) and row[column].strip() not in ("", "—", "-", "/")
    ]
    return [int(cell) for cell in cells] if all(cell.isdecimal() for cell in cells) else []
