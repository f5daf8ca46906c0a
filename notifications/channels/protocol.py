"""What every channel is given, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from notifications.models import Attempt

Result = Attempt.Result


@dataclass(frozen=True)
class Person:
    """Somebody whom a message is for; each address is empty where the person has none of that kind."""

    name: str
    email: str = ""
    mobile: str = ""
    wecom: str = ""
    feishu: str = ""


@dataclass(frozen=True)
class Message:
    """One message in its reader's language, as plain data: nothing in it is markup but `html`.

    `people` are those it is for: one, or, in a group, all who are named there. `key` is the same each time
    the same is sent, so that a repeat can be told. `link` is the one page about it. `optional` says that
    its reader may do without, and at `unsubscribe` they can end it.
    """

    key: str
    subject: str
    text: str
    people: tuple[Person, ...]
    link: str = ""
    html: str = ""
    optional: bool = False
    unsubscribe: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of one attempt; `seconds` is how long the other side asked to wait.

    `down` says that the channel as a whole does not answer, so that no other message would fare better.
    """

    result: str
    vendor_code: str = ""
    vendor_message: str = ""
    provider_id: str = ""
    seconds: float = 0
    down: bool = False

    @property
    def is_the_channels(self) -> bool:
        """Whether it says something of the channel rather than of this message."""
        return self.down or self.result == Result.RETRY_AFTER

    @classmethod
    def ok(cls, code: object = "", words: str = "", *, provider_id: str = "") -> Outcome:
        return cls(Result.OK, str(code), words, provider_id)

    @classmethod
    def permanent(cls, code: object = "", words: str = "") -> Outcome:
        """It will never go through as it is."""
        return cls(Result.PERMANENT, str(code), words)

    @classmethod
    def retry_after(cls, seconds: float, code: object = "", words: str = "") -> Outcome:
        """It was too much at once: nothing through this channel before that."""
        return cls(Result.RETRY_AFTER, str(code), words, seconds=seconds)

    @classmethod
    def transient(cls, code: object = "", words: str = "", *, down: bool = False) -> Outcome:
        """It may go through another time."""
        return cls(Result.TRANSIENT, str(code), words, down=down)


class Adapter(Protocol):
    """One channel, held open for a few messages. It raises nothing: every failure is an `Outcome`."""

    def send(self, message: Message) -> Outcome: ...

    def close(self) -> None: ...
