"""By what somebody could be reached at any moment: channels in use, addresses, and what they chose."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from functools import cached_property
from typing import Any

from notifications.models import Address, Channel, Preference
from workflow.models import AuditEntry, Office, User

SWITCHED = {"channel.switched_on": True, "channel.switched_off": False}
CHANGED = (
    "person.changed", "user.email_changed", "person.addresses_changed", "user.addresses_changed",
    "user.preferences_changed",
)  # fmt: skip


class ReachThen:
    """An office's channels, its people's addresses and preferences as they were, each table read once.

    What the trail says was changed since then is taken back.
    """

    def __init__(self, office: Office) -> None:
        self.office = office

    def outlets(self, division: int, at: datetime) -> list[Channel]:
        """The channels that spoke of the division's nodes at the moment `at`."""
        return [
            one
            for one in self._channels
            if one.made_at <= at and one.division_id in (None, division) and self._in_use(one, at)
        ]

    def has_changed(self, outlet: Channel, at: datetime) -> bool:
        """Whether it was changed since then, perhaps in whom it speaks of."""
        return self._channels_changed.get(outlet.pk, at) > at

    def email(self, user: User, at: datetime) -> str:
        return str(self._before(user.pk, "email", at, user.email))

    def wecom(self, user: User, at: datetime) -> str:
        return str(self._before(user.pk, "wecom", at, self._accounts.get(user.pk, "")))

    def wants(self, user: User, kind: str, at: datetime) -> bool:
        """Whether the person wanted what `kind` names, as “email_news”."""
        chosen = self._preferences.get(user.pk) or Preference()
        return bool(self._before(user.pk, kind, at, getattr(chosen, kind)))

    def _in_use(self, one: Channel, at: datetime) -> bool:
        return next((not on for moment, on in self._switched[one.pk] if moment > at), one.is_active)

    def _before(self, user: int, name: str, at: datetime, now: Any) -> Any:
        later = (before for moment, before in self._changed[user] if moment > at and name in before)
        return next((before[name] for before in later), now)

    @cached_property
    def _channels(self) -> list[Channel]:
        return list(Channel.objects.filter(office=self.office).defer("secrets").order_by("id"))

    @cached_property
    def _accounts(self) -> dict[int, str]:
        return dict(Address.objects.filter(user__office=self.office).values_list("user", "wecom"))

    @cached_property
    def _preferences(self) -> dict[int, Preference]:
        return {one.user_id: one for one in Preference.objects.filter(user__office=self.office)}

    @cached_property
    def _switched(self) -> dict[int, list[tuple[datetime, bool]]]:
        found: dict[int, list[tuple[datetime, bool]]] = defaultdict(list)
        acts = AuditEntry.objects.filter(office=self.office, action__in=list(SWITCHED)).order_by("at", "id")
        for channel, at, action in acts.values_list("subject_id", "at", "action"):
            found[channel].append((at, SWITCHED[action]))
        return found

    @cached_property
    def _channels_changed(self) -> dict[int, datetime]:
        acts = AuditEntry.objects.filter(office=self.office, action="channel.changed").order_by("at", "id")
        return dict(acts.values_list("subject_id", "at"))

    @cached_property
    def _changed(self) -> dict[int, list[tuple[datetime, dict[str, Any]]]]:
        """By person: what was there before each change, by name, in their order."""
        found: dict[int, list[tuple[datetime, dict[str, Any]]]] = defaultdict(list)
        acts = AuditEntry.objects.filter(office=self.office, action__in=CHANGED).order_by("at", "id")
        for user, at, facts in acts.values_list("subject_id", "at", "data"):
            found[user].append((at, _before(facts)))
        return found


def _before(facts: dict[str, Any]) -> dict[str, Any]:
    """What an entry about a change has of the time before it, by name."""
    if "from" in facts:
        return {"email": facts["from"]}
    changed = {name: values[0] for name, values in facts.get("changed", {}).items()}
    return facts.get("before", changed)
