"""A performance office hands in its yearly catalogue: what is read, what is refused, and where."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from nodes.catalogue import Problem, counts, read_catalogue
from tests.unit.catalogue_builders import (
    FIRST,
    HEADER,
    SECOND,
    changed,
    problems,
    read,
    read_rows,
    table,
    the_problem,
    workbook,
)

DEMO = Path(__file__).parents[2] / "demo"

# The reference year


@pytest.fixture
def reference_divisions():
    organisation = json.loads((DEMO / "organisation-2021.json").read_text(encoding="utf-8"))
    return [division["name"] for division in organisation["divisions"]]


@pytest.mark.parametrize("name", ["catalogue-2021.xlsx", "catalogue-2021.csv"])
def test_the_reference_year_is_read_whole(name, reference_divisions):
    catalogue = read_catalogue(DEMO / name, filename=name, year=2021, known_divisions=reference_divisions)
    assert catalogue.problems == []
    assert counts(catalogue.rows) == {"level1": 8, "level2": 13, "level3": 71, "nodes": 76, "divisions": 12}


def test_workbook_and_csv_of_the_reference_year_say_the_same(reference_divisions):
    both = [
        read_catalogue(DEMO / name, filename=name, year=2021, known_divisions=reference_divisions)
        for name in ("catalogue-2021.xlsx", "catalogue-2021.csv")
    ]
    in_workbook, in_csv = [{row.number: replace(row, row=0) for row in each.rows} for each in both]
    assert in_workbook == in_csv
    assert in_csv[59].supporting_divisions == ("国际交流处", "欧美处")


# A workbook as offices keep it


def test_titles_filing_lines_blank_rows_total_and_notes_are_no_nodes():
    catalogue = read(
        workbook(
            ["2021年度工作节点表"],
            ["填报单位：省外办", None, "填报日期：", date(2021, 1, 8)],
            ["节点\n序号", " 一级 指标 ", "二级指标", "三级指标序号", "*三级指标", *HEADER[5:]],
            FIRST,
            [],
            SECOND,
            ["合 计", "一级指标1项，二级指标2项，三级指标2项，工作节点2个"],
            ["注：以上节点由各处室报送。"],
            ["填表人：", "甲", None, None, None, "审核人：乙"],
        )
    )
    assert catalogue.problems == []
    assert [(row.row, row.number) for row in catalogue.rows] == [(4, 1), (6, 2)]


def test_columns_are_found_by_name_in_any_order_and_extra_ones_are_kept():
    rows = [list(reversed(row)) for row in (HEADER, FIRST, changed(SECOND, 备注="省重点"))]
    catalogue = read(table(*rows), "2021.csv")
    assert catalogue.problems == []
    assert [row.title for row in catalogue.rows] == ["召开会议", "编制规划"]
    assert [row.attributes for row in catalogue.rows] == [{}, {"备注": "省重点"}]


def test_merged_upper_levels_hold_for_every_row_they_cover():
    second = changed(SECOND, 一级指标=None, 二级指标=None, 三级指标序号=None, 三级指标=None)
    catalogue = read(workbook(HEADER, FIRST, second, merge=["B2:B3", "C2:C3", "D2:D3", "E2:E3"]))
    assert catalogue.problems == []
    row = catalogue.rows[1]
    assert (row.level1, row.level2, row.level3_number, row.level3) == ("党管外事", "统筹协调", 1, "召开会议")


def test_in_a_csv_a_row_without_upper_levels_continues_the_row_above():
    second = changed(SECOND, 一级指标="", 二级指标="", 三级指标序号="", 三级指标="")
    catalogue = read(table(HEADER, FIRST, second), "2021.csv")
    assert catalogue.problems == []
    assert catalogue.rows[1].level3_number == 1


def test_a_second_level_is_not_carried_into_another_first_level():
    assert the_problem(read_rows(FIRST, changed(SECOND, 一级指标="涉外安全", 二级指标=""))) == (
        "row 3, column 二级指标: the cell is empty"
    )


def test_a_heading_row_names_the_level_of_the_rows_below_it():
    heading = ["", "涉外安全", "涉外疫情防控"]
    catalogue = read_rows(FIRST, heading, changed(SECOND, 一级指标="", 二级指标=""))
    assert catalogue.problems == []
    assert (catalogue.rows[1].level1, catalogue.rows[1].level2) == ("涉外安全", "涉外疫情防控")


@pytest.mark.parametrize(
    "written",
    [
        "2021-06-30", "2021/6/30", "2021.6.30", "2021年6月30日", "2021 年 6 月 30 日", "6月30日",
        "２０２１－０６－３０", "６月３０日", "2021-06-30 00:00:00",
        date(2021, 6, 30), datetime(2021, 6, 30, 17, 30), 44377,  # noqa: DTZ001
    ],
)  # fmt: skip
def test_a_deadline_may_be_written_in_many_ways(written):
    catalogue = read_rows(changed(FIRST, 完成时限=written))
    assert catalogue.problems == []
    assert catalogue.rows[0].deadline == date(2021, 6, 30)


@pytest.mark.parametrize("number", [12, 12.0, "12", "１２", " 12 "])
def test_a_node_number_may_be_typed_as_number_or_text(number):
    assert read_rows(changed(FIRST, 节点序号=number)).rows[0].number == 12


def test_text_is_cleaned_of_breaks_and_invisible_characters():
    row = read_rows(changed(FIRST, 工作节点="召开\n省委\u200b会议_x000D_\n", 备注="Talk\nand  Show")).rows[0]
    assert row.title == "召开省委会议"
    assert row.attributes["备注"] == "Talk and Show"


def test_division_names_match_whatever_their_spacing():
    row = read_rows(changed(FIRST, 责任处室="秘 书 处", 配合处室="欧美处，国际交流处;欧美处 综合处")).rows[0]
    assert row.lead_division == "秘书处"
    assert row.supporting_divisions == ("欧美处", "国际交流处", "综合处")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_may_come_in_the_encodings_offices_use(encoding):
    catalogue = read(table(HEADER, FIRST, encoding=encoding), "2021.csv")
    assert catalogue.problems == []
    assert catalogue.rows[0].title == "召开会议"


def test_what_looks_like_a_formula_in_a_csv_is_only_text():
    assert read(table(HEADER, changed(FIRST, 工作节点="=1+1")), "2021.csv").rows[0].title == "=1+1"


# What is refused, with row and column


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("节点序号", "", "the number is missing"),
        ("节点序号", "第12项", "“第12项” is not a whole number from 1"),
        ("节点序号", 1.5, "“1.5” is not a whole number from 1"),
        ("节点序号", True, "“TRUE” is not a whole number from 1"),
        ("节点序号", -3, "“-3” is not a whole number from 1"),
        ("三级指标序号", "", "the number is missing"),
        ("三级指标", "", "the cell is empty"),
        ("工作节点", " \u3000", "the cell is empty"),
        ("工作节点", "会" * 301, "the text has 301 characters; at most 300 are allowed"),
        ("责任处室", "", "the cell is empty"),
        ("责任处室", "密书处", "there is no division “密书处”; is it “秘书处”?"),
        ("责任处室", "秘书处、综合处", "only one division leads; the others belong under 配合处室"),
        ("配合处室", "欧美处、外星司", "there is no division “外星司”"),
        ("完成时限", "", "the cell is empty"),
        ("完成时限", "年底前", "“年底前” is not a date; write it like 2021-06-30"),
        ("完成时限", 2021.6, "“2021.6” is not a date; write it like 2021-06-30"),
        ("完成时限", "2021-02-30", "there is no such day as “2021-02-30”"),
        ("完成时限", "2022-01-31", "2022-01-31 lies outside 2021 and 跨年 is not noted"),
        ("计划开始", "2020年12月1日", "2020-12-01 lies outside 2021 and 跨年 is not noted"),
        ("完成时限", "1月31日（跨年）", "“1月31日(跨年)” crosses the year but does not name one"),
        ("完成时限", "2021-01-10", "the deadline 2021-01-10 is before the start 2021-01-11"),
    ],
)
def test_a_wrong_cell_is_refused_by_row_and_column(column, value, message):
    catalogue = read_rows(changed(FIRST, **{column: value}), SECOND)
    found = the_problem(catalogue).translate(str.maketrans("（）", "()"))
    assert found == f"row 2, column {column}: {message}"
    assert [row.number for row in catalogue.rows] == [2]


@pytest.mark.parametrize(
    "cells",
    [{"完成时限": "2022-01-31（跨年）"}, {"完成时限": "2022-01-31", "备注": "跨年项目"}],
)
def test_a_deadline_beyond_the_year_passes_when_noted(cells):
    assert read_rows(changed(FIRST, **cells)).rows[0].deadline == date(2022, 1, 31)


def test_a_title_about_the_turn_of_the_year_notes_nothing():
    wrong = changed(FIRST, 工作节点="举办跨年晚会", 完成时限="2022-01-01", 备注="不跨年")
    assert "跨年 is not noted" in the_problem(read_rows(wrong))


def test_a_node_number_used_twice_names_the_other_row():
    assert the_problem(read_rows(FIRST, changed(SECOND, 节点序号=1))) == (
        "row 3, column 节点序号: node number 1 is already used in row 2"
    )


def test_one_third_level_number_has_one_title():
    wrong = changed(SECOND, 二级指标="统筹协调", 三级指标序号=1)
    assert the_problem(read_rows(FIRST, wrong)) == (
        "row 3, column 三级指标: third-level number 1 has another title in row 2: “召开会议”"
    )


def test_one_third_level_number_stands_under_one_second_level():
    wrong = changed(SECOND, 三级指标序号=1, 三级指标="召开会议")
    assert the_problem(read_rows(FIRST, wrong)) == (
        "row 3, column 二级指标: third-level number 1 stands under “党管外事 / 统筹协调” in row 2"
    )


@pytest.mark.parametrize(
    ("total", "column"),
    [
        (["合计", "一级指标1项，二级指标2项，三级指标2项，工作节点3个"], "工作节点"),
        (["合计：3项"], "工作节点"),
        (["总计", 1, 2, 2, None, 3], "工作节点"),
        (["合 计", "2项"], "一级指标"),
        (["合计", None, None, None, "共3个三级指标、2个工作节点"], "三级指标"),
    ],
)
def test_the_files_own_total_must_agree_with_what_was_read(total, column):
    message = the_problem(read_rows(FIRST, SECOND, total))
    assert re.fullmatch(rf"row 4, column {column}: the total states \d, but \d were read", message)


@pytest.mark.parametrize(
    "total", [["合计"], ["合计", 1, 2, 2, None, 2], ["合计（2项）"], ["合计", "2个工作节点"]]
)
def test_a_total_that_agrees_is_silent(total):
    assert problems(read_rows(FIRST, SECOND, total)) == []


def test_everything_wrong_is_listed_in_one_go_by_row():
    catalogue = read_rows(
        changed(FIRST, 完成时限="待定", 责任处室="外星司"), SECOND, changed(SECOND, 工作节点="")
    )
    assert [(problem.row, problem.column) for problem in catalogue.problems] == [
        (2, "责任处室"),
        (2, "完成时限"),
        (4, "节点序号"),
        (4, "工作节点"),
    ]


def test_a_missing_and_a_repeated_column_are_named_but_not_blamed_on_every_row():
    header = [{"责任处室": "处室", "配合处室": "备注"}.get(name, name) for name in HEADER]
    assert problems(read(workbook(["节点表"], header, FIRST, SECOND))) == [
        "row 2, column 责任处室: the column is missing",
        "row 2, column 备注: the column occurs more than once",
    ]


def test_a_problem_says_where_it_is():
    assert str(Problem(3, "完成时限", "wrong")) == "row 3, column 完成时限: wrong"
    assert str(Problem(3, "", "wrong")) == "row 3: wrong"
    assert str(Problem(0, "", "wrong")) == "file: wrong"
