"""PostgreSQL stopped and killed while workers send: they come back to it by themselves."""

from __future__ import annotations

import signal
from pathlib import Path

from tests.faults.own_postgres import own_postgres
from tests.faults.reconciling import reconcile, wait_until_settled
from tests.faults.stack import wait_for
from tests.mornings import a_busy_morning


def test_postgresql_stopped_and_killed_in_mid_sweep_loses_no_message(stack, post_office, tmp_path: Path):
    a_busy_morning(12)
    with own_postgres(tmp_path / "own") as postgres:
        # One worker takes nothing over from another that only is slow.
        stack.environment |= {"DATABASE_URL": postgres.url}
        stack.environment |= {"CONSTANTS": "notifications.claims.LEASE_SECONDS=2"}
        post_office.gate.clear()
        worker = stack.start_worker()
        stack.start_beat()
        for ended in (signal.SIGINT, signal.SIGKILL):  # as for a restart, and as by the kernel
            arrived, failed = len(post_office.letters), worker.said("OperationalError")
            wait_for(lambda arrived=arrived: len(post_office.letters) > arrived)
            with postgres.away(ended):
                post_office.gate.set()
                wait_for(lambda failed=failed: worker.said("OperationalError") > failed)
                post_office.gate.clear()
        post_office.gate.set()
        wait_until_settled()
        assert reconcile(post_office, crashes=2).arrived == 12
