"""The Celery application with a hurried clock: every periodic task comes round each second."""

from __future__ import annotations

import os

from config.celery import app

app.conf.task_default_queue = os.environ["CELERY_QUEUE"]
app.conf.beat_schedule = {name: entry | {"schedule": 1} for name, entry in app.conf.beat_schedule.items()}
