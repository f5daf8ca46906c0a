"""A person's own page, and how they want to see the site."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from config.accounts import second_factor
from config.accounts.choices import THEME_COOKIE, keep
from notifications.channel_forms import AddressForm
from notifications.models import Preference
from notifications.preferences import address_of, prefer, preference_of, set_addresses
from workflow import people
from workflow.forms import ClockField, ServiceForm
from workflow.models import User
from workflow.refusals import Invalid
from workflow.services import profile as services

# The boxes that a person ticks or not.
WANTED = ("email_reminders", "email_news", "messenger_reminders", "messenger_news")


class EmailForm(ServiceForm):
    email = forms.CharField(
        label=gettext_lazy("E-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("Reminders go there, and the link when you forget your password."),
    )


class QuietForm(ServiceForm):
    """The hours in which nothing is to come."""

    quiet_from = ClockField(label=gettext_lazy("Quiet from"))
    quiet_until = ClockField(label=gettext_lazy("Quiet until"))


@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    return _page(request, _email_form(request))


def _email_form(request: HttpRequest) -> EmailForm:
    return EmailForm(initial={"email": request.user.email})  # type: ignore[union-attr]


def _page(
    request: HttpRequest,
    form: EmailForm,
    *,
    quiet: QuietForm | None = None,
    address: AddressForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user: Any = request.user
    preference = _wanted(request, preference_of(user)) if quiet else preference_of(user)
    facts = {
        "form": form,
        "quiet": quiet or QuietForm(initial=vars(preference)),
        "address_form": address or AddressForm(None, address_of(user)),
        "capacities": people.capacities(user),
        "principals": _principals(user),
        "preference": preference,
        "second_factor": second_factor.has_one(user),
        "second_factor_required": second_factor.must_have_one(user),
        "themes": [("", _("As the device")), *User.Theme.choices],
        "languages": settings.LANGUAGES,
    }
    return render(request, "profile.html", facts, status=status)


def _wanted(request: HttpRequest, preference: Preference) -> Preference:
    """`preference` with the boxes as they were just sent, not kept."""
    for name in WANTED:
        setattr(preference, name, name in request.POST)
    return preference


def _principals(user: User) -> dict[int, User]:
    """Whom the user stands in for, by id."""
    ids = {c.on_behalf_of_id for c in people.capacities(user) if c.on_behalf_of_id}
    return User.objects.in_bulk(ids) if ids else {}


@require_POST
@reauthentication_required
def email(request: HttpRequest) -> HttpResponse:
    """Another address; it opens the account to whoever forgets the password, hence the question before."""
    form = EmailForm(request.POST)
    try:
        changed = form.is_valid() and services.change_email(
            actor=request.user,  # type: ignore[arg-type]
            email=form.cleaned_data["email"],
        )
    except Invalid as refusal:
        form.add_refusal(refusal)
    if form.errors:
        return _page(request, form, status=422)
    messages.success(request, _("The e-mail address is changed.") if changed else _("Nothing has changed."))
    return redirect("profile")


@require_POST
def notices(request: HttpRequest) -> HttpResponse:
    """What goes to the mailbox and the messenger, and when not."""
    form = QuietForm(request.POST)
    if form.is_valid():
        wanted = {name: name in request.POST for name in WANTED}
        try:
            prefer(actor=request.user, **wanted, **form.cleaned_data)  # type: ignore[arg-type]
        except Invalid as refusal:
            form.add_refusal(refusal)
    if form.errors:
        return _page(request, _email_form(request), quiet=form, status=422)
    messages.success(request, _("Your choice is kept."))
    return redirect("profile")


@require_POST
def addresses(request: HttpRequest) -> HttpResponse:
    """Where the messengers reach the person."""
    user: Any = request.user
    form = AddressForm(request.POST, address_of(user))
    try:
        changed = form.is_valid() and set_addresses(actor=user, person=user, given=form.cleaned_data)
    except Invalid as refusal:
        form.add_refusal(refusal)
    if form.errors:
        return _page(request, _email_form(request), address=form, status=422)
    messages.success(request, _("Saved.") if changed else _("Nothing has changed."))
    return redirect("profile")


@require_POST
@login_not_required
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the appearance that was chosen, in the account and on this device."""
    chosen = request.POST.get("theme", "")
    if chosen not in User.Theme.values:
        chosen = ""
    if isinstance(request.user, User):
        services.choose(actor=request.user, theme=chosen)
    return _kept(request, THEME_COOKIE, chosen)


@require_POST
@login_not_required
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language that was chosen, in the account and on this device; mail speaks it too."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        return _back(request)
    if isinstance(request.user, User):
        services.choose(actor=request.user, language=chosen)
    translation.activate(chosen)
    return _kept(request, settings.LANGUAGE_COOKIE_NAME, chosen)


def _kept(request: HttpRequest, cookie: str, chosen: str) -> HttpResponse:
    response = _back(request)
    keep(response, cookie, chosen)
    return response


def _back(request: HttpRequest) -> HttpResponse:
    """To the page on which something was chosen, if it is one of ours."""
    page = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure())
    return HttpResponseRedirect(page if safe and page.startswith("/") else "/")
