"""The audit trail: append-only, sealed into chains, and a tampered row is named."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from tests import builders
from tests.builders import start, work_node
from tests.tampering import triggers_off
from workflow import audit
from workflow.models import AuditEntry, AuditSeal

TABLES = ("workflow_auditentry", "workflow_auditseal")


def execute(sql: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


@pytest.fixture
def sealed(office) -> list[AuditEntry]:
    """Four seals over the office's chain: the imports in the first, then one entry each."""
    nodes = [work_node(office, number) for number in (1, 2, 3)]
    audit.seal()
    for node in nodes:
        start(node)
        audit.seal()
    return list(AuditEntry.objects.filter(action="node.started").order_by("id"))


def flaws() -> list[str]:
    return audit.verify().flaws


def test_what_happened_is_sealed_and_verifies(sealed):
    verdict = audit.verify()
    assert (verdict.flaws, verdict.seals) == ([], 4)
    assert verdict.entries == AuditEntry.objects.count()


def test_sealing_again_seals_nothing(sealed):
    assert audit.seal() == 0
    assert AuditSeal.objects.count() == 4


def test_more_entries_than_a_batch_holds_are_all_sealed(sealed, office, monkeypatch):
    monkeypatch.setattr(audit, "BATCH", 2)
    for number in (4, 5, 6):
        start(work_node(office, number))
    assert audit.seal() == 6
    assert not AuditEntry.objects.filter(seal=None).exists()
    assert flaws() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("reason", "另有原因"),
        ("at", "2021-01-01T00:00:00+08:00"),
        ("to_state", "approved"),
        ("action", "node.paused"),
        ("subject_id", 4711),
        ("actor_id", None),
        ("recorded_at", "2021-01-01T00:00:00+08:00"),
        ("data", '{"deadline": "2021-01-01"}'),
    ],
)
def test_an_edited_entry_is_named(sealed, column, value):
    with triggers_off(*TABLES):
        execute(f"UPDATE workflow_auditentry SET {column} = %s WHERE id = %s", value, sealed[1].pk)
    assert flaws() == [f"entry {sealed[1].pk}: edited after sealing"]


def test_a_removed_entry_is_named(sealed):
    with triggers_off(*TABLES):
        execute("DELETE FROM workflow_auditentry WHERE id = %s", sealed[1].pk)
    assert flaws() == [f"entry {sealed[1].pk}: removed after sealing"]


def test_an_inserted_entry_is_named(sealed):
    forged = AuditEntry.objects.get(pk=sealed[1].pk)
    forged.pk = None
    with triggers_off(*TABLES):
        forged.save()
    assert flaws() == [f"entry {forged.pk}: inserted after sealing"]


def test_entries_that_changed_places_are_named(sealed):
    """Swapping what two entries say leaves every row there and both wrong."""
    first, second = sealed[0].pk, sealed[1].pk
    with triggers_off(*TABLES):
        execute(
            "UPDATE workflow_auditentry a SET subject_id = b.subject_id, subject = b.subject, at = b.at"
            " FROM workflow_auditentry b WHERE a.id + b.id = %s AND a.id IN (%s, %s)",
            first + second, first, second,
        )  # fmt: skip
    assert flaws() == [f"entry {first}: edited after sealing", f"entry {second}: edited after sealing"]


def test_an_entry_moved_under_another_seal_is_named(sealed):
    with triggers_off(*TABLES):
        execute("UPDATE workflow_auditentry SET seal_id = %s WHERE id = %s", sealed[2].seal_id, sealed[1].pk)
    assert flaws() == [
        f"entry {sealed[1].pk}: removed after sealing",
        f"entry {sealed[1].pk}: inserted after sealing",
    ]


def test_an_entry_taken_out_from_under_its_seal_is_named(sealed):
    with triggers_off(*TABLES):
        execute("UPDATE workflow_auditentry SET seal_id = NULL WHERE id = %s", sealed[1].pk)
    assert flaws() == [f"entry {sealed[1].pk}: removed after sealing"]


