"""The form in which people say something about a node."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.forms import ServiceForm


class CommentForm(ServiceForm):
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Call colleagues with @ and their name: they are told. A comment stays on record."),
    )
