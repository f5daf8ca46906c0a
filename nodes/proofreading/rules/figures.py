"""Figures that were left out: blanks before a counter, placeholders, dates without their day."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nodes.proofreading.findings import ERROR, WARNING
from nodes.proofreading.marks import HAN
from nodes.proofreading.registry import Hit, rule
from nodes.proofreading.structure import Document, each_match

# A counter, unless what follows makes another word of it (个人, 项目, 场所).
COUNTERS = (
    "人次|批次|场次|人(?![才力员民大事口社文类工均身数物性选士造家们心为防体])|个(?![人体别性税])|批(?![准复示发评量改阅注判])"
    "|次(?![数年日于序要])|项(?!目)|名(?![称单录额誉义牌人师优校城胜])|家(?![庭长园乡政电校禽畜访里])|场(?![所地馆景面合])"
    "|件|份(?![额子])|篇(?![章幅目])|条(?![件例款约文])|期(?![间限末初待望货中满刊])|起(?![草步点来到诉重初源义])"
    "|万元|亿元|万人|万次|万亩|万吨|万(?=[，。；、+])|公里|公顷|平方米|立方米|米(?![粮面线尺])|亩|吨|辆|册|套"
    "|小时|课时|学时|分钟|倍|岁|栋|座(?![谈落])|位(?![于置居列次])|处(?![理于长室置级罚分在境所])|台(?![湾账风州阶上])"
    "|轮(?![岗训换流值])|届(?![时满])|元(?![旦月素首])|天(?![津然气下河空])|户(?![口籍外])|(?:分|所|张|对|艘|支|字|部|类|处|万条)(?=[，。；、（）])|国(?![家内外际务庆民土有道产办])|%|％"
)
GAP = r"[ \u3000\t\u00a0]"
BLANK = re.compile(
    rf"(?<=[{HAN}，。；：、“”（）《》]){GAP}{{1,40}}[余多]?(?:{COUNTERS})"
    rf"|(?<![\d０-９\d）)\s])[%％](?<![（(：:/、A-Za-z][%％])"
    rf"|(?<=[共计约近达逾过])(?:人次|批次|场次|万元|亿元|个)(?=[，。；、,;])"
)
BLANK_DATE = re.compile(
    rf"(?<!\d)(?<!\d{GAP})年{GAP}{{1,20}}月{GAP}{{1,20}}日|\d{{4}}{GAP}?年{GAP}{{1,20}}月(?![均度报]{GAP}?)(?:{GAP}{{1,20}}日)?"
    rf"|\d{GAP}?月{GAP}{{1,20}}日(?![均报程常])"
    rf"|(?<=至){GAP}{{1,20}}[月日](?![均报程常])|(?<=[{HAN}，。；、（]){GAP}{{1,20}}月{GAP}?\d{{1,2}}{GAP}?日|(?<=[{HAN}，。；（]){GAP}{{1,20}}年{GAP}?\d{{1,2}}{GAP}?月"
)
PLACEHOLDER = re.compile(
    r"(?<![A-Za-z×])[XxＸ×]{2,12}(?![A-Za-z×])|[_＿]{2,200}|某某|[○〇◯]{3,12}(?!年)"
    r"|[（(][ \u3000]{1,40}[）)]|[【\[][ \u3000]{0,40}[】\]]"
)
SINGLE = re.compile(rf"(?<!\S)[{HAN}](?!\S)")
SHORT = 60  # characters of a line that may be set with gaps
COUNTING = "共计约近达逾超为有派赴第批次场年及和"  # after these a gap is a figure left out
ANONYMOUS = re.compile("[省市县区乡镇村局厅委办处]|公司|同志|单位")
UNDECIDED = re.compile(r"待定|待补|待填|待核实|此处(?:填写|补充)|TODO|TBD")


@rule(
    "blank_figure",
    ERROR,
    explanation=_("a figure is missing"),
    remedy=_("fill in the figure, or take the sentence out if there is none"),
    wrong=(
        "全省已接种疫苗外籍人士 人，占在赣外籍人士总人数的 %。",
        "全年共办理国际会议 个，审批团组 批 人次。",
        "共组织培训　　次，参加人员踊跃。",
        "合格率达%，创历史新高。",
        "党建考核得 分，完成绿化 亩、植树 万株，新增床位 张。",
        "全年举办 场推介会，签约 个项目。",
        "接待来访团组共批次，反响良好。",
        "论坛吸引  余名国内外嘉宾，阅读量达 万，播放 万次。",
    ),
    right=(
        "接待来访团组 12 批、136 人次，覆盖率达到 100 %。",
        "组织培训 3 次，参加人员 20  人。",
        "表彰先进 个人及集体，公布 项目 名单。",
        "增长率（%）按月统计，占比提高 3.5%。",
        "围绕 人才工作，在 场馆内举办。",
        "县长 张某主持，人事 处长汇报。",
        "附 件：1. 名单",
        "工 作 文 件 目 录",
        "姓　名　职　务",
    ),
)
def blank_figure(document: Document) -> Iterator[Hit]:
    """GB/T 9704 knows no blanks: a space where a number belongs before a counter or a per cent sign."""
    for paragraph, match in each_match(BLANK, document.paragraphs):
        if not (paragraph.cell and len(paragraph.text) <= 2) and not _spaced_out(
            paragraph.text, match.start()
        ):
            yield Hit(paragraph, match.start(), match.end())


def _spaced_out(text: str, at: int) -> bool:
    """Whether the gap is set between a word's characters: 附 件, 姓　名, 工 作 报 告."""
    if len(text) <= SHORT and len(SINGLE.findall(text)) > 2:
        return True
    before = text[:at].split()
    return bool(before) and len(before[-1]) == 1 and before[-1] not in COUNTING


@rule(
    "blank_date",
    ERROR,
    explanation=_("a date is missing its figures"),
    remedy=_("write the date, such as 2022年1月13日"),
    wrong=(
        "会议于 年 月 日召开。",
        "2021年 月 日印发。",
        "2021年3月 日完成。",
        "于2021年 月召开。",
        "我省于 月12日签约。",
        "5月10日至 日举办。",
    ),
    right=("会议于 2021 年 3 月 5 日召开。", "今年 月均增长3%，全年 日均10人。"),
)
def blank_date(document: Document) -> Iterator[Hit]:
    for paragraph, match in each_match(BLANK_DATE, document.paragraphs):
        yield Hit(paragraph, match.start(), match.end())


@rule(
    "placeholder",
    ERROR,
    explanation=_("a placeholder was left in"),
    remedy=_("put the real words in its place"),
    wrong=("接待XX国代表团来访。", "共签约____个项目。", "由某某同志负责。", "参加人数（　　）人。"),
    right=("购置3×4米展板两块，型号XXL。", "该项工作（含培训）已完成。"),
)
def placeholder(document: Document) -> Iterator[Hit]:
    for paragraph, match in each_match(PLACEHOLDER, document.paragraphs):
        anonymous = match[0][0] == "某" or ANONYMOUS.match(paragraph.text, match.end())
        yield Hit(
            paragraph,
            match.start(),
            match.end(),
            severity=WARNING if anonymous and match[0][0] not in "_＿" else None,
        )
    for paragraph, match in each_match(UNDECIDED, document.paragraphs):
        if not re.search("时限|延期|另行", paragraph.text):
            message = gettext("something is still undecided")
            yield Hit(paragraph, match.start(), match.end(), message, WARNING)
