"""The custom bot of a Feishu or Lark group:
https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

from django.conf import settings

from notifications.channels.calling import Vendor, feishu_accounts, with_keyword, words
from notifications.channels.protocol import Message, Outcome

# The body may have 20 KB; as JSON text may grow to twice its length.
MOST_BYTES = 9000


class FeishuRobot(Vendor):
    """Speaks as text, in which only our own tags call somebody."""

    CODE, WORDS = "code", "msg"
    FINAL = frozenset({9499, 19001, 19002, 19007, 19021, 19022, 19024})
    WAIT = {11232: 60.0, 99991400: 60.0}

    def tell(self, message: Message) -> Outcome:
        tail = " ".join(
            f'<at user_id="{pk}">{name}</at>' for pk, name in feishu_accounts(message.people).items()
        )
        text = with_keyword(words(message, MOST_BYTES), self.settings)
        body = {"msg_type": "text", "content": {"text": f"{text}\n{tail}".rstrip()}, **self._signed()}
        base = settings.VENDORS[self.settings.get("platform", "feishu")]
        return self.heard(self.line.post(f"{base}/open-apis/bot/v2/hook/{self.secrets['token']}", body))

    def _signed(self) -> dict[str, str]:
        if not (secret := self.secrets.get("secret")):
            return {}
        now = int(time.time())
        return {"timestamp": str(now), "sign": signature(secret, now)}


def signature(secret: str, seconds: int) -> str:
    """As Feishu computes it: time and secret are the key, and nothing is what is signed."""
    digest = hmac.digest(f"{seconds}\n{secret}".encode(), b"", hashlib.sha256)
    return base64.b64encode(digest).decode()
