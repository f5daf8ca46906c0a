"""The forms of decisions: they parse what was typed; the services say what is wrong with it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.models import Decision, DeferralRequest
from approvals.services import DeferralDraft, PaperSignature
from nodes.forms import DayField, FilesField, ServiceForm, long_text, uploads


class ReviewForm(ServiceForm):
    opinion = forms.CharField(
        label=_("Opinion"), required=False, widget=long_text(), help_text=_("Needed when you return it.")
    )


class SignOffForm(ServiceForm):
    sign_off_id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    outcome = forms.ChoiceField(choices=Decision.Outcome.choices, required=False, widget=forms.HiddenInput)
    opinion = forms.CharField(
        label=_("Opinion"),
        required=False,
        widget=long_text(3),
        help_text=_("Needed when you return or reject it."),
    )

    def clean_outcome(self) -> str:
        return self.cleaned_data["outcome"] or ""


class RecordForm(ServiceForm):
    sign_off_id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=Decision.Outcome.choices,
        required=False,
        widget=forms.RadioSelect,
        initial=Decision.Outcome.APPROVE,
    )
    leader_name = forms.CharField(label=_("Leader's name"), required=False, max_length=100)
    document_number = forms.CharField(label=_("Document number"), required=False, max_length=100)
    signed_on = DayField(label=_("Signed on"))
    scans = FilesField(label=_("Scan of the signed document"), help_text=_("PDF or pictures."))
    opinion = forms.CharField(
        label=_("Opinion on the document"), required=False, widget=long_text(3), help_text=_("Word for word.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="paper", **kwargs)

    def paper(self) -> PaperSignature:
        given = self.cleaned_data
        return PaperSignature(
            given["leader_name"], given["document_number"], given["signed_on"], uploads(given["scans"])
        )


class DeferralForm(ServiceForm):
    new_due = DayField(label=_("Proposed date"), help_text=_("Leave it empty where no day can be named yet."))
    category = forms.ChoiceField(
        label=_("Category of the reason"),
        choices=DeferralRequest.Category.choices,
        required=False,
        initial=DeferralRequest.Category.OTHER,
    )
    justification = forms.CharField(
        label=_("Justification"),
        required=False,
        widget=long_text(6),
        help_text=_("Why it cannot be done in time. The leader reads it, and so does the annual summary."),
    )
    progress = forms.CharField(label=_("Progress so far"), required=False, widget=long_text(3))
    files = FilesField(label=_("Supporting files"), help_text=_("The written request, notices and the like."))  # type: ignore[assignment]

    def draft(self) -> DeferralDraft:
        given = self.cleaned_data
        return DeferralDraft(
            given["justification"],
            given["new_due"],
            given["category"],
            given["progress"],
            uploads(given["files"]),
        )
