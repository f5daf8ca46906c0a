"""A catalogue is uploaded, looked at row by row, and taken over as it was looked at: all of it or nothing."""

from __future__ import annotations

import os
import time
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from nodes.models import Cycle, State, WorkNode
from nodes.services.staging import KEPT_SECONDS
from tests import builders
from tests.browsing import logged_in
from tests.builders import last_audit, start, work_node
from tests.integration.test_year_settings import text
from workflow.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]

HEADER = (
    "节点序号,一级指标,二级指标,三级指标序号,三级指标,工作节点,"
    "责任处室,配合处室,计划开始,完成时限,佐证材料要求"
)
FIRST = "1,服务大局,人文交流,1,三级指标1,工作节点1,新闻文化处,,2021-03-01,2021-10-31,"
SECOND = "2,服务大局,人文交流,2,开放周,办好开放周,新闻文化处,秘书处,2021-03-01,2021-06-30,会议纪要"


def table(*lines: str, name: str = "目录.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "\n".join([HEADER, *lines]).encode())


def uploaded(visitor, file, year: int = 2021):
    cycle = Cycle.objects.get(year=year)
    return visitor.post("/settings/import/", {"year": cycle.pk, "file": file})


def previewed(visitor, *lines: str) -> tuple[str, str]:
    """The address of the preview, and what it shows."""
    address = uploaded(visitor, table(*lines)).url
    return address, text(visitor.get(address))


def seen(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0]


def test_a_preview_says_what_each_row_does_and_writes_nothing(office):
    work_node(office, 1)
    start(work_node(office, 3))
    work_node(office, 4)
    changed = FIRST.replace("工作节点1", "改名").replace("2021-10-31", "2021-09-30")
    begun = FIRST.replace("1,服务大局,人文交流,1,三级指标1,工作节点1", "3,服务大局,人文交流,3,三级指标3,另名")
    visitor = logged_in("jixiao1")
    address, page = previewed(visitor, changed, SECOND, begun)
    assert "改名" in page
    assert "<del>工作节点1</del>" in page
    assert "<del>2021-10-31</del>" in page
    assert "<ins>2021-09-30</ins>" in page
    assert "已启动，不作修改" in page
    assert "导入 2 项" in page
    assert "改名" not in text(visitor.get(f"{address}?show=created"))
    assert "另名" not in text(visitor.get(f"{address}?show=updated"))
    assert "保持原样" in text(visitor.get(f"{address}?show=missing"))
    assert WorkNode.objects.count() == 3
    assert not AuditEntry.objects.filter(action="catalogue.imported", actor__isnull=False).exists()


def test_what_was_looked_at_is_taken_over_once(office):
    work_node(office, 1)
    visitor = logged_in("admin")
    address, page = previewed(visitor, FIRST.replace("工作节点1", "改名"), SECOND)
    first = visitor.post(f"{address}apply/", {"seen": seen(page)}, follow=True)
    assert "已向 2021 年度导入 2 项：新增 1 项，更新 1 项" in text(first)
    second = visitor.post(f"{address}apply/", {"seen": seen(page)}, follow=True)
    assert "这一文件已导入。" in text(second)
    assert WorkNode.objects.get(number=1).title == "改名"
    entry = last_audit(office)
    assert (entry.action, entry.data["file"], entry.data["created"]) == ("catalogue.imported", "目录.csv", 1)
    assert AuditEntry.objects.filter(action="catalogue.imported", actor__isnull=False).count() == 1


def test_what_changed_since_the_preview_is_looked_at_again(office):
    node = work_node(office, 1)
    visitor = logged_in("admin")
    address, page = previewed(visitor, FIRST.replace("工作节点1", "改名"), SECOND)
    start(node)
    response = visitor.post(f"{address}apply/", {"seen": seen(page)}, follow=True)
    assert response.redirect_chain == [(address, 302)]
    assert "没有导入：预览之后数据有变化" in text(response)
    assert "已启动，不作修改" in text(response)
    assert WorkNode.objects.count() == 1


def test_a_wrong_row_is_named_and_keeps_the_others_out(office):
    visitor = logged_in("jixiao1")
    address, page = previewed(
        visitor, FIRST, SECOND.replace("2021-06-30", "2021-02-30").replace("秘书处", "没有处")
    )
    assert "有 2 处需要修改" in page
    assert "没有“2021-02-30”这一天" in page
    assert "没有处室“没有处”" in page
    assert "导入 1 项" not in page
    visitor.post(f"{address}apply/", {"seen": "x"})
    assert not WorkNode.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("目录.xlsm", b"PK\x03\x04", "工作簿可能含有宏"),
        ("目录.csv", b"", "文件"),
        ("目录.pdf", b"%PDF-1.4\n%%EOF", "既不是 .xlsx 工作簿，也不是 .csv 表格"),
        ("目录.xlsx", b"not a workbook", ".xlsx"),
        ("目录.csv", "没有,表头\n1,2".encode(), "没有找到表头行"),
        ("目录.exe", b"MZ\x00\x01", "不接受"),
    ],
)
def test_what_is_no_catalogue_is_refused_in_words(office, name, content, said):
    visitor = logged_in("admin")
    response = uploaded(visitor, SimpleUploadedFile(name, content))
    page = text(visitor.get(response.url) if response.status_code == 302 else response)
    assert said in page
    assert "导入 " not in page.split('class="settings-bar"')[-1] or 'class="settings-bar"' not in page


