"""The forms around an annual summary: they parse what was typed; the services say what is wrong with it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from approvals.models import SummaryForm
from approvals.services.signing_summaries import Details
from approvals.summary.parts import Item
from workflow.forms import DayField, ServiceForm, long_text
from workflow.models import Office
from workflow.visiting import whole_number

BLOCK = "block-"


class CompileForm(ServiceForm):
    """Up to when the record counts: the end of a day, now without one."""

    cut_off = DayField(
        label=_("Record up to the end of"), help_text=_("Leave it empty to take everything up to now.")
    )

    def moment(self, office: Office) -> datetime | None:
        day = self.cleaned_data.get("cut_off")
        if day is None or day == office.day(timezone.now()):
            return None
        return datetime.combine(day + timedelta(days=1), time(), office.zone) - timedelta(microseconds=1)


class AskForm(ServiceForm):
    base = forms.IntegerField(widget=forms.HiddenInput, required=False)
    number = forms.IntegerField(
        label=_("Number in its year"), required=False, help_text=_("The office's next one is suggested.")
    )
    issued_on = DayField(label=_("Date of issue"))
    form = forms.ChoiceField(
        label=_("Form of document"), choices=SummaryForm.choices, widget=forms.RadioSelect, required=False
    )
    signatory = forms.CharField(
        label=_("Signatory"),
        required=False,
        max_length=100,
        help_text=_("Printed on a report only; whoever signs where it is left empty."),
    )

    def details(self) -> Details:
        given = self.cleaned_data
        form = given["form"] or SummaryForm.LETTER
        return Details(given["number"], given["issued_on"], form, given["signatory"])


class SignSummaryForm(ServiceForm):
    sign_off_id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    opinion = forms.CharField(
        label=_("Opinion"), required=False, widget=long_text(3), help_text=_("Needed when you return it.")
    )


class ReopenSummaryForm(ServiceForm):
    opinion = forms.CharField(label=_("Reason"), required=False, widget=long_text(3))


class CommentForm(ServiceForm):
    comment = forms.CharField(
        label=pgettext_lazy("summary", "Comment"), required=False, widget=long_text(3), max_length=2000
    )


class Written:
    """What came from the editor: texts by block, the assessment's items, and on which version."""

    def __init__(self, sent: QueryDict) -> None:
        self.base = whole_number(sent.get("base", "")) or 0
        self.note = sent.get("note", "")
        self.texts: dict[str, str] = {
            name.removeprefix(BLOCK): str(sent[name]) for name in sent if name.startswith(BLOCK)
        }
        self.items = _items(sent) if "item-name" in sent else None


def _items(sent: QueryDict) -> list[Item]:
    columns: list[Any] = [sent.getlist(f"item-{one}") for one in ("name", "text", "score")]
    return [
        Item(name.strip(), text.strip(), score.strip()) for name, text, score in zip(*columns, strict=False)
    ]
