"""What channels that call somebody's address have in common: limits, answers, and keeping secrets."""

from __future__ import annotations

import logging
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from urllib.parse import quote, quote_plus, unquote, urlsplit

from celery.exceptions import SoftTimeLimitExceeded

from notifications.channels.outgoing import Forbidden, Line, NotReached, Reply
from notifications.channels.protocol import Message, Outcome, Person
from notifications.models import Channel
from notifications.plain_words import literal, paragraphs, shortened
from notifications.secrets import unseal
from workflow.refusals import Invalid

logger = logging.getLogger(__name__)

# How long a channel rests that asked for it without saying how long, and at the longest.
REST = 60.0
LONGEST_REST = 3600.0
MOST_WORDS = 500
SECRET_PARAMETERS = re.compile(r"(?i)\b(key|token|access_token|secret|corpsecret|sign|sig)=[^\s&\"']+")


class Caller(ABC):
    """A channel that makes a call for each message, in `tell`, where it may raise what it likes.

    What comes out of `send` is an `Outcome` in any case, and holds none of the channel's secrets.
    """

    def __init__(self, channel: Channel) -> None:
        self.settings = channel.settings
        self.secrets: dict[str, str] = {}
        self.line = Line()
        self._channel = channel

    def send(self, message: Message) -> Outcome:
        self.line.begin()
        try:
            self.secrets = unseal(self._channel.secrets)
            outcome = self.tell(message)
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:
            outcome = self._failed(error)
        return without(self.secrets.values(), outcome)

    @abstractmethod
    def tell(self, message: Message) -> Outcome: ...

    def close(self) -> None:
        self.line.close()

    def _failed(self, error: Exception) -> Outcome:
        match error:
            case NotReached():
                return Outcome.transient(error.code, str(error), down=True)
            case Forbidden():
                return Outcome.permanent("address", str(error))
            case Invalid():
                return Outcome.transient("secrets", str(error), down=True)
            case KeyError():
                return Outcome.permanent("unusable", f"{error} is missing")
        # Only its type: its words might hold a secret.
        logger.error("channel %s: %s", self._channel.pk, type(error).__name__)
        return Outcome.transient(type(error).__name__)


def without(secrets: Iterable[str], outcome: Outcome) -> Outcome:
    """`outcome` with nothing in its words that must not be seen, on one line and not too long."""
    hidden = sorted({form for secret in secrets for form in _forms(secret)}, key=len, reverse=True)

    def said(words: str) -> str:
        for form in hidden:
            words = words.replace(form, "•••")
        return literal(SECRET_PARAMETERS.sub(r"\1=•••", words))[:MOST_WORDS]

    return Outcome(
        outcome.result,
        said(outcome.vendor_code),
        said(outcome.vendor_message),
        said(outcome.provider_id),
        outcome.seconds,
        outcome.down,
    )


def _forms(secret: str) -> Iterator[str]:
    """The ways a secret might be quoted; of an address also its pieces."""
    pieces = [secret]
    if "://" in secret:
        parts = urlsplit(secret)
        pieces += [parts.path, parts.query, *re.split(r"[/&=@:?]", secret)]
    for piece in pieces:
        if len(piece) >= 6 and not secret.startswith((f"https://{piece}", f"http://{piece}")):
            yield from (piece, quote(piece), quote_plus(piece), quote(piece, safe=""), unquote(piece))


def words(message: Message, size: int) -> str:
    """What the message says, in at most `size` bytes; where it has to be cut, its link still stands."""
    text = without_tags(paragraphs(message.text)).strip()
    link = literal(message.link)
    tail = f"\n{link}" if link and link not in text else ""
    if len((text + tail).encode()) <= size:
        return text + tail
    tail = f"\n{link}" if link else ""
    return shortened(text, size - len(tail.encode())) + tail


