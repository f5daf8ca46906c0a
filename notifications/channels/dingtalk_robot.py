"""The custom robot of a DingTalk group: https://open.dingtalk.com/document/robots/custom-robot-access."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from urllib.parse import urlencode

from django.conf import settings

from notifications.channels.calling import Vendor, mobiles, with_keyword, words
from notifications.channels.protocol import Message, Outcome

# The body may have 20,000 bytes; as JSON text may grow to twice its length.
MOST_BYTES = 9000
# Whoever sends too much is not heard for ten minutes.
PAUSE = 600.0


class DingTalkRobot(Vendor):
    """Speaks as plain text and calls people by mobile number, which has to stand in the text as well."""

    FINAL = frozenset(
        {310000, 300001, 400013, 400101, 400102, 400105, 40035, 43004, 430101, 430102, 430103, 430104}
    )
    WAIT = {130101: PAUSE, 302033: PAUSE, 410100: PAUSE, 90030: PAUSE}

    def tell(self, message: Message) -> Outcome:
        called = mobiles(message.people)
        tail = "".join(f" @{number}" for number in called)
        text = with_keyword(words(message, MOST_BYTES - len(tail)), self.settings)
        body = {
            "msgtype": "text",
            "text": {"content": f"{text}\n{tail.strip()}".rstrip()},
            "at": {"atMobiles": called, "atUserIds": [], "isAtAll": False},
        }
        return self.heard(self.line.post(self._address(), body))

    def _address(self) -> str:
        query = {"access_token": self.secrets["token"]}
        if secret := self.secrets.get("secret"):
            now = round(time.time() * 1000)
            query |= {"timestamp": str(now), "sign": signature(secret, now)}
        return f"{settings.VENDORS['dingtalk']}/robot/send?{urlencode(query)}"


def signature(secret: str, milliseconds: int) -> str:
    """As DingTalk computes it, not yet encoded for an address."""
    digest = hmac.digest(secret.encode(), f"{milliseconds}\n{secret}".encode(), hashlib.sha256)
    return base64.b64encode(digest).decode()
