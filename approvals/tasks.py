"""Celery's doorbells to the approvals."""

from __future__ import annotations

from celery import shared_task

from approvals import timers


@shared_task(name="approvals.fire_timers")
def fire_timers() -> None:
    timers.fire_due()
