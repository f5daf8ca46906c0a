"""Forms in front of services: they parse what was typed; the services say what is wrong with it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from workflow.refusals import Invalid

LATEST = 2999  # the last year that a day is taken for one; beyond it there is no day after
DATE_FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]


class ServiceForm(forms.Form):
    """A form in front of a service: a field left empty is the service's to refuse, in its own words."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)

    def add_refusal(self, refusal: Invalid) -> None:
        """Put the service's words beside the fields they are about."""
        for field, errors in refusal.errors.items():
            self.add_error(field if field in self.fields else None, list(errors))


class FilterForm(forms.Form):
    """What a list is narrowed to, as it stands in an address; a value that is no choice narrows nothing."""

    use_required_attribute = False

    def __init__(self, data: Any) -> None:
        super().__init__(data, label_suffix="")

    def chosen(self) -> dict[str, Any]:
        """The valid values, without the empty ones."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class DayField(forms.DateField):
    """A calendar day, picked or typed."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(required=False, widget=widget, input_formats=DATE_FORMATS, **kwargs)

    def to_python(self, value: Any) -> date | None:
        day: date | None = super().to_python(value)
        if day is not None and day.year > LATEST:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class ClockField(forms.TimeField):
    """A time of day that may be left empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}), **kwargs
        )


def long_text(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})
