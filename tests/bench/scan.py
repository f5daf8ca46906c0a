"""The reminder scan of a very large office and its digests, against bare SQL for the very same rows."""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction

from notifications import doorbell, reminders
from notifications.claims import claim_due
from notifications.letters import compose
from notifications.models import ReminderScan
from tests.bench.measure import Comparison, compare
from workflow.models import Office

TODAY = date(2021, 6, 16)
# Deadlines 1, 3, 5 and 10 working days after TODAY.
DUE = [date(2021, 6, 17), date(2021, 6, 21), date(2021, 6, 23), date(2021, 6, 30)]

FILL = """
INSERT INTO nodes_worknode (office_id, cycle_id, indicator_id, number, title, lead_division_id,
    baseline_deadline, current_deadline, evidence_required, attributes, state, version, returns)
SELECT %(office)s, %(cycle)s, %(indicator)s, i, 'node ' || i,
    (%(divisions)s::bigint[])[1 + i %% %(count)s], deadline, deadline, '', '{}',
    CASE WHEN i > %(open)s THEN 'approved' WHEN i %% 2 = 0 THEN 'planned' ELSE 'in_progress' END, 0, 0
FROM generate_series(1, %(nodes)s) i
CROSS JOIN LATERAL (
    SELECT CASE WHEN i <= %(due)s THEN (%(days)s::date[])[1 + i %% 4]
                ELSE %(later)s::date + i %% 100 END AS deadline
) d
"""


def fill(office: Office, *, nodes: int, due: int) -> None:
    """Give the office's year `nodes` nodes, a tenth of them done, `due` of the others near their deadline."""
    cycle = office.cycles.get()
    top = cycle.indicators.create(level=1, title="一级")
    second = cycle.indicators.create(level=2, title="二级", parent=top)
    third = cycle.indicators.create(level=3, title="三级", parent=second, number=1)
    divisions = list(office.divisions.values_list("pk", flat=True))
    facts = {
        "office": office.pk,
        "cycle": cycle.pk,
        "indicator": third.pk,
        "divisions": divisions,
        "count": len(divisions),
        "nodes": nodes,
        "open": nodes * 9 // 10,
        "due": due,
        "days": DUE,
        "later": date(2021, 9, 1),
    }
    with connection.cursor() as cursor:
        # Seeding, not acting: the triggers that govern states are for acts.
        cursor.execute("ALTER TABLE nodes_worknode DISABLE TRIGGER USER")
        cursor.execute(FILL, facts)
        cursor.execute("ALTER TABLE nodes_worknode ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE nodes_worknode")


def run(office: Office, *, nodes: int, due: int, rounds: int) -> list[Comparison]:
    """The scan alone, and the scan with all that makes digests of its rows."""
    fill(office, nodes=nodes, due=due)
    rows = reminders.scan(office, TODAY, send=False)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_rows AS SELECT * FROM notifications_notification")
        cursor.execute("ANALYZE bench_rows")
    _forget()
    digests = _digests(office)
    _forget()
    size = f"{nodes:,} nodes, {due:,} due, {rows:,} rows"
    return [
        compare(
            f"reminder scan, {size}",
            allowed=3.0,
            rounds=rounds,
            governed=lambda _n: reminders.scan(office, TODAY, send=False),
            bare=lambda _n: _bare(),
            after=_forget,
        ),
        compare(
            f"scan and {digests} digests, {size}",
            allowed=5.0,
            rounds=rounds,
            governed=lambda _n: _digests(office),
            bare=lambda _n: (_bare(), _bare_groups()),
            after=_forget,
        ),
    ]


def _digests(office: Office) -> int:
    """Scan, take every message as a worker does, and write its digest; return how many there were."""
    reminders.scan(office, TODAY)
    written = 0
    while claim := claim_due():
        for message in claim.messages():
            compose(message, TODAY)
            written += 1
    return written


@transaction.atomic
def _bare() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notifications_notification OVERRIDING SYSTEM VALUE "
            "SELECT * FROM bench_rows ON CONFLICT DO NOTHING"
        )


def _bare_groups() -> None:
    """Each person's nodes by what is said of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT batch, rule, array_agg(node_id ORDER BY node_id) FROM notifications_notification "
            "WHERE channel <> 'in_app' GROUP BY batch, rule"
        )
        cursor.fetchall()


def _forget() -> None:
    doorbell.wait()
    ReminderScan.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE notifications_notification, notifications_hold")
