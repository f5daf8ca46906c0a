"""The ladder: who was told of a thing that waits, and when, before somebody above hears of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.models import DeferralRequest
from nodes.models import DeadlineChange, WorkNode
from notifications.models import Notification
from notifications.plain_words import literal
from notifications.rules import rule_of, tells_above
from notifications.selectors import ASKS_FOR_REVIEW, ASKS_FOR_SIGN_OFF, ASKS_FOR_WORK, REMINDER
from notifications.timing import is_reminder, stage
from notifications.wording import sentence
from workflow.models import PostKind, User
from workflow.selectors import reminder_policy, working_days

# The levels of an office, the lowest first.
LEVELS = (
    PostKind.HANDLER,
    PostKind.DIVISION_HEAD,
    PostKind.LEADER_IN_CHARGE,
    PostKind.HEAD_OF_UNIT,
    PostKind.PERFORMANCE_OFFICE,
)
# Of a person who was told more often, only the last days are named.
MOST_DAYS = 3


@dataclass(frozen=True)
class Told:
    """One person, as what, and the days on which they were told, the first first."""

    person: str
    role: str
    days: list[date]

    def __str__(self) -> str:
        who = self.person if self.role in self.person else self.role + self.person
        days = _(" and ").join(date_format(day, _("j F")) for day in self.days[-MOST_DAYS:])
        if len(self.days) > MOST_DAYS:
            facts = {"person": who, "days": days, "n": len(self.days)}
            return _("%(person)s %(n)d times, last on %(days)s") % facts
        return _("%(person)s on %(days)s") % {"person": who, "days": days}


@dataclass(frozen=True)
class Rung:
    """What one person was told and as what; `below` is what they heard of those below who had been told."""

    row: Notification
    role: str
    says: str
    below: str


def is_escalation(row: Notification) -> bool:
    """Whether `row` tells somebody above; of the office's own rules those that speak only to such people,
    once the node is overdue."""
    return row.rule.startswith("escalated_") or row.rule.endswith("_escalated") or _is_raised(row)


def _is_raised(row: Notification) -> bool:
    return is_reminder(row.rule) and tells_above(row) and _stage(row, row) == "overdue"


def _stage(row: Notification, about: Notification) -> str:
    """Where the deadline of the node that both are about stood when `row` was written."""
    deadline = about.node.current_deadline
    day = about.office.day(row.happened_at)
    return stage(working_days(about.office), deadline, day)[0] if deadline else ""


def told_below(rows: Sequence[Notification]) -> dict[int, str]:
    """By the id of each escalation among `rows`: what the levels below were told, in one sentence.

    One query, and none where nothing was escalated.
    """
    raised = [row for row in rows if is_escalation(row)]
    if not raised:
        return {}
    earlier = list(_told(Notification.objects.filter(node__in={row.node_id for row in raised})))
    for one in earlier:
        one.office = raised[0].office  # one instance: it remembers its policy
    found = {row.pk: _sentence(row, [one for one in earlier if _is_below(one, row)]) for row in raised}
    return {pk: sentence for pk, sentence in found.items() if sentence}


def ladder(node: WorkNode) -> list[Rung]:
    """Who was told that `node` is due or waits, since its deadline last moved, the newest first."""
    moved = DeadlineChange.objects.filter(node=node).order_by("-changed_at").values("changed_at")[:1]
    since = [change["changed_at"] for change in moved]
    rows = _told(Notification.objects.filter(node=node))
    if since:
        rows = rows.filter(Q(happened_at__gt=since[0]) | ~Q(rule__regex=REMINDER))
    return _rungs(rows, node)


def ladder_of(request: DeferralRequest) -> list[Rung]:
    """Who was asked for the signatures under `request`, urged for them or told that they wait, the newest
    first."""
    rows = _told(Notification.objects.filter(node=request.node, request=request))
    return _rungs(rows.filter(rule__in=ASKS_FOR_SIGN_OFF), request.node)


def _rungs(rows: Iterable[Notification], node: WorkNode) -> list[Rung]:
    """One for each person and occasion, by however many channels they heard of it."""
    seen: dict[tuple[int, str, str], Notification] = {}
    for row in rows:
        row.node, row.office = node, node.office
        seen.setdefault((row.recipient_id, row.rule, row.slot), row)
    newest_first = sorted(seen.values(), key=lambda row: (row.happened_at, row.pk), reverse=True)
    below = told_below(newest_first)
    return [Rung(row, role(row), sentence(row), below.get(row.pk, "")) for row in newest_first]


def _told(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    asks = (*ASKS_FOR_REVIEW, *ASKS_FOR_SIGN_OFF, *ASKS_FOR_WORK)
    reached = rows.filter(Q(rule__regex=REMINDER) | Q(rule__in=asks), state=Notification.State.SENT)
    return reached.select_related("recipient", "office").order_by("happened_at", "id")


def _is_below(earlier: Notification, row: Notification) -> bool:
    """Whether `earlier` told somebody else of the same thing before `row` did."""
    if earlier.happened_at >= row.happened_at or earlier.recipient_id == row.recipient_id:
        return False
    if earlier.node_id != row.node_id:
        return False
    if is_reminder(row.rule):
        if _height(earlier) >= _height(row):
            return False
        if rule_of(earlier):
            return is_reminder(earlier.rule) and _stage(earlier, row) in ("due_day", "overdue")
        return earlier.rule.startswith(("due_day", "overdue_", "escalated_", "work_urged"))
    family = ASKS_FOR_REVIEW if row.rule in ASKS_FOR_REVIEW else ASKS_FOR_SIGN_OFF
    return earlier.rule in family and earlier.slot.partition(":")[0] == row.slot


def _height(row: Notification) -> int:
    """How far up those stand to whom the rule of `row` speaks: the lowest of them counts."""
    own = rule_of(row)
    spoken_to = own.to if own else [_escalated_to(row) or PostKind.HANDLER]
    return min(LEVELS.index(kind) if kind in LEVELS else 0 for kind in spoken_to)


def _escalated_to(row: Notification) -> PostKind | None:
    """Whom the office's ladder tells under the rule of `row`."""
    for step in reminder_policy(row.office).escalate:
        if row.rule == f"escalated_{step.after_working_days_overdue}":
            return PostKind(step.to)
    return None


def _sentence(row: Notification, earlier: Iterable[Notification]) -> str:
    days: dict[int, list[date]] = defaultdict(list)
    people: dict[int, tuple[User, str]] = {}
    for one in earlier:
        day = row.office.day(one.happened_at)
        people.setdefault(one.recipient_id, (one.recipient, role(one)))
        if day not in days[one.recipient_id]:
            days[one.recipient_id].append(day)
    told = [Told(literal(user), kind, days[pk]) for pk, (user, kind) in people.items()]
    if not told:
        return ""
    words = ngettext(
        "Already told: %(who)s; nothing has been done.",
        "Already told: %(who)s; nothing has been done.",
        len(told),
    )
    return words % {"who": _("; ").join(map(str, told))}


def role(row: Notification) -> str:
    """As what the recipient was told, where the rule says so."""
    if row.rule.startswith(("before_", "due_day", "overdue_")):
        return str(PostKind.HANDLER.label)
    if own := rule_of(row):
        (first, *more) = own.to
        return "" if more or first not in PostKind else str(PostKind(first).label)
    kind = _escalated_to(row)
    return str(kind.label) if kind else ""
