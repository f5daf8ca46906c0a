"""The Celery application in a hurry: every periodic task comes round each second.

`CONSTANTS` gives constants of the product the values that a test wants, as in
`notifications.claims.MESSAGES_A_CLAIM=10,notifications.claims.LEASE_SECONDS=5`.
"""

from __future__ import annotations

import os
from importlib import import_module

from config.celery import app
from tests.faults.changed import as_asked

app.conf.task_default_queue = os.environ["CELERY_QUEUE"]
app.conf.beat_schedule = {name: entry | {"schedule": 1} for name, entry in app.conf.beat_schedule.items()}

for _wish in filter(None, os.environ.get("CONSTANTS", "").split(",")):
    _place, _, _value = _wish.partition("=")
    _module, _, _name = _place.rpartition(".")
    _kind = type(getattr(import_module(_module), _name))
    setattr(import_module(_module), _name, _kind(_value))

as_asked()
