"""Which offices a person sees besides their own: those that their office oversees, and of those the years.

`workflow.permissions` allows nobody anything on another office's objects, and this changes nothing about it:
it answers one question, for the few pages that ask it. What an overseeing office may do is done to rows of
its own.
"""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from workflow import people
from workflow.models import Office, PostKind, User
from workflow.refusals import NotFound

READERS = frozenset(
    {PostKind.PERFORMANCE_OFFICE, PostKind.HEAD_OF_UNIT, PostKind.AUDITOR, PostKind.ADMINISTRATOR}
)


def reads_others(user: User) -> bool:
    """Whether the user's posts let them look at the offices that theirs oversees, if it oversees any."""
    return user.is_active and user.office_id is not None and not READERS.isdisjoint(people.roles(user))


def sees_others(user: User) -> bool:
    """Whether there is an office that the user may look at besides their own."""
    if not reads_others(user):
        return False
    known = getattr(user, "oversees_others", None)  # read with who is logged in
    return overseen_by(user).exists() if known is None else bool(known)


def overseen_by(user: User) -> QuerySet[Office]:
    """The offices that `user` may look at besides their own, by name."""
    if not reads_others(user):
        return Office.objects.none()
    return Office.objects.filter(overseen_by=user.office_id).order_by("name", "code")


def overseen_office(user: User, code: str) -> Office:
    """The overseen office with this code. Raises NotFound for whatever else there is."""
    office = overseen_by(user).filter(code=code).first()
    if office is None:
        raise NotFound(_("There is no such office among those that yours oversees."))
    return office


def require_overseer(user: User) -> None:
    """Raise NotFound unless there is an office that `user` may look at besides their own."""
    if not sees_others(user):
        raise NotFound(_("Your office oversees no other."))
