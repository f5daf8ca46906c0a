"""Sending what is pending by mail, against a bare smtplib loop that sends as many letters as long."""

from __future__ import annotations

import smtplib
from contextlib import ExitStack
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from notifications import delivery
from notifications.channels.protocol import Message
from notifications.claims import MESSAGES_A_CLAIM
from notifications.letters import compose
from notifications.models import Notification
from tests.bench import scan, sink
from tests.bench.measure import Comparison, compare
from workflow.models import Office

PEOPLE = """
INSERT INTO workflow_user (password, is_superuser, email, is_staff, is_active, date_joined, username, name,
    office_id, language, theme)
SELECT '', false, 'reader' || i || '@office.example', false, true, now(), 'reader' || i, '经办人' || i,
    %(office)s, '', ''
FROM generate_series(1, %(letters)s) i
"""
# As the scan would write it: for each person a reminder of one node, due now.
PENDING = """
INSERT INTO notifications_notification (office_id, recipient_id, channel, rule, node_id, slot, dedup_key,
    batch, happened_at, due_at, state, attempts, last_error, message_id)
SELECT %(office)s, u.id, 'email', 'before_3', n.id, '2021-06-16', 'bench:' || u.id,
    'digest:bench:email:' || u.id, now(), now() - interval '1 second', 'pending', 0, '', ''
FROM workflow_user u
JOIN nodes_worknode n ON n.office_id = %(office)s AND n.number = 1 + u.id %% %(nodes)s
WHERE u.office_id = %(office)s AND u.username LIKE 'reader%%'
"""


@dataclass
class Memory:
    """Resident mebibytes of this process, seen as it goes on."""

    seen: list[float]

    def look(self) -> None:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        self.seen.append(pages * 4096 / 2**20)

    def __str__(self) -> str:
        parts = [self.seen[len(self.seen) * i // 4] for i in range(4)]
        return " → ".join(f"{one:.0f}" for one in [*parts, self.seen[-1]]) + " MiB"


def fill(office: Office, letters: int, nodes: int = 1000) -> None:
    """Give the office so many people, each with one letter waiting; none of another office's is."""
    Notification.objects.filter(state="pending").update(state="lapsed")
    scan.fill(office, nodes=nodes, due=nodes)
    facts = {"office": office.pk, "letters": letters, "nodes": nodes * 9 // 10}
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, facts)
        cursor.execute(PENDING, facts)
        cursor.execute("VACUUM ANALYZE notifications_notification")
        cursor.execute("ANALYZE")


def run(office: Office, *, letters: int) -> Comparison:
    """Claim by claim in turns with as many letters over the one bare connection."""
    rounds = letters // MESSAGES_A_CLAIM - 1
    fill(office, (rounds + 1) * MESSAGES_A_CLAIM)
    memory, like = Memory([]), _example(office)
    with ExitStack() as open_now:
        port = open_now.enter_context(sink.running())
        backend = "django.core.mail.backends.smtp.EmailBackend"
        open_now.enter_context(
            override_settings(EMAIL_BACKEND=backend, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port)
        )
        server = open_now.enter_context(smtplib.SMTP("127.0.0.1", port))
        found = compare(
            f"{letters:,} pending letters, {MESSAGES_A_CLAIM} at a time",
            allowed=1 / 0.7,
            rounds=rounds,
            governed=lambda _n: _send_claim(),
            bare=lambda n: _bare(server, like, n),
            after=memory.look,
        )
        assert sink.received(port) == 2 * (rounds + 1) * MESSAGES_A_CLAIM
    assert not Notification.objects.filter(office=office).exclude(state="sent").exists()
    found.name += f"; memory {memory}"
    return found


def _send_claim() -> None:
    claim = delivery.claim_due()
    assert claim
    delivery.send(claim)


def _example(office: Office) -> Message:
    """What one of the letters says: the bare loop says the same to everybody."""
    row = Notification.objects.filter(office=office, channel="email")[:1].get()
    return compose([row], office.day(timezone.now()))


def _bare(server: smtplib.SMTP, like: Message, number: int) -> None:
    for n in range(MESSAGES_A_CLAIM):
        letter = EmailMessage()
        letter["Subject"] = like.subject
        letter["From"] = settings.DEFAULT_FROM_EMAIL
        letter["To"] = f"reader{number}-{n}@office.example"
        letter.set_content(like.text)
        letter.add_alternative(like.html, subtype="html")
        server.send_message(letter)
