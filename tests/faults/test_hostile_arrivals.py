"""Whatever somebody writes into a title: at every messenger's server it is words, and calls nobody."""

from __future__ import annotations

import json

from notifications import delivery, reminders
from notifications.channels import wecom_app
from notifications.models import Address, Notification
from tests import builders
from tests.builders import row
from tests.faults.reconciling import reconcile
from tests.faults.robots import an_office_with_nodes_due, robot, without_mail
from tests.mornings import DUE
from tests.vendors import Arrival

SERVERS = {
    "wecom_robot": "wecom",
    "wecom_app": "wecom_app",
    "dingtalk_robot": "dingtalk",
    "feishu_robot": "feishu",
    "webhook": "webhook",
    "apprise": "json",
}
# Each title, and what must be read of it.
TITLES = {
    "换行\r\nBcc: evil@example.com\r\n\r\n正文": "换行 Bcc: evil@example.com",
    "@all @所有人 快看": "@all @所有人 快看",
    "**粗体** [点我](https://evil.example) `x`": "**粗体** [点我]",
    '<at user_id="all">全体</at><script>alert(1)</script>': "全体",
    "{title} {{ settings.SECRET_KEY }} {% debug %} %(title)s %s {0}": (
        "{title} {{ settings.SECRET_KEY }} {% debug %} %(title)s %s {0}"
    ),
    "颠倒\u202egnp.exe\u2066\u200f": "颠倒gnp.exe",
}
CALLS = ('<at user_id="all"', '"@all"', '"isAtAll": true', "](https://evil")


def test_titles_arrive_as_words_through_every_messenger(db, mail_from_here, vendors):
    wecom_app._tokens.clear()
    office = an_office_with_nodes_due(0)
    rows = [row(number, title=title, deadline=DUE) for number, title in enumerate(TITLES, 1)]
    builders.import_catalogue(actor=None, office=office, year=2021, catalogue=builders.Catalogue(rows, []))
    without_mail(office)
    Address.objects.create(
        user=builders.person("xinwen1"), mobile="13800138000", wecom="xinwen1", feishu="ou_x1"
    )
    for kind in SERVERS:
        robot(office, vendors, kind)
    reminders.scan(office, DUE)
    assert delivery.sweep() == len(TITLES) * len(SERVERS)
    assert set(Notification.objects.values_list("state", flat=True)) == {"sent"}
    assert reconcile(mail_from_here, vendors).arrived == len(TITLES) * len(SERVERS)
    for vendor in SERVERS.values():
        arrived = vendors.of(vendor, taken=True)
        for read in TITLES.values():
            assert sum(read in one.text.replace("＜", "<") for one in arrived) == 1, (vendor, read)
        for one in arrived:
            _calls_nobody(one)


def _calls_nobody(arrival: Arrival) -> None:
    said = json.dumps(arrival.said, ensure_ascii=False).replace('\\"', '"')
    if arrival.vendor != "webhook":  # there it is data, and data it stays
        assert not [call for call in CALLS if call in said], said
    assert not set(arrival.text) & set("\u202e\u2066\u200f\r")
    assert "\nBcc" not in arrival.text
