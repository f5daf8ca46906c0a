"""The deferral flow's shape, timers and all, with nothing of ours behind it."""

from __future__ import annotations

from datetime import timedelta

from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.models import Process


class BareFlow(flow.Flow):
    process_class = Process
    lock_impl = lock.SelectForUpdateLock(nowait=False)

    start = flow.StartHandle().Next(this.is_settled)
    is_settled = flow.If(lambda activation: False).Then(this.settle).Else(this.sign_off)
    sign_off = (
        flow.View(None)
        .OnTimeout(timedelta(days=2), this.urge, interrupting=False)
        .OnTimeout(timedelta(days=5), this.escalate, interrupting=False)
        .Next(this.is_settled)
    )
    urge = flow.Function(this.nothing).Next(this.urged)
    urged = flow.End()
    escalate = flow.Function(this.nothing).Next(this.escalated)
    escalated = flow.End()
    settle = flow.Function(this.nothing).Next(this.end)
    end = flow.TerminateEnd()

    def nothing(self, activation) -> None:
        pass
