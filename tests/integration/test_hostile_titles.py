"""Whatever somebody writes into a title, a name or a reason, it arrives as words and nothing else."""

from __future__ import annotations

from html import unescape

import pytest

from notifications import delivery, reminders
from notifications.letters import compose
from notifications.models import Channel, ChannelKind, Notification
from tests.builders import person, work_node
from tests.mornings import DUE
from tests.post_office import page, text

HOSTILE = [
    "换行\r\nBcc: evil@example.com\r\n\r\n正文",
    "@all 所有人",
    "**粗体** [点我](https://evil.example) `x`",
    "<script>alert(1)</script><a href='https://evil.example'>点我</a>",
    "{title} {{ settings.SECRET_KEY }} {% debug %} %(title)s %s %d {0}",
    "颠倒\u202egnp.exe\u2066\u200f",
    "长" * 300,
    '"引号" & 其他',
]
TOLD = [title.split("\r")[0].split("\u202e")[0] for title in HOSTILE]
CASES = list(zip(HOSTILE, TOLD, strict=True))


@pytest.mark.parametrize(("title", "read"), CASES)
def test_through_the_mail_server(office, post_office, title, read):
    work_node(office, 7, deadline=DUE, title=title)
    reminders.scan(office, DUE)
    assert delivery.sweep() == 1
    (letter,) = post_office.letters
    assert letter["Bcc"] is None
    assert "\n" not in letter["Subject"]
    assert read[:20] in letter["Subject"]
    assert read in text(letter)
    assert read in unescape(page(letter))
    assert "<script" not in page(letter)
    assert "href='https://evil" not in page(letter)
    for form in (letter["Subject"], text(letter), page(letter)):
        assert not set(form) & set("\u202e\u2066\u200f")


@pytest.mark.parametrize(("title", "read"), CASES)
def test_to_a_group(office, title, read):
    Channel.objects.create(office=office, kind="wecom_robot", name="群", settings={}, secrets="")
    person("xinwen1").__class__.objects.filter(username="xinwen1").update(name=title[:60])
    work_node(office, 7, deadline=DUE, title=title)
    reminders.scan(office, DUE)
    rows = Notification.objects.filter(channel=ChannelKind.WECOM_ROBOT)
    message = compose(
        list(rows.select_related("recipient", "office", "node__cycle", "node__lead_division")), DUE
    )
    assert read in message.text
    assert "Bcc: evil" not in [line.strip() for line in message.text.splitlines()]
    assert not set(message.text + message.subject) & set("\u202e\u2066\u200f\r")
    assert "\n" not in message.subject + message.people[0].name
