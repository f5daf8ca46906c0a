"""The working-day calendar: a year to look at, and the office's own days in it."""

from __future__ import annotations

from datetime import date

import pytest

from tests import builders
from tests.browsing import logged_in
from tests.builders import last_audit, person
from tests.integration.test_year_settings import text
from workflow.models import AuditEntry, CalendarDay, Office
from workflow.selectors import working_days

PAGE = "/settings/calendar/"


def works(office: Office, day: date) -> bool:
    return working_days(Office.objects.get(pk=office.pk)).is_workday(day)


def test_a_published_year_shows_days_off_and_make_up_days(office):
    page = text(logged_in("jixiao1").get(f"{PAGE}?year=2021"))
    assert "国务院公布的放假和调休安排" in page
    assert '<td class="r">11<i>休</i></td>' in page  # 11 February 2021, New Year's Eve
    assert '<td class="w">7<i>班</i></td>' in page  # 7 February 2021, a Sunday at work
    assert "全年 250 个工作日" in page
    assert "日历由系统管理员维护" in page


def test_a_year_not_published_yet_says_so(office):
    assert "尚未收录，暂按周一至周五" in text(logged_in("admin").get(f"{PAGE}?year=2050"))


@pytest.mark.parametrize("year", ["1999", "2101", "abc", "²", "99999", "20211"])
def test_there_are_no_other_years(office, year):
    assert logged_in("admin").get(f"{PAGE}?year={year}").status_code == 404


def test_a_day_is_set_changed_and_taken_back(office):
    visitor, day = logged_in("admin"), date(2021, 6, 15)
    typed = {"day": "2021-06-15", "kind": "rest", "name": "停电检修", "source": "省外办〔2021〕9号"}
    assert works(office, day)
    response = visitor.post(f"{PAGE}day/", typed, follow=True)
    assert response.redirect_chain == [(f"{PAGE}?year=2021", 302)]
    for words in ("已设定 1 天", "停电检修", "省外办〔2021〕9号", 'class="r own"'):
        assert words in text(response)
    assert not works(office, day)
    assert "日历已是如此" in text(visitor.post(f"{PAGE}day/", typed, follow=True))
    assert 'value="停电检修"' in text(visitor.get(f"{PAGE}?day=2021-06-15"))
    visitor.post(f"{PAGE}day/", typed | {"name": "机关运动会"})
    assert CalendarDay.objects.get().name == "机关运动会"
    data = last_audit(office).data
    assert (data["before"][0]["name"], data["after"][0]["name"]) == ("停电检修", "机关运动会")
    for _click in range(2):
        response = visitor.post(f"{PAGE}2021-06-15/remove/", follow=True)
        assert "2021-06-15 已恢复为公布的安排" in text(response)
    assert works(office, day)
    assert AuditEntry.objects.filter(action="calendar.changed").count() == 3


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"day": ""}, "请填写日期。"),
        ({"day": "2021-02-30"}, "日期"),
        ({"day": "1900-01-01"}, "超出日历范围"),
        ({"day": "2021-06-15", "name": "长" * 101}, "最多 100 个字符"),
    ],
)
def test_a_day_that_cannot_be_is_refused_beside_its_field(office, typed, said):
    response = logged_in("admin").post(f"{PAGE}day/", {"kind": "rest", **typed})
    assert response.status_code == 422
    assert said in text(response)
    assert not CalendarDay.objects.exists()


def test_a_notice_is_pasted_as_a_list(office):
    lines = (
        "2027-02-05至2027-02-11 休 春节 国办发明电〔2026〕7号\n\n2027年2月14日 班\n2027/2/20,上班,春节调休\n"
    )
    response = logged_in("admin").post(f"{PAGE}paste/", {"lines": lines}, follow=True)
    assert "已设定 9 天" in text(response)
    first = CalendarDay.objects.get(day=date(2027, 2, 5))
    assert (first.is_workday, first.name, first.source) == (False, "春节", "国办发明电〔2026〕7号")
    assert works(office, date(2027, 2, 14))
    assert not works(office, date(2027, 2, 11))
    assert len(last_audit(office).data["after"]) == 9


def test_every_line_that_cannot_be_read_is_named_and_none_is_kept(office):
    lines = "2027-02-05 休 春节\n2027-02-30 休\n明天 休\n2027-03-01至2027-12-31 休\n2027-02-08 吃饭"
    response = logged_in("admin").post(f"{PAGE}paste/", {"lines": lines})
    assert response.status_code == 422
    for number in (2, 3, 4, 5):
        assert f"第 {number} 行：" in text(response)
    assert "第 1 行" not in text(response)
    assert "2027-02-08 吃饭" in text(response)
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize(
    ("lines", "said"),
    [("  \n ", "请至少粘贴一行。"), ("2027-02-05 休\n2027-02-05 班", "既写为休息日又写为工作日"),
     ("2027-02-05 休\n" * 201, "一次最多 200 行。")],
)  # fmt: skip
def test_a_list_that_contradicts_itself_is_refused(office, lines, said):
    response = logged_in("admin").post(f"{PAGE}paste/", {"lines": lines})
    assert (response.status_code, said in text(response)) == (422, True)
    assert not CalendarDay.objects.exists()


def test_another_offices_days_are_its_own(office):
    other = builders.office("other")
    CalendarDay.objects.create(office=other, day=date(2021, 6, 15), is_workday=False, name="别家的日子")
    visitor = logged_in("admin", office)
    assert "别家的日子" not in text(visitor.get(f"{PAGE}?year=2021"))
    assert "别家的日子" not in text(visitor.get(f"{PAGE}?year=2021&day=2021-06-15"))
    assert visitor.post(f"{PAGE}2021-06-15/remove/").status_code == 404
    assert works(office, date(2021, 6, 15))


def test_a_day_of_the_platform_is_shown_and_not_the_offices_to_remove(office):
    CalendarDay.objects.create(office=None, day=date(2021, 6, 15), is_workday=False)
    visitor = logged_in("admin")
    assert "另有 1 天为全系统统一设定" in text(visitor.get(f"{PAGE}?year=2021"))
    assert visitor.post(f"{PAGE}2021-06-15/remove/").status_code == 404


@pytest.mark.parametrize("username", ["jixiao1", "xinwen1", "zhuren", "shenji"])
def test_only_an_administrator_sets_days(office, username):
    CalendarDay.objects.create(office=office, day=date(2021, 6, 15), is_workday=False)
    visitor = logged_in(username)
    for act in ("day/", "paste/", "2021-06-15/remove/"):
        typed = {"day": "2021-06-16", "kind": "rest", "lines": "2021-06-16 休"}
        assert visitor.post(f"{PAGE}{act}", typed).status_code == 403
    assert CalendarDay.objects.count() == 1
    assert person(username).office == office


@pytest.mark.parametrize("day", ["x", "2021-13-01", "0000-00-00"])
def test_a_day_that_is_none_is_not_found(office, day):
    assert logged_in("admin").post(f"{PAGE}{day}/remove/").status_code == 404
    assert logged_in("admin").get(f"{PAGE}?day={day}").status_code == 404
