"""What a rule would say of a node that there is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from nodes.conditions import ABOUT, meets
from nodes.models import Cycle, State, WorkNode
from notifications.models import Notification
from notifications.placeholders import fill, names_the_node
from notifications.plain_words import literal
from notifications.rules import ABOVE
from notifications.wording import sentence
from workflow.models import Office
from workflow.policy import Rule
from workflow.selectors import working_days

# Enough to find one that the rule is about; of a large catalogue those that are due first are looked at.
LOOKED_AT = 400


@dataclass(frozen=True)
class Example:
    """A node, the words about it on the day `on`, and whether the rule is about it at all."""

    node: WorkNode
    words: str
    on: date
    concerned: bool


def example(office: Office, rule: Rule, number: int | None = None) -> Example | None:
    """What `rule` would say of the node `number`, or of the first due one that it is about."""
    found = WorkNode.objects.filter(office=office, cycle__status=Cycle.Status.OPEN)
    found = found.select_related(*ABOUT, "cycle").order_by("-cycle__year", "current_deadline", "number")
    if number is not None:
        node = found.filter(number=number).first()
    else:
        node = _one_ahead(
            office, rule, found.filter(state__in=[State.PLANNED, State.IN_PROGRESS])[:LOOKED_AT]
        )
    if node is None:
        return None
    on = _first_day(office, rule, node)
    return Example(node, _words(office, rule, node, on), on, meets(node, rule.only))


def _one_ahead(office: Office, rule: Rule, nodes: Iterable[WorkNode]) -> WorkNode | None:
    """The first that the rule will speak of from today on, or the first that it is about."""
    concerned, today = [node for node in nodes if meets(node, rule.only)], office.day(timezone.now())
    ahead = (node for node in concerned if _first_day(office, rule, node) >= today)
    return next(ahead, concerned[0] if concerned else None)


def _first_day(office: Office, rule: Rule, node: WorkNode) -> date:
    """When the rule speaks of the node for the first time; today where that is not known."""
    calendar, deadline = working_days(office), node.current_deadline
    if deadline is None or not rule.is_timed:
        return office.day(timezone.now())
    if rule.working_days > 0:
        return calendar.after(deadline, rule.working_days)
    if rule.working_days == 0:
        return calendar.on_or_before(deadline)
    due = calendar.after(deadline - timedelta(days=1), 1)
    return calendar.before(due, -rule.working_days)


def _words(office: Office, rule: Rule, node: WorkNode, on: date) -> str:
    """On one line, as `wording.headline` says it."""
    said = fill(rule.template, node, office, on) if rule.template else _usual_words(office, rule, node, on)
    if rule.template and names_the_node(rule.template):
        return said
    facts = {"number": node.number, "title": literal(node.title), "sentence": said}
    return _("Node %(number)d “%(title)s”: %(sentence)s") % facts


def _usual_words(office: Office, rule: Rule, node: WorkNode, on: date) -> str:
    days, above = rule.working_days, ABOVE.issuperset(rule.to)
    late = f"escalated_{days}" if above else f"overdue_{days}"
    usual = f"before_{-days}" if days < 0 else late if days else "due_day"
    named = usual if rule.is_timed else f"watched_{rule.on}"
    return sentence(Notification(rule=named, node=node, office=office), on if rule.is_timed else None)