def test_an_edited_entry_whose_seal_was_mended_breaks_the_chain(sealed):
    """Whoever recomputes one seal would have to recompute every one after it."""
    victim = sealed[1]
    with triggers_off(*TABLES):
        execute("UPDATE workflow_auditentry SET reason = 'x' WHERE id = %s", victim.pk)
        seal = AuditSeal.objects.get(pk=victim.seal_id)
        members = audit._member(AuditEntry.objects.get(pk=victim.pk))
        digest = audit._chain_digest(bytes(seal.previous_digest), seal.number, members)
        AuditSeal.objects.filter(pk=seal.pk).update(members=members, digest=digest)
    assert flaws() == [f"seal {seal.pk + 1}: does not follow the seal before it"]


def test_an_edited_seal_is_named(sealed):
    seal = sealed[1].seal_id
    with triggers_off(*TABLES):
        execute("UPDATE workflow_auditseal SET digest = %s WHERE id = %s", b"\0" * 32, seal)
    assert flaws() == [
        f"seal {seal}: edited after sealing",
        f"seal {seal + 1}: does not follow the seal before it",
    ]


def test_a_removed_seal_is_named_and_its_entry_too(sealed):
    with triggers_off(*TABLES):
        execute("DELETE FROM workflow_auditentry WHERE id = %s", sealed[1].pk)
        execute("DELETE FROM workflow_auditseal WHERE id = %s", sealed[1].seal_id)
    assert flaws() == [f"seal {sealed[2].seal_id}: number 4 where 3 was due, a seal is missing"]


def test_the_command_says_ok_or_names_the_first_bad_entry(sealed):
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert out.getvalue().strip() == f"ok {AuditEntry.objects.count()} entries, 4 seals"
    with triggers_off(*TABLES):
        execute("UPDATE workflow_auditentry SET reason = 'x' WHERE id = ANY(%s)", [e.pk for e in sealed])
    with pytest.raises(CommandError) as refusal:
        call_command("verify_audit", "--office", "jx-fao", stdout=StringIO())
    assert str(refusal.value) == f"entry {sealed[0].pk}: edited after sealing"
    assert refusal.value.returncode == 1


def test_each_office_has_a_chain_of_its_own(sealed):
    abroad = builders.office("gd-fao")
    start(work_node(abroad))
    audit.seal()
    assert audit.verify(abroad).seals == 1
    with triggers_off(*TABLES):
        execute("UPDATE workflow_auditentry SET reason = 'x' WHERE id = %s", sealed[0].pk)
    assert audit.verify(abroad).flaws == []
    assert len(flaws()) == 1


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET office_id = NULL", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_what_is_written_stays_as_it_is(sealed, table, statement):
    connection.check_constraints()
    with pytest.raises(IntegrityError, match="the audit trail is append-only"), transaction.atomic():
        execute(statement.format(table))


def test_an_entry_is_sealed_once_and_unchanged(office):
    start(work_node(office))
    audit.seal()
    start(work_node(office, 2))
    entry = AuditEntry.objects.filter(seal=None).last()
    seal = AuditSeal.objects.last()
    for change in ({"seal": seal, "reason": "x"}, {"reason": "x"}):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            AuditEntry.objects.filter(pk=entry.pk).update(**change)
    audit.seal()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(seal=seal)


def test_an_entry_knows_when_and_in_which_transaction_it_was_written(office):
    node = start(work_node(office))
    entry = AuditEntry.objects.get(action="node.started")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint, now(), clock_timestamp()")
        number, begun, now = cursor.fetchone()
    assert entry.transaction == number
    assert begun <= entry.recorded_at <= now
    assert entry.at == builders.story.now
    assert (entry.subject_type, entry.subject_id, entry.subject) == ("worknode", node.pk, "1 工作节点1")
