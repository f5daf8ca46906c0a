"""No more mail of one kind, by the link that stands in it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from notifications import links
from notifications.preferences import keep_preference
from workflow.models import User
from workflow.refusals import NotFound


def meant_by(token: str) -> tuple[User, list[str]]:
    """Whose mail, and about what. Raises NotFound for a link that is none of ours."""
    found = links.unsubscribed(token)
    user = User.objects.filter(pk=found[0], is_active=True).first() if found else None
    if found is None or user is None:
        raise NotFound(_("This link is not valid. You can choose what you get by e-mail on your own page."))
    return user, found[1]


def unsubscribe(token: str) -> list[str]:
    """Switch the mail off, however often it is asked; return what about. Raises NotFound."""
    user, about = meant_by(token)
    keep_preference(user, **{f"email_{kind}": False for kind in about})
    return about
