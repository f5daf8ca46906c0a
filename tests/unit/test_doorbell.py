"""Ringing for a worker never fails: whoever rings goes on, and the next ones do not wait either."""

from __future__ import annotations

from collections import defaultdict

import pytest
from kombu.exceptions import LimitExceeded, OperationalError, SerializationError

from notifications import doorbell


@pytest.mark.parametrize(
    "error", [LimitExceeded(10), OperationalError("gone"), SerializationError(), OSError()]
)
def test_a_broker_that_cannot_be_reached_is_left_alone_for_a_while(monkeypatch, error):
    calls = []

    class Producers:
        def acquire(self, **_options: object) -> None:
            calls.append("acquire")
            raise error

    monkeypatch.setattr(doorbell, "producers", defaultdict(Producers))
    monkeypatch.setattr(doorbell, "_connection", lambda _app: None)
    monkeypatch.setattr(doorbell, "_quiet_until", 0.0)
    doorbell.ring_sweep()
    doorbell.ring_deliver([1, 2])
    doorbell.wait()
    assert calls == ["acquire"]
