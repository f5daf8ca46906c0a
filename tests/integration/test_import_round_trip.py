"""The year's catalogue goes out as a workbook and comes back as it was."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.browsing import logged_in
from tests.builders import DEMO
from tests.integration.test_import_page import uploaded
from tests.integration.test_year_settings import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]


def test_the_current_catalogue_comes_back_unchanged(year_2021):
    visitor = logged_in("jixiao1")
    content = visitor.get("/settings/import/2021/current.xlsx").content
    response = uploaded(visitor, SimpleUploadedFile("现行目录.xlsx", content))
    page = text(visitor.get(response.url))
    assert "文件与现有数据一致" in page
    assert "无变化 <b>76</b>" in page


def test_what_the_offices_own_workbook_says_is_what_there_is(year_2021):
    visitor = logged_in("jixiao1")
    file = SimpleUploadedFile("目录.xlsx", (DEMO / "catalogue-2021.xlsx").read_bytes())
    assert "文件与现有数据一致" in text(visitor.get(uploaded(visitor, file).url))
