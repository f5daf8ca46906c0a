"""Forms about summaries that were handed in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from approvals.province.table import OfficeLight, SummaryStage
from workflow.forms import FilterForm, ServiceForm, long_text


class OfficesFilter(FilterForm):
    """What the table of offices is narrowed to."""

    light = forms.ChoiceField(
        label=pgettext_lazy("office", "Light"), choices=[("", _("all")), *OfficeLight.choices], required=False
    )
    summary = forms.ChoiceField(
        label=_("Annual summary"), choices=[("", _("all")), *SummaryStage.choices], required=False
    )
    q = forms.CharField(label=pgettext_lazy("filter", "Office"), required=False, max_length=100)


class DecideFilingForm(ServiceForm):
    opinion = forms.CharField(
        label=_("Opinion"), required=False, widget=long_text(3), help_text=_("Needed when you return it.")
    )


class FilingCommentForm(ServiceForm):
    comment = forms.CharField(label=pgettext_lazy("filing", "Comment"), required=False, widget=long_text(2))
