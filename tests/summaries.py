"""What people do to an annual summary, in the story's time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils import timezone

from approvals.models import AnnualSummary, SummaryComment, SummarySignOff, SummaryVersion
from approvals.services import signing_summaries, summaries
from approvals.services.signing_summaries import Details
from approvals.services.summary_comments import comment_on_summary
from approvals.summary.compiling import body_of
from approvals.summary.parts import Item, text_of
from nodes.selectors import cycle_of
from tests.builders import person, story
from workflow.models import Office, User

BEGUN = date(2022, 1, 12)
ISSUED = date(2022, 1, 13)


def begin(office: Office, *, year: int = 2021, by: str = "jixiao1", on: date = BEGUN) -> AnnualSummary:
    """The performance office begins the year's summary."""
    return summaries.begin_summary(
        actor=person(by, office), cycle=cycle_of(office, year), at=story.moment(on)
    )


def newest(summary: AnnualSummary) -> SummaryVersion:
    return SummaryVersion.objects.filter(summary=summary).latest("number")


def said(summary: AnnualSummary, key: str) -> str:
    """What the newest version says in the block of this key."""
    block = body_of(newest(summary)).block(key)
    assert block is not None
    return text_of(block)


def save(
    summary: AnnualSummary,
    texts: Mapping[str, str],
    *,
    by: str | User = "jixiao1",
    base: int | None = None,
    items: Iterable[Item] | None = None,
) -> SummaryVersion:
    return summaries.save_summary(
        actor=person(by, summary.office) if isinstance(by, str) else by,
        summary_id=summary.pk,
        base=base or newest(summary).number,
        texts=texts,
        items=items,
        at=story.moment(),
    )


def ask(
    summary: AnnualSummary, *, by: str = "jixiao1", number: int | None = 1, issued_on: date | None = ISSUED,
    form: str = "letter",
) -> SummarySignOff:  # fmt: skip
    """Lay the newest version before the head of the unit."""
    return signing_summaries.ask_for_sign_off(
        actor=person(by, summary.office),
        summary_id=summary.pk,
        base=newest(summary).number,
        details=Details(number, issued_on, form),
        at=story.moment(),
    )


def decide(
    sign_off: SummarySignOff, *, by: str = "zhuren", outcome: str = "approve", opinion: str = ""
) -> SummarySignOff:
    return signing_summaries.sign_summary(
        actor=person(by, sign_off.summary.office),
        summary_id=sign_off.summary_id,
        sign_off_id=sign_off.pk,
        outcome=outcome,
        opinion=opinion,
        at=story.moment(),
    )


def remark_on(
    summary: AnnualSummary, text: str = "请核实次数。", *, block: str = "problems"
) -> SummaryComment:
    """The head of the unit comments on a block."""
    head = person("zhuren", summary.office)
    return comment_on_summary(actor=head, summary_id=summary.pk, block=block, text=text, at=story.moment())


def written_up(office: Office, *, year: int) -> None:
    """2021 as a draft with two versions and a comment, and `year` laid before the head of the unit."""
    draft = begin(office)
    items = [Item("党建", "年度考核为优秀等次", "95.5分"), Item("综治", "", "达标")]
    save(draft, {"advice": "建议统一概述格式，组织一次集中培训。"}, items=items)
    made = remark_on(draft)
    comment_on_summary(
        actor=person("jixiao1", office), summary_id=draft.pk, block="", text="已核实。", answers=made.pk
    )
    now = office.day(timezone.now())
    ask(begin(office, year=year, on=now), number=12, issued_on=now)
