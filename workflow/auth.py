"""Log-in with a username that is unique within its office."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from workflow.models import Office, User


class OfficeBackend(ModelBackend):
    """Accepts `name`, or `name@office-code` where two offices have a user of that name.

    A bare name that several offices know, with a password that fits more than one, logs nobody in.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_kw: Any,
    ) -> User | None:
        if not username or password is None:
            return None
        matching = [user for user in self._candidates(username) if user.check_password(password)]
        return matching[0] if len(matching) == 1 else None

    def _candidates(self, login: str) -> list[User]:
        name, _at, code = login.rpartition("@")
        users = User.objects.filter(is_active=True).select_related("office")
        found = list(users.filter(username=login))
        if name:
            found += users.filter(username=name, office__code=code)
        if not found:
            User().set_password(login)  # takes as long as a check: a name is not guessed by the clock
        return found

    def get_user(self, user_id: int) -> User | None:
        """The person who looks, with all that the frame of every page asks of them."""
        below = Office.objects.filter(overseen_by=OuterRef("office"))
        known = User.objects.select_related("office").annotate(oversees_others=Exists(below))
        user = known.filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
