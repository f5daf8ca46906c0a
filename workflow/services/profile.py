"""What a person changes about their own account."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from workflow import audit
from workflow.models import User
from workflow.refusals import Invalid


@transaction.atomic
def change_email(*, actor: User, email: str, at: datetime | None = None) -> bool:
    """Send `actor`'s mail to another address, or to none when empty; return whether that is a change.

    Raises Invalid for what is no address.
    """
    wanted = User.objects.normalize_email(email.strip())
    _check(wanted)
    user = User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    if user.email == wanted:
        return False
    before, user.email = user.email, wanted
    user.save(update_fields=["email"])
    audit.record(user, "user.email_changed", user, at=at, data={"from": before, "to": wanted})
    return True


def _check(email: str) -> None:
    if not email:
        return
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid({"email": [_("This is not an e-mail address.")]}) from error
    if len(email) > 254:
        raise Invalid({"email": [_("This is not an e-mail address.")]})


def choose(*, actor: User, language: str | None = None, theme: str | None = None) -> None:
    """Keep how `actor` wants to see the site; empty leaves it to the site and the device."""
    wanted = {"language": language, "theme": theme}
    User.objects.filter(pk=actor.pk).update(**{k: v for k, v in wanted.items() if v is not None})
