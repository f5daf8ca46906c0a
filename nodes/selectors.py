"""Reads on a year's work."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from nodes.light import Light, with_light
from nodes.models import Cycle, Draft, EvidenceSubmission, State, Upload, WorkNode
from workflow import people
from workflow.models import Attachment, Office, User
from workflow.refusals import NotFound
from workflow.selectors import working_days

Outcome = EvidenceSubmission.Outcome

# As the catalogue's sheet lists them; ids keep groups together whose positions are equal.
TREE_ORDER = (
    "indicator__parent__parent__position", "indicator__parent__parent_id",
    "indicator__parent__position", "indicator__parent_id",
    "indicator__position", "indicator_id", "number",
)  # fmt: skip


def cycle_of(office: Office, year: int) -> Cycle:
    """The office's cycle of `year`. Raises NotFound."""
    cycle = Cycle.objects.select_related("office").filter(office=office, year=year).first()
    if cycle is None:
        raise NotFound(_("%(office)s has no year %(year)d.") % {"office": office, "year": year})
    return cycle


def cycles(user: User) -> list[Cycle]:
    """The years of the user's office, the newest first."""
    return list(Cycle.objects.select_related("office").filter(office=user.office_id).order_by("-year"))


def lit(nodes: QuerySet[WorkNode], office: Office) -> QuerySet[Any]:
    """`nodes` with the light they show in the office today."""
    return with_light(nodes, today(office), working_days(office))


def today(office: Office) -> date:
    return office.day(timezone.now())


def node_seen_by(user: User, cycle: Cycle, number: int) -> WorkNode:
    """The node with its light and what a page about it shows. Raises NotFound."""
    found = WorkNode.objects.visible_to(user).filter(cycle=cycle, number=number)
    found = found.select_related(
        "office", "cycle__office", "lead_division__leader_in_charge", "indicator__parent__parent",
        "current_submission",
    )  # fmt: skip
    node = lit(found, cycle.office).first()
    if node is None:
        raise NotFound(_("There is no node %(number)d in %(year)d.") % {"number": number, "year": cycle.year})
    return node


def catalogue(user: User, cycle: Cycle, chosen: dict[str, Any]) -> QuerySet[Any]:
    """The year's nodes with their lights, in tree order, narrowed to `chosen` (as `CatalogueFilter` has it).

    A light narrows nothing here, so that all of them can be counted: filter by it afterwards.
    """
    found = WorkNode.objects.visible_to(user).filter(cycle=cycle).filter(_matches(chosen, cycle))
    about = ("lead_division", "indicator__parent__parent", "cycle")
    return lit(found, cycle.office).select_related(*about).order_by(*TREE_ORDER)


def _matches(chosen: dict[str, Any], cycle: Cycle) -> Q:
    matches = Q()
    if division := chosen.get("division"):
        matches &= Q(lead_division=division)
    if leader := chosen.get("leader"):
        matches &= Q(lead_division__leader_in_charge=leader)
    if state := chosen.get("state"):
        matches &= Q(state=state)
    if month := chosen.get("month"):
        matches &= _due_in(month, cycle)
    if text := chosen.get("q"):
        matches &= _named(text)
    return matches


def _due_in(month: str, cycle: Cycle) -> Q:
    year = Q(current_deadline__year=cycle.year)
    if not month.isdecimal():
        return ~year | Q(current_deadline=None)
    return year & Q(current_deadline__month=int(month))


def _named(text: str) -> Q:
    number = Q(number=int(text)) if text.isdecimal() else Q()
    levels = ("indicator", "indicator__parent", "indicator__parent__parent")
    return reduce(or_, (Q(**{f"{level}__title__icontains": text}) for level in levels), number) | Q(
        title__icontains=text
    )


def light_counts(nodes: QuerySet[Any]) -> list[tuple[Light, int]]:
    """How many of `nodes` show each light, in the lights' own order, without those that nobody shows."""
    counts = dict(nodes.order_by().values_list("light").annotate(Count("pk")))
    return [(light, counts[light]) for light in Light if counts.get(light)]


def works_with(user: User, node: WorkNode) -> bool:
    """Whether the user sees the node's evidence and the words said about it."""
    if people.oversees(user):
        return True
    concerned = {node.lead_division_id, *(division.pk for division in node.supporting_divisions.all())}
    return not concerned.isdisjoint(people.divisions_of(user))


def rounds(user: User, node: WorkNode) -> list[EvidenceSubmission]:
    """The node's evidence that the user may see, the newest round first."""
    found = EvidenceSubmission.objects.visible_to(user).filter(node=node).order_by("-round")
    return list(_with_all(found))


def evidence_seen_by(user: User) -> QuerySet[EvidenceSubmission]:
    """Evidence the user may see, with what a page about it shows."""
    return _with_all(EvidenceSubmission.objects.visible_to(user))


def submission_seen_by(user: User, submission_id: int) -> EvidenceSubmission:
    """The round, as `evidence_seen_by` has it. Raises NotFound."""
    submission = evidence_seen_by(user).filter(pk=submission_id).first()
    if submission is None:
        raise NotFound(_("There is no such submission."))
    return submission


def _with_all(found: QuerySet[EvidenceSubmission]) -> QuerySet[EvidenceSubmission]:
    people_of = ("submitted_by", "on_behalf_of", "decided_by", "example")
    about = ("node__lead_division", "node__cycle__office", "node__office", "node__indicator")
    files = Prefetch("files", queryset=Attachment.objects.select_related("file"))
    return found.select_related(*people_of, *about).prefetch_related(files)


def draft_of(user: User, node: WorkNode, form: str) -> Draft | None:
    """What the user left of `form` for the node."""
    return Draft.objects.filter(node=node, author=user, form=form).first()


def unfinished_files(user: User, node: WorkNode) -> list[Upload]:
    """The user's files for the node that were not handed in, in the order in which they were begun."""
    return list(Upload.objects.filter(node=node, author=user).select_related("attachment__file"))


def reviews_waiting(user: User) -> QuerySet[EvidenceSubmission]:
    """Evidence that waits for the user's review in open years, the longest wait first: never their own."""
    found = evidence_seen_by(user).filter(outcome=Outcome.PENDING, node__cycle__status=Cycle.Status.OPEN)
    own = Q(submitted_by=user) | Q(on_behalf_of=user, on_behalf_of__isnull=False)
    return found.exclude(own).order_by("submitted_at", "id")


def need_attention(user: User) -> list[WorkNode]:
    """Nodes of the user's own divisions that are due soon, overdue or returned, the most pressing first."""
    divisions, office = people.divisions_of(user), user.office
    if not divisions or office is None:
        return []
    last = EvidenceSubmission.objects.filter(node=OuterRef("pk")).order_by("-round")
    mine = WorkNode.objects.visible_to(user).filter(
        lead_division__in=divisions, cycle__status=Cycle.Status.OPEN
    )
    found = lit(mine, office).annotate(last_outcome=Subquery(last.values("outcome")[:1]))
    pressing = Q(light__in=[Light.OVERDUE, Light.DUE_SOON]) & ~Q(state=State.EVIDENCE_SUBMITTED)
    returned = Q(state=State.IN_PROGRESS, last_outcome=Outcome.RETURNED)
    return list(
        found.filter(pressing | returned)
        .select_related("lead_division", "indicator", "cycle")
        .order_by("current_deadline", "number")
    )
