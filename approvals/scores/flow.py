"""The flow of an appeal: the performance office gives its view, then the head of the unit decides."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.activation import Activation

from approvals.models import ScoreAppealProcess


class ScoreAppealFlow(flow.Flow):
    """An appeal is filed, gets the performance office's view, and is decided."""

    process_class = ScoreAppealProcess
    process_title = _("Appeal against a score")
    lock_impl = lock.SelectForUpdateLock(nowait=False)

    start = flow.StartHandle(this.file).Annotation(title=_("Appeal")).Next(this.view)
    view = flow.View(None).Annotation(title=_("Give a view")).Next(this.decide)
    decide = flow.View(None).Annotation(title=_("Decide")).Next(this.end)
    end = flow.End().Annotation(title=pgettext_lazy("flow", "End"))

    def file(self, activation: Activation, appeal) -> ScoreAppealProcess:
        activation.process.appeal = appeal
        return activation.process
