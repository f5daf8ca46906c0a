"""The robot of a WeCom group: https://developer.work.weixin.qq.com/document/path/91770."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings

from notifications.channels.calling import Vendor, mobiles, wecom_accounts, words
from notifications.channels.protocol import Message, Outcome

MOST_BYTES = 2048


class WeComRobot(Vendor):
    """Speaks as plain text, the only kind that calls people by account or mobile number."""

    FINAL = frozenset({93000, 93004, 93008, 40008, 40035, 40058, 44004})
    WAIT = {45009: 60.0, 45033: 60.0}

    def tell(self, message: Message) -> Outcome:
        unknown = [person for person in message.people if not wecom_accounts([person])]
        text = {
            "content": words(message, MOST_BYTES),
            "mentioned_list": wecom_accounts(message.people),
            "mentioned_mobile_list": mobiles(unknown),
        }
        query = urlencode({"key": self.secrets["key"]})
        address = f"{settings.VENDORS['wecom']}/cgi-bin/webhook/send?{query}"
        return self.heard(self.line.post(address, {"msgtype": "text", "text": text}))
