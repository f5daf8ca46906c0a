"""Services of others, as Apprise names them: Slack, Teams, ntfy and the like."""

from __future__ import annotations

from apprise import NotifyFormat
from apprise.plugins.base import NotifyBase

from notifications.channels.calling import Caller, by_status, without_tags, words
from notifications.channels.outgoing import Reply
from notifications.channels.protocol import Message, Outcome
from notifications.channels.services import Session, error_of, said_by, service_at
from notifications.plain_words import literal

MOST_BYTES = 3000
TITLE_ROOM = 260


class AppriseUrl(Caller):
    """One service, kept open: between two messages Apprise waits for as long as the service asks for, 5.5
    seconds where it does not say."""

    _plugin: NotifyBase | None = None

    def tell(self, message: Message) -> Outcome:
        if self._plugin is None:
            try:
                self._plugin = service_at(self.secrets["url"]).plugin
            except ValueError as error:
                return Outcome.permanent("unusable", str(error))
        with Session(self.line) as session:
            sent = self._plugin.notify(
                body=words(message, min(MOST_BYTES, self._plugin.body_maxlen - TITLE_ROOM)),
                title=without_tags(literal(message.subject)),
                body_format=NotifyFormat.TEXT,
            )
        return _outcome(sent, said_by(session.heard))


def _outcome(sent: bool, heard: Reply | Exception | None) -> Outcome:
    """What came of it: Apprise says whether, the answer says why not."""
    if isinstance(heard, Exception):
        raise heard
    if heard is None:
        return Outcome.permanent("unusable", "the service cannot be called like this")
    if sent:
        return Outcome.ok(heard.status)
    if 200 <= heard.status < 300:
        return Outcome.permanent(error_of(heard) or "unreadable", heard.text())
    outcome = by_status(heard)
    code = error_of(heard) or outcome.vendor_code
    return Outcome(outcome.result, code, outcome.vendor_message, seconds=outcome.seconds, down=outcome.down)
