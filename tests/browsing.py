"""People in front of a browser that is none: who is logged in, and what a page tells them."""

from __future__ import annotations

import re

from django.http import HttpResponse
from django.test import Client

from tests import builders
from workflow.models import Office

# What is English in the data, or says so on purpose.
ENGLISH = {
    "English",
    "Talk",
    "and",
    "Show",
    "APEC",
    "PDF",
    "Word",
    "Excel",
    "WPS",
    "OFD",
    "ZIP",
    "txt",
    "docx",
    "ok",
    # As the messengers' own pages write it, and what is copied from there.
    *("Webhook", "AgentId", "Secret", "ID", "IP", "JSON", "SEC", "https", "key", "access", "token", "hook"),
    *("open", "id", "ou", "Apprise", "Slack", "Microsoft", "Teams", "ntfy", "ntfys", "Gotify", "Bark"),
    *("slack", "workflows", "feishu", "cn", "larksuite", "com", "Feishu", "Lark", "jiedian", "localhost"),
    *("kkkk", "tttt", "keywords", "not", "in", "content", "more", "ding", "doc", "dingtalk"),
}


def logged_in(username: str = "jixiao1", office: Office | None = None, **more: bool) -> Client:
    """The browser (made with `more`) of somebody of `office`, the first one where none is named."""
    browser = Client(**more)
    person = builders.person(username, office or Office.objects.earliest("pk"))
    browser.force_login(person, backend="workflow.auth.OfficeBackend")
    return browser


def words(content: bytes) -> str:
    """What a page shows: its text, and the attributes that are read out or shown."""
    html = content.decode()
    html = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    spoken = re.findall(r'\b(?:aria-label|placeholder|title|alt)="([^"]*)"', html)
    return " ".join([re.sub(r"<[^>]*>", " ", html), *spoken])


def plain(html: str) -> str:
    """The text of a page or of a part of it, in one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def main_text(response: HttpResponse) -> str:
    """The text of a page's own part, without the frame around it."""
    return plain(response.content.decode().split("<main", 1)[1].split("</main>", 1)[0])