def test_too_large_a_file_is_refused(office):
    visitor = logged_in("admin")
    response = uploaded(visitor, SimpleUploadedFile("目录.csv", b"1," * (10 * 1024 * 1024 + 1)))
    assert "文件超过 20 MB。" in text(visitor.get(response.url))


def test_a_form_without_a_file_says_so(office):
    response = logged_in("admin").post("/settings/import/", {"year": "", "file": ""})
    assert response.status_code == 422
    assert "请选择目录文件。" in text(response)
    assert "请选择未关闭的年度。" in text(response)


def test_a_closed_year_is_not_offered(office):
    Cycle.objects.update(status=Cycle.Status.CLOSED)
    assert "没有可导入的年度" in text(logged_in("admin").get("/settings/import/"))
    assert uploaded(logged_in("admin"), table(FIRST)).status_code == 422


def test_a_preview_is_its_owners_alone_and_expires(office, media_root):
    visitor = logged_in("admin")
    address, _page = previewed(visitor, FIRST)
    assert logged_in("jixiao1").get(address, follow=True).redirect_chain == [("/settings/import/", 302)]
    for path in Path(media_root).glob("imports/*/*"):
        os.utime(path, (time.time() - KEPT_SECONDS - 1,) * 2)
    response = visitor.get(address, follow=True)
    assert "预览已失效" in text(response)
    previewed(logged_in("jixiao1"), FIRST)
    assert len(list(Path(media_root).glob("imports/*/*"))) == 2


@pytest.mark.parametrize("sha256", ["x", "0" * 64, "..%2f..%2f" + "0" * 54])
def test_an_address_nobody_was_given_leads_back(office, sha256):
    visitor = logged_in("admin")
    assert visitor.get(f"/settings/import/2021/{sha256}/").status_code in (302, 404)
    assert visitor.post(f"/settings/import/2021/{sha256}/apply/").status_code in (302, 404)


def test_another_offices_year_takes_nothing(office):
    other = builders.office("other", year=2030)
    visitor = logged_in("admin", office)
    assert (
        visitor.post("/settings/import/", {"year": other.cycles.get().pk, "file": table(FIRST)}).status_code
        == 422
    )
    assert visitor.get("/settings/import/2030/current.xlsx").status_code == 404
    assert visitor.get(f"/settings/import/2030/{'0' * 64}/").status_code == 404


@pytest.mark.parametrize("act", ["", f"2021/{'0' * 64}/apply/"])
def test_a_handler_imports_nothing(office, act):
    assert logged_in("xinwen1").post(f"/settings/import/{act}").status_code == 403


def test_odd_values_come_back_unchanged_too(office):
    work_node(
        office, 1, title="=1+1 的会议", deadline=date(2022, 1, 15), planned_start=None,
        supporting_divisions=("秘书处",), attributes={"备注": "=2", "难度": "5"},
    )  # fmt: skip
    visitor = logged_in("admin")
    content = visitor.get("/settings/import/2021/current.xlsx").content
    sheet = load_workbook(BytesIO(content)).active
    assert sheet["F2"].data_type == "s"
    page = text(visitor.get(uploaded(visitor, SimpleUploadedFile("现行.xlsx", content)).url))
    assert "文件与现有数据一致" in page


def test_the_template_reads_as_one_new_node(office):
    visitor = logged_in("admin")
    content = visitor.get("/settings/import/template.xlsx").content
    page = text(visitor.get(uploaded(visitor, SimpleUploadedFile("模板.xlsx", content)).url))
    assert "导入 1 项" in page


def test_a_preview_of_many_rows_asks_little_and_shows_them_by_the_hundred(
    office, django_assert_max_num_queries
):
    lines = [SECOND.replace("2,", f"{n},", 1).replace(",2,", f",{n},", 1) for n in range(1, 301)]
    visitor = logged_in("admin")
    address, page = previewed(visitor, *lines)
    assert "导入 300 项" in page
    with django_assert_max_num_queries(15):
        visitor.get(f"{address}?page=2")
    visitor.post(f"{address}apply/", {"seen": seen(page)})
    assert WorkNode.objects.filter(state=State.PLANNED).count() == 300


def test_a_workbook_with_markup_in_it_is_shown_as_text(office):
    book = Workbook()
    book.active.append(HEADER.split(","))
    book.active.append([*FIRST.replace("工作节点1", "<script>alert(1)</script>").split(",")])
    file = BytesIO()
    book.save(file)
    visitor = logged_in("admin")
    page = text(visitor.get(uploaded(visitor, SimpleUploadedFile("a.xlsx", file.getvalue())).url))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
