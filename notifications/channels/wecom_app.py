"""An application of the corporation in WeCom, which writes to one person:
https://developer.work.weixin.qq.com/document/path/90236."""

from __future__ import annotations

import hashlib
import time
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from notifications.channels.calling import Vendor, wecom_accounts, without_tags, words
from notifications.channels.outgoing import Reply
from notifications.channels.protocol import Message, Outcome
from notifications.plain_words import literal, shortened

TEXT_BYTES = 2048
# A card holds less; as characters its limits would allow more Chinese, but not every version counts them so.
TITLE_BYTES, CARD_BYTES = 128, 512
# WeCom itself drops what is sent to the same person again within so many seconds, as after a crash of ours.
DUPLICATES_WITHIN = 1800
STALE = ("40014", "42001")
# Before a token runs out it is fetched anew.
MARGIN = 300.0

# Access tokens by application, each with the moment until which it is good; a process remembers its own.
_tokens: dict[str, tuple[str, float]] = {}


class WeComApp(Vendor):
    """A card where the message fits on one, else plain text."""

    FINAL = frozenset(
        {40001, 40003, 40008, 40013, 40035, 40056, 40058, 41011, 44004, 48002}
        | {60011, 60020, 60111, 81013, 82001, 301002}
    )
    WAIT = {45009: 60.0, 45033: 60.0}

    def tell(self, message: Message) -> Outcome:
        if not (accounts := wecom_accounts(message.people)):
            return Outcome.permanent("no address", "no WeCom account is known of the person")
        body = self._body(message, accounts)
        outcome = self._post(body)
        if outcome.vendor_code in STALE:
            _tokens.pop(self._application(), None)
            outcome = self._post(body)
        return outcome

    def _body(self, message: Message, accounts: list[str]) -> dict[str, Any]:
        return {
            "touser": "|".join(accounts),
            "agentid": int(self.settings["agent_id"]),
            **_content(message),
            "enable_duplicate_check": 1,
            "duplicate_check_interval": DUPLICATES_WITHIN,
        }

    def _post(self, body: dict[str, Any]) -> Outcome:
        token = self._token()
        if isinstance(token, Outcome):
            return token
        self.secrets["access_token"] = token
        return self.heard(self.line.post(self._address("message/send", access_token=token), body))

    def heard(self, reply: Reply) -> Outcome:
        """As of any vendor, but “ok” with somebody unreachable is none."""
        outcome, said = super().heard(reply), reply.json()
        for code in ("invaliduser", "unlicenseduser"):
            if outcome.vendor_code == "0" and said.get(code):
                return Outcome.permanent(code, f"not delivered to {said[code]}")
        return outcome

    def _token(self) -> str | Outcome:
        """The application's access token, or what kept us from it."""
        token, until = _tokens.get(self._application(), ("", 0.0))
        if time.monotonic() < until:
            return token
        corporation = {"corpid": self.settings["corp_id"], "corpsecret": self.secrets["secret"]}
        reply = self.line.call(self._address("gettoken", **corporation), method="GET")
        said = reply.json()
        if not said.get("access_token"):
            outcome = super().heard(reply)
            return outcome if outcome.vendor_code != "0" else Outcome.transient("unreadable", "no token came")
        lasts = float(said.get("expires_in", 7200)) - MARGIN
        _tokens[self._application()] = said["access_token"], time.monotonic() + lasts
        return said["access_token"]

    def _application(self) -> str:
        """A name for what tokens are good for, from which its secret cannot be read."""
        facts = [settings.VENDORS["wecom"], self.settings["corp_id"], self.secrets["secret"]]
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()

    @staticmethod
    def _address(act: str, **query: str) -> str:
        return f"{settings.VENDORS['wecom']}/cgi-bin/{act}?{urlencode(query)}"


def _content(message: Message) -> dict[str, Any]:
    link, text = literal(message.link), words(message, TEXT_BYTES)
    if not link or len(text.encode()) > CARD_BYTES:
        return {"msgtype": "text", "text": {"content": text}}
    title = shortened(without_tags(literal(message.subject)), TITLE_BYTES)
    described = text.removesuffix(link).strip() or title
    return {"msgtype": "textcard", "textcard": {"title": title, "description": described, "url": link}}
