"""The sweep over viewflow's timers: whatever is due fires, once, however many sweeps run."""

from __future__ import annotations

import logging
from datetime import datetime

from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from workflow.clock import moment

logger = logging.getLogger(__name__)


def fire_due(at: datetime | None = None) -> int:
    """Fire every timer of our flows due at `at` (aware, now when None); return how many fired.

    Each is looked at again under its flow's lock. One that fails stops no other, and is tried again at the
    next sweep.
    """
    at = moment(at)
    due = Task.objects.filter(flow_task_type="TIMER", status=STATUS.SCHEDULED, scheduled__lte=at)
    return sum(_fire(task, at) for task in due.order_by("scheduled", "id"))


def _fire(task: Task, at: datetime) -> bool:
    try:
        with task.activation() as activation:
            if not activation.start.can_proceed():
                return False
            activation.process.moment = at
            activation.start()
            # Not `execute`, which would take note of a failure and go on: here it is undone and raised.
            activation.complete()
            activation.activate_next()
            return True
    except Exception:  # one broken process must not keep the others waiting
        logger.exception("timer %s failed to fire", task.pk)
        return False
