"""What an office fills in to set up each kind of channel, and what is kept of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.channels import reading
from notifications.models import Channel, ChannelKind
from notifications.secrets import unseal
from workflow.refusals import Invalid

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# What stands for the hidden part of a secret; of a short one nothing is shown.
HIDDEN = "••••"
SHOWN_FROM = 12


@dataclass(frozen=True)
class Field:
    """One thing to fill in. `read` makes of what was typed what is kept, and raises ValueError with words."""

    name: str
    label: _StrPromise
    help: _StrPromise | str = ""
    secret: bool = False
    required: bool = True
    read: Callable[[str], str] = str
    choices: tuple[tuple[str, _StrPromise], ...] = ()


@dataclass(frozen=True)
class Kind:
    """One kind of channel: where its particulars are found, and which of them say where it leads."""

    kind: ChannelKind
    guide: _StrPromise
    fields: tuple[Field, ...]
    destination: tuple[str, ...]


SIGN = gettext_lazy("Signing secret")
WORD = gettext_lazy("Keyword")
WORD_HELP = gettext_lazy(
    "Only if the robot's security settings ask for keywords: a message without it is given it at its end."
)

KINDS: dict[str, Kind] = {
    kind.kind.value: kind
    for kind in (
        Kind(
            ChannelKind.WECOM_ROBOT,
            gettext_lazy("In the WeCom group: settings, message push, add; then copy the webhook address."),
            (
                Field(
                    "key",
                    gettext_lazy("Webhook address"),
                    gettext_lazy("The whole address, or only what stands behind key=."),
                    secret=True,
                    read=reading.wecom_key,
                ),
            ),
            ("key",),
        ),
        Kind(
            ChannelKind.WECOM_APP,
            gettext_lazy(
                "In the WeCom administration: Applications, your own one; the corporation's ID stands under "
                "My Company. Add this server's address to the application's trusted IPs."
            ),
            (
                Field("corp_id", gettext_lazy("Corporation ID"), read=reading.corporation),
                Field("agent_id", gettext_lazy("AgentId"), read=reading.agent),
                Field("secret", gettext_lazy("Secret"), secret=True, read=reading.plain),
            ),
            ("corp_id", "agent_id"),
        ),
        Kind(
            ChannelKind.DINGTALK_ROBOT,
            gettext_lazy(
                "In the DingTalk group: settings, robots, add a custom one; choose signing (加签) as its "
                "security setting."
            ),
            (
                Field(
                    "token",
                    gettext_lazy("Webhook address"),
                    gettext_lazy("The whole address, or only what stands behind access_token=."),
                    secret=True,
                    read=reading.dingtalk_token,
                ),
                Field(
                    "secret",
                    SIGN,
                    gettext_lazy("Begins with SEC; empty if the robot is secured by keywords or addresses."),
                    secret=True,
                    required=False,
                    read=reading.dingtalk_secret,
                ),
                Field("keyword", WORD, WORD_HELP, required=False, read=reading.keyword),
            ),
            ("token",),
        ),
        Kind(
            ChannelKind.FEISHU_ROBOT,
            gettext_lazy(
                "In the Feishu group: settings, bots, add a custom bot; turn on signature verification."
            ),
            (
                Field(
                    "token",
                    gettext_lazy("Webhook address"),
                    gettext_lazy("The whole address, or only what stands behind hook/."),
                    secret=True,
                    read=reading.feishu_token,
                ),
                Field(
                    "platform",
                    gettext_lazy("Platform"),
                    gettext_lazy("Chosen by itself when the whole address is given."),
                    read=reading.plain,
                    choices=(
                        ("feishu", gettext_lazy("Feishu (open.feishu.cn)")),
                        ("lark", gettext_lazy("Lark (open.larksuite.com)")),
                    ),
                ),
                Field(
                    "secret",
                    SIGN,
                    gettext_lazy("Empty if the robot is secured by keywords or addresses."),
                    secret=True,
                    required=False,
                    read=reading.plain,
                ),
                Field("keyword", WORD, WORD_HELP, required=False, read=reading.keyword),
            ),
            ("token",),
        ),
        Kind(
            ChannelKind.WEBHOOK,
            gettext_lazy(
                "Every message is sent as JSON to an address of yours, signed, so that you can tell that it "
                "comes from here."
            ),
            (
                Field(
                    "url",
                    gettext_lazy("Receiver's address"),
                    gettext_lazy("Begins with https:// and is reached from the internet."),
                    secret=True,
                    read=reading.address,
                ),
                Field(
                    "secret",
                    SIGN,
                    gettext_lazy("At least 16 characters, the same as with the receiver."),
                    secret=True,
                    read=reading.long_secret,
                ),
            ),
            ("url",),
        ),
        Kind(
            ChannelKind.APPRISE,
            gettext_lazy("For Slack, Microsoft Teams, ntfy, Gotify, Bark and receivers of plain JSON."),
            (
                Field(
                    "url",
                    gettext_lazy("Service address"),
                    gettext_lazy("As Apprise writes it, such as slack://…, workflows://… or ntfys://…"),
                    secret=True,
                    read=reading.service,
                ),
            ),
            ("url",),
        ),
    )
}


def clean(
    kind: str, values: Mapping[str, str], known: Mapping[str, str] | None = None
) -> tuple[dict[str, str], dict[str, str]]:
    """What to keep of what was typed: (`Channel.settings`, the secrets to seal).

    A secret left empty stays as in `known`, the secrets until now. Raises Invalid by field. It looks up the
    hosts of addresses, so it may take a few seconds.
    """
    fields, known = KINDS[kind].fields, known or {}
    values = {field.name: (values.get(field.name) or "").strip() for field in fields}
    if "platform" in values:
        values["platform"] = reading.platform(values["token"]) or values["platform"] or "feishu"
    found, wrong = {}, {}
    for field in fields:
        try:
            found[field.name] = _read(field, values[field.name], known)
        except ValueError as error:
            wrong[field.name] = [str(error)]
    if wrong:
        raise Invalid(wrong)
    public = {field.name: found[field.name] for field in fields if not field.secret}
    secrets = {field.name: found[field.name] for field in fields if field.secret and found[field.name]}
    return {**public, "mark": _mark(KINDS[kind], found)}, secrets


def _read(field: Field, typed: str, known: Mapping[str, str]) -> str:
    if not typed and field.secret and field.name in known:
        return known[field.name]
    if not typed:
        if field.required:
            raise ValueError(_("This field is required."))
        return ""
    if field.choices and typed not in dict(field.choices):
        raise ValueError(_("Choose one of those offered."))
    return field.read(typed)


def _mark(kind: Kind, found: Mapping[str, str]) -> str:
    """The same for channels that lead to the same place, without saying where."""
    place = "\n".join([kind.kind, *[found[name] for name in kind.destination]])
    return hashlib.sha256(place.encode()).hexdigest()[:32]


def masked(kind: str, channel: Channel) -> dict[str, str]:
    """What may be shown of each field, by name: a secret's last four characters, "" where it is not set."""
    try:
        secrets = unseal(channel.secrets)
    except Invalid:  # the key is another one by now: that something is kept can still be said
        secrets = {field.name: "-" for field in KINDS[kind].fields if field.secret and channel.secrets}
    return {
        field.name: hidden(secrets.get(field.name, ""))
        if field.secret
        else str(channel.settings.get(field.name, ""))
        for field in KINDS[kind].fields
    }


def hidden(secret: str) -> str:
    """`secret` as it may be shown."""
    if not secret:
        return ""
    return HIDDEN + (secret[-4:] if len(secret) >= SHOWN_FROM else "")
