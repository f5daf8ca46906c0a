"""Saying something about a node: what was said is on record, nobody mends or removes it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from nodes import events as happened
from nodes.audience import called_in
from nodes.models import Comment, WorkNode
from nodes.services import acting
from workflow import audit, events
from workflow.clock import moment
from workflow.models import User
from workflow.permissions import require
from workflow.refusals import Invalid

LONGEST = 2000  # characters
SAME_CLICK = timedelta(minutes=1)


@transaction.atomic
def comment(*, actor: User, node_id: int, text: str, at: datetime | None = None) -> Comment:
    """Put `actor`'s words beside the node, and call those of its readers whom they name with an @.

    Saying the same again at once, as a second click does, adds nothing. Raises NotAllowed unless `actor`
    works with the node, WrongState unless its year is open, Invalid for an empty or too long text.
    """
    at, text = moment(at), text.replace("\r\n", "\n").strip()
    node = acting.locked(node_id, actor)
    require(actor, "nodes.comment", node, at=at, why=_why_not)
    _check(text)
    if said := _just_said(node, actor, text, at):
        return said
    mentioned = [user for user in called_in(text, node) if user.pk != actor.pk]
    made = Comment.objects.create(office=node.office, node=node, author=actor, text=text, at=at)
    made.mentions.set(mentioned)
    names = [name for user in mentioned for name in (user.name, user.username) if name]
    audit.record(
        actor, "node.commented", node, at=at, reason=text, data={"comment": made.pk, "called": names}
    )
    events.publish(happened.Commented(node, actor, at, made, tuple(user.pk for user in mentioned)))
    return made


def _why_not() -> str:
    return _("Only those who work with a node comment on it.")


def _check(text: str) -> None:
    if not text:
        raise Invalid({"comment": [_("Write what you want to say.")]})
    if "\0" in text:
        raise Invalid({"comment": [_("The text holds a character that cannot be kept.")]})
    if len(text) > LONGEST:
        facts = {"limit": LONGEST, "length": len(text)}
        raise Invalid({"comment": [_("At most %(limit)d characters; these are %(length)d.") % facts]})


def _just_said(node: WorkNode, actor: User, text: str, at: datetime) -> Comment | None:
    last = Comment.objects.filter(node=node, author=actor).last()
    again = last is not None and last.text == text and abs(at - last.at) <= SAME_CLICK
    return last if again else None
