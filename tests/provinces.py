"""A provincial performance office, the offices that it oversees, and the summaries they hand in to it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from approvals.models import AnnualSummary, SummaryFiling
from approvals.services import handing_in
from approvals.services.signing_summaries import reopen_summary
from nodes.models import State
from tests import builders, kept_worlds
from tests.builders import person, story
from tests.organisation import organisation
from tests.summaries import BEGUN, ISSUED, ask, begin, decide, newest, save
from workflow.models import Office
from workflow.organisation_file import parse_organisation
from workflow.selectors import office_by_code
from workflow.services.organisation import import_organisation

OVERSEER = "sjx"


def overseer() -> Office:
    """省绩效办, an office like any other."""
    return builders.office(OVERSEER, office={"code": OVERSEER, "name": "省绩效办"})


def overseen(code: str, name: str, *, by: str = OVERSEER, year: int | None = 2021) -> Office:
    """An office that the office called `by` oversees."""
    return builders.office(code, year=year, office={"code": code, "name": name, "overseen_by": by})


def signed(office: Office, *, number: int = 1) -> AnnualSummary:
    """An office's summary of a year in which all was done, signed by its head."""
    builders.work_node(office, 1, state=State.APPROVED, deadline=date(2021, 3, 20))
    summary = begin(office)
    decide(ask(summary, number=number))
    return fresh(summary)


def fresh(summary: AnnualSummary) -> AnnualSummary:
    return AnnualSummary.objects.select_related("office", "cycle", "signed").get(pk=summary.pk)


def hand_in(summary: AnnualSummary, *, by: str = "jixiao1") -> SummaryFiling:
    return handing_in.hand_in_summary(
        actor=person(by, summary.office), summary_id=summary.pk, at=story.moment()
    )


def receive(
    filing: SummaryFiling, outcome: str = "receive", *, by: str = "jixiao1", opinion: str = "", **more: Any
) -> SummaryFiling:
    """What the overseeing office decides."""
    return handing_in.decide_filing(
        actor=person(by, filing.office), filing_id=filing.pk, outcome=outcome, opinion=opinion,
        at=story.moment(), **more,
    )  # fmt: skip


def mend(summary: AnnualSummary, advice: str = "已补充。") -> AnnualSummary:
    """Open the summary again, write on, and have it signed anew."""
    reopen_summary(
        actor=person("jixiao1", summary.office), summary_id=summary.pk, reason="按省绩效办意见修改",
        at=story.moment(),
    )  # fmt: skip
    summary = fresh(summary)
    save(summary, {"advice": advice}, base=newest(summary).number)
    decide(ask(summary, number=2, issued_on=ISSUED))
    return fresh(summary)


def nanchang_has_signed() -> AnnualSummary:
    """省绩效办 oversees 南昌市外办, whose summary of 2021 is signed; built once a process."""

    def build() -> None:
        overseer()
        signed(overseen("nc", "南昌市外办"))

    kept_worlds.world("nanchang has signed", build)
    story.moment(ISSUED)
    return fresh(AnnualSummary.objects.get())


# To look at: offices under an office that is there already, whose people's names are nobody else's


def neighbours_to_oversee(above: Office) -> dict[str, Any]:
    """Three offices that `above` oversees, their 2021 in different states: one summary is to be received
    the second time, one was received; what the addresses of their pages need."""
    before = story.now
    nanchang = _named("nc", "南昌市外办", above)
    _worked(nanchang, done=6, late=1, open_ones=0)
    first = _handed_in(nanchang, 1)
    _decided(first, above, "return", "第四部分“存在的问题”过于笼统，请结合未按期完成的节点具体说明。")
    _said(first, above, "请于本周内修改后重新报送。")
    _said(first, nanchang, "收悉，正在修改。")
    _reopened(first.summary)
    again = _handed_in(nanchang, 2)
    jiujiang = _named("jj", "九江市外办", above)
    _worked(jiujiang, done=4, late=0, open_ones=0)
    _decided(_handed_in(jiujiang, 1), above, "receive", "")
    ganzhou = _named("gz", "赣州市外办", above)
    _worked(ganzhou, done=2, late=1, open_ones=3)
    story.now = before
    return {"overseen": nanchang.code, "filing": again.pk}


def _named(code: str, name: str, above: Office) -> Office:
    described = organisation(office={"code": code, "name": name, "overseen_by": above.code})
    text = json.dumps(described)
    for user in described["users"]:
        text = text.replace(f'"{user["username"]}"', f'"{code}.{user["username"]}"')
    import_organisation(parse_organisation(text))
    office = office_by_code(code)
    builders.Cycle.objects.create(office=office, year=2021, status="open")
    return office


def _worked(office: Office, *, done: int, late: int, open_ones: int) -> None:
    for number in range(1, done + late + open_ones + 1):
        lead = builders.DIVISION if number % 2 else builders.OTHER_DIVISION
        node = builders.work_node(
            office, number, deadline=date(2021, 6, 30), title=f"第{number}项重点工作", lead_division=lead
        )
        if number <= done + late:
            builders.start(node, on=date(2021, 4, 1))
            day = date(2021, 7, 5) if number > done else date(2021, 6, 1)
            builders.submit_evidence(node, on=day)
            builders.approve_evidence(node, by=f"{office.code}.jixiao1")


def _handed_in(office: Office, number: int) -> SummaryFiling:
    reviewer, head = f"{office.code}.jixiao1", f"{office.code}.zhuren"
    known = AnnualSummary.objects.filter(office=office).first()
    summary = known or begin(office, by=reviewer, on=BEGUN + timedelta(days=number))
    save(fresh(summary), {"problems": f"一是部分节点完成时间偏晚，共梳理{number}类原因。"}, by=reviewer)
    decide(ask(fresh(summary), by=reviewer, number=number), by=head)
    return hand_in(fresh(summary), by=reviewer)


def _decided(filing: SummaryFiling, above: Office, outcome: str, opinion: str) -> None:
    filing.office = above
    receive(filing, outcome, opinion=opinion)


def _said(filing: SummaryFiling, office: Office, text: str) -> None:
    who = "jixiao1" if office == filing.office else f"{office.code}.jixiao1"
    handing_in.say_about_filing(actor=person(who, office), filing_id=filing.pk, text=text, at=story.moment())


def _reopened(summary: AnnualSummary) -> None:
    reopen_summary(
        actor=person(f"{summary.office.code}.jixiao1", summary.office), summary_id=summary.pk,
        reason="按省绩效办意见修改", at=story.moment(),
    )  # fmt: skip
