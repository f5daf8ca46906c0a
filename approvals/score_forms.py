"""The forms of the scores: entries, publishing, appeals and what if."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.models import ScoreAppeal, ScoreEntry
from approvals.scores.scheme import Scheme
from approvals.scores.simulating import MOST_DAYS, Supposed, What
from approvals.scores.year import YearScores
from approvals.services.appealing import AppealDraft, Ruling
from approvals.services.score_entries import EntryDraft
from nodes.forms import FilesField, uploads
from workflow.forms import ServiceForm, long_text
from workflow.models import Division
from workflow.visiting import whole_number

ROWS, MOST_ROWS = 3, 12
WHATS = {
    What.LATE: _("is late by"),
    What.ON_TIME: _("is done on time"),
    What.UNDONE: _("is not done"),
    What.CARRIED_OVER: _("is deferred beyond the year"),
}


class EntryForm(ServiceForm):
    kind = forms.ChoiceField(
        label=_("Kind"), choices=ScoreEntry.Kind.choices, required=False, initial=ScoreEntry.Kind.BONUS
    )
    matter = forms.CharField(label=_("Matter"), required=False, max_length=200)
    division_id = forms.TypedChoiceField(
        label=_("Division"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("Leave it empty for the office as a whole."),
    )
    node_number = forms.IntegerField(
        label=_("Node number"),
        required=False,
        min_value=1,
        help_text=_("Needed where you record how much is done; else only where it is about one node."),
    )
    level = forms.CharField(
        label=_("Level or kind"),
        required=False,
        max_length=40,
        help_text=_("One that the scheme names: a level of bonus, or a kind of deduction."),
    )
    points = forms.DecimalField(
        label=_("Points given"),
        required=False,
        max_digits=8,
        decimal_places=2,
        help_text=_("For “how much is done” the percentage, 100 for all of it."),
    )
    matter_key = forms.CharField(
        label=_("Key of the matter"),
        required=False,
        max_length=100,
        help_text=_("Entries with the same key are one matter: it counts once, at its highest level."),
    )
    basis = forms.CharField(label=_("Number of the document"), required=False, max_length=100)
    files = FilesField(label=_("Documents"), help_text=_("The certificate, the circular and the like."))  # type: ignore[assignment]

    def __init__(self, *args: Any, divisions: list[Division], scheme: Scheme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.pk, one.name) for one in divisions]
        self.fields["division_id"].choices = [("", gettext("the office as a whole")), *named]  # type: ignore[attr-defined]
        levels = [(one.name, one.points) for one in (*scheme.bonus_levels, *scheme.deductions)]
        self.levels = levels
        self.fields["level"].widget.attrs["list"] = "score-levels"

    def draft(self) -> EntryDraft:
        given = self.cleaned_data
        return EntryDraft(
            kind=given["kind"],
            matter=given["matter"],
            points=given["points"],
            division_id=given["division_id"],
            node_number=given["node_number"],
            level=given["level"],
            matter_key=given["matter_key"],
            basis=given["basis"],
            files=uploads(given["files"]),
        )


class CorrectionForm(EntryForm):
    why = forms.CharField(label=_("Reason of the correction"), required=False, widget=long_text(2))
    void = forms.BooleanField(label=_("Take the entry back: nothing of it counts"), required=False)


class RestoreForm(ServiceForm):
    """Bringing an old version of the scheme back; `seen` is the newest one when the page was opened."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    why = forms.CharField(label=_("Reason of the change"), required=False, widget=long_text(2))


class PublishForm(ServiceForm):
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    why = forms.CharField(label=_("Reason for publishing anew"), required=False, widget=long_text(2))


class AppealForm(ServiceForm):
    reason = forms.CharField(
        label=_("Reason of the appeal"),
        required=False,
        widget=long_text(5),
        help_text=_("What should be looked at again, and what shows it."),
    )
    files = FilesField(label=_("Supporting files"), help_text=_("Optional."))  # type: ignore[assignment]

    def draft(self, division_id: int, node_number: int | None, line: int) -> AppealDraft:
        given = self.cleaned_data
        return AppealDraft(division_id, line, given["reason"], node_number, uploads(given["files"]))


class ViewForm(ServiceForm):
    view = forms.CharField(
        label=_("View of the performance office"),
        required=False,
        widget=long_text(4),
        help_text=_("Whoever decides reads it, and so does the division."),
    )


class RulingForm(ServiceForm):
    outcome = forms.ChoiceField(
        choices=[(ScoreAppeal.Status.UPHELD, ""), (ScoreAppeal.Status.REJECTED, "")],
        required=False,
        widget=forms.HiddenInput,
    )
    adjustment = forms.DecimalField(
        label=_("Adjustment"),
        required=False,
        max_digits=8,
        decimal_places=2,
        help_text=_("Points added where you uphold it; with a minus they are taken."),
    )
    opinion = forms.CharField(label=_("Reason of the decision"), required=False, widget=long_text(3))

    def clean_outcome(self) -> str:
        return self.cleaned_data["outcome"] or ""

    def ruling(self) -> Ruling:
        given = self.cleaned_data
        return Ruling(given["outcome"], given["opinion"], given["adjustment"])


class SuppositionRow:
    """One row of the simulator as it stands in the address, and what is wrong with it."""

    def __init__(self, place: int, node: str = "", what: str = "", days: str = "") -> None:
        self.place, self.node, self.days = place, node.strip(), days.strip()
        self.what = what if what in list(What) else What.LATE
        self.error = ""

    def supposed(self, scores: YearScores) -> Supposed | None:
        """What is supposed; None for an empty row, or one with an `error`."""
        if not self.node:
            return None
        number, days = whole_number(self.node), whole_number(self.days or "0")
        if number is None or scores.node(number) is None:
            self.error = gettext("The year has no node of this number.")
        elif self.what == What.LATE and not (days and days <= MOST_DAYS):
            self.error = gettext("By how many days? From 1 to %(most)d.") % {"most": MOST_DAYS}
        else:
            return Supposed(number, What(self.what), days or 0)
        return None


def supposition_rows(data: Any) -> list[SuppositionRow]:
    """The rows of an address, the empty ones at their end."""
    columns = (data.getlist("node"), data.getlist("what"), data.getlist("days"))
    rows: list[SuppositionRow] = []
    for place, node in enumerate(columns[0][:MOST_ROWS]):
        what, days = (column[place] if place < len(column) else "" for column in columns[1:])
        if node.strip():
            rows.append(SuppositionRow(len(rows), node, what, days))
    wanted = min(max(ROWS, len(rows) + 1), MOST_ROWS)
    return [*rows, *(SuppositionRow(place) for place in range(len(rows), wanted))]
