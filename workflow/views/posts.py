"""The posts of the office, and who holds them over time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workflow import services
from workflow.forms import DayField, ServiceForm
from workflow.models import Appointment, Office, Post, PostKind, User
from workflow.permissions import allows, require
from workflow.refusals import Conflict, Invalid, NotFound, WrongState
from workflow.services.appointing import tenures_of
from workflow.visiting import admitted, own_office, sent, visitor

# Posts that several people hold side by side; the others pass from one to the next.
SHARED = (PostKind.HANDLER, PostKind.PERFORMANCE_OFFICE, PostKind.AUDITOR, PostKind.ADMINISTRATOR)


class PersonField(forms.ModelChoiceField):
    """Somebody of the office, by name and log-in name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(User.objects.none(), required=False, empty_label=gettext_lazy("choose"), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} · {obj.username}"

    def of(self, office: Office) -> None:
        self.queryset = office.users.filter(is_active=True).order_by("id")


class AppointForm(ServiceForm):
    to = PersonField(label=gettext_lazy("Person"))
    starts = DayField(label=gettext_lazy("From"), help_text=gettext_lazy("Today where it is left empty."))
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    beside = forms.BooleanField(label=gettext_lazy("Beside those who hold it already"), required=False)

    def __init__(self, *args: Any, post: Post, **kwargs: Any) -> None:
        today = post.office.day(timezone.now())
        self.seen_now = " ".join(map(str, [0, *tenures_of(post, today)]))  # never empty: nobody is seen too
        first = {"beside": post.kind in SHARED, "seen": self.seen_now}
        super().__init__(*args, initial=first, **kwargs)
        self.fields["to"].of(post.office)  # type: ignore[attr-defined]

    def clean_seen(self) -> list[int] | None:
        """The tenures that the page showed, None where it did not say."""
        seen = self.cleaned_data["seen"].split()
        if not seen:
            return None
        ids = [int(pk) for pk in seen if pk.isascii() and pk.isdecimal() and len(pk) < 19]
        return [pk for pk in ids if pk]

    def look_again(self, refusal: Conflict) -> None:
        """Say what changed meanwhile; sent once more, it is meant for what the page shows now."""
        self.data = {**self.data, "seen": self.seen_now}
        self.add_error(None, str(refusal))

    def clean_to(self) -> User:
        to = self.cleaned_data["to"]
        if to is None:
            raise forms.ValidationError(_("Choose a person."))
        return to


class RelieveForm(ServiceForm):
    last_day = DayField(label=gettext_lazy("Last day"))


def _posts(office: Office) -> list[Post]:
    """The office's posts with everybody who holds them now or will."""
    day = office.day(timezone.now())
    tenures = Appointment.objects.overlapping(day, None).select_related("user").order_by("starts", "id")
    found = office.posts.select_related("division").order_by("position", "id")
    return list(found.prefetch_related(Prefetch("appointments", tenures, to_attr="tenures")))


def _found(request: HttpRequest, post_id: int) -> Post:
    found = own_office(request).posts.select_related("office", "division").filter(pk=post_id).first()
    if found is None:
        raise NotFound(_("There is no such post in your office."))
    return found


@require_safe
def posts(request: HttpRequest) -> HttpResponse:
    office, user = admitted(request, "workflow.see_settings")
    found = _posts(office)
    facts = {
        "groups": [
            (_("Leaders"), [one for one in found if not one.division_id and one.kind not in SHARED]),
            (
                _("Offices that serve all"),
                [one for one in found if not one.division_id and one.kind in SHARED],
            ),
            (_("Divisions"), [one for one in found if one.division_id]),
        ],
        "today": office.day(timezone.now()),
        "may_write": allows(user, "workflow.manage_people", office),
    }
    return render(request, "workflow/posts.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
def post(request: HttpRequest, post_id: int) -> HttpResponse:
    """One post: its holders over time, and the appointment of the next."""
    actor, found = visitor(request), _found(request, post_id)
    require(actor, "workflow.manage_people", found)
    form = AppointForm(sent(request), post=found)
    if request.method == "POST" and form.is_valid():
        try:
            return _appoint(request, found, form)
        except Invalid as refusal:
            form.add_refusal(refusal)
    return _page(request, found, form)


def _appoint(request: HttpRequest, found: Post, form: AppointForm) -> HttpResponse:
    given = form.cleaned_data
    try:
        services.appoint(actor=visitor(request), post=found, **given)
    except Conflict as refusal:
        form.look_again(refusal)
        return _page(request, found, form)
    except WrongState as refusal:  # a second click finds it done
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("%(person)s holds the post.") % {"person": given["to"]})
    return redirect("settings-post", post_id=found.pk)


def _page(request: HttpRequest, found: Post, form: AppointForm) -> HttpResponse:
    tenures = found.appointments.select_related("user").order_by("-id")
    facts = {
        "post": found,
        "form": form,
        "tenures": tenures,
        "today": found.office.day(timezone.now()),
        "delegations": found.delegations.select_related("from_user", "to_user").order_by("-id")[:20],
    }
    return render(request, "workflow/post.html", facts, status=422 if form.errors else 200)


@require_POST
def relieve(request: HttpRequest, post_id: int, appointment_id: int) -> HttpResponse:
    """End a tenure with the day in the form, or as of today."""
    actor, found = visitor(request), _found(request, post_id)
    require(actor, "workflow.manage_people", found)
    tenure = found.appointments.filter(pk=appointment_id).first()
    form = RelieveForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("This is not a day."))
    if tenure is None:  # ended before it began, by an earlier click
        messages.info(request, _("This tenure is over already."))
        return redirect("settings-post", post_id=found.pk)
    try:
        services.relieve(actor=actor, appointment=tenure, last_day=form.cleaned_data["last_day"])
        messages.success(request, _("The tenure ends."))
    except WrongState as refusal:
        messages.info(request, str(refusal))
    return redirect("settings-post", post_id=found.pk)
