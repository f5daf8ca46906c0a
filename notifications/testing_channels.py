"""Sending one test message through a channel, at once, to see what its vendor says."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from contextlib import closing, contextmanager
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from notifications import rates
from notifications.channels import opened
from notifications.channels.protocol import Message, Outcome, Result
from notifications.keeping_channels import channel_of
from notifications.letters import person
from notifications.models import PERSONAL, Attempt, Channel, Notification
from notifications.recording import hold, note_health
from workflow import audit
from workflow.models import Office, User
from workflow.permissions import require
from workflow.refusals import WrongState

# However many calls a kind needs for one message, somebody waits in front of the page.
SECONDS = 30.0


def send_test(*, actor: User, office: Office, channel_id: int, once: str) -> Attempt:
    """Send a test message now and return what came of it; the same `once` again sends nothing more.

    Through an application it goes to `actor`. It counts in the channel's rate. No transaction is open while
    the vendor is waited for. Raises NotAllowed, NotFound, and WrongState while the channel rests.
    """
    require(actor, "workflow.manage_settings", office)
    channel = channel_of(office, channel_id)
    batch = f"test:{channel.pk}:{once}"
    with _alone(batch):
        return Attempt.objects.filter(office=office, batch=batch).first() or _test(actor, channel, batch)


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Whoever does the same meanwhile waits until it is done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


def _test(actor: User, channel: Channel, batch: str) -> Attempt:
    if wait := rates.wait_for(channel):
        words = _("The channel may be sent nothing for the moment: try again in %(seconds)d seconds.")
        raise WrongState(words % {"seconds": math.ceil(wait)})
    began, message = timezone.now(), _message(actor, channel.office, batch)
    outcome = _sent(channel, message)
    rates.over(channel)
    if outcome.result == Result.RETRY_AFTER:
        hold(None, Notification(via=channel, channel=channel.kind), outcome)
    return _recorded(actor, channel, message, outcome, began)


def last_test(channel: Channel) -> Attempt | None:
    """What came of the newest test."""
    return Attempt.objects.filter(via=channel, batch__startswith=f"test:{channel.pk}:").first()


def _message(actor: User, office: Office, key: str) -> Message:
    with translation.override(actor.language or settings.LANGUAGE_CODE):
        facts = {"office": office, "person": actor, "at": office.minute(timezone.now())}
        subject = _("[%(office)s] Node reminders: a test message") % facts
        text = _(
            "Node reminders: this is a test message of %(office)s, sent by %(person)s at %(at)s. It came "
            "through; there is nothing to do."
        )
    link = f"{settings.BASE_URL}{reverse('settings-channels')}"
    return Message(key, subject, text % facts, (person(actor),), link=link)


def _sent(channel: Channel, message: Message) -> Outcome:
    """The outcome, after `SECONDS` at the latest; whatever comes of it later is not heard any more."""
    worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="channel-test")
    try:
        return worker.submit(_send, channel, message).result(timeout=SECONDS)
    except TookTooLong:
        return Outcome.transient("timeout", _("no answer within %(seconds)d seconds") % {"seconds": SECONDS})
    finally:
        worker.shutdown(wait=False)


def _send(channel: Channel, message: Message) -> Outcome:
    with closing(opened(channel)) as adapter:
        return adapter.send(message)


@transaction.atomic
def _recorded(actor: User, channel: Channel, message: Message, outcome: Outcome, began: datetime) -> Attempt:
    note_health(Notification(via=channel, channel=channel.kind), outcome)
    facts = {"channel": channel.name, "result": outcome.result, "code": outcome.vendor_code}
    audit.record(actor, "channel.tested", channel, data=facts)
    return Attempt.objects.create(
        office=channel.office,
        batch=message.key,
        channel=channel.kind,
        via=channel,
        recipient=actor if channel.kind in PERSONAL else None,
        number=1,
        began_at=began,
        ended_at=timezone.now(),
        result=outcome.result,
        vendor_code=outcome.vendor_code[:40],
        vendor_message=outcome.vendor_message,
        provider_id=outcome.provider_id[:200],
        subject=message.subject,
        text=message.text,
    )
