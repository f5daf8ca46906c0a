"""The forms on a node: they parse what was typed; the services say what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nodes.kinds import FACTS, LONGEST_FACT, Fact, Kind
from nodes.services import EvidenceDraft
from workflow.files import Upload
from workflow.forms import DayField, ServiceForm, long_text


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


class ChosenUploads(forms.Field):
    """The files that came before the form, by their ids."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[UUID]:
        try:
            return [UUID(one) for one in value or []]
        except ValueError as error:
            raise forms.ValidationError(_("A file is not here any more: attach it again.")) from error


class EvidenceForm(ServiceForm):
    """What shows a node to be done: facts as its kind of work asks for them, a statement, a day and files."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of work"), required=False, choices=Kind.choices)
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
    uploads = ChosenUploads(required=False)
    acknowledged = forms.BooleanField(
        label=gettext_lazy("I have read this and submit it as it is"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen_kind = self._kind()
        for fact in FACTS[self.chosen_kind]:
            self.fields[f"fact_{fact.name}"] = self._fact_field(fact)

    def _kind(self) -> str:
        chosen = self.data.get("kind", "") if self.is_bound else self.initial.get("kind", "")
        return chosen if chosen in Kind.values else Kind.OTHER

    def _fact_field(self, fact: Fact) -> forms.Field:
        if fact.day:
            return DayField(label=fact.label)
        widget = forms.TextInput(attrs={"maxlength": LONGEST_FACT})
        return forms.CharField(label=fact.label, required=False, widget=widget)

    def facts(self) -> list[forms.BoundField]:
        """The fields of the facts, in their order."""
        return [self[f"fact_{fact.name}"] for fact in FACTS[self.chosen_kind]]

    def details(self) -> dict[str, str]:
        """The facts that were given and could be read, by name."""
        self.is_valid()
        given = {fact.name: self.cleaned_data.get(f"fact_{fact.name}") for fact in FACTS[self.chosen_kind]}
        return {name: str(value) for name, value in given.items() if value}

    def draft(self) -> EvidenceDraft:
        given = self.cleaned_data
        return EvidenceDraft(
            statement=given["statement"],
            completed_on=given["completed_on"],
            files=uploads(given["files"]),
            uploads=given["uploads"],
            kind=self.chosen_kind,
            details=self.details(),
        )


class ResumeForm(ServiceForm):
    new_due = DayField(label=gettext_lazy("New deadline"))


class CommentForm(ServiceForm):
    comment = forms.CharField(
        label=gettext_lazy("Comment"),
        required=False,
        widget=long_text(3),
        help_text=gettext_lazy(
            "Call colleagues with @ and their name: they are told. A comment stays on record."
        ),
    )


class ReopenForm(ServiceForm):
    opinion = forms.CharField(label=gettext_lazy("Reason"), required=False, widget=long_text())
