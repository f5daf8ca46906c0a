"""People in front of a browser that is none: who is logged in, and what a page tells them."""

from __future__ import annotations

import re
from html import unescape

from django.http import HttpResponse
from django.test import Client

from tests import builders
from workflow.models import Office

# Products, formats and standards that are called so in Chinese, too.
NAMES = {
    *("APEC", "BPMN", "CSV", "Excel", "FreeOTP", "ID", "IP", "JSON", "JavaScript", "KB", "Lark", "MB"),
    *("Microsoft", "Authenticator", "OFD", "PDF", "PIN", "PNG", "SHA-256", "TOTP", "WPS"),
    *("Word", "ZIP", "Webhook"),
    *("Apprise", "Bark", "Gotify", "Slack", "Teams", "ntfy"),
}
# What the messengers' own pages call it or what is copied from there, in full: “key=”, but not “key”.
COPIED = {
    *("AgentId", "Secret", "SEC", "open_id", "ou_", "key=", "access_token=", "hook/", "https://", "slack://"),
    *("workflows://", "ntfys://", "open.feishu.cn", "open.larksuite.com", "jiedian@localhost"),
}
# What an office of the tests wrote itself: a title, a gap in a statement, the ends of files and of a secret.
WRITTEN = {"csv", "docx", "kkkk", "pdf", "png", "tttt", "txt", "xlsx", "zip", "XX"}
TITLE = "Talk and Show"
WORD = re.compile(r"[A-Za-z][\w.:/=@+-]*[A-Za-z0-9_=/]", re.ASCII)
# What a machine said or is to be told, a key to press, and the way to the English pages.
FOREIGN = re.compile(rb'<(code|kbd|samp)\b.*?</\1>|<button [^>]*lang="en".*?</button>', re.DOTALL)


def english(content: bytes, *own: str) -> set[str]:
    """The words of a page in which somebody forgot the Chinese; `own` are names of this office's people."""
    shown = words(FOREIGN.sub(b" ", content)).replace(TITLE, " ")
    return set(WORD.findall(shown)) - NAMES - COPIED - WRITTEN - set(own)


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
    return unescape(" ".join([re.sub(r"<[^>]*>", " ", html), *spoken]))


def plain(html: str) -> str:
    """The text of a page or of a part of it, in one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def main_text(response: HttpResponse) -> str:
    """The text of a page's own part, without the frame around it."""
    return plain(response.content.decode().split("<main", 1)[1].split("</main>", 1)[0])
