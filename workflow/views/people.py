"""The people of the office: who they are, who joins and who leaves."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workflow import services
from workflow.forms import ServiceForm
from workflow.models import Appointment, Office, User
from workflow.permissions import allows, require
from workflow.refusals import Invalid, NotFound
from workflow.second_click import harmless_twice
from workflow.visiting import admitted, own_office, sent, visitor

PAGE = 50
SHOWN_ONCE = "new_password"  # in the session, from the act to the next page


class PersonForm(ServiceForm):
    name = forms.CharField(label=gettext_lazy("Name"), required=False)
    email = forms.CharField(label=gettext_lazy("E-mail"), required=False)


class NewPersonForm(PersonForm):
    username = forms.CharField(
        label=gettext_lazy("Log-in name"),
        required=False,
        help_text=gettext_lazy("Letters, digits and . + - _; it cannot be changed later."),
    )
    field_order = ["username", "name", "email"]


def _people(office: Office) -> QuerySet[User]:
    """The office's people with the posts they hold today."""
    now = Appointment.objects.in_force(office.day(timezone.now())).select_related("post__division")
    return office.users.prefetch_related(Prefetch("appointments", now, to_attr="holding")).order_by("id")


def _found(request: HttpRequest, user_id: int) -> User:
    person = own_office(request).users.select_related("office").filter(pk=user_id).first()
    if person is None:
        raise NotFound(_("There is no such person in your office."))
    return person


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    office, user = admitted(request, "workflow.see_settings")
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    left = request.GET.get("left") == "1"
    found = _people(office).filter(is_active=not left)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(username__icontains=text) | Q(email__icontains=text))
    facts = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "q": text,
        "left": left,
        "may_write": allows(user, "workflow.manage_people", office),
    }
    return render(request, "workflow/people.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
def new_person(request: HttpRequest) -> HttpResponse:
    office, actor = admitted(request, "workflow.manage_people")
    form = NewPersonForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            person = services.add_person(actor=actor, office=office, **form.cleaned_data)
            messages.success(request, _("%(person)s belongs to the office now.") % {"person": person})
            return redirect("settings-person", user_id=person.pk)
        except Invalid as refusal:
            form.add_refusal(refusal)
    return render(request, "workflow/person_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    actor, found = visitor(request), _found(request, user_id)
    require(actor, "workflow.manage_people", found)
    first = {"name": found.name, "email": found.email}
    form = PersonForm(sent(request), initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_person(actor=actor, person=found, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("settings-person", user_id=found.pk)
        except Invalid as refusal:
            form.add_refusal(refusal)
    facts = {
        "person": found,
        "form": form,
        "tenures": found.appointments.select_related("post__division").order_by("-id"),
        "today": found.office.day(timezone.now()),  # type: ignore[union-attr]
        "password": request.session.pop(SHOWN_ONCE, "") if request.method == "GET" else "",
    }
    return render(request, "workflow/person.html", facts, status=422 if form.errors else 200)


@require_POST
def leave(request: HttpRequest, user_id: int) -> HttpResponse:
    found, actor = _found(request, user_id), visitor(request)
    with harmless_twice(actor, found, "person.left"):
        services.deactivate(actor=actor, person=found)
    messages.success(request, _("The account of %(person)s is closed.") % {"person": found})
    return redirect("settings-person", user_id=user_id)


@require_POST
def come_back(request: HttpRequest, user_id: int) -> HttpResponse:
    found, actor = _found(request, user_id), visitor(request)
    with harmless_twice(actor, found, "person.returned"):
        services.reactivate(actor=actor, person=found)
    messages.success(request, _("The account of %(person)s is open again.") % {"person": found})
    return redirect("settings-person", user_id=user_id)


@require_POST
def password(request: HttpRequest, user_id: int) -> HttpResponse:
    """Set a new password, which the next page shows once."""
    found = _found(request, user_id)
    request.session[SHOWN_ONCE] = services.new_password(actor=visitor(request), person=found)
    return redirect("settings-person", user_id=user_id)
