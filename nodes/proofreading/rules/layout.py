"""The frame of an official document: number, title, addressee (GB/T 9704-2012)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nodes.proofreading.findings import ERROR, INFO, WARNING
from nodes.proofreading.marks import HAN, KINDS
from nodes.proofreading.registry import Hit, rule
from nodes.proofreading.structure import Document, each_match

WRONG_BRACKETS = re.compile(
    rf"[{HAN}]{{1,10}}(?<![告令判])\s?(?:[\[［【〈<]\s?(?:19|20)\d{{2}}\s?[\]］】〉>]\s?第?|[（(]\s?(?:19|20)\d{{2}}\s?[）)])\s?\d{{1,5}}\s?号"
    rf"|[{HAN}]{{1,10}}〔\s?(?:19|20)\d{{2}}\s?[\]］】）)〉>]\s?\d{{1,5}}\s?号|[{HAN}]{{1,10}}[\[［【（(〈<]\s?(?:19|20)\d{{2}}\s?〕\s?\d{{1,5}}\s?号"
)
YEAR_UNBRACKETED = re.compile(
    rf"^[{HAN}]{{2,12}}(?:字|发|函|办|文)\s?(?:19|20)\d{{2}}\s?年?第?\s?\d{{1,5}}\s?号"
)
NUMBER_FORM = re.compile(
    r"〔\s?(?:\d{2}|(?:19|20)\d{2})\s?〕\s?(?:第\s?\d{1,5}|0\d{0,4})\s?号|〔\s?\d{2}\s?〕\s?\d{1,5}\s?号"
)
ENDS_WITH_KIND = re.compile(rf"(?:{'|'.join(KINDS)})(?:[（(][^（(]{{0,20}}[）)])?$")
WITHOUT_ABOUT = re.compile("(?:纪要|公报|公告|通告|令|决议)$")
TITLE_END = re.compile(r"[。，；,;]$")
BODIES = re.compile(rf"^[{HAN}、，（）()]{{2,80}}(?:办|厅|局|委|部|府|院|会|处|室|单位|部门|公司|中心)$")


@rule(
    "doc_number_brackets",
    ERROR,
    explanation=_("the year in a document number stands in the wrong brackets"),
    remedy=_("write 〔2022〕 in the brackets 〔 and 〕 (GB/T 9704-2012, 7.2.5)"),
    wrong=("赣外办函[2022]1号", "赣府发（2021）15号", "根据赣绩办【2021】3 号文件", "赣教字2022年1号"),
    right=("赣外办函〔2022〕1号", "（2021）赣01民初12号", "报告（2021）第3期"),
)
def doc_number_brackets(document: Document) -> Iterator[Hit]:
    for pattern in (WRONG_BRACKETS, YEAR_UNBRACKETED):
        for paragraph, match in each_match(pattern, document.paragraphs):
            yield Hit(paragraph, match.start(), match.end())


@rule(
    "doc_number_form",
    WARNING,
    explanation=_("a document number has 第, a leading zero or a short year"),
    remedy=_("write it as 赣外办函〔2022〕1号 (GB/T 9704-2012, 7.2.5)"),
    wrong=("赣外办函〔2022〕第1号", "赣外办函〔2022〕001号", "赣外办函〔22〕1号"),
    right=("赣外办函〔2022〕1号", "赣外办函〔2022〕10号"),
)
def doc_number_form(document: Document) -> Iterator[Hit]:
    for paragraph, match in each_match(NUMBER_FORM, document.paragraphs):
        yield Hit(paragraph, match.start(), match.end())


@rule(
    "title_form",
    WARNING,
    explanation=_("the title does not have the form 发文机关 + 关于…的 + 文种"),
    remedy=_("write 关于 and one of the fifteen kinds of document, such as 报告 or 函"),
    wrong=("省外办2021年度绩效管理工作总结\n省绩效办：\n现将情况报告如下。",),
    right=(
        "江西省教育厅关于2021年度绩效管理工作情况的报告\n省绩效办：\n现将情况报告如下。",
        "关于报送总结的函\n省绩效办：\n现将总结报送如下。",
        "市政府专题会议纪要\n〔2023〕15号\n5月18日，副市长主持召开会议。",
    ),
)
def title_form(document: Document) -> Iterator[Hit]:
    """GB/T 9704-2012, 7.3.1, and the kinds of the 党政机关公文处理工作条例."""
    if not document.title:
        return
    title, last = document.title_text, document.title[-1]
    if lacking := _lacking(title):
        yield Hit(
            document.title[0],
            0,
            len(document.title[0].text),
            gettext("the title lacks: %(parts)s") % {"parts": lacking},
        )
    if TITLE_END.search(title):
        yield Hit(last, len(last.text) - 1, len(last.text), gettext("the title ends with a punctuation mark"))


def _lacking(title: str) -> str:
    lacking = [] if "关于" in title or WITHOUT_ABOUT.search(title) else ["关于…的"]
    if not ENDS_WITH_KIND.search(title):
        lacking.append("文种")
    return "、".join(lacking)


@rule(
    "letter_says_report",
    INFO,
    explanation=_("the number calls it a letter (函), but the text calls itself a report"),
    remedy=_("make number, title and text agree on one kind of document"),
    wrong=("赣外办函〔2022〕1号\n省外办年度工作总结\n省绩效办：\n现将相关情况报告如下。",),
    right=("赣外办函〔2022〕1号\n关于报送总结的函\n省绩效办：\n现将相关情况函告如下。",),
)
def letter_says_report(document: Document) -> Iterator[Hit]:
    if document.number is None or not re.search(r"函\s?[〔\[［【(（]", document.number.text):
        return
    for paragraph, match in each_match(re.compile("报告如下|特此报告"), document.prose):
        yield Hit(paragraph, match.start(), match.end())


@rule(
    "addressee_colon",
    WARNING,
    explanation=_("after the addressee the full-width colon is missing"),
    remedy=_("end the addressee with “：” (GB/T 9704-2012, 7.3.2)"),
    wrong=("关于报送总结的函\n省绩效办\n现将总结报送如下，请审阅。",),
    right=(
        "关于报送总结的函\n省绩效办：\n现将总结报送如下，请审阅。",
        "省教育厅\n关于报送总结的函\n省绩效办：\n现报送。",
    ),
)
def addressee_colon(document: Document) -> Iterator[Hit]:
    """The paragraph between a title and the running text, where it names bodies."""
    if document.addressee is not None or not document.title:
        return
    last = document.title[-1]
    if len(document.title) > 1 and BODIES.match(last.text.rstrip("，。；, ")):
        yield Hit(last, 0, len(last.text))
