"""Offices with robots, and what the ledger has of what goes through them."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from django.utils import timezone, translation

from notifications.channels.advice import advice
from notifications.models import Attempt, Channel, ChannelKind, Notification
from notifications.secrets import seal
from tests import builders
from tests.builders import row
from tests.mornings import DUE, pauses_end
from tests.vendors import Vendors
from workflow.models import Office, User

# The name of each kind's vendor at the server of a test.
VENDOR = {"wecom_robot": "wecom", "dingtalk_robot": "dingtalk", "feishu_robot": "feishu"}


def robot(office: Office, vendors: Vendors, kind: str, number: int | None = None) -> Channel:
    """A robot of the whole office."""
    public, secrets = vendors.particulars(kind, number)
    mark = {"mark": f"{vendors.port}-{number}"}
    return Channel.objects.create(
        office=office, kind=kind, name=f"{kind} {number}", settings=public | mark, secrets=seal(secrets)
    )


def an_office_with_nodes_due(count: int, code: str = "jx-fao", **policy: object) -> Office:
    """It wants each reminder by itself, by day and night; so many nodes are due on one day."""
    office = builders.office(code, reminder_policy={"digest": False, "quiet_hours": None, **policy})
    rows = [row(number, title=f"第{number}项工作", deadline=DUE) for number in range(1, count + 1)]
    builders.import_catalogue(actor=None, office=office, year=2021, catalogue=builders.Catalogue(rows, []))
    return office


def without_mail(office: Office) -> None:
    """Nobody there has a mailbox."""
    User.objects.filter(office=office).update(email="")


def outside() -> list[Notification]:
    """What goes out of the system, in the order in which it was written."""
    return list(Notification.objects.exclude(channel=ChannelKind.IN_APP).order_by("pk"))


def states_of(kind: str) -> Counter[str]:
    return Counter(row.state for row in outside() if row.channel == kind)


def settled() -> bool:
    """Whether nothing waits any more."""
    return not Notification.objects.filter(state__in=["pending", "sending"]).exists()


def time_passes() -> None:
    """As if all that channels were to rest was over, and every message's next time had come."""
    pauses_end()
    Notification.objects.filter(state="pending").update(due_at=timezone.now() - timedelta(days=1))


def told_of(attempt: Attempt) -> tuple[str, str]:
    """What an administrator reads of it: why, and what to do."""
    with translation.override("zh-hans"):
        return advice(attempt.channel, attempt.vendor_code, attempt.vendor_message)
