"""What a person wants to hear outside the system, and where: read, and changed by themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from notifications.models import Address, Preference
from workflow import audit
from workflow.models import Office, User
from workflow.permissions import require
from workflow.refusals import Invalid
from workflow.selectors import reminder_policy

# What a messenger's own adapter takes for a name of one person: “@all” would call everybody.
ACCOUNTS = {
    "wecom": re.compile(r"[0-9A-Za-z][0-9A-Za-z_@.-]{0,63}"),
    "feishu": re.compile(r"ou_[0-9A-Za-z]{1,61}"),
}
MOBILE = re.compile(r"1[0-9]{10}")
PLACES = ("mobile", "wecom", "feishu")


def preference_of(user: User) -> Preference:
    """As `user` chose, or as it is for everybody who chose nothing."""
    return Preference.objects.filter(user=user).first() or Preference(user=user)


def prefer(
    *,
    actor: User,
    email_reminders: bool,
    email_news: bool,
    messenger_reminders: bool = True,
    messenger_news: bool = True,
    quiet_from: time | None = None,
    quiet_until: time | None = None,
) -> None:
    """Keep what goes to `actor` outside the system from now on; what asks for their decision always does.

    Between the quiet hours, which may pass midnight, their mail and messages wait. Raises Invalid.
    """
    if (quiet_from is None) != (quiet_until is None):
        raise Invalid({"quiet_until": [_("Give both times, or neither.")]})
    if quiet_from is not None and quiet_from == quiet_until:
        raise Invalid({"quiet_until": [_("Quiet hours end at another time than they begin.")]})
    keep_preference(
        actor,
        email_reminders=email_reminders,
        email_news=email_news,
        messenger_reminders=messenger_reminders,
        messenger_news=messenger_news,
        quiet_from=quiet_from,
        quiet_until=quiet_until,
    )


@transaction.atomic
def keep_preference(user: User, **wanted: bool | time | None) -> None:
    """Keep what `user` chose, and on record from when on: by that a proof knows what they had to be told."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    known = preference_of(user)
    before = {name: getattr(known, name) for name in wanted}
    changed = {name: _plain(value) for name, value in before.items() if value != wanted[name]}
    Preference.objects.update_or_create(user=user, defaults=wanted)
    if changed:
        after = {name: _plain(wanted[name]) for name in changed}
        audit.record(user, "user.preferences_changed", user, data={"before": changed, "after": after})


def _plain(value: bool | time | None) -> bool | str | None:
    return value.isoformat("minutes") if isinstance(value, time) else value


def quiet_facts(office: Office) -> dict[str, Any]:
    """What the ledger's statements need to keep a person's quiet hours, and the office's after them."""
    starts, ends = reminder_policy(office).quiet_hours or (None, None)
    return {"zone": office.time_zone, "office_quiet_from": starts, "office_quiet_until": ends}


def address_of(user: User) -> Address:
    """Where the office's messengers reach `user`; empty where nobody has said."""
    return Address.objects.filter(user=user).first() or Address(user=user)


@transaction.atomic
def set_addresses(*, actor: User, person: User, given: Mapping[str, str]) -> bool:
    """Keep the mobile number and the messengers' accounts of `person`; return whether they are others.

    Raises NotAllowed unless it is oneself or somebody who keeps the office's people, Invalid by field.
    """
    if actor.pk != person.pk:
        require(actor, "workflow.manage_people", person)
    after = _checked(given)
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    before = {name: getattr(address_of(person), name) for name in PLACES}
    if after == before:
        return False
    Address.objects.update_or_create(user=person, defaults=after)
    changed = {name: after[name] for name in PLACES if after[name] != before[name]}
    act = "user.addresses_changed" if actor.pk == person.pk else "person.addresses_changed"
    audit.record(
        actor, act, person, data={"before": {name: before[name] for name in changed}, "after": changed}
    )
    return True


def _checked(given: Mapping[str, str]) -> dict[str, str]:
    """The three addresses as they are kept. Raises Invalid by field."""
    found = {name: (given.get(name) or "").strip() for name in PLACES}
    found["mobile"] = re.sub(r"[\s-]", "", found["mobile"]).removeprefix("+86")
    wrong = {}
    if found["mobile"] and not MOBILE.fullmatch(found["mobile"]):
        wrong["mobile"] = [_("A mobile number has 11 digits and begins with 1; +86 may stand before it.")]
    if found["wecom"] and not ACCOUNTS["wecom"].fullmatch(found["wecom"]):
        wrong["wecom"] = [
            _("The account as the WeCom administration shows it: letters, digits and . - _ @ alone.")
        ]
    if found["feishu"] and not ACCOUNTS["feishu"].fullmatch(found["feishu"]):
        wrong["feishu"] = [_("An open_id begins with ou_, followed by letters and digits.")]
    if wrong:
        raise Invalid(wrong)
    return found
