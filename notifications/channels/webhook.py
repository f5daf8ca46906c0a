"""A receiver of the office's own: JSON, signed.

Each message is one POST with the body

    {"id": …, "subject": …, "text": …, "link": …, "people": ["name", …]}

and the headers X-Jiedian-Id (the message, the same on every attempt at it), X-Jiedian-Timestamp (seconds
since 1970) and X-Jiedian-Signature. The receiver accepts it only if the time is at most five minutes off,
the signature holds, and it has not seen the id before:

    signed = hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    genuine = hmac.compare_digest(f"sha256={signed}", signature)
    fresh = abs(time.time() - int(timestamp)) <= 300

It answers 2xx when it took the message, 429 or 408 (with Retry-After) to be left alone for a while, another
4xx for what it will never take, and 5xx while it cannot take anything.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time

from notifications.channels.calling import Caller, by_status
from notifications.channels.protocol import Message, Outcome
from notifications.plain_words import literal, paragraphs


class Webhook(Caller):
    """Hands the message over as data."""

    def tell(self, message: Message) -> Outcome:
        body = json.dumps(_data(message), ensure_ascii=False).encode()
        now = int(time.time())
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Jiedian-Id": literal(message.key).encode("ascii", "ignore").decode(),
            "X-Jiedian-Timestamp": str(now),
            "X-Jiedian-Signature": signature(self.secrets["secret"], now, body),
        }
        reply = self.line.call(self.secrets["url"], headers=headers, body=body)
        if 200 <= reply.status < 300:
            return Outcome.ok(reply.status, provider_id=reply.headers.get("x-request-id", ""))
        return by_status(reply)


def signature(secret: str, seconds: int, body: bytes) -> str:
    signed = hmac.new(secret.encode(), str(seconds).encode() + b"." + body, hashlib.sha256)
    return f"sha256={signed.hexdigest()}"


def _data(message: Message) -> dict[str, object]:
    return {
        "id": message.key,
        "subject": literal(message.subject),
        "text": paragraphs(message.text),
        "link": literal(message.link),
        "people": [literal(person.name) for person in message.people],
    }
