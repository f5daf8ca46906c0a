"""Standing in: a holder lets somebody sign for them while they are away."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from workflow import people, services
from workflow.forms import DayField, ServiceForm
from workflow.models import Delegation, Office, Post, User
from workflow.permissions import allows
from workflow.refusals import Invalid, NotFound, WrongState
from workflow.views.posts import PersonField
from workflow.visiting import own_office, sent, visitor


class DelegationForm(ServiceForm):
    post = forms.ModelChoiceField(
        Post.objects.none(), label=gettext_lazy("Post"), required=False, empty_label=None
    )
    to = PersonField(label=gettext_lazy("Who stands in"))
    starts = DayField(label=gettext_lazy("From"))
    ends = DayField(label=gettext_lazy("To"))

    def __init__(self, *args: Any, office: Office, posts: QuerySet[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = posts  # type: ignore[attr-defined]
        self.fields["to"].of(office)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name, missing in (
            ("post", _("Choose a post.")),
            ("to", _("Choose a person.")),
            ("starts", _("Give the first day.")),
            ("ends", _("Give the last day.")),
        ):
            if name not in self.errors and given.get(name) is None:
                self.add_error(name, missing)
        return given


def _delegable(user: User, office: Office) -> QuerySet[Post]:
    """The posts whose signature `user` may pass on: their own, for an administrator everybody's."""
    found = office.posts.filter(off_system=False).select_related("division").order_by("position", "id")
    if allows(user, "workflow.manage_people", office):
        return found
    own = [one.post.pk for one in people.capacities(user) if one.on_behalf_of_id is None]
    return found.filter(pk__in=own)


def _seen_by(user: User, office: Office) -> QuerySet[Delegation]:
    """Whoever sees the settings sees all; others what they gave and what they were given."""
    found = Delegation.objects.filter(post__office=office).select_related(
        "post__division", "post__office", "from_user", "to_user"
    )
    if allows(user, "workflow.see_settings", office):
        return found
    return found.filter(Q(from_user=user) | Q(to_user=user))


@require_http_methods(["GET", "HEAD", "POST"])
def delegations(request: HttpRequest) -> HttpResponse:
    office, user = own_office(request), visitor(request)
    form = DelegationForm(sent(request), office=office, posts=_delegable(user, office))
    if request.method == "POST" and form.is_valid():
        try:
            return _delegate(request, form.cleaned_data)
        except Invalid as refusal:
            form.add_refusal(refusal)
    return _page(request, office, form)


def _delegate(request: HttpRequest, given: dict[str, Any]) -> HttpResponse:
    same = Delegation.objects.filter(revoked_at=None, post=given["post"], to_user=given["to"])
    if not same.filter(starts=given["starts"], ends=given["ends"]).exists():  # else it is a second click
        services.delegate(actor=visitor(request), **given)
    message = _("From %(starts)s to %(ends)s %(person)s stands in.")
    messages.success(request, message % {**given, "person": given["to"]})
    return redirect("settings-delegations")


def _page(request: HttpRequest, office: Office, form: DelegationForm) -> HttpResponse:
    today, user = office.day(timezone.now()), visitor(request)
    found = list(_seen_by(user, office).order_by("-starts", "-id")[:200])
    delegable = set(form.fields["post"].queryset.values_list("pk", flat=True))  # type: ignore[attr-defined]
    facts = {
        "form": form,
        "delegable": bool(delegable),
        "in_force": [one for one in found if not _is_over(one, today)],
        "over": [one for one in found if _is_over(one, today)],
        "revocable": delegable,
        "today": today,
    }
    return render(request, "workflow/delegations.html", facts, status=422 if form.errors else 200)


def _is_over(delegation: Delegation, today: date) -> bool:
    return delegation.revoked_at is not None or delegation.ends < today


@require_POST
def revoke(request: HttpRequest, delegation_id: int) -> HttpResponse:
    user, office = visitor(request), own_office(request)
    found = _seen_by(user, office).filter(pk=delegation_id).first()
    if found is None:
        raise NotFound(_("There is no such delegation."))
    try:
        services.revoke_delegation(actor=user, delegation=found)
        messages.success(request, _("%(person)s no longer stands in.") % {"person": found.to_user})
    except WrongState as refusal:
        messages.info(request, str(refusal))
    return redirect("settings-delegations")
