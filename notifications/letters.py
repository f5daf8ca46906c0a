"""One message out of rows of the ledger: a day's digest, or one case; as text, and for mail as HTML too."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from notifications import links, mail_html
from notifications.cases import Fact, facts_of
from notifications.channels import dingtalk_robot, feishu_robot, wecom_app, wecom_robot
from notifications.channels.protocol import Message, Person
from notifications.digests import IN_ALL, Digest, Item, digest_of, more, names, once_each
from notifications.ledger import MUST, URGENT
from notifications.models import PERSONAL, ChannelKind, Notification
from notifications.plain_words import literal
from notifications.timing import is_reminder
from notifications.told_below import told_below
from notifications.wording import SENTENCES, address, headline, read_ahead, sentence
from workflow.models import User

__all__ = ["SENTENCES", "address", "compose", "headline", "message_id", "person", "sentence"]

LONGEST_SUBJECT = 200
# Bytes of text for which a messenger has room, beside what its adapter may have to add: a link, people's
# numbers, a keyword.
ROOM: dict[str, int] = {
    ChannelKind.WECOM_ROBOT: wecom_robot.MOST_BYTES - 100,
    ChannelKind.WECOM_APP: wecom_app.TEXT_BYTES - 100,
    ChannelKind.DINGTALK_ROBOT: dingtalk_robot.MOST_BYTES - 1000,
    ChannelKind.FEISHU_ROBOT: feishu_robot.MOST_BYTES - 1000,
}


def compose(rows: Sequence[Notification], on: date) -> Message:
    """The one message that tells `rows` on the day `on`.

    It is in the recipient's language, a group's in the site's, true on that day, and names each node once.
    Composed another day it may say “overdue” where it said “due”; its key stays.
    """
    with translation.override(_language(rows)):
        return _Letter(rows, on).message()


def _language(rows: Sequence[Notification]) -> str:
    own = rows[0].recipient.language if rows[0].channel in PERSONAL else ""
    return own or settings.LANGUAGE_CODE


def person(user: User) -> Person:
    """Where `user` is reached."""
    address = getattr(user, "notification_address", None)
    known = {name: getattr(address, name, "") for name in ("mobile", "wecom", "feishu")}
    return Person(literal(user), user.email, **known)


def message_id(rows: Sequence[Notification]) -> str:
    """The same at every attempt, so that a mail server or a reader can drop the one repeat that a crash may
    cause, also when some of the rows have lapsed meanwhile; another when some are new."""
    known = {row.message_id for row in rows}
    if len(known) == 1 and (same := known.pop()):
        return same
    keys = "\n".join(sorted(row.dedup_key for row in rows))
    return f"<{hashlib.sha256(keys.encode()).hexdigest()[:40]}@jiedian>"


class _Letter:
    """What is to be said, and the two ways of writing it down."""

    def __init__(self, rows: Sequence[Notification], on: date) -> None:
        self.rows, self.on, self.first = rows, on, rows[0]
        self.shown = once_each(rows, on)
        read_ahead(self.shown)
        self.to_group = self.first.channel not in PERSONAL
        self.whom = _people_by_node(rows) if self.to_group else {}
        below = told_below(self.shown)
        self.below = {pk: (words,) for pk, words in below.items()}
        self.single = self.shown[0] if len(self.shown) == 1 else None
        self.said = headline(self.single, on) if self.single else ""
        self.digest = Digest("", []) if self.single else self._digest()
        self.subject = literal(f"[{self.first.office}] {self.said or self.digest.summary}")[:LONGEST_SUBJECT]
        self.link = links.answer_link(self.single) if self.single else self._list()
        self.facts: list[Fact] = facts_of(self.single) if self.single and self.single.rule in URGENT else []
        self._make_room()

    def message(self) -> Message:
        about = _about(self.rows)
        optional = not any(row.rule in MUST for row in self.rows)
        by_mail = self.first.channel == ChannelKind.EMAIL
        stop = links.unsubscribe_link(self.first.recipient_id, about) if optional and by_mail else ""
        people = {row.recipient_id: person(row.recipient) for row in self.rows}
        return Message(
            key=message_id(self.rows),
            subject=self.subject,
            text="\n".join(self._text(stop)) + "\n",
            people=tuple(people.values()),
            link=self.link,
            html=self._html(stop) if by_mail else "",
            optional=optional,
            unsubscribe=stop,
        )

    def _digest(self, most: int = IN_ALL) -> Digest:
        return digest_of(self.shown, self.on, self.whom, lambda row: self.below.get(row.pk, ()), most)

    def _make_room(self) -> None:
        """Name fewer nodes and count more of them where the channel would cut the text."""
        room = ROOM.get(self.first.channel)
        named = sum(len(section.items) for section in self.digest.sections)
        while room and named > 1 and len("\n".join(self._text("")).encode()) > room:
            named -= 1
            self.digest = self._digest(named)

    def _list(self) -> str:
        return settings.BASE_URL + reverse("nodes" if self.to_group else "inbox")

    # As text

    def _text(self, stop: str) -> Iterator[str]:
        if not self.to_group:
            yield _("%(name)s:") % {"name": literal(self.first.recipient)}
            yield ""
        if self.single:
            yield from self._one(self.single)
        else:
            yield from self._several(self.digest)
        if not self.to_group:
            yield ""
            yield _("Sent by Jiedian; please do not reply.")
            if stop:
                yield _("No more of these mails: %(link)s") % {"link": stop}

    def _one(self, row: Notification) -> Iterator[str]:
        if self.whom:
            yield _("%(name)s:") % {"name": self.whom[row.node_id]}
        yield self.said
        for label, text in self.facts:
            yield _("%(label)s: %(text)s") % {"label": label, "text": text}
        yield from self.below.get(row.pk, ())
        yield self.link

    def _several(self, digest: Digest) -> Iterator[str]:
        yield digest.summary
        for section in digest.sections:
            yield ""
            yield _("[%(heading)s]") % {"heading": section.heading}
            whom = ""
            for item in section.items:
                if item.whom != whom:
                    whom = item.whom
                    yield _("%(name)s:") % {"name": whom}
                yield item.text
                yield from item.details
                yield links.answer_link(item.row)
            if section.left_out:
                yield _("%(more)s: %(link)s") % {"more": more(section.left_out), "link": self._list()}
        if not self.to_group:
            yield ""
            yield _("All of it: %(link)s") % {"link": self._list()}

    # As HTML

    def _html(self, stop: str) -> str:
        foot = mail_html.escape(_("Sent by Jiedian; please do not reply."))
        if stop:
            foot += " " + mail_html.link(_("No more of these mails"), stop)
        return mail_html.page(
            lang=translation.get_language() or "",
            title=self.subject,
            office=literal(self.first.office),
            parts=self._html_parts(),
            foot=foot,
        )

    def _html_parts(self) -> Iterator[str]:
        yield mail_html.line(_("%(name)s:") % {"name": literal(self.first.recipient)})
        if self.single:
            yield mail_html.line(self.said)
            if self.facts:
                yield mail_html.facts(self.facts)
            yield from map(mail_html.line, self.below.get(self.single.pk, ()))
            yield mail_html.button(_("Have a look"), self.link)
            return
        yield mail_html.line(self.digest.summary)
        for section in self.digest.sections:
            yield mail_html.heading(section.heading)
            yield from map(_html_item, section.items)
            if section.left_out:
                yield mail_html.item(more(section.left_out), self._list())
        yield mail_html.button(_("See all of it"), self._list())


def _html_item(item: Item) -> str:
    return mail_html.item(item.text, links.answer_link(item.row), item.details)


def _people_by_node(rows: Sequence[Notification]) -> dict[int, str]:
    """Who of a group is concerned, by node."""
    found: dict[int, list[User]] = defaultdict(list)
    for row in rows:
        found[row.node_id].append(row.recipient)
    return {node: names(people) for node, people in found.items()}


def _about(rows: Sequence[Notification]) -> str:
    """Which of a person's preferences a letter comes under."""
    kinds = {links.REMINDERS if is_reminder(row.rule) else links.NEWS for row in rows}
    return ",".join(sorted(kinds))
