"""Puts a defect of a known kind at a random place of a clean text; knows nothing of how defects are found.

Each kind answers with the text and the number of the line it spoilt, or None where there is no place for it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Spoilt = tuple[str, int] | None
Kind = Callable[[random.Random, str], Spoilt]

HEADINGS = (
    re.compile(r"^(?:\*\*|[ \u3000]*)()([一二三四五六七八九])(、)", re.M),
    re.compile(r"^(?:\*\*|[ \u3000]*)(（)([一二三四五六七八九])(）)", re.M),
    re.compile(r"^(?:\*\*|[ \u3000]*)()(\d)([.．])(?=[ \u4e00-\u9fff])", re.M),
)
CHINESE = "零一二三四五六七八九十"
UNRELATED = "完成公务用车更新采购，手续齐全，车辆于10月8日交付使用。"


def _replaced(text: str, start: int, end: int, new: str) -> Spoilt:
    return text[:start] + new + text[end:], text.count("\n", 0, start) + 1


def _somewhere(pattern: str, new: Callable[[re.Match[str]], str]) -> Kind:
    compiled = re.compile(pattern, re.M)

    def spoil(rng: random.Random, text: str) -> Spoilt:
        places = list(compiled.finditer(text))
        if not places:
            return None
        match = rng.choice(places)
        return _replaced(text, match.start(), match.end(), new(match))

    return spoil


def _lists(text: str) -> list[list[re.Match[str]]]:
    """Runs of headings of one kind that count up by one, before the attachments."""
    end = text.find("附件：")
    runs = []
    for pattern in HEADINGS:
        run: list[re.Match[str]] = []
        for match in pattern.finditer(text, 0, end if end > 0 else len(text)):
            if run and _value(match[2]) != _value(run[-1][2]) + 1:
                runs.append(run)
                run = []
            run.append(match)
        runs.append(run)
    return [run for run in runs if len(run) > 1]


def _value(numeral: str) -> int:
    return int(numeral) if numeral.isdecimal() else CHINESE.index(numeral)


def _numeral(value: int, like: str) -> str:
    return str(value) if like.isdecimal() else CHINESE[value]


def _renumbered(by: int) -> Kind:
    def spoil(rng: random.Random, text: str) -> Spoilt:
        if not (runs := _lists(text)):
            return None
        match = rng.choice(rng.choice(runs)[1:])
        return _replaced(text, match.start(2), match.end(2), _numeral(_value(match[2]) + by, match[2]))

    return spoil


def headings_swapped(rng: random.Random, text: str) -> Spoilt:
    if not (runs := _lists(text)):
        return None
    run = rng.choice(runs)
    at = rng.randrange(len(run) - 1)
    one, other = run[at], run[at + 1]
    swapped = (
        text[: one.start(2)] + other[2] + text[one.end(2) : other.start(2)] + one[2] + text[other.end(2) :]
    )
    return swapped, text.count("\n", 0, one.start(2)) + 1


def impossible_date(rng: random.Random, text: str) -> Spoilt:
    wrong = rng.choice(["2月30日", "6月31日", "13月5日", "9月31日", "4月0日"])
    return _somewhere(r"(?<!年)(?<!\d)\d{1,2}月\d{1,2}日", lambda match: wrong)(rng, text)


def padded_date(rng: random.Random, text: str) -> Spoilt:
    return _somewhere(r"(?<!\d)([1-9])月(\d{1,2})日", lambda match: f"0{match[1]}月{match[2]}日")(rng, text)


def title_not_echoed(rng: random.Random, text: str) -> Spoilt:
    """The second time that a document of an indicator is named it gets another word."""
    headed = re.findall(r"项三级指标：[^\n]*《([^》]{6,60})》", text)
    if not headed:
        return None
    name = rng.choice(headed)
    second = text.find(f"《{name}》", text.find(f"《{name}》") + 1)
    at = second + 1 + rng.randrange(2, len(name) - 2)
    return _replaced(text, at, at, rng.choice(["总体", "国际", "年度", "综合"]))


def country_in_two_lists(rng: random.Random, text: str) -> Spoilt:
    match = re.search("巴西|智利|秘鲁|古巴", text)
    return (
        _replaced(text, match.start(), match.end(), rng.choice(["泰国", "缅甸", "蒙古", "希腊"]))
        if match
        else None
    )


def cut_by_page(rng: random.Random, text: str) -> Spoilt:
    """An empty line in the middle of a long line of running text, after an ordinary character."""
    lines = text.split("\n")
    places = [
        (number, at)
        for number, line in enumerate(lines)
        if line.count("，") > 1 and "。" in line
        for at in range(20, len(line) - 8)
        if re.match(r"[\u4e00-\u9fff]{6}", line[at - 3 : at + 3]) and "。" in line[:at]
    ]
    if not places:
        return None
    number, at = rng.choice(places)
    lines[number] = lines[number][:at] + "\n\n" + lines[number][at:]
    return "\n".join(lines), number + 3


def table_total(rng: random.Random, text: str) -> Spoilt:
    return _somewhere(
        r"^合计\t\d+\t(\d+)", lambda match: match[0][: -len(match[1])] + str(int(match[1]) + 1)
    )(rng, text)


def unreported(rng: random.Random, text: str) -> Spoilt:
    places = list(
        re.finditer(
            r"^(?:\*\*|[ \u3000]*)\d\. 第[一二三四五六七八九]项三级指标：[^\n]*\n+([^\n]+)", text, re.M
        )
    )
    if not places:
        return None
    match = rng.choice(places)
    spoilt, _line = _replaced(text, match.start(1), match.end(1), UNRELATED)
    return spoilt, text.count("\n", 0, match.start()) + 1


def more_named_than_counted(rng: random.Random, text: str) -> Spoilt:
    return _somewhere(
        r"(?<=、)([\u4e00-\u9fff]{2,6})等(\d)(国|个国家|个业务处室)",
        lambda match: f"{match[1]}等{int(match[2]) - 1}{match[3]}",
    )(rng, text)


def consent_without(pattern: str) -> Kind:
    """Takes a part out of a recorded sign-off."""

    def spoil(rng: random.Random, text: str) -> Spoilt:
        signed = re.search(r"签批情况：[^\n]*", text)
        if not signed:
            return None
        part = re.search(pattern, signed[0])
        at = signed.start() + part.start()
        return _replaced(text, at, at + len(part[0]), "")

    return spoil


NUMBER = r"(?<![\d,.])\d{1,3}(?=(?:人次|人|个|次|场|家|件|名|份|项)[，。；、])"

# Each kind with the ids of the rules of which one at least must speak.
KINDS: dict[str, tuple[Kind, tuple[str, ...]]] = {
    "a figure left blank": (_somewhere(NUMBER, lambda match: " "), ("blank_figure",)),
    "a share left blank": (_somewhere(r"\d+(?:\.\d+)?(?=%)", lambda match: " "), ("blank_figure",)),
    "a placeholder": (_somewhere(NUMBER, lambda match: "XX"), ("placeholder",)),
    "a line to fill in": (_somewhere(NUMBER, lambda match: "____"), ("placeholder",)),
    "a doubled mark": (_somewhere(r"[。，、；]", lambda match: match[0] * 2), ("doubled_mark",)),
    "two marks together": (
        _somewhere(r"(?<=[\u4e00-\u9fff])。(?=[\u4e00-\u9fff])", lambda match: "，。"),
        ("doubled_mark",),
    ),
    "a heading repeated": (_renumbered(-1), ("heading_sequence",)),
    "a heading left out": (_renumbered(1), ("heading_sequence",)),
    "headings swapped": (headings_swapped, ("heading_sequence",)),
    "steps repeated": (_somewhere("二是", lambda match: "三是"), ("steps_sequence",)),
    "a half-width colon": (_somewhere(r"(?<=[\u4e00-\u9fff])：", lambda match: ":"), ("half_width_colon",)),
    "half-width brackets": (
        _somewhere(r"（([\u4e00-\u9fff][^（）\n]*)）", lambda match: f"({match[1]})"),
        ("half_width_parens",),
    ),
    "a half-width comma": (_somewhere(r"(?<=[\u4e00-\u9fff])，", lambda match: ","), ("half_width_comma",)),
    "a half-width stop": (_somewhere(r"(?<=[\u4e00-\u9fff])；", lambda match: ";"), ("half_width_stop",)),
    "straight quotes": (
        _somewhere(r"“([\u4e00-\u9fff]{2,9})”", lambda match: f'"{match[1]}"'),
        ("straight_quotes",),
    ),
    "a mark left open": (
        _somewhere(r"(?<=《)([^《》\n]{2,40})》", lambda match: match[1]),
        ("unpaired_mark",),
    ),
    "a day that is none": (impossible_date, ("impossible_date",)),
    "a zero before a month": (padded_date, ("padded_date",)),
    "a year without 年": (
        _somewhere(r"(20\d\d)年(?=[，度底]|\d{1,2}月)", lambda match: match[1]),
        ("missing_year_char",),
    ),
    "square brackets": (
        _somewhere(r"(?<=[\u4e00-\u9fff])〔(\d{4})〕", lambda match: f"[{match[1]}]"),
        ("doc_number_brackets",),
    ),
    "round brackets": (
        _somewhere(r"(?<=[\u4e00-\u9fff])〔(\d{4})〕", lambda match: f"（{match[1]}）"),
        ("doc_number_brackets",),
    ),
    "a title of no kind": (
        _somewhere(r"(?:的|情况的)(?:报告|函|通知|请示)$", lambda match: "总结"),
        ("title_form",),
    ),
    "another number of indicators": (
        _somewhere(r"三级指标(\d)项", lambda match: f"三级指标{int(match[1]) + 2}项"),
        ("coverage",),
    ),
    "another title": (title_not_echoed, ("title_mismatch",)),
    "a quantity not confirmed": (
        _somewhere(
            r"、(?:9|10)月\d+日([^\n]{0,30})，全年共召开两次|、10月19日召开两次", lambda match: "召开"
        ),
        ("quantity_missing",),
    ),
    "a sum that is wrong": (
        _somewhere(r"如期完成(\d)项(?=，[逾延])", lambda match: f"如期完成{int(match[1]) - 1}项"),
        ("sum_of_states",),
    ),
    "parts beyond the total": (
        _somewhere(r"正在推进(\d)项(?=。)", lambda match: f"正在推进{int(match[1]) + 2}项"),
        ("sum_of_states",),
    ),
    "fewer counted than named": (more_named_than_counted, ("list_count",)),
    "a country in two lists": (country_in_two_lists, ("set_union", "item_twice")),
    "a deferral without new date": (
        _somewhere(r"延期后时限：[^。]+。", lambda match: ""),
        ("deferral_no_new_date",),
    ),
    "a sign-off without number": (consent_without(r"（文号：[^）]*）"), ("sign_off_incomplete",)),
    "a sign-off without day": (
        consent_without(r"于\d{4}年\d+月\d+日(?=同意（文号)"),
        ("sign_off_incomplete",),
    ),
    "divisions not named": (
        _somewhere(
            r"(?<=涉及)([\u4e00-\u9fff]+)、[\u4e00-\u9fff]+、(?=[\u4e00-\u9fff]+、)",
            lambda match: f"{match[1]}、",
        ),
        ("divisions_incomplete",),
    ),
    "a report of something else": (unreported, ("indicator_unreported",)),
    "a mistaken word": (
        _somewhere(
            "部署|截至(?=\\d)|坐落", lambda match: {"部署": "布署", "截至": "截止", "坐落": "座落"}[match[0]]
        ),
        ("garbled",),
    ),
    "a sentence cut": (cut_by_page, ("cut_by_page",)),
    "a wrong total": (table_total, ("table_total",)),
}
