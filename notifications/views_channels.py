"""The channels of an office: what there is, setting one up, trying it; and where its people are reached."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from notifications import keeping_channels
from notifications.channel_forms import AddressForm, ChannelForm
from notifications.channel_lines import channel_lines, mail_route, why
from notifications.channels.kinds import KINDS
from notifications.keeping_channels import channel_of, is_used, version_of
from notifications.models import Attempt, Channel, ChannelKind
from notifications.preferences import address_of, set_addresses
from notifications.testing_channels import last_test, send_test
from workflow.models import Office, User
from workflow.permissions import allows, require
from workflow.refusals import Conflict, Invalid, NotFound, WrongState
from workflow.second_click import harmless_twice
from workflow.visiting import admitted, own_office, sent, visitor


@require_safe
def channels(request: HttpRequest) -> HttpResponse:
    office, user = admitted(request, "workflow.see_settings")
    facts = {
        "lines": channel_lines(office),
        "mail": mail_route(),
        "may_change": allows(user, "workflow.manage_settings", office),
    }
    return render(request, "notifications/channels.html", facts)


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Which kind of channel is to be added?"""
    _changing(request)
    kinds = [(kind.kind.value, ChannelKind(kind.kind).label, kind.guide) for kind in KINDS.values()]
    return render(request, "notifications/channel_kinds.html", {"kinds": kinds})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, kind: str) -> HttpResponse:
    office, user = _changing(request)
    if kind not in KINDS:
        raise NotFound(_("There is no such kind of channel."))
    form = ChannelForm(sent(request), office=office, kind=kind)
    if request.method == "POST" and form.is_valid():
        try:
            row = keeping_channels.add_channel(actor=user, office=office, kind=kind, **form.given())
        except Invalid as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("The channel is set up. Send a test message to try it."))
            return redirect("settings-channel-change", row.pk)
    return _page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, channel_id: int) -> HttpResponse:
    office, user = _changing(request)
    row = channel_of(office, channel_id)
    form = ChannelForm(sent(request), office=office, kind=row.kind, channel=row)
    if request.method == "POST" and form.is_valid():
        try:
            return _save(request, office, user, row, form)
        except Invalid as refusal:
            form.add_refusal(refusal)
        except Conflict as refusal:
            form = _look_again(request, office, row, refusal)
    return _page(request, form, row)


def _save(request: HttpRequest, office: Office, user: User, row: Channel, form: ChannelForm) -> HttpResponse:
    seen, forget = form.cleaned_data["seen"], form.forgotten()
    if keeping_channels.change_channel(
        actor=user, office=office, channel_id=row.pk, seen=seen, forget=forget, **form.given()
    ):
        messages.success(request, _("The channel is changed. Send a test message to try it."))
    else:
        messages.info(request, _("Nothing has changed."))
    return redirect("settings-channel-change", row.pk)


def _look_again(request: HttpRequest, office: Office, row: Channel, refusal: Conflict) -> ChannelForm:
    """What was filled in, over what somebody else saved meanwhile; sent once more, it is meant."""
    row.refresh_from_db()
    again = request.POST.copy()
    again["seen"] = version_of(row)
    form = ChannelForm(again, office=office, kind=row.kind, channel=row)
    form.add_error(None, str(refusal))
    return form


def _page(request: HttpRequest, form: ChannelForm, row: Channel | None) -> HttpResponse:
    facts: dict[str, Any] = {
        "form": form,
        "guide": form.kind.guide,
        "kind": ChannelKind(form.kind.kind).label,
        "channel": row,
        "once": uuid.uuid4().hex,
    }
    if row:
        test = last_test(row)
        facts |= {"used": is_used(row), "test": test, "reason": _reason(test)}
    return render(request, "notifications/channel.html", facts, status=422 if form.errors else 200)


def _reason(test: Attempt | None) -> tuple[str, str] | None:
    return why(test) if test and test.result != Attempt.Result.OK else None


@require_http_methods(["GET", "HEAD", "POST"])
def test(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Send one test message; the page of the channel tells what its vendor said."""

    def act(office: Office, user: User) -> None:
        given = request.POST.get("once", "")
        once = given if re.fullmatch("[0-9a-f]{32}", given) else uuid.uuid4().hex
        try:
            send_test(actor=user, office=office, channel_id=channel_id, once=once)
        except WrongState as refusal:
            messages.warning(request, str(refusal))

    return _act(request, channel_id, act, "#test")


@require_http_methods(["GET", "HEAD", "POST"])
def switch(request: HttpRequest, channel_id: int) -> HttpResponse:
    def act(office: Office, user: User) -> None:
        on = request.POST.get("on") == "1"
        keeping_channels.switch_channel(actor=user, office=office, channel_id=channel_id, on=on)
        done = _("The channel is switched on.") if on else _("The channel is switched off.")
        messages.success(request, done)

    return _act(request, channel_id, act)


def _act(
    request: HttpRequest, channel_id: int, act: Callable[[Office, User], None], part: str = ""
) -> HttpResponse:
    """Act on a channel, and show it."""
    office, user = _changing(request)
    row = channel_of(office, channel_id)
    if request.method == "POST":
        act(office, user)
    answer = redirect("settings-channel-change", row.pk)
    answer["Location"] += part
    return answer


@require_POST
def remove(request: HttpRequest, channel_id: int) -> HttpResponse:
    office, user = _changing(request)
    with harmless_twice(user, office, "channel.removed", refusal=NotFound, id=channel_id):
        keeping_channels.remove_channel(actor=user, office=office, channel_id=channel_id)
    messages.success(request, _("The channel is removed."))
    return redirect("settings-channels")


@require_http_methods(["GET", "HEAD", "POST"])
def addresses(request: HttpRequest, user_id: int) -> HttpResponse:
    """Where a person is reached, kept by the administrators."""
    actor = visitor(request)
    person = own_office(request).users.select_related("office").filter(pk=user_id).first()
    if person is None:
        raise NotFound(_("There is no such person in your office."))
    require(actor, "workflow.manage_people", person)
    form = AddressForm(sent(request), address_of(person))
    if request.method == "POST" and form.is_valid():
        try:
            changed = set_addresses(actor=actor, person=person, given=form.cleaned_data)
        except Invalid as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("Saved.") if changed else _("Nothing has changed."))
            return redirect("settings-person-addresses", person.pk)
    facts = {"form": form, "person": person}
    status = 422 if form.errors else 200
    return render(request, "notifications/channel_addresses.html", facts, status=status)


def _changing(request: HttpRequest) -> tuple[Office, User]:
    return admitted(request, "workflow.manage_settings")