def with_keyword(text: str, settings: Mapping[str, str]) -> str:
    """`text` with the keyword without which a robot refuses it."""
    keyword = settings.get("keyword", "")
    return text if not keyword or keyword in text else f"{text}\n{keyword}"


def without_tags(text: str) -> str:
    """`text` with nothing that a messenger takes for a tag or a link: `<at user_id="all">` is only words."""
    return text.translate({ord("<"): "＜", ord(">"): "＞"}).replace("](", "] (")


def wecom_accounts(people: Iterable[Person]) -> list[str]:
    """Those that name one person each: “@all” would call everybody."""
    return _matching(r"[0-9A-Za-z][0-9A-Za-z_@.-]{0,63}", (person.wecom for person in people))


def feishu_accounts(people: Iterable[Person]) -> dict[str, str]:
    """The names of people by their open_id, where they have one: “all” would call everybody."""
    return {
        person.feishu: without_tags(literal(person.name))
        for person in people
        if re.fullmatch(r"ou_[0-9A-Za-z]{1,61}", person.feishu)
    }


def mobiles(people: Iterable[Person]) -> list[str]:
    plain = (re.sub(r"[\s()-]", "", person.mobile).removeprefix("+86") for person in people)
    return _matching(r"\+?[0-9]{6,20}", plain)


def _matching(pattern: str, found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(one for one in found if re.fullmatch(pattern, one)))


def by_status(reply: Reply) -> Outcome:
    """What an HTTP status says that is not of the kind “done”."""
    said = reply.text()
    match reply.status:
        case 408 | 429:
            return Outcome.retry_after(asked_rest(reply.headers), reply.status, said)
        case 503 if "retry-after" in reply.headers:
            return Outcome.retry_after(asked_rest(reply.headers), reply.status, said)
        case status if 300 <= status < 400:
            return Outcome.permanent("redirect", f"HTTP {status}")
        case status if 400 <= status < 500:
            return Outcome.permanent(status, said)
        case status if status >= 500:
            return Outcome.transient(status, said, down=True)
    return Outcome.transient("unreadable", f"HTTP {reply.status}: {said}")


def asked_rest(headers: Mapping[str, str], otherwise: float = REST) -> float:
    """How many seconds an answer asks to wait, in Retry-After or the Feishu gateway's own header."""
    asked = headers.get("x-ogw-ratelimit-reset") or headers.get("retry-after") or ""
    seconds = float(asked) if re.fullmatch(r"\d{1,9}(\.\d+)?", asked.strip()) else _until(asked)
    return min(max(seconds, 1.0), LONGEST_REST) if seconds is not None else otherwise


def _until(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp() - time.time()
    except (ValueError, TypeError):
        return None


class Vendor(Caller):
    """A messenger that answers 200 whatever happened, and says in the body what.

    `CODE` and `WORDS` are the names under which it does. Codes that are not in any table are tried again:
    what nobody documented may pass.
    """

    CODE, WORDS = "errcode", "errmsg"
    FINAL: frozenset[int] = frozenset()
    WAIT: Mapping[int, float] = {}

    def heard(self, reply: Reply) -> Outcome:
        """What the answer means."""
        said = reply.json()
        code = said.get(self.CODE)
        if not isinstance(code, int) or isinstance(code, bool):
            return by_status(reply)
        text = str(said.get(self.WORDS, ""))
        if code == 0 and reply.status == 200:
            return Outcome.ok(code, text, provider_id=str(said.get("msgid", "")))
        if code in self.WAIT:
            return Outcome.retry_after(asked_rest(reply.headers, self.WAIT[code]), code, text)
        if code in self.FINAL:
            return Outcome.permanent(code, text)
        return self._undocumented(reply, code, text)

    def _undocumented(self, reply: Reply, code: int, text: str) -> Outcome:
        by = by_status(reply) if reply.status != 200 else Outcome.transient()
        return Outcome(by.result, str(code), text, seconds=by.seconds, down=by.down)
