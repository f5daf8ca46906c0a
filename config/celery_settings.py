"""Celery's settings: at-least-once delivery with small, fast, idempotent tasks (docs/architecture.md)."""

from __future__ import annotations

CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True

# A task killed half-way goes back to the queue; every task of ours may run twice.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1

# Time limits stay below the visibility timeout, or Redis would hand a running task to a second worker.
CELERY_TASK_SOFT_TIME_LIMIT = 200
CELERY_TASK_TIME_LIMIT = 240
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 10,
    "socket_timeout": 5,
    "socket_connect_timeout": 3,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A broker that goes away in the middle of a letter is no reason to stop writing it: that would repeat it, and
# leave the rest of the claim to its lease. Taken up anew besides, the task finds nothing.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# Publishing gives up at once: the row is in the ledger, and the sweeper finds it.
CELERY_TASK_PUBLISH_RETRY = False

CELERY_TIMEZONE = "Asia/Shanghai"
# Beat only ticks: every task below may be started by any number of beats at once. A tick that waited in
# the queue longer than its interval is stale, the next one does its work.
CELERY_BEAT_SCHEDULE = {
    "sweep-notifications": {"task": "notifications.sweep", "schedule": 30, "options": {"expires": 30}},
    "scan-reminders": {"task": "notifications.scan_reminders", "schedule": 60, "options": {"expires": 60}},
    "watch-over-reminders": {"task": "notifications.watch", "schedule": 60, "options": {"expires": 60}},
    "fire-sign-off-timers": {"task": "approvals.fire_timers", "schedule": 60, "options": {"expires": 60}},
    "prune-files": {"task": "workflow.prune_files", "schedule": 86_400, "options": {"expires": 3600}},
    "prune-uploads": {"task": "nodes.prune_uploads", "schedule": 86_400, "options": {"expires": 3600}},
    "seal-audit": {"task": "workflow.seal_audit", "schedule": 60, "options": {"expires": 60}},
}
