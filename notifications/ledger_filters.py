"""What the ledger's pages are narrowed to, as it stands in an address, and the rows that fit."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.db.models import BigIntegerField, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from nodes.models import WorkNode
from notifications.models import Channel, ChannelKind, Notification
from workflow.forms import DayField, FilterForm
from workflow.models import Office

State = Notification.State
# The newest nodes that a filter may be about.
MOST_NODES = 20_000
# What the states of a message are called to those who run the sending.
STATES = {
    State.PENDING: pgettext_lazy("message", "waiting"),
    State.SENDING: pgettext_lazy("message", "being sent"),
    State.SENT: pgettext_lazy("message", "sent"),
    State.DEAD: pgettext_lazy("message", "given up"),
    State.LAPSED: pgettext_lazy("message", "overtaken"),
    State.MUTED: pgettext_lazy("message", "muted"),
}
# Rules by what they are about: how their names begin or end.
RULES: dict[str, tuple[Any, tuple[str, ...], tuple[str, ...]]] = {
    "before": (gettext_lazy("before the deadline"), ("before",), ()),
    "due": (gettext_lazy("on the day of the deadline"), ("due_day",), ()),
    "overdue": (gettext_lazy("overdue"), ("overdue",), ()),
    "escalated": (gettext_lazy("overdue, told further up"), ("escalated",), ()),
    "own": (gettext_lazy("the office's own rules"), ("rule:",), ()),
    "review": (gettext_lazy("reviews"), ("evidence_submitted", "review_"), ()),
    "sign_off": (gettext_lazy("sign-offs"), ("sign_off",), ()),
    "result": (gettext_lazy("results of reviews and deferrals"), (
        "evidence_returned", "evidence_approved", "node_reopened", "deferral_",
    ), ()),
    "urged": (gettext_lazy("urged by hand"), ("work_urged",), ("_by_hand",)),
    "talk": (gettext_lazy("comments and watched nodes"), ("mentioned", "commented", "watched_"), ()),
}  # fmt: skip


class LedgerFilter(FilterForm):
    """What the ledger is narrowed to; `channel` is a kind, or the number of a channel of the office."""

    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    rule = forms.ChoiceField(label=gettext_lazy("Reason"), required=False)
    who = forms.ChoiceField(label=gettext_lazy("Person"), required=False)
    division = forms.ChoiceField(label=gettext_lazy("Lead division"), required=False)
    since = DayField(label=gettext_lazy("From"))
    until = DayField(label=gettext_lazy("To"))
    q = forms.CharField(label=gettext_lazy("Find"), required=False, max_length=100)

    def __init__(self, data: Any, office: Office) -> None:
        super().__init__(data)
        every, known = ("", _("all")), _known(office)
        kinds = [(kind.value, kind.label) for kind in (ChannelKind.IN_APP, ChannelKind.EMAIL)]
        rules = [(name, rule[0]) for name, rule in RULES.items()]
        fields: Any = self.fields
        fields["state"].choices = [every, *((state.value, words) for state, words in STATES.items())]
        fields["channel"].choices = [every, *kinds, *known["channel"]]
        fields["rule"].choices = [every, *rules]
        fields["who"].choices = [every, *known["who"]]
        fields["division"].choices = [every, *known["division"]]
        fields["q"].widget.attrs = {"type": "search", "placeholder": _("node's title or number")}


def _known(office: Office) -> dict[str, list[tuple[str, str]]]:
    """The office's people, divisions and channels with their numbers, in one query."""
    name = Coalesce(NullIf("name", Value("")), "username", output_field=TextField())
    users = _named_by(office.users.all(), "who", F("pk"), name)
    divisions = _named_by(office.divisions.all(), "division", F("position"), F("name"))
    channels = _named_by(Channel.objects.filter(office=office), "channel", F("pk"), F("name"))
    found: dict[str, list[tuple[str, str]]] = {"who": [], "division": [], "channel": []}
    for what, _place, pk, called in sorted(users.union(divisions, channels, all=True)):
        found[what].append((str(pk), called))
    return found


def _named_by(rows: QuerySet[Any], what: str, place: Any, called: Any) -> QuerySet[Any]:
    facts = {
        "what": Value(what),
        "place": Cast(place, BigIntegerField()),
        "called": Cast(called, TextField()),
    }
    return rows.order_by().annotate(**facts).values_list("what", "place", "pk", "called")


def rows_that_fit(office: Office, chosen: dict[str, Any]) -> QuerySet[Notification]:
    """The office's rows that fit `chosen`, in no order."""
    return Notification.objects.filter(_matches(office, chosen), office=office).order_by()


def _matches(office: Office, chosen: dict[str, Any]) -> Q:
    matches = Q()
    if state := chosen.get("state"):
        matches &= Q(state=state)
    if channel := chosen.get("channel"):
        matches &= Q(via=int(channel)) if channel.isdecimal() else Q(channel=channel)
    if rule := chosen.get("rule"):
        matches &= _under(rule)
    if who := chosen.get("who"):
        matches &= Q(recipient=int(who))
    if division := chosen.get("division"):
        matches &= Q(node__in=_ids(WorkNode.objects.filter(office=office, lead_division=division)))
    if since := chosen.get("since"):
        matches &= Q(happened_at__gte=datetime.combine(since, time(), office.zone))
    if until := chosen.get("until"):
        matches &= Q(happened_at__lt=datetime.combine(until + timedelta(days=1), time(), office.zone))
    if text := chosen.get("q"):
        matches &= Q(node__in=_ids(_named(office, text)))
    return matches


def _named(office: Office, text: str) -> QuerySet[WorkNode]:
    number = Q(number=int(text)) if text.isascii() and text.isdecimal() and len(text) < 9 else Q()
    return WorkNode.objects.filter(Q(title__icontains=text) | number, office=office)


def _ids(nodes: QuerySet[WorkNode]) -> list[int]:
    """Asked for first: as a part of the question about messages they have misled the planner for minutes."""
    return list(nodes.order_by("-pk").values_list("pk", flat=True)[:MOST_NODES])


def _under(name: str) -> Q:
    """Rules of this name; one by hand is not what it urges about."""
    _words, starts, ends = RULES[name]
    found = reduce(
        or_, [*(Q(rule__startswith=one) for one in starts), *(Q(rule__endswith=one) for one in ends)]
    )
    return found if ends else found & ~Q(rule__endswith="_by_hand")
