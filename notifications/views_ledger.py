"""The ledger of messages: what was told to whom, when and how; and the cockpit above it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from notifications import alarm, alarm_words, message_acts
from notifications.cockpit import cockpit
from notifications.ledger_filters import STATES, LedgerFilter
from notifications.messages import (
    MOST_EXPORTED,
    MessageLine,
    lines_of,
    message_of,
    newest_of_each,
    page_of,
    reason,
    rows_that_fit,
)
from notifications.models import Notification
from notifications.proof import proof
from notifications.proof_table import workbook
from workflow.forms import ServiceForm
from workflow.models import Office, User
from workflow.permissions import allows
from workflow.refusals import Invalid
from workflow.second_click import harmless_twice
from workflow.spreadsheets import workbook_response
from workflow.visiting import admitted

EXPORTED_AT_ONCE = 500
State = Notification.State


class MuteForm(ServiceForm):
    reason = forms.CharField(label=gettext_lazy("Why it is not to be sent"), required=False, max_length=300)


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """The messages that fit the filters, under the cockpit."""
    office, user = admitted(request, "workflow.read_audit")
    form = LedgerFilter(request.GET, office)
    chosen = form.chosen()
    page = page_of(office, chosen, request.GET.get("page"))
    facts = {
        "form": form,
        "chosen": chosen,
        "page": page,
        "lines": lines_of(office, page.object_list),
        "may_act": allows(user, "workflow.manage_settings", office),
        "month": office.day(timezone.now()).strftime("%Y-%m"),
        **_cockpit(office),
    }
    return render(request, "notifications/ledger.html", facts)


def _cockpit(office: Office) -> dict[str, Any]:
    alarms = [(one, alarm_words.headline(one), alarm_words.todo(one)) for one in alarm.standing_in(office)]
    return {"cockpit": cockpit(office), "alarms": alarms}


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """What the filters show, as a workbook."""
    office, _user = admitted(request, "workflow.read_audit")
    chosen = LedgerFilter(request.GET, office).chosen()
    header = [
        _("When it arose"), _("To be sent from"), _("Sent at"), pgettext("person", "To"), _("Channel"),
        _("About"), _("State"), _("Number of attempts"), _("Answer of the other side"), _("Reason"),
        _("What to do"),
    ]  # fmt: skip
    found = newest_of_each(rows_that_fit(office, chosen)).values_list("batch", "pk")[:MOST_EXPORTED]
    rows = _rows(office, list(found))
    return workbook_response(f"{office.code}-messages.xlsx", _("Ledger of messages"), header, rows)


def _rows(office: Office, found: list[tuple[str, int]]) -> Iterator[list[Any]]:
    for start in range(0, len(found), EXPORTED_AT_ONCE):
        for line in lines_of(office, found[start : start + EXPORTED_AT_ONCE]):
            yield _cells(office, line)


def _cells(office: Office, line: MessageLine) -> list[Any]:
    about = [f"{row.node.number} {row.node.title}：{words}" for row, words in line.about]
    if line.more:
        about.append(_("and %(n)d more") % {"n": line.more})
    why, todo = line.trouble or ("", "")
    said = f"{line.last.vendor_code} {line.last.vendor_message}".strip() if line.last else ""
    moments = [
        moment and moment.astimezone(office.zone).replace(tzinfo=None)
        for moment in (line.happened_at, line.due_at, line.sent_at)
    ]
    standing = [line.state_words, line.attempts, said, why, todo]
    return [*moments, line.to, line.channel_words, "\n".join(about), *standing]


@require_safe
def message(request: HttpRequest, row_id: int) -> HttpResponse:
    """One message: its rows, every attempt, what was sent."""
    return _message(request, row_id, MuteForm())


def _message(request: HttpRequest, row_id: int, form: MuteForm) -> HttpResponse:
    office, user = admitted(request, "workflow.read_audit")
    whole = message_of(office, row_id)
    facts = {
        "whole": whole,
        "line": whole.line,
        "rows": [(row, reason(row), STATES[State(row.state)]) for row in whole.rows],
        "may_act": allows(user, "workflow.manage_settings", office),
        "may_retry": whole.line.state == State.DEAD,
        "may_mute": whole.line.state in message_acts.TO_MUTE,
        "form": form,
    }
    return render(request, "notifications/message.html", facts, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def retry(request: HttpRequest, row_id: int) -> HttpResponse:
    def act(office: Office, user: User) -> Any:
        return message_acts.retry(actor=user, office=office, row_id=row_id)

    return _once(request, row_id, "message.retried", act, _("The message is sent once more."))


@require_http_methods(["GET", "HEAD", "POST"])
def mute(request: HttpRequest, row_id: int) -> HttpResponse:
    form = MuteForm(request.POST if request.method == "POST" else None)
    why = form.cleaned_data["reason"] if form.is_valid() else ""

    def act(office: Office, user: User) -> Any:
        return message_acts.mute(actor=user, office=office, row_id=row_id, reason=why)

    try:
        return _once(request, row_id, "message.muted", act, _("The message is muted; it is not sent."))
    except Invalid as refusal:
        form.add_refusal(refusal)
        return _message(request, row_id, form)


@require_http_methods(["GET", "HEAD", "POST"])
def unmute(request: HttpRequest, row_id: int) -> HttpResponse:
    def act(office: Office, user: User) -> Any:
        return message_acts.unmute(actor=user, office=office, row_id=row_id)

    return _once(request, row_id, "message.unmuted", act, _("The message is muted no longer."))


def _once(
    request: HttpRequest, row_id: int, action: str, act: Callable[[Office, User], Any], done: str
) -> HttpResponse:
    """Act on the message and show it; a second click of the same person finds it done."""
    office, user = admitted(request, "workflow.read_audit")
    if request.method == "POST":
        batch = message_of(office, row_id).line.batch
        with harmless_twice(user, office, action, batch=batch):
            act(office, user)
        messages.success(request, done)
    return redirect("settings-message", row_id)


@require_http_methods(["GET", "HEAD", "POST"])
def retry_all(request: HttpRequest) -> HttpResponse:
    """Send again all that was given up and fits the filters."""
    office, user = admitted(request, "workflow.read_audit")
    chosen = LedgerFilter(request.POST if request.method == "POST" else request.GET, office).chosen()
    if request.method == "POST":
        count = message_acts.retry_all(actor=user, office=office, chosen=chosen)
        if count:
            words = ngettext("%(n)d notice is sent once more.", "%(n)d notices are sent once more.", count)
            messages.success(request, words % {"n": count})
        else:
            messages.info(request, _("Nothing that fits was given up."))
    kept = {name: getattr(value, "pk", value) for name, value in chosen.items() if name != "state"}
    return redirect(f"{reverse('settings-messages')}{'?' if kept else ''}{urlencode(kept)}")


@require_safe
def proof_file(request: HttpRequest) -> HttpResponse:
    """The proof of a month as a workbook."""
    office, _user = admitted(request, "workflow.read_audit")
    first = _month(request.GET.get("month", "")) or office.day(timezone.now()).replace(day=1)
    return workbook(proof(office, first))


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
