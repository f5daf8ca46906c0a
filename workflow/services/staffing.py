"""The people of an office: who joins, who leaves, and how they get in."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from workflow import audit
from workflow.clock import moment
from workflow.models import Appointment, Office, User
from workflow.permissions import require
from workflow.refusals import Invalid, NotAllowed, WrongState
from workflow.services.appointing import end_before

NAME_LENGTH = User._meta.get_field("name").max_length or 0
USERNAME_LENGTH = User._meta.get_field("username").max_length or 0
# Without characters that are mistaken for one another when read off a slip of paper.
LETTERS, DIGITS, MARKS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "-+*#"


@transaction.atomic
def add_person(
    *, actor: User, office: Office, username: str, name: str, email: str = "", at: datetime | None = None
) -> User:
    """Let somebody join the office; a password comes with `new_password`. Raises NotAllowed, Invalid."""
    require(actor, "workflow.manage_people", office, at=at)
    username, name, email = username.strip(), name.strip(), email.strip()
    errors = {**_wrong_username(office, username), **_wrong_facts(name, email)}
    if errors:
        raise Invalid(errors)
    person = User(office=office, username=username, name=name, email=email)
    person.set_unusable_password()
    person.save()
    audit.record(actor, "person.added", person, at=at, data={"username": username, "name": name})
    return person


@transaction.atomic
def change_person(*, actor: User, person: User, name: str, email: str, at: datetime | None = None) -> User:
    """Correct a name or an e-mail address. Raises NotAllowed, NotFound, Invalid."""
    person = _locked(actor, person, at)
    facts = {"name": name.strip(), "email": email.strip()}
    if errors := _wrong_facts(**facts):
        raise Invalid(errors)
    changed = {
        key: [getattr(person, key), value] for key, value in facts.items() if getattr(person, key) != value
    }
    for key, value in facts.items():
        setattr(person, key, value)
    if changed:
        person.save(update_fields=[*changed])
        audit.record(actor, "person.changed", person, at=at, data={"changed": changed})
    return person


@transaction.atomic
def deactivate(*, actor: User, person: User, at: datetime | None = None) -> User:
    """Let somebody leave: they can no longer log in, and their posts become vacant today.

    Raises NotAllowed, NotFound, WrongState when they left before, Invalid for oneself.
    """
    person = _locked(actor, person, at)
    if person.pk == actor.pk:
        raise Invalid(_("You cannot close your own account."))
    if not person.is_active:
        raise WrongState(_("The account of %(person)s is closed already.") % {"person": person})
    today = person.office.day(moment(at))  # type: ignore[union-attr]
    for appointment in Appointment.objects.filter(user=person).overlapping(today, None):
        end_before(appointment, today, at=moment(at))
    person.delegations_received.filter(revoked_at=None, ends__gte=today).update(revoked_at=moment(at))
    person.is_active = False
    person.save(update_fields=["is_active"])
    audit.record(actor, "person.left", person, at=at)
    return person


@transaction.atomic
def reactivate(*, actor: User, person: User, at: datetime | None = None) -> User:
    """Let somebody come back, without posts. Raises NotAllowed, NotFound, WrongState."""
    person = _locked(actor, person, at)
    if person.is_active:
        raise WrongState(_("The account of %(person)s is open already.") % {"person": person})
    person.is_active = True
    person.save(update_fields=["is_active"])
    audit.record(actor, "person.returned", person, at=at)
    return person


@transaction.atomic
def new_password(*, actor: User, person: User, at: datetime | None = None) -> str:
    """Give somebody a new password and return it, which only this answer shows. Raises NotAllowed."""
    person = _locked(actor, person, at)
    password = _password()
    person.set_password(password)
    person.save(update_fields=["password"])
    audit.record(actor, "person.password_set", person, at=at)
    return password


def _password() -> str:
    """Sixteen characters of every class, in no order that could be guessed."""
    chosen = [secrets.choice(LETTERS) for _turn in range(11)]
    chosen += [secrets.choice(DIGITS) for _turn in range(4)] + [secrets.choice(MARKS)]
    secrets.SystemRandom().shuffle(chosen)
    return "".join(chosen)


def _locked(actor: User, person: User, at: datetime | None) -> User:
    found = (
        User.objects.select_for_update(no_key=True, of=("self",)).select_related("office").get(pk=person.pk)
    )
    require(actor, "workflow.manage_people", found, at=at)
    if found.is_staff and not actor.is_staff:  # whose account opens the administration of all offices
        message = _("%(person)s runs this installation: only those who do change such an account.")
        raise NotAllowed(message % {"person": found})
    return found


def _wrong_username(office: Office, username: str) -> dict[str, list[str]]:
    field: Any = User._meta.get_field("username")
    if not username:
        return {"username": [_("Give the name to log in with.")]}
    if "@" in username or len(username) > USERNAME_LENGTH or not all(map(_plain, username)):
        return {"username": [_("Letters, digits and . + - _ only, at most 150 of them.")]}
    try:
        field.run_validators(username)
    except ValidationError:
        return {"username": [_("Letters, digits and . + - _ only, at most 150 of them.")]}
    if office.users.filter(username__iexact=username).exists():
        return {"username": [_("Somebody of this office logs in with this name already.")]}
    return {}


def _plain(letter: str) -> bool:
    """Whether it is what it looks like: other scripts hold doubles of our letters (ａ, а)."""
    return letter.isascii() or "\u4e00" <= letter <= "\u9fff"


def _wrong_facts(name: str, email: str) -> dict[str, list[str]]:
    errors = {}
    if not name:
        errors["name"] = [_("Give the person's name.")]
    elif len(name) > NAME_LENGTH:
        errors["name"] = [_("At most %(limit)d characters.") % {"limit": NAME_LENGTH}]
    if email:
        try:
            validate_email(email)
        except ValidationError:
            errors["email"] = [_("This is not an e-mail address.")]
    return errors
