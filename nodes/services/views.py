"""Saved views: a person's own bookmarks in the catalogue, and nobody else's business, so not in the trail."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from nodes.models import SavedView
from workflow.models import User
from workflow.refusals import Invalid, NotFound

MOST = 20
LONGEST_NAME, LONGEST_QUERY = 40, 500  # as the model has it


@transaction.atomic
def save_view(*, actor: User, name: str, query: str) -> SavedView:
    """Keep the filter `query` of the catalogue under `name`; saying the same twice keeps one.

    Raises Invalid without a name or a filter, for a name that is taken by another filter, and beyond
    `MOST` views.
    """
    # One after the other, or two clicks at once pass the same count.
    User.objects.select_for_update(no_key=True, of=("self",)).get(pk=actor.pk)
    mine = {view.name: view for view in actor.saved_views.all()}
    name = " ".join(name.split())
    if name in mine and mine[name].query == query:
        return mine[name]
    if error := _error(name, query, mine):
        raise Invalid({"name": [error]})
    return SavedView.objects.create(user=actor, name=name, query=query)


def _error(name: str, query: str, mine: dict[str, SavedView]) -> str:
    if not name:
        return _("Give the view a name.")
    if len(name) > LONGEST_NAME:
        return _("The name has more than %(most)d characters.") % {"most": LONGEST_NAME}
    if not query:
        return _("There is no filter to save yet: filter the nodes first.")
    if len(query) > LONGEST_QUERY:
        return _("This filter is too long to be saved: shorten what you look for.")
    if name in mine:
        return _("You have another view of this name already.")
    if len(mine) >= MOST:
        return _("You have %(most)d views already: delete one first.") % {"most": MOST}
    return ""


def delete_view(*, actor: User, view_id: int) -> None:
    """Forget the view; one that is gone already stays gone. Raises NotFound for somebody else's."""
    view = SavedView.objects.filter(pk=view_id).first()
    if view is None:
        return
    if view.user_id != actor.pk:
        raise NotFound(_("There is no such view."))
    view.delete()
