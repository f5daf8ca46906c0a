"""Who acts where an event names a division, a post or a username."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from workflow import people
from workflow.models import Office, Post, PostKind, User
from workflow.refusals import Invalid


def actor(office: Office, name: str, on: date, *, as_head: bool = False) -> User:
    """The person behind `name` on the day `on`. Raises Invalid when there is nobody.

    A division acts through its first handler, or its head where it has none or `as_head` asks for the
    head's act; a post through the delegate who stands in for its holder, or the holder.
    """
    kinds = (PostKind.DIVISION_HEAD,) if as_head else (PostKind.HANDLER, PostKind.DIVISION_HEAD)
    found = _of_division(office, name, on, kinds) or _of_post(office, name, on) or _user(office, name)
    if found is None:
        message = _("“%(name)s” is no division, post or username with anybody behind it on %(day)s.")
        raise Invalid({"by": [message % {"name": name, "day": on.isoformat()}]})
    return found


def post(office: Office, name: str) -> Post:
    """The post called `name`. Raises Invalid."""
    found = Post.objects.filter(office=office, name=name).first()
    if found is None:
        raise Invalid({"post": [_("There is no post “%(name)s”.") % {"name": name}]})
    return found


def user(office: Office, name: str) -> User:
    """The user with this username. Raises Invalid."""
    found = _user(office, name)
    if found is None:
        raise Invalid({"to": [_("There is no user “%(name)s”.") % {"name": name}]})
    return found


def administrator(office: Office, on: date) -> User:
    """The office's first administrator. Raises Invalid when it has none."""
    for admin in Post.objects.filter(office=office, kind=PostKind.ADMINISTRATOR):
        if holders := people.holders(admin, on):
            return holders[0]
    raise Invalid({"by": [_("The office has no administrator.")]})


def _of_division(office: Office, name: str, on: date, kinds: Sequence[PostKind]) -> User | None:
    seats = Post.objects.filter(office=office, division__name=name)
    for kind in kinds:
        for seat in seats.filter(kind=kind):
            if holders := people.holders(seat, on):
                return holders[0]
    return None


def _of_post(office: Office, name: str, on: date) -> User | None:
    seat = Post.objects.filter(office=office, name=name).first()
    if seat is None:
        return None
    holders = people.holders(seat, on)
    standing_in = [d for d in people.delegates(seat, on) if d.from_user in holders]
    if standing_in:
        return User.objects.select_related("office").get(pk=standing_in[0].to_user_id)
    return holders[0] if holders else None


def _user(office: Office, name: str) -> User | None:
    return User.objects.select_related("office").filter(office=office, username=name).first()
