"""What a password must be made of."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

CLASSES = 3
LONG = 16


def classes(password: str) -> int:
    """How many kinds of character there are: lower case, upper case, digits, anything else."""
    kinds = (str.islower, str.isupper, str.isdigit)
    of_a_kind = [sum(1 for sign in password if kind(sign)) for kind in kinds]
    return sum(map(bool, [*of_a_kind, len(password) - sum(of_a_kind)]))


class MixedOrLong:
    """Three kinds of character, or so long that it needs no mixture; and never with the username in it."""

    def validate(self, password: str, user: Any = None) -> None:
        name = getattr(user, "username", "").lower()
        if name and name in password.lower():
            raise ValidationError(_("The password must not contain the username."), code="username_inside")
        if len(password) < LONG and classes(password) < CLASSES:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        return _(
            "Use three of these: lower case, upper case, digits, other signs. "
            "With 16 characters or more, any will do."
        )
