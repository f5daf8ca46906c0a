"""Celery's doorbells to the ledger."""

from __future__ import annotations

from celery import shared_task

from notifications import delivery, reminders


@shared_task(name="notifications.deliver")
def deliver(notification_ids: list[int]) -> None:
    delivery.attempt(notification_ids)


@shared_task(name="notifications.sweep")
def sweep() -> None:
    delivery.sweep()


@shared_task(name="notifications.scan_reminders")
def scan_reminders() -> None:
    reminders.scan_due_offices()
