"""Moving a viewflow process on from a service: complete the task that waits for a person."""

from __future__ import annotations

from typing import Any

from viewflow.workflow.base import Node
from viewflow.workflow.fields import get_task_ref
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from workflow.models import User

# Written out like every statement that an act begins with: composing them anew costs three times as much.
PROCESS = "SELECT * FROM viewflow_process WHERE id = %s"
WAITING = "SELECT * FROM viewflow_task WHERE process_id = %s AND flow_task = %s AND status = %s"


def complete_task(node: Node, process_id: int | None, *, by: User, **facts: Any) -> None:
    """Complete the task waiting at `node` in the name of `by`, and let the process go on.

    `facts` become attributes of the process for the flow's own functions to read, which saves them from
    loading what the caller holds already.
    """
    with node.flow_class.lock(process_id):
        (task,) = Task.objects.raw(WAITING, [process_id, get_task_ref(node), STATUS.NEW])
        (task.process,) = node.flow_class.process_class.objects.raw(PROCESS, [process_id])
        activation = node.activation_class(task)
        for name, value in facts.items():
            setattr(activation.process, name, value)
        # What viewflow's `assign` does, but for its own saving: completing saves the task once more.
        task.owner, task.status = by, STATUS.ASSIGNED
        activation.start(None)
        activation.execute()
