"""The forms of a channel and of a person's addresses; what is in them is checked by the services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.channels.kinds import KINDS, Field, masked
from notifications.keeping_channels import LONGEST_NAME, version_of
from notifications.models import Address, Channel
from workflow.forms import ServiceForm
from workflow.models import Division, Office

LONGEST = 2000


class SecretInput(forms.PasswordInput):
    """Seen while it is pasted, and never sent back to the page."""

    input_type = "text"

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "off", "spellcheck": "false"}, render_value=False)


class ChannelForm(ServiceForm):
    """A channel's name, its division, and what its kind asks for."""

    name = forms.CharField(
        label=gettext_lazy("Channel name"),
        required=False,
        help_text=gettext_lazy("As people here would call it, such as the group's name."),
    )
    division = forms.ModelChoiceField(
        Division.objects.none(),
        label=gettext_lazy("Speaks about the nodes of"),
        required=False,
        empty_label=gettext_lazy("the whole office"),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, office: Office, kind: str, channel: Channel | None = None) -> None:
        super().__init__(data, initial=_initial(channel))
        self.kind = KINDS[kind]
        self.fields["name"].widget.attrs["maxlength"] = LONGEST_NAME
        self.fields["division"].queryset = Division.objects.filter(office=office)  # type: ignore[attr-defined]
        known = masked(kind, channel) if channel else {}
        self._kept = {field.name for field in self.kind.fields if field.secret and known.get(field.name)}
        for field in self.kind.fields:
            self.fields[field.name] = _field(field, known.get(field.name, ""))
            if field.secret and not field.required and known.get(field.name):
                self.fields[f"forget_{field.name}"] = forms.BooleanField(
                    label=_("Remove it: %(name)s") % {"name": field.label}, required=False
                )

    def particulars(self) -> Iterator[tuple[forms.BoundField, forms.BoundField | None, bool]]:
        """What the kind asks for: each field, its box to remove it, whether it is needed."""
        for field in self.kind.fields:
            box, needed = f"forget_{field.name}", field.required and field.name not in self._kept
            yield self[field.name], self[box] if box in self.fields else None, needed

    def given(self) -> dict[str, Any]:
        """What was filled in, as the services take it."""
        data = self.cleaned_data
        division = data.get("division")
        return {
            "name": data.get("name") or "",
            "division_id": division.pk if division else None,
            "values": {field.name: data.get(field.name) or "" for field in self.kind.fields},
        }

    def forgotten(self) -> set[str]:
        boxes = [(field.name, f"forget_{field.name}") for field in self.kind.fields]
        return {name for name, box in boxes if self.cleaned_data.get(box)}


def _initial(channel: Channel | None) -> dict[str, Any]:
    if channel is None:
        return {}
    public = {key: value for key, value in channel.settings.items() if key != "mark"}
    facts = {"name": channel.name, "division": channel.division_id, "seen": version_of(channel)}
    return {**public, **facts}


def _field(field: Field, known: str) -> forms.Field:
    """One thing to fill in; of a secret that is kept only its end is told."""
    if field.choices:
        return forms.ChoiceField(
            label=field.label, help_text=field.help, choices=field.choices, required=False
        )
    told = str(field.help)
    if field.secret and known:
        kept = _("Set, ending in %(end)s; leave empty to keep it.") % {"end": known.lstrip("•") or "••••"}
        told = f"{kept} {told}".strip()
    widget = SecretInput() if field.secret else forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(
        label=field.label, help_text=told, required=False, max_length=LONGEST, widget=widget
    )


class AddressForm(ServiceForm):
    mobile = forms.CharField(
        label=gettext_lazy("Mobile number"),
        required=False,
        help_text=gettext_lazy("By it robots in WeCom and DingTalk groups call the person."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    wecom = forms.CharField(
        label=gettext_lazy("WeCom account"),
        required=False,
        help_text=gettext_lazy("As the WeCom administration shows it; the WeCom application writes there."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    feishu = forms.CharField(
        label=gettext_lazy("Feishu open_id"),
        required=False,
        help_text=gettext_lazy("Begins with ou_; by it robots in Feishu groups call the person."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Any, address: Address) -> None:
        first = {name: getattr(address, name) for name in ("mobile", "wecom", "feishu")}
        super().__init__(data, initial=first)
