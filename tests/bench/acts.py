"""One transition and one sign-off, governed and bare."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from approvals import services as approvals
from approvals.models import Decision
from nodes import services as nodes
from nodes.models import WorkNode
from notifications import doorbell
from tests.bench.flows import BareFlow
from tests.bench.measure import Comparison, compare
from tests.bench.models import BareAudit, BareNode
from tests.builders import LEADER, OTHER_DIVISION, Catalogue, import_catalogue, row
from workflow.models import Office, User


def person(office: Office, username: str) -> User:
    """As a request finds them: nothing remembered of earlier roles."""
    return User.objects.select_related("office").get(office=office, username=username)


def plan(office: Office, numbers: range) -> list[int]:
    """Ids of new planned nodes, each supported by another division that hears of its beginning."""
    rows = [row(n, supporting_divisions=(OTHER_DIVISION,)) for n in numbers]
    import_catalogue(actor=None, office=office, year=2021, catalogue=Catalogue(rows, []))
    found = WorkNode.objects.filter(cycle__office=office, number__in=numbers).order_by("number")
    return list(found.values_list("pk", flat=True))


def transition(office: Office, *, rounds: int) -> Comparison:
    """Lock, permission, FSM, audit, event and ledger, against lock, FSM and an audit row."""
    ids = plan(office, range(1, rounds + 2))
    bare = [_bare_node(WorkNode.objects.get(pk=pk)).pk for pk in ids]
    actors = [person(office, "xinwen1") for _ in range(rounds + 1)]
    return compare(
        "transition (start a node)",
        allowed=2.0,
        rounds=rounds,
        governed=lambda n: nodes.start(actor=actors[n], node_id=ids[n]),
        bare=lambda n: _bare_start(bare[n], actors[n]),
        after=doorbell.wait,
    )


def _bare_node(node: WorkNode) -> BareNode:
    names = [f.attname for f in BareNode._meta.concrete_fields if f.attname not in ("id", "state")]
    return BareNode.objects.create(**{name: getattr(node, name) for name in names})


@transaction.atomic
def _bare_start(pk: int, actor: User) -> None:
    node = BareNode.objects.select_for_update().get(pk=pk)
    before = node.state
    node.start()
    node.save()
    BareAudit.objects.create(
        office_id=node.office_id,
        at=timezone.now(),
        actor_id=actor.pk,
        action="node.started",
        subject_type="node",
        subject_id=node.pk,
        subject=str(node),
        from_state=before,
        to_state=node.state,
    )


def sign_off(office: Office, *, rounds: int) -> Comparison:
    """The first of two signatures, against the same step of the same flow shape driven by viewflow alone."""
    ids = plan(office, range(10_001, 10_002 + rounds))
    handler = person(office, "xinwen1")
    requests = [_request(handler, pk) for pk in ids]
    processes = [BareFlow.start.run().pk for _ in range(rounds + 1)]
    signers = [person(office, "fuzhuren2") for _ in range(rounds + 1)]
    return compare(
        f"sign-off ({LEADER}, first of two steps)",
        allowed=1.3,
        rounds=rounds,
        governed=lambda n: approvals.sign_off(
            actor=signers[n], request_id=requests[n], outcome=Decision.Outcome.APPROVE
        ),
        bare=lambda n: _bare_step(processes[n], signers[n]),
        after=doorbell.wait,
    )


def _request(handler: User, node_id: int) -> int:
    draft = approvals.DeferralDraft("不可抗力，拟延期举行。", None)
    return approvals.request_deferral(actor=handler, node_id=node_id, draft=draft).pk


def _bare_step(process_id: int, user: User) -> None:
    task = Task.objects.get(process=process_id, flow_task=BareFlow.sign_off, status=STATUS.NEW)
    with task.activation() as activation:
        activation.assign(user)
        activation.start(None)
        activation.execute()
