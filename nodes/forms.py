"""The forms on a node: they parse what was typed; the services say what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nodes.light import Light
from nodes.models import Cycle, State
from nodes.services import EvidenceDraft
from workflow.files import Upload
from workflow.models import Division
from workflow.refusals import Invalid

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


class DayField(forms.DateField):
    """A calendar day, picked or typed."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(required=False, widget=widget, input_formats=DATE_FORMATS, **kwargs)


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, as uploads for a service."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=ManyFiles, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:  # type: ignore[override]
        given = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in given if one]


def uploads(files: Sequence[UploadedFile]) -> list[Upload]:
    return [Upload(file.name or "", file) for file in files]  # type: ignore[arg-type]


def long_text(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class EvidenceForm(ServiceForm):
    statement = forms.CharField(
        label=gettext_lazy("Statement"),
        required=False,
        strip=False,
        widget=long_text(8),
        help_text=gettext_lazy(
            "What was done, when, where, with what result. It goes into the annual summary."
        ),
    )
    completed_on = DayField(label=gettext_lazy("Completed on"))
    files = FilesField(  # type: ignore[assignment]  # the service's own name for it
        label=gettext_lazy("Evidence files"),
        help_text=gettext_lazy("Up to 20 files: PDF, Word, Excel, WPS, OFD, pictures, text, ZIP; no macros."),
    )
    acknowledged = forms.BooleanField(
        label=gettext_lazy("I have read this and submit it as it is"), required=False
    )

    def draft(self) -> EvidenceDraft:
        given = self.cleaned_data
        return EvidenceDraft(given["statement"], given["completed_on"], uploads(given["files"]))


class ResumeForm(ServiceForm):
    new_due = DayField(label=gettext_lazy("New deadline"))


class ReopenForm(ServiceForm):
    opinion = forms.CharField(label=gettext_lazy("Reason"), required=False, widget=long_text())


class CatalogueFilter(forms.Form):
    """What a list of nodes is narrowed to; a value that is no choice narrows nothing."""

    use_required_attribute = False

    light = forms.ChoiceField(choices=Light.choices, required=False, widget=forms.HiddenInput)
    division = forms.ModelChoiceField(Division.objects.none(), label=gettext_lazy("Division"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    q = forms.CharField(label=gettext_lazy("Find"), required=False, max_length=100)

    def __init__(self, data: Any, cycle: Cycle) -> None:
        super().__init__(data, label_suffix="")
        every = _("all")
        self.fields["state"].choices = [("", every), *State.choices]  # type: ignore[attr-defined]
        division: Any = self.fields["division"]
        division.queryset, division.empty_label = Division.objects.filter(office=cycle.office_id), every
        self.fields["q"].widget.attrs = {"type": "search", "placeholder": _("number, title or indicator")}

    def chosen(self) -> dict[str, Any]:
        """The valid values, without the empty ones."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
