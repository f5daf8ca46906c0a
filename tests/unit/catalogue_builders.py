"""The smallest catalogues worth handing in, as workbooks and csv tables."""

from __future__ import annotations

import csv
import zipfile
from io import BytesIO, StringIO

from django.conf import settings
from openpyxl import Workbook

from nodes.catalogue import read_catalogue

if not settings.configured:  # these tests need no application, only words
    settings.configure(USE_I18N=False)

DIVISIONS = ["秘书处", "综合处", "欧美处", "国际交流处", "新闻文化处"]
HEADER = [
    "节点序号", "一级指标", "二级指标", "三级指标序号", "三级指标", "工作节点",
    "责任处室", "配合处室", "计划开始", "完成时限", "备注",
]  # fmt: skip
FIRST = [
    1, "党管外事", "统筹协调", 1, "召开会议", "召开会议",
    "秘书处", "综合处", "2021-01-11", "2021-06-30", "",
]  # fmt: skip
SECOND = [
    2, "党管外事", "规划编制", 2, "编制规划", "编制规划",
    "综合处", "", "2021-02-01", "2021-09-30", "",
]  # fmt: skip
SHEET_XML = "xl/worksheets/sheet1.xml"


def changed(row, **cells):
    """A copy of a row with some cells replaced, by column name."""
    return [cells.get(name, value) for name, value in zip(HEADER, row, strict=True)]


def workbook(*rows, merge=()):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merge:
        book.active.merge_cells(cells)
    return saved(book)


def saved(book):
    file = BytesIO()
    book.save(file)
    return file


def table(*rows, encoding="utf-8-sig"):
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return BytesIO(text.getvalue().encode(encoding))


def read(file, filename="2021.xlsx"):
    return read_catalogue(file, filename=filename, year=2021, known_divisions=DIVISIONS)


def read_rows(*rows):
    return read(workbook(HEADER, *rows))


def problems(catalogue):
    return [str(problem) for problem in catalogue.problems]


def the_problem(catalogue):
    assert len(catalogue.problems) == 1, problems(catalogue)
    return str(catalogue.problems[0])


def rezipped(file, members):
    """The workbook with some of its members replaced or added."""
    target = BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *members}:
            new.writestr(name, members[name] if name in members else old.read(name))
    return target


def sheet_xml(file):
    with zipfile.ZipFile(file) as book:
        return book.read(SHEET_XML).decode()
