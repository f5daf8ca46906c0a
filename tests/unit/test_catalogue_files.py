"""Catalogue files that are refused as they stand, hostile ones among them."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from nodes.catalogue.cells import BadCell
from nodes.catalogue.columns import find_columns
from nodes.catalogue.parse import parse
from nodes.catalogue.sheet import Sheet
from tests.unit.catalogue_builders import (
    DIVISIONS,
    FIRST,
    HEADER,
    SECOND,
    SHEET_XML,
    changed,
    read,
    read_rows,
    rezipped,
    saved,
    sheet_xml,
    the_problem,
    workbook,
)

FAR_DOWN = 1_048_576


def test_a_formula_without_a_stored_value_is_refused_once():
    message = the_problem(read_rows(changed(FIRST, 完成时限="=TODAY()")))
    assert message.startswith("row 2, column 完成时限: the formula has no stored value")


def test_an_error_cell_is_refused():
    file = workbook(HEADER, changed(FIRST, 备注="#REF!"))
    assert the_problem(read(file)) == "row 2, column 备注: the cell shows the error #REF!"


def test_two_catalogue_sheets_leave_a_doubt_but_a_hidden_one_does_not():
    book = Workbook()
    for sheet in (book.active, book.create_sheet("旧")):
        sheet.append(HEADER)
        sheet.append(FIRST)
    assert "more than one sheet" in the_problem(read(saved(book)))
    book["旧"].sheet_state = "hidden"
    assert read(saved(book)).problems == []


@pytest.mark.parametrize(
    ("content", "filename", "words"),
    [
        (b"", "2021.csv", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "2021.xls", "not accepted"),
        (b"%PDF-1.7 " + b"\0" * 99, "2021.pdf", "neither an .xlsx workbook nor a .csv table"),
        (b"%PDF-1.7 " + b"\0" * 99, "2021.xlsx", "the content is that of a .pdf file"),
        (b"PK\x03\x04 broken", "2021.xlsx", "damaged"),
        ("工作节点".encode("utf-16"), "2021.csv", "UTF-8 or GB 18030"),
        ("序号,名称\n1,甲\n".encode(), "2021.csv", "no header row was found"),
        (b"x" * (20 * 1024 * 1024 + 1), "2021.csv", "larger than 20 MB"),
        ((",".join(HEADER) + "\n").encode(), "2021.csv", "there are no nodes below the header"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_as_a_whole(content, filename, words):
    message = the_problem(read(BytesIO(content), filename))
    assert message.startswith("file: ")
    assert words in message


def test_a_csv_line_that_is_not_well_formed_is_named():
    file = BytesIO((",".join(HEADER) + '\n1,"党管外事,统筹\n').encode())
    assert the_problem(read(file, "2021.csv")).startswith("row 2: the line is not well-formed csv")


def test_macros_are_refused_under_any_name():
    hostile = rezipped(workbook(HEADER, FIRST), {"xl/vbaProject.bin": b"macro"})
    assert "macros" in the_problem(read(hostile))
    assert "macros" in the_problem(read(workbook(HEADER, FIRST), "2021.xlsm"))


def test_a_workbook_that_unpacks_without_end_is_not_unpacked():
    hostile = rezipped(workbook(HEADER, FIRST), {"xl/media/image1.bmp": b"\0" * 30_000_000})
    assert "unpacks to more than is reasonable" in the_problem(read(hostile))


def test_more_rows_than_any_office_has_are_refused():
    rows = [",".join(HEADER), *["x"] * 50_000]
    assert the_problem(read(BytesIO("\n".join(rows).encode()), "2021.csv")) == (
        "row 50001: the table has more than 50000 rows"
    )


def test_a_workbook_with_entities_in_its_xml_is_refused():
    file = workbook(HEADER, FIRST)
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "lol">{lol}]>' + sheet_xml(file).replace(
        "<sheetData>", "&l9;<sheetData>"
    )
    assert "damaged" in the_problem(read(rezipped(file, {SHEET_XML: bomb})))


def test_a_sheet_that_reaches_to_its_far_end_costs_nothing():
    file = workbook(HEADER, FIRST, merge=["B2:B3"])
    note = (
        f'<row r="{FAR_DOWN}"><c r="A{FAR_DOWN}" t="inlineStr"><is><t>注：完</t></is></c></row></sheetData>'
    )
    xml = sheet_xml(file).replace("B2:B3", f"B2:B{FAR_DOWN}").replace("</sheetData>", note)
    assert read(rezipped(file, {SHEET_XML: xml})).problems == []


cell_values = st.one_of(
    st.text(max_size=20), st.integers(), st.floats(), st.booleans(), st.datetimes(), st.dates(), st.times(),
    st.timedeltas(), st.none(), st.just(BadCell("wrong")),
)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(HEADER), cell_values), max_size=4))
def test_whatever_stands_in_the_cells_is_read_or_refused_never_raised(cells):
    sheet = Sheet("sheet")
    for number, values in enumerate([HEADER, changed(FIRST, **dict(cells)), SECOND], start=1):
        sheet.add(number, values)
    catalogue = parse(sheet, find_columns(sheet), year=2021, known_divisions=DIVISIONS)
    assert catalogue.rows or catalogue.problems
    assert all("\0" not in row.title for row in catalogue.rows)


@given(st.data())
def test_a_sheet_damaged_anywhere_is_read_or_refused_never_raised(data):
    file = workbook(HEADER, FIRST, SECOND)
    xml = bytearray(sheet_xml(file).encode())
    for place in data.draw(st.lists(st.integers(0, len(xml) - 1), min_size=1, max_size=4)):
        xml[place] = data.draw(st.integers(32, 126))
    catalogue = read(rezipped(file, {SHEET_XML: bytes(xml)}))
    assert catalogue.rows or catalogue.problems
