"""How far a running approval has come: every step of its flow, from viewflow's own history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from viewflow.workflow.base import Node
from viewflow.workflow.chart import topsort
from viewflow.workflow.flow import Flow, StartHandle, View
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS


class Mark(TextChoices):
    """How far a step is."""

    DONE = "done", pgettext_lazy("step", "done")
    NOW = "now", pgettext_lazy("step", "waiting now")
    TIMED = "timed", pgettext_lazy("step", "set for later")
    LATER = "later", pgettext_lazy("step", "not yet")
    DROPPED = "dropped", pgettext_lazy("step", "no longer needed")
    FAILED = "failed", pgettext_lazy("step", "failed")


MARKS = {
    STATUS.DONE: Mark.DONE,
    STATUS.NEW: Mark.NOW,
    STATUS.ASSIGNED: Mark.NOW,
    STATUS.STARTED: Mark.NOW,
    STATUS.SCHEDULED: Mark.TIMED,
    STATUS.CANCELED: Mark.DROPPED,
    STATUS.ERROR: Mark.FAILED,
}
# Of a step that was come to several times, what the picture shows.
FIRST = (Mark.NOW, Mark.FAILED, Mark.TIMED, Mark.DONE, Mark.DROPPED)


@dataclass(frozen=True)
class Passage:
    """One step as it was, is or will be passed: who acted or has to, and when it was done, since when it
    waits or, for a timer, when it goes off."""

    title: str
    mark: Mark
    who: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class People:
    """Who set a process going, when, and for whom it waits now, since when: as our own rows know it."""

    begun_by: str = ""
    begun_at: datetime | None = None
    waiting_for: str = ""
    waiting_since: datetime | None = None


class Course:
    """The way of one process through its flow; without a process nothing has been passed yet."""

    def __init__(self, flow_class: type[Flow], process_id: int | None, people: People) -> None:
        self.flow_class, self._people = flow_class, people
        found = Task.objects.filter(process=process_id).select_related("owner").order_by("id")
        self._tasks: list[Task] = list(found) if process_id else []

    def marks(self) -> dict[str, str]:
        """How far each step is, by its name."""
        found: dict[str, set[Mark]] = {}
        for task in self._tasks:
            found.setdefault(task.flow_task.name, set()).add(_mark(task))
        return {
            node.name: next((mark for mark in FIRST if mark in found.get(node.name, ())), Mark.LATER)
            for node in self.flow_class.instance.nodes()
        }

    def passages(self) -> list[Passage]:
        """What was passed, in order, and then what has not been come to."""
        return [*map(self._passed, self._tasks), *self._ahead()]

    def _passed(self, task: Task) -> Passage:
        title, mark = _title(task.flow_task), _mark(task)
        if isinstance(task.flow_task, StartHandle):
            return Passage(title, mark, self._people.begun_by, self._people.begun_at)
        if mark == Mark.NOW:
            return Passage(title, mark, self._people.waiting_for, self._people.waiting_since or task.created)
        if mark == Mark.TIMED:
            return Passage(title, mark, _("the system"), task.scheduled)
        by_a_person = isinstance(task.flow_task, View)
        who = str(task.owner or "") if by_a_person else _("the system")
        return Passage(title, mark, who if mark == Mark.DONE else "", task.finished)

    def _ahead(self) -> Iterator[Passage]:
        passed = {task.flow_task.name for task in self._tasks}
        in_order, _circles = topsort(self.flow_class)
        for node in in_order:
            if node.name not in passed:
                yield Passage(_title(node), Mark.LATER)


def _mark(task: Task) -> Mark:
    return MARKS.get(STATUS(task.status), Mark.NOW)


def _title(node: Node) -> str:
    return str(node.task_title or node.name)
