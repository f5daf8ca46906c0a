"""The proof of a month as a table and as a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from notifications.models import ChannelKind
from notifications.proof import Proof, Proven
from notifications.proof_causes import Cause
from workflow.spreadsheets import workbook_response


def header() -> list[str]:
    return [
        _("Day"), _("Rule"), _("Number"), _("Title"), _("Lead division"), _("Person"), _("Channel"),
        _("Told"), _("Sent at"), _("Attempt"), _("Receipt"), _("Cause"),
    ]  # fmt: skip


def rows(found: Proof) -> Iterator[list[Any]]:
    """A row for each line, and the totals below."""
    for line in found.lines:
        yield _row(found, line)
    yield []
    yield from totals_of(found)


def totals_of(found: Proof) -> Iterator[list[Any]]:
    """How much was due, by rule and channel, and what kept the rest."""
    totals = found.totals
    yield [_("Due to be told"), totals["due"]]
    yield [_("of these told"), totals["told"]]
    for rule, counts in totals["by_rule"].items():
        yield [found.rule_words(rule), counts["due"], _("of these told"), counts["told"]]
    for channel, count in totals["by_channel"].items():
        yield [_("told by %(channel)s") % {"channel": ChannelKind(channel).label}, count]
    for code, count in totals["missing"].items():
        yield [_("not told by one of the channels"), count, "", Cause(code).title]
    yield [_("Without a known cause"), totals["unexplained"]]


def _row(found: Proof, line: Proven) -> list[Any]:
    due, zone = line.due, found.office.zone
    kind = str(ChannelKind(line.channel).label)
    happened = due.at and due.at.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
    return [
        happened or due.day, found.words(due), due.node.number, due.node.title, str(due.node.lead_division),
        line.person or "—", f"{kind} · {line.via}" if line.via else kind, _("yes") if line.told else _("no"),
        line.at.astimezone(zone).replace(tzinfo=None) if line.at else None, line.attempt, line.provider_id,
        line.cause.words if line.cause else "",
    ]  # fmt: skip


def workbook(found: Proof) -> HttpResponse:
    """To be saved: formula-safe, dates and numbers as such."""
    width = len(header())
    padded = ([*row, *[""] * (width - len(row))] for row in rows(found))
    name = f"{found.office.code}-notifications-{found.first:%Y-%m}.xlsx"
    return workbook_response(name, _("Proof of reminders"), header(), padded)


def plain(found: Proof) -> dict[str, Any]:
    """As data, for machines."""
    return {
        "office": found.office.code,
        "month": f"{found.first:%Y-%m}",
        "lines": [_plain(line) for line in found.lines],
        "totals": found.totals,
    }


def _plain(line: Proven) -> dict[str, Any]:
    return {
        "day": line.due.day.isoformat(), "happened": line.due.at.isoformat() if line.due.at else None,
        "rule": line.due.rule, "node": line.due.node.number,
        "title": line.due.node.title, "division": str(line.due.node.lead_division), "person": line.person,
        "channel": line.channel, "via": line.via, "told": line.told,
        "at": line.at.isoformat() if line.at else None, "attempt": line.attempt, "receipt": line.provider_id,
        "cause": line.cause.code if line.cause else None, "words": line.cause.words if line.cause else None,
    }  # fmt: skip
