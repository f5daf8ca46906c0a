"""What kind of work a node is, told by its words: each kind is shown to be done by facts of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Kind(TextChoices):
    MEETING = "meeting", _("meeting")
    DOCUMENT = "document", _("document")
    ACTIVITY = "activity", _("activity")
    DATA = "data", _("data")
    APPROVAL = "approval", _("approval")
    OTHER = "other", _("other")


# The first that fits decides: a plan for a festival is a document, not an activity.
WORDS = (
    (Kind.APPROVAL, "审批|批复|报批|核准|审核"),
    (Kind.DOCUMENT, "印发|制定|修订|起草|方案|报告|总结|要点|办法|规定|意见|清单|规划|编制|编印|文件"),
    (Kind.MEETING, "召开|会议|全会|座谈会|推进会|培训班|例会|大会|理事会|联席会"),
    (Kind.DATA, "统计|数据|增长|总额|比率|占比|完成率|指标值"),
    (
        Kind.ACTIVITY,
        "举办|举行|承办|活动|论坛|节(?![能约日])|展览|图片展|巡展|接待|出访|培训|轮训|竞赛|对接会|推介|交流",
    ),
)


def kind_of(title: str) -> Kind:
    """The kind that the words of a node's title suggest."""
    return next((kind for kind, words in WORDS if re.search(words, title)), Kind.OTHER)


@dataclass(frozen=True)
class Fact:
    """One thing that shows work of a kind to be done; without what is `needed`, a reviewer may ask."""

    name: str
    label: str | _StrPromise
    day: bool = False
    needed: bool = True


DAY, UNTIL = Fact("date", _("Day"), day=True), Fact("until", _("Ended on"), day=True, needed=False)
PLACE, RESULT = Fact("place", _("Place")), Fact("result", _("Result"))
DOCUMENT_NUMBER = Fact("document_number", _("Document number"))

FACTS: dict[str, tuple[Fact, ...]] = {
    Kind.MEETING: (
        DAY,
        UNTIL,
        PLACE,
        Fact("organiser", _("Organiser")),
        Fact("participants", _("Number of participants")),
        RESULT,
    ),
    Kind.DOCUMENT: (
        DOCUMENT_NUMBER,
        Fact("date", _("Day of issue"), day=True),
        Fact("issued_to", _("Issued to")),
    ),
    Kind.ACTIVITY: (DAY, UNTIL, PLACE, Fact("people", _("Countries and people taking part")), RESULT),
    Kind.DATA: (
        Fact("figure", _("Figure")),
        Fact("unit", _("Unit")),
        Fact("period", _("Period")),
        Fact("source", _("Source of the data")),
    ),
    Kind.APPROVAL: (
        Fact("authority", _("Approving authority")),
        DOCUMENT_NUMBER,
        Fact("date", _("Day of approval"), day=True),
    ),
    Kind.OTHER: (),
}
LONGEST_FACT = 200  # characters


def facts_given(kind: str, details: Mapping[str, str]) -> list[tuple[Fact, str]]:
    """The facts that this kind of work asks for, each with what was given, else the empty text."""
    return [(fact, str(details.get(fact.name, "")).strip()) for fact in FACTS.get(kind, ())]


def missing(kind: str, details: Mapping[str, str]) -> list[Fact]:
    """What a reviewer would look for and not find."""
    return [fact for fact, given in facts_given(kind, details) if fact.needed and not given]
