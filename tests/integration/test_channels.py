"""From the ledger through every kind of channel, and the keeping of their secrets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.utils import timezone

from notifications import delivery
from notifications.channels import wecom_app
from notifications.models import Address, Attempt, Channel, Notification
from notifications.secrets import seal, unseal
from tests import builders
from tests.mornings import a_morning
from tests.vendors import Vendors, open_vendors
from workflow.models import Office

ROBOTS = {
    "wecom_robot": "wecom",
    "wecom_app": "wecom_app",
    "dingtalk_robot": "dingtalk",
    "feishu_robot": "feishu",
    "webhook": "webhook",
    "apprise": "json",
}
TITLE = '戏剧节\r\n@all <at user_id="all">全体</at> {{ 7*7 }} \u202etxt'


@pytest.fixture
def vendors(settings) -> Iterator[Vendors]:
    wecom_app._tokens.clear()
    with open_vendors() as vendors:
        settings.OUTGOING_ALLOWED = vendors.allowed
        settings.VENDORS = vendors.addresses
        yield vendors


def channel(office: Office, vendors: Vendors, kind: str) -> Channel:
    public, secrets = vendors.particulars(kind)
    mark = {"mark": f"{kind}-{vendors.port}"}
    return Channel.objects.create(
        office=office, kind=kind, name=kind, settings={**public, **mark}, secrets=seal(secrets)
    )


@pytest.fixture
def channels(office: Office, vendors: Vendors) -> list[Channel]:
    """One of each kind, and people whom all of them can reach."""
    for username in ("xinwen0", "xinwen1"):
        user = builders.person(username, office)
        Address.objects.create(user=user, mobile="13800138000", wecom=username, feishu=f"ou_{username}")
    return [channel(office, vendors, kind) for kind in ROBOTS]


def sent(kind: str) -> list[str]:
    return list(Notification.objects.filter(channel=kind).values_list("state", flat=True))


def test_a_reminder_arrives_through_every_kind_of_channel(office, vendors, channels, post_office):
    a_morning(office, 7, title="举办友城论坛")
    delivery.sweep()
    for kind, vendor in ROBOTS.items():
        assert sent(kind) == ["sent"], kind
        (arrived,) = vendors.of(vendor, taken=True)
        assert "举办友城论坛" in f"{arrived.raw.decode()} {arrived.text}", kind
    for one in Channel.objects.all():
        assert one.worked_at
        assert one.failing_since is None


def test_a_hostile_title_calls_nobody_anywhere(office, vendors, channels, post_office):
    a_morning(office, 7, title=TITLE)
    delivery.sweep()
    for kind, vendor in ROBOTS.items():
        assert sent(kind) == ["sent"], kind
        (arrived,) = vendors.of(vendor, taken=True)
        said = json.dumps(arrived.said, ensure_ascii=False)
        assert "@all" in said
        assert "{{ 7*7 }}" in said
        assert "\u202e" not in said
        if kind != "webhook":  # there it is data, and data it stays
            assert '<at user_id=\\"all' not in said
        assert '"@all"' not in said
        assert '"isAtAll": true' not in said


def test_a_refusal_in_a_200_is_given_up_and_told(office, vendors, channels, post_office):
    vendors.answer("dingtalk", {"errcode": 310000, "errmsg": "keywords not in content"})
    a_morning(office, 7)
    delivery.sweep()
    assert sent("dingtalk_robot") == ["dead"]
    (attempt,) = Attempt.objects.filter(channel="dingtalk_robot")
    assert (attempt.result, attempt.vendor_code) == ("permanent", "310000")
    assert attempt.vendor_message == "keywords not in content"
    assert Channel.objects.get(kind="dingtalk_robot").trouble.startswith("310000")


def test_no_secret_stands_anywhere_in_the_ledger(office, vendors, channels, post_office, caplog):
    secrets = {value for one in channels for value in unseal(one.secrets).values()}
    for vendor in ("wecom", "dingtalk", "feishu"):
        name = "code" if vendor == "feishu" else "errcode"
        words = "msg" if vendor == "feishu" else "errmsg"
        vendors.answer(vendor, {name: 4711, words: " ".join(secrets)})
    vendors.answer("webhook", " ".join(secrets), 500)
    vendors.answer("json", " ".join(secrets), 400)
    a_morning(office, 7)
    with caplog.at_level(0, logger="notifications"):
        delivery.sweep()
    for one in channels:
        rows = str(list(Attempt.objects.filter(via=one).values())) + Channel.objects.get(pk=one.pk).trouble
        for secret in unseal(one.secrets).values():
            assert secret not in rows, one.kind
            assert secret not in caplog.text


def test_a_channel_whose_key_is_lost_waits_for_it(office, vendors, channels, settings, post_office):
    settings.SECRETS_KEYS = [Fernet.generate_key().decode()]
    a_morning(office, 7)
    Notification.objects.update(happened_at=timezone.now())
    delivery.sweep()
    assert sent("wecom_robot") == ["pending"]
    assert Attempt.objects.get(channel="wecom_robot").vendor_code == "secrets"
    assert vendors.of("wecom") == []


# Keys


def rotate() -> dict[str, int]:
    out = StringIO()
    call_command("rotate_secrets", stdout=out)
    return json.loads(out.getvalue())


def test_secrets_move_to_the_newest_key(office, vendors, channels, settings):
    old, new = settings.SECRETS_KEYS[0], Fernet.generate_key().decode()
    before = {one.pk: unseal(one.secrets) for one in channels}
    settings.SECRETS_KEYS = [new, old]
    assert rotate() == {"resealed": len(channels)}
    settings.SECRETS_KEYS = [new]
    assert {one.pk: unseal(one.secrets) for one in Channel.objects.all()} == before


def test_one_secret_that_cannot_be_read_stops_all(office, vendors, channels, settings):
    known = settings.SECRETS_KEYS
    settings.SECRETS_KEYS = [Fernet.generate_key().decode()]
    Channel.objects.filter(kind="webhook").update(name="lost one", secrets=seal({"url": "x"}))
    kept = dict(Channel.objects.values_list("pk", "secrets"))
    settings.SECRETS_KEYS = [Fernet.generate_key().decode(), *known]
    with pytest.raises(CommandError, match="lost one"):
        rotate()
    assert dict(Channel.objects.values_list("pk", "secrets")) == kept


def test_without_a_key_nothing_is_rotated(office, vendors, channels, settings):
    settings.SECRETS_KEYS = []
    with pytest.raises(CommandError, match="SECRETS_KEY"):
        rotate()
