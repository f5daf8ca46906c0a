"""Celery's doorbells to the engine."""

from __future__ import annotations

from celery import shared_task

from workflow import audit, files, previews


@shared_task(name="workflow.seal_audit")
def seal_audit() -> None:
    audit.seal()


@shared_task(name="workflow.prune_files")
def prune_files() -> None:
    files.prune()
    previews.prune()
