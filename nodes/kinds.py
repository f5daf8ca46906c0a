"""What kind of work a node is, told by its words: each kind is shown to be done by facts of its own."""

from __future__ import annotations

import re

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


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
    (Kind.DOCUMENT, "印发|制定|起草|方案|报告|总结|要点|办法|意见|清单|规划|编制|文件"),
    (Kind.MEETING, "会议|全会|座谈会|推进会|培训班|例会|大会"),
    (Kind.DATA, "统计|数据|增长|总额|比率|占比|完成率|指标值"),
    (Kind.ACTIVITY, "举办|举行|开展|活动|论坛|节|展|接待|出访|培训|推介|交流"),
)


def kind_of(title: str) -> Kind:
    """The kind that the words of a node's title suggest."""
    return next((kind for kind, words in WORDS if re.search(words, title)), Kind.OTHER)
