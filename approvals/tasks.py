"""Celery's doorbells to the approvals."""

from __future__ import annotations

from celery import shared_task
from viewflow.workflow.timers import fire_due_timers


@shared_task(name="approvals.fire_timers")
def fire_timers() -> None:
    fire_due_timers()
