"""Official documents for the tests of their form."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from approvals.official.model import (
    REPORT,
    Annex,
    Draft,
    Heading,
    Imprint,
    OfficialDocument,
    Paragraph,
    Table,
)

ORGAN = "江西省人民政府外事办公室"
NUMBER = "赣外办函〔2022〕1号"
SENTENCE = "中华人民共和国外交事务办公室绩效管理工作总结情况报告如下一二三四五六七八九十"  # 38 characters
RARE = "喆昇堃玥頔"
FULL = Paragraph(SENTENCE * 8)

HEADER = ("序号", "工作节点", "责任处室", "原定时限", "现时限", "完成日期", "完成情况")


def table(rows: int) -> Table:
    """A table of so many nodes, as the summary's annex has it."""
    days = ("2021-06-30", "2021-06-30", "2021-06-18")
    cells = tuple(
        (str(number), "做好汤显祖戏剧节暨国际戏剧交流月活动", "新闻文化处", *days, "如期完成")
        for number in range(1, rows + 1)
    )
    return Table(HEADER, cells, widths=(10, 44, 22, 21, 21, 21, 17), wide=1)


def letter() -> OfficialDocument:
    """A letter over several pages with an annex of two pages and another bound apart."""
    return OfficialDocument(
        organ=ORGAN,
        number=NUMBER,
        addressee="省绩效办",
        title="省外办2021年度绩效管理工作总结",
        issued_on=date(2022, 1, 3),
        body=(
            Paragraph("2021年，省外办认真开展绩效管理工作。现将相关情况报告如下。"),
            Heading(1, "一、绩效管理工作基本情况"),
            Heading(2, "（一）职能职责方面"),
            Heading(3, "1. 第一项三级指标：召开会议"),
            Heading(4, "（1）会议情况"),
            *(FULL for _ in range(6)),
            Paragraph(f"联系人：{RARE}。"),
        ),
        annexes=(
            Annex("2021年度工作节点完成情况表", (table(45),)),
            Annex("关于汤显祖戏剧节暨国际戏剧交流月活动延期举行有关情况的说明材料及证明"),
        ),
    )


def report() -> OfficialDocument:
    """The same as a report to a superior, with an imprint."""
    return replace(
        letter(),
        form=REPORT,
        signer="张喆",
        annexes=(Annex("2021年度工作节点完成情况表", (table(25),)),),
        imprint=Imprint("省委办公厅，省政府办公厅", f"{ORGAN}综合处", date(2022, 1, 4)),
    )


def draft() -> OfficialDocument:
    """The same as a draft."""
    found = Table(("级别", "节点", "问题"), (("须改正", "21", "缺少数字"),), (20, 16, 120), 2)
    return replace(letter(), draft=Draft("草　稿", "待处理事项", (Paragraph("须处理。"), found)))
