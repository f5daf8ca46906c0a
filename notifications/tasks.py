"""Celery's doorbells to the ledger."""

from __future__ import annotations

from celery import shared_task

from notifications import alarm, delivery, heartbeats, reminders


@shared_task(name="notifications.deliver")
def deliver(notification_ids: list[int]) -> None:
    delivery.attempt(notification_ids)


@shared_task(name="notifications.sweep")
def sweep() -> None:
    reminders.scan_due_offices()  # first, so that a day's reminders and news make one digest
    delivery.sweep()


@shared_task(name="notifications.scan_reminders")
def scan_reminders() -> None:
    reminders.scan_due_offices()


@shared_task(name="notifications.watch")
def watch() -> None:
    """Beat alone starts this one: that it runs is beat's sign of life."""
    alive = heartbeats.pulse()
    heartbeats.ticked(alive)
    alarm.watch(beat=alive)
    heartbeats.forget_the_dead()
