"""The forms of decisions: they parse what was typed; the services say what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.models import Decision, DeferralRequest
from approvals.services import DeferralDraft, PaperSignature
from approvals.words import STATUS
from nodes.forms import FilesField, uploads
from nodes.selectors import cycles
from workflow.forms import DayField, FilterForm, ServiceForm, long_text
from workflow.models import Division, User


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


class ChangeRouteForm(ServiceForm):
    """One more signer (加签), or another in one's own place (转签)."""

    BESIDE, AFTER, INSTEAD = "beside", "after", "instead"

    sign_off_id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    how = forms.ChoiceField(
        label=_("Their sign-off"),
        choices=[
            (BESIDE, _("beside mine: both of us sign")),
            (AFTER, _("after mine: they sign next")),
            (INSTEAD, _("instead of mine: I pass it on")),
        ],
        widget=forms.RadioSelect,
        initial=BESIDE,
        required=False,
    )
    # Only the service says which post may be asked: on a stale page it refuses in better words.
    post = forms.IntegerField(label=_("Post"), widget=forms.Select, required=False)
    reason = forms.CharField(label=_("Reason"), required=False, widget=long_text(2))

    def __init__(self, *args: Any, posts: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, prefix="route", **kwargs)
        self.fields["post"].widget.choices = [("", _("choose a post")), *posts]  # type: ignore[attr-defined]

    def clean_how(self) -> str:
        return self.cleaned_data["how"] or self.BESIDE


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


class DeferralFilter(FilterForm):
    """What the list of requests is narrowed to."""

    status = forms.ChoiceField(choices=STATUS.items(), required=False, widget=forms.HiddenInput)
    waiting = forms.ChoiceField(choices=[("me", "")], required=False, widget=forms.HiddenInput)
    division = forms.ModelChoiceField(Division.objects.none(), label=_("Division"), required=False)
    year = forms.TypedChoiceField(label=_("Year"), coerce=int, empty_value=None, required=False)

    def __init__(self, data: Any, user: User) -> None:
        super().__init__(data)
        every = gettext("all")
        division: Any = self.fields["division"]
        division.queryset, division.empty_label = Division.objects.filter(office=user.office_id), every
        years = [(cycle.year, str(cycle.year)) for cycle in cycles(user)]
        self.fields["year"].choices = [("", every), *years]  # type: ignore[attr-defined]
