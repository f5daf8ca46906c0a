"""What a summary should say and does not: divisions, scores, dates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nodes.proofreading.findings import INFO, WARNING
from nodes.proofreading.marks import HAN
from nodes.proofreading.registry import Hit, rule
from nodes.proofreading.reports import reports
from nodes.proofreading.structure import Document, Heading, each_match

DIVISIONS = re.compile(
    rf"([{HAN}]{{2,20}}(?:、[{HAN}]{{2,16}}){{0,60}})(等)\s?(\d{{1,3}})\s?个(?:业务|机关|内设|责任|牵头|职能)?(?:处室|科室|股室|机构)"
)
ASSESSMENT = re.compile("部门评价|部门评议|部门考评")
SCORE = re.compile(r"\d|[优良]秀?等次|满分|第[一二三四五六七八九十]名")
FEWEST_DATED = 0.5  # the share of reports that should give a day


@rule(
    "divisions_incomplete",
    WARNING,
    explanation=_("only some of the divisions are named"),
    remedy=_("name all divisions, or give them in a table"),
    wrong=("分别涉及秘书处、综合处、出境管理处、领事安全处等12个业务处室。",),
    right=(
        "分别涉及秘书处、综合处、人事处等3个业务处室。",
        "涉及秘书处等单位。",
        "会同省财政厅等5个部门印发。",
    ),
)
def divisions_incomplete(document: Document) -> Iterator[Hit]:
    for paragraph, match in each_match(DIVISIONS, document.prose):
        named, announced = match[1].count("、") + 1, int(match[3])
        if named < announced:
            message = gettext("%(named)d of %(announced)d divisions are named") % {
                "named": named,
                "announced": announced,
            }
            yield Hit(paragraph, match.start(2), match.end(), message)


@rule(
    "assessment_without_figures",
    WARNING,
    explanation=_("the department evaluation gives no score and no figure"),
    remedy=_("give each item's result: score, grade or rank"),
    wrong=("二、情况\n（一）部门评价情况\n我办高度重视党建工作，顺利完成各项评价考核。",),
    right=(
        "二、情况\n（一）部门评价情况\n党建考核得98分，综治考核为优秀等次。",
        "二、情况\n（一）部门评价情况\n各处室情况如下。\n处室\t得分\n秘书处\t98\n三、问题",
    ),
)
def assessment_without_figures(document: Document) -> Iterator[Hit]:
    for heading in document.headings:
        section = document.section(heading)
        if ASSESSMENT.search(heading.text) and section and not _scored(document, heading):
            yield Hit(section[0], 0, min(30, len(section[0].text)))


def _scored(document: Document, heading: Heading) -> bool:
    """Whether a figure stands in the section, in a table too."""
    first, until = heading.paragraph.line, document.ends_before(heading)
    return any(SCORE.search(one.text) for one in document.paragraphs if first < one.line < until)


@rule(
    "days_missing",
    WARNING,
    explanation=_("most indicators are reported without a day"),
    remedy=_("give with each indicator its deadline and the day it was completed"),
    wrong=("1. 第一项三级指标：甲\n完成。\n2. 第二项三级指标：乙\n办结。\n3. 第三项三级指标：丙\n共5项。",),
    right=(
        "1. 第一项三级指标：甲\n3月完成。\n2. 第二项三级指标：乙\n6月办结。\n3. 第三项三级指标：丙\n5项。",
    ),
)
def days_missing(document: Document) -> Iterator[Hit]:
    found = [one for one in reports(document) if one.body]
    dated = sum(re.search(r"\d\s?月|\d{4}-\d\d", one.body) is not None for one in found)
    if len(found) > 2 and dated < FEWEST_DATED * len(found):
        first = found[0]
        message = gettext("%(dated)d of %(reports)d reports give a day") % {
            "dated": dated,
            "reports": len(found),
        }
        yield Hit(first.paragraph, 0, len(first.paragraph.text), message)


@rule(
    "praise_against_problems",
    INFO,
    explanation=_("what is praised in one section is a problem in another"),
    remedy=_("make the two sections agree"),
    wrong=(
        "三、开展情况\n科学制定指标体系，节点内容真实客观。\n四、存在的问题\n设置节点完成时限还需更加科学合理。",
    ),
    right=("三、开展情况\n成立工作专班。\n四、存在的问题\n设置节点完成时限还需更加科学合理。",),
)
def praise_against_problems(document: Document) -> Iterator[Hit]:
    problem = next(
        each_match(re.compile(r"(?:节点|时限|指标)[^。；]{0,24}还需[^。；]{0,6}科学"), document.prose), None
    )
    if problem and (
        praise := next(
            each_match(re.compile(r"科学(?:制定|设置|设定)[^，。]{0,20}(?:指标|节点)"), document.prose), None
        )
    ):
        yield Hit(praise[0], praise[1].start(), praise[1].end())
