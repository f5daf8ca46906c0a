"""Celery's doorbells to the work."""

from __future__ import annotations

from celery import shared_task

from nodes.services import uploading


@shared_task(name="nodes.prune_uploads")
def prune_uploads() -> None:
    uploading.prune_uploads()
