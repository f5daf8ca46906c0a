"""The audit trail as its readers want it: filtered, in words, with links to what it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from approvals import words
from approvals.models import AnnualSummary, SummaryFiling
from nodes.addresses import node_url, with_year
from nodes.models import WorkNode
from workflow.models import AuditEntry, AuditSeal, Office

# Whose page an entry leads to, by what it is about.
PAGES = {"deferralrequest": "deferral", "scoreappeal": "score-appeal"}


def areas() -> list[tuple[str, str]]:
    """What acts can be about: the first part of an action's name, with its word."""
    return [
        ("node", _("work nodes")),
        ("evidence", _("evidence")),
        ("deferral", _("deferrals")),
        ("summary", _("annual summaries")),
        ("filing", _("summaries of overseen offices")),
        ("score", _("scores")),
        ("appeal", _("appeals against scores")),
        ("post", _("posts and delegations")),
        ("person", _("people")),
        ("cycle", _("years")),
        ("catalogue", _("catalogue")),
        ("settings", _("rules and calendar")),
    ]


@dataclass(frozen=True)
class AuditLine:
    """One entry, readable: who (and for whom), what was done, and the address of what it was done to."""

    entry: AuditEntry
    who: str
    what: str
    url: str


def audit_lines(office: Office, chosen: dict[str, Any]) -> QuerySet[AuditEntry]:
    """The office's entries that fit `chosen` (`who`, `area`, inclusive days `since` and `until`, `q`),
    the newest first."""
    found = AuditEntry.objects.filter(office=office).filter(_matches(office, chosen))
    return found.select_related("actor", "on_behalf_of").order_by("-id")


def _matches(office: Office, chosen: dict[str, Any]) -> Q:
    matches = Q()
    if who := chosen.get("who"):
        matches &= Q(actor=who) | Q(on_behalf_of=who)
    if area := chosen.get("area"):
        matches &= _about(area)
    if since := chosen.get("since"):
        matches &= Q(at__gte=datetime.combine(since, time(), office.zone))
    if until := chosen.get("until"):
        matches &= Q(at__lt=datetime.combine(until + timedelta(days=1), time(), office.zone))
    if text := chosen.get("q"):
        matches &= Q(subject__icontains=text) | Q(reason__icontains=text)
    return matches


def _about(area: str) -> Q:
    if area != "settings":
        return Q(action__startswith=f"{area}.")
    named = [name for name, _word in areas()]
    return ~Q(*(Q(action__startswith=f"{name}.") for name in named if name != area), _connector=Q.OR)


def lines_of(entries: Iterable[AuditEntry]) -> Iterator[AuditLine]:
    """`entries` in words; what they are about is looked up once for all."""
    found = list(entries)
    urls = addresses(found)
    for entry in found:
        yield AuditLine(entry, words.who(entry), words.sentence(entry), urls.get(entry.pk, ""))


def addresses(entries: Sequence[AuditEntry]) -> dict[int, str]:
    """Entry id to the page of what it is about, for those about a node, a request or an appeal."""
    about_nodes = {entry.pk: entry.subject_id for entry in entries if entry.subject_type == "worknode"}
    nodes = WorkNode.objects.select_related("cycle").in_bulk(set(about_nodes.values()))
    urls = {pk: node_url(nodes[node]) for pk, node in about_nodes.items() if node in nodes}
    urls |= _summaries(entries) | _filings(entries)
    for entry in entries:
        if entry.subject_type in PAGES:
            urls[entry.pk] = reverse(PAGES[entry.subject_type], args=[entry.subject_id])
    return urls


def _summaries(entries: Sequence[AuditEntry]) -> dict[int, str]:
    """Entry id to the page of the year's summary, for those about one."""
    about = {entry.pk: entry.subject_id for entry in entries if entry.subject_type == "annualsummary"}
    found = AnnualSummary.objects.filter(pk__in=about.values()) if about else AnnualSummary.objects.none()
    years = dict(found.values_list("pk", "cycle__year"))
    page = reverse("summary")
    return {pk: with_year(page, years[summary]) for pk, summary in about.items() if summary in years}


def _filings(entries: Sequence[AuditEntry]) -> dict[int, str]:
    """Entry id to the page of the overseen office, for those about a summary that it handed in."""
    about = {entry.pk: entry.subject_id for entry in entries if entry.subject_type == "summaryfiling"}
    found = SummaryFiling.objects.filter(pk__in=about.values()) if about else SummaryFiling.objects.none()
    known = found.values_list("pk", "summary__office__code", "summary__cycle__year")
    pages = {pk: with_year(reverse("province-office", args=[code]), year) for pk, code, year in known}
    return {pk: pages[filing] for pk, filing in about.items() if filing in pages}


@dataclass(frozen=True)
class SealStatus:
    """The newest seal of an office's chain (None before the first), and how many entries wait for one."""

    newest: AuditSeal | None
    unsealed: int

    @property
    def digest(self) -> str:
        """The chain's digest so far, in hex: whoever keeps a copy can tell a later change."""
        return bytes(self.newest.digest).hex() if self.newest else ""


def seal_status(office: Office) -> SealStatus:
    newest = AuditSeal.objects.filter(office=office).defer("members").order_by("-number").first()
    return SealStatus(newest, AuditEntry.objects.filter(office=office, seal=None).count())
