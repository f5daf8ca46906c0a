"""Forms kept as their author left them, until they are handed in or thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from nodes.models import Draft, WorkNode
from nodes.services import acting
from workflow.clock import moment
from workflow.models import User
from workflow.refusals import Conflict, Invalid

LONGEST = 50_000  # characters of a draft
TAB = "tab"  # which open page wrote last


class SavedElsewhere(Conflict):
    """The draft was saved from another page meanwhile; `draft` is what that one wrote."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(_("The draft was changed on another page."))
        self.draft = draft


@transaction.atomic
def save_draft(
    *, actor: User, node_id: int, form: str, content: Mapping[str, str], seen: str = "", force: bool = False,
    at: datetime | None = None,
) -> Draft:  # fmt: skip
    """Keep the fields of `form` for the node as typed so far.

    `seen` is the version (`version_of`) that the page knows; another one, from another page and with other
    words, raises SavedElsewhere unless `force` says to write over it. Raises NotAllowed, WrongState where
    the form could not be handed in now, and Invalid for an endless text.
    """
    at = moment(at)
    node = _open_node(actor, node_id, form, at)
    content = {name: text.replace("\0", "") for name, text in content.items()}  # PostgreSQL keeps none
    if sum(map(len, content.values())) > LONGEST:
        raise Invalid(_("The draft is too long to be saved."))
    draft = Draft.objects.select_for_update().filter(node=node, author=actor, form=form).first()
    if draft is None:
        return Draft.objects.create(node=node, author=actor, form=form, content=content, saved_at=at)
    if not force and _written_elsewhere(draft, content, seen):
        raise SavedElsewhere(draft)
    draft.content, draft.saved_at = content, at
    draft.save(update_fields=["content", "saved_at"])
    return draft


def discard_draft(*, actor: User, node: WorkNode, form: str) -> None:
    """Throw the actor's own draft away, if there is one."""
    Draft.objects.filter(node=node, author=actor, form=form).delete()


def version_of(draft: Draft | None) -> str:
    """What tells one saving of a draft from the next; empty for none."""
    return draft.saved_at.isoformat() if draft else ""


def _open_node(actor: User, node_id: int, form: str, at: datetime) -> WorkNode:
    """The node, locked: two pages that save at once come one after the other."""
    node = acting.locked(node_id, actor)
    acting.check(actor, "nodes.submit_evidence", node, at=at)
    if form == Draft.Form.EVIDENCE:
        acting.require_transition(node.submit_evidence)
    return node


def _written_elsewhere(draft: Draft, content: Mapping[str, str], seen: str) -> bool:
    if version_of(draft) == seen or draft.content.get(TAB) == content.get(TAB):
        return False
    return _words(draft.content) != _words(content)


def _words(content: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in content.items() if name != TAB and text}
