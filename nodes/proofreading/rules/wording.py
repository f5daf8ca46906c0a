"""Words: garbled or mistaken ones, and two names for one body."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nodes.proofreading.findings import INFO, WARNING
from nodes.proofreading.marks import HAN
from nodes.proofreading.registry import Hit, rule
from nodes.proofreading.structure import Document, each_match

# What is written by mistake, and what was meant.
GARBLED = (
    (r"设区省市属[媒体]{0,2}", "设区市市属"),
    (r"截止(?=\s?\d|目前|今年|本|上|年底|[一二三四五六七八九十]{1,2}月)", "截至"),
    (r"座落", "坐落"),
    (r"(?:登陆)(?=系统|平台|网站|账号)", "登录"),
    (r"帐(?=号|户|目|款)", "账"),
    (r"按装", "安装"),
    (r"布署", "部署"),
    (r"部暑", "部署"),
    (r"既使", "即使"),
    (r"必需(?=要|加强|坚持|认真)", "必须"),
    (r"份内", "分内"),
    (r"其它(?=单位|部门|同志|人员)", "其他"),
    (r"绩效管里|指标体糸|佐正材料|佐证才料", "绩效管理、指标体系、佐证材料"),
    (
        r"的的|了了(?!解|结|事|然)|在在(?!校|场|岗|建|编|册)|和和(?!谐|平|睦|美|气|田|县)|是是(?!非)|对对(?!外|口|接)",
        "",
    ),
)
RUN_TOGETHER = (
    (r"(?<=学习)教育部、省|(?<=主题)教育部、省|(?<=宣传)教育部、省", "教育，部、省"),
    (r"疫情(?=有关规定|相关规定|有关要求|相关要求|工作要求)", "疫情防控"),
)
# The same body in full and in short.
BODIES = (
    ("上海合作组织", "上合组织"),
    ("中国人民对外友好协会", "全国对外友协"),
    ("人民对外友好协会", "对外友协"),
    ("亚太经合组织", "APEC"),
    ("新型冠状病毒肺炎", "新冠肺炎"),
)
DEFINED = re.compile(r"[（(](?:以下|下称|以下统称|以下简称|简称)[^（）()]{0,3}“?([^“”（）()]{2,20})”?[）)]")
FORMER = re.compile(rf"时任(?=[{HAN}])")
LEADER = re.compile(
    r"(?<!时任)(?<!副)(?:省委书记|省长|市委书记|市长)[\u4e00-\u9fff]{2,3}(?=[、，在会出致同])"
)


@rule(
    "garbled",
    WARNING,
    explanation=_("a word that seems mistaken"),
    remedy=_("correct it, or leave it where it is right"),
    wrong=(
        "11个设区省市属媒体推送。",
        "截止12月31日，全部完成。",
        "全面布署年度工作。",
        "推进了了一批项目。",
    ),
    right=("11个设区市市属媒体推送。", "报名截止时间为5月。", "截至12月31日，全部完成。", "增进了了解。"),
)
def garbled(document: Document) -> Iterator[Hit]:
    for pattern, meant in _GARBLED:
        for paragraph, match in each_match(pattern, document.paragraphs):
            message = (
                gettext("perhaps “%(meant)s” was meant") % {"meant": meant}
                if meant
                else gettext("a word is written twice")
            )
            yield Hit(paragraph, match.start(), match.end(), message)


_GARBLED = [(re.compile(pattern), meant) for pattern, meant in GARBLED]
_RUN_TOGETHER = [(re.compile(pattern), meant) for pattern, meant in RUN_TOGETHER]


@rule(
    "run_together",
    INFO,
    explanation=_("words that run into one another, or one that was left out"),
    remedy=_("set the words apart, or put the missing one in"),
    wrong=("开展党史学习教育部、省、市、县四级联建活动。", "认真落实疫情有关规定。"),
    right=("开展党史学习教育，部、省、市、县四级联建。", "落实疫情防控有关规定。"),
)
def run_together(document: Document) -> Iterator[Hit]:
    for pattern, meant in _RUN_TOGETHER:
        for paragraph, match in each_match(pattern, document.prose):
            message = gettext("perhaps “%(meant)s” was meant") % {"meant": meant}
            yield Hit(paragraph, match.start(), match.end(), message)


@rule(
    "alias",
    INFO,
    explanation=_("a body is named in full here and in short there"),
    remedy=_("name it in full at first with the short name in brackets, then in short"),
    wrong=(
        "举办上合组织论坛。上海合作组织秘书处派员参加。",
        "省发展和改革委员会（以下简称省发改委）牵头。会后，省发展和改革委员会印发纪要。",
    ),
    right=(
        "举办上海合作组织论坛，上海合作组织秘书处派员参加。",
        "省发展和改革委员会（以下简称省发改委）牵头，省发改委印发纪要。",
    ),
)
def alias(document: Document) -> Iterator[Hit]:
    body = document.text.body
    for full, short in BODIES:
        if short in body.replace(full, "") and full in body:
            hit = next(each_match(re.compile(re.escape(short)), document.prose), None)
            if hit and f"（{short}）" not in body and f"简称“{short}”" not in body:
                message = gettext("“%(short)s” here, “%(full)s” elsewhere") % {"short": short, "full": full}
                yield Hit(hit[0], hit[1].start(), hit[1].end(), message)
    yield from _defined(document)


def _defined(document: Document) -> Iterator[Hit]:
    """A full name used again after a short one was given for it."""
    text = document.text.body
    for paragraph, match in each_match(DEFINED, document.prose):
        full = re.split(rf"[^{HAN}]", paragraph.text[max(0, match.start() - 24) : match.start()])[-1]
        for size in range(len(full), 5, -1):
            if text.count(full[-size:]) > 1:
                facts = {"short": match[1], "full": full[-size:]}
                yield Hit(
                    paragraph,
                    match.start(),
                    match.end(),
                    gettext("“%(short)s” here, “%(full)s” elsewhere") % facts,
                )
                break


@rule(
    "former_post",
    INFO,
    explanation=_("one leader is called 时任, others are not"),
    remedy=_("check who has changed post since"),
    wrong=("时任省委书记甲乙丙会见代表团。省长丁戊己出席签字仪式。",),
    right=("省委书记甲乙丙会见代表团。省长丁戊己出席签字仪式。",),
)
def former_post(document: Document) -> Iterator[Hit]:
    if next(each_match(LEADER, document.prose), None):
        for paragraph, match in each_match(FORMER, document.prose):
            yield Hit(paragraph, match.start(), match.end() + 6)
