"""What a person wants to hear by e-mail: read, and changed by themselves."""

from __future__ import annotations

from notifications.models import Preference
from workflow.models import User


def preference_of(user: User) -> Preference:
    """As `user` chose, or as it is for everybody who chose nothing."""
    return Preference.objects.filter(user=user).first() or Preference(user=user)


def prefer(*, actor: User, email_reminders: bool, email_news: bool) -> None:
    """Keep what goes to `actor`'s mailbox from now on; what asks for their decision always does."""
    Preference.objects.update_or_create(
        user=actor, defaults={"email_reminders": email_reminders, "email_news": email_news}
    )
