"""Who looks at a page."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from workflow.models import Office, User
from workflow.refusals import NotFound


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
