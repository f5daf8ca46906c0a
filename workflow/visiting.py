"""Who looks at a page, and what they sent."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from workflow.models import Office, User
from workflow.permissions import require
from workflow.refusals import NotFound

MOST_DIGITS = 18  # what a column of ids holds in any case


def visitor(request: HttpRequest) -> User:
    """Who looks; that somebody logged in does is the log-in middleware's business."""
    assert isinstance(request.user, User)
    return request.user


def own_office(request: HttpRequest) -> Office:
    """The visitor's office. Raises NotFound for somebody without one."""
    office = visitor(request).office
    if office is None:
        raise NotFound(_("You do not belong to an office."))
    return office


def admitted(request: HttpRequest, permission: str) -> tuple[Office, User]:
    """The visitor's office and the visitor. Raises NotFound, and NotAllowed without `permission` in it."""
    office, user = own_office(request), visitor(request)
    require(user, permission, office)
    return office, user


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the fields that were sent, None where somebody only looks."""
    return request.POST if request.method == "POST" else None


def whole_number(text: str) -> int | None:
    """The number that an address or a hidden field names; None for whatever else somebody wrote there."""
    plain = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    return int(text) if plain else None
