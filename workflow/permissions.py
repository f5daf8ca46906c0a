"""One question, asked the same way everywhere: may this person do this to that?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import rules
from django.utils.translation import gettext as _

from workflow import people
from workflow.clock import moment
from workflow.models import Office, User
from workflow.refusals import NotAllowed, NotFound


def allows(actor: User, permission: str, subject: Any = None, *, at: datetime | None = None) -> bool:
    """Whether the `rules` predicate behind `permission` holds for `actor` on the day of `at`.

    Nobody is ever allowed anything on another office's objects.
    """
    if not actor.is_active or actor.office is None:
        return False
    if subject is not None and _office_of(subject) != actor.office_id:
        return False
    with people.acting_on(actor, actor.office.day(moment(at))):
        return rules.has_perm(permission, actor, subject)


def require(
    actor: User,
    permission: str,
    subject: Any = None,
    *,
    at: datetime | None = None,
    why: Callable[[], str] | None = None,
) -> None:
    """Raise unless `allows`: NotFound for another office's object, else NotAllowed in the words of `why`."""
    if subject is not None and _office_of(subject) != actor.office_id:
        raise NotFound(_("There is no such object in your office."))
    if not allows(actor, permission, subject, at=at):
        raise NotAllowed(why() if why else _("%(actor)s may not do this.") % {"actor": actor})


def _office_of(subject: Any) -> int | None:
    return subject.pk if isinstance(subject, Office) else subject.office_id
