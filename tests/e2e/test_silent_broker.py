"""Redis takes calls and answers none: whoever works at a page does not notice."""

from __future__ import annotations

import socket
from time import monotonic

from celery import Celery

from nodes.models import State
from notifications import doorbell
from tests import builders

PATIENCE = (
    5  # seconds for an act and the page after it, on a busy machine; a broker is waited for much longer
)


def test_every_act_is_done_at_once(office, visit, settings, monkeypatch):
    node = builders.work_node(office, 59)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        bell = Celery("bell", set_as_current=False)
        bell.config_from_object("django.conf:settings", namespace="CELERY")
        monkeypatch.setattr(doorbell, "current_app", bell)
        monkeypatch.setattr(doorbell, "_quiet_until", 0.0)
        handler = visit("xinwen1").opens("/nodes/59/")
        began = monotonic()
        handler.presses("启动").sees("节点 59 已启动。").fills("评论", "已联系场地。").presses("发表评论")
        handler.sees("已联系场地。")
        assert monotonic() - began < 2 * PATIENCE
        assert handler.status_of("/readyz") == 200
        doorbell.wait()
    node.refresh_from_db()
    assert node.state == State.IN_PROGRESS
