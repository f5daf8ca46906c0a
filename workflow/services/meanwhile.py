"""What to tell whoever changes a thing that somebody else has changed since they opened the page."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext as _

from workflow import audit
from workflow.models import Office, User
from workflow.refusals import Conflict


def changed_meanwhile(actor: User, subject: models.Model, office: Office, action: str) -> Conflict:
    """Who did `action` (the start of its name) to `subject` last, and when; for the one who comes second."""
    last = audit.trail(subject).filter(action__startswith=action).last()
    if last is None or last.actor_id == actor.pk:
        return Conflict(_("This was changed after you opened the page; look at it as it is now."))
    facts = {"person": last.actor, "at": office.minute(last.at)}
    message = _("%(person)s changed this at %(at)s, after you opened the page; look at it as it is now.")
    return Conflict(message % facts, decided_by=last.actor, decided_at=last.at)
