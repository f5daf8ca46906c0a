"""A year's tables for others to go on with: what each holds, and its rows for one reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.figures import decisions
from approvals.models import Decision, DeferralRequest
from approvals.selectors import deferrals
from approvals.words import hand, sign_off
from nodes import exports, selectors
from nodes.figures import figures
from nodes.lessons.calibration import Suggestion
from nodes.lessons.margins import Measured, measured
from nodes.lessons.proposals import for_next_year
from nodes.lessons.reading import works
from nodes.lessons.words import why
from nodes.lessons.works import Work
from nodes.models import Cycle, EvidenceSubmission
from workflow.models import User
from workflow.selectors import working_days

Table = tuple[list[str], list[list[Any]]]


@dataclass(frozen=True)
class Export:
    """One table by its name in addresses: its title, what it is good for, and how it is made."""

    name: str
    title: str | Promise
    about: str | Promise
    table: Callable[[User, Cycle], Table]


def _nodes(user: User, cycle: Cycle) -> Table:
    return exports.node_list(cycle, selectors.catalogue(user, cycle, {}))


def _divisions(_user: User, cycle: Cycle) -> Table:
    header = [
        _("Division"), _("Nodes"), _("Done"), _("Done on time"), _("Done late"), _("Deferred"), _("Overdue"),
    ]  # fmt: skip
    keys = ("division", "nodes", "approved", "on_time", "late", "deferred", "overdue")
    return header, [[line[key] for key in keys] for line in figures(cycle)["by_division"]]


def _deferrals(user: User, cycle: Cycle) -> Table:
    header = [
        _("No."), _("Work node"), _("Division"), _("Reason"), _("Asked"), _("Asked by"), _("Deadline then"),
        _("Proposed date"), _("Status"), _("Sign-offs"),
    ]  # fmt: skip
    found = deferrals(user).filter(node__cycle=cycle).select_related("on_behalf_of", "office")
    found = found.prefetch_related(
        "sign_offs__decision__post__division", "sign_offs__decision__actor",
        "sign_offs__decision__on_behalf_of",
    ).order_by("node__number", "filed_at", "id")  # fmt: skip
    return header, [_deferral(request) for request in found]


def _deferral(request: DeferralRequest) -> list[Any]:
    return [
        request.node.number,
        request.node.title,
        request.node.lead_division.name,
        request.justification,
        _local(request.filed_at, request),
        hand(request.applicant, request.on_behalf_of),
        request.previous_due,
        request.new_due,
        str(request.get_status_display()),
        "\n".join(_sign_off(decision, request) for decision in decisions(request)),
    ]


def _sign_off(decision: Decision, request: DeferralRequest) -> str:
    return " ".join([str(decision.post), *sign_off(decision, request.office)])


def _evidence(user: User, cycle: Cycle) -> Table:
    header = [
        _("No."), _("Work node"), _("Division"), _("Round"), _("Completed on"), _("Submitted by"),
        _("Submitted"), _("Result"), _("Opinion"), _("Statement"), _("Files"),
    ]  # fmt: skip
    found = selectors.evidence_seen_by(user).filter(node__cycle=cycle).order_by("node__number", "round")
    return header, [_round(submission) for submission in found]


def _round(submission: EvidenceSubmission) -> list[Any]:
    return [
        submission.node.number,
        submission.node.title,
        submission.node.lead_division.name,
        submission.round,
        submission.completed_on,
        hand(submission.submitted_by, submission.on_behalf_of),
        _local(submission.submitted_at, submission.node),
        str(submission.get_outcome_display()),
        submission.opinion,
        submission.statement,
        "\n".join(str(file) for file in submission.files.all()),
    ]


def _margins(_user: User, cycle: Cycle) -> Table:
    header = [
        _("No."), _("Work node"), _("Division"), _("Kind of work"), _("Deadline"), _("Completed on"),
        _("Working days ahead"), _("Calendar days ahead"), _("Times returned"),
    ]  # fmt: skip
    found = works(cycle.office, [cycle.year]).get(cycle.year, [])
    return header, [_margin(one) for one in measured(found, working_days(cycle.office))]


def _margin(one: Measured) -> list[Any]:
    work = one.work
    return [
        work.number,
        work.title,
        work.division,
        str(work.kind.label),
        work.due,
        work.completed_on,
        one.working_days,
        one.days,
        work.returned,
    ]


def _suggested(_user: User, cycle: Cycle) -> Table:
    header = [
        _("No."), _("Work node"), _("Division"), _("Deadline"), _("Verdict"),
        _("Suggested for %(year)d") % {"year": cycle.year + 1}, _("Why"),
    ]  # fmt: skip
    found = works(cycle.office, [cycle.year]).get(cycle.year, [])
    proposed = for_next_year(cycle)
    return header, [_suggestion(work, proposed[work.number]) for work in found]


def _suggestion(work: Work, suggestion: Suggestion) -> list[Any]:
    return [
        work.number,
        work.title,
        work.division,
        work.promised,
        str(suggestion.verdict.label),
        suggestion.day,
        why(suggestion),
    ]


def _local(moment: Any, of_office: Any) -> Any:
    """As a sheet holds it: the office's own clock, since a cell knows no time zones."""
    return moment.astimezone(of_office.office.zone).replace(tzinfo=None, microsecond=0)


EXPORTS = {
    export.name: export
    for export in (
        Export(
            "nodes", gettext_lazy("Work nodes"),
            gettext_lazy("Every node with its indicators, divisions, deadlines, state and light."), _nodes,
        ),
        Export(
            "divisions", gettext_lazy("Divisions"),
            gettext_lazy("How many nodes each division finished on time, late, or not at all."), _divisions,
        ),
        Export(
            "deferrals", gettext_lazy("Deferrals"),
            gettext_lazy("Every request with its reason, its dates and who signed."), _deferrals,
        ),
        Export(
            "evidence", gettext_lazy("Evidence"),
            gettext_lazy("Every round with its statement, its files' names and what was decided."), _evidence,
        ),
        Export(
            "margins", gettext_lazy("Planned against actual"),
            gettext_lazy("How many working and calendar days ahead of its deadline each node was."), _margins,
        ),
        Export(
            "suggestions", gettext_lazy("Deadlines for next year"),
            gettext_lazy("A suggested deadline for each node, and what it rests on."), _suggested,
        ),
    )
}  # fmt: skip
