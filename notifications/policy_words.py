"""A reminder policy in words, and what tells one from another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications.models import ChannelKind
from notifications.names_gone import names_gone
from notifications.plain_words import literal
from workflow.models import Office, PostKind
from workflow.policy import Conditions, ReminderPolicy, Rule

NOTHING = "—"
EVENTS: Mapping[str, Any] = {
    "started": gettext_lazy("when the work is started"),
    "submitted": gettext_lazy("when evidence is submitted"),
    "withdrawn": gettext_lazy("when evidence is withdrawn"),
    "returned": gettext_lazy("when evidence is returned"),
    "approved": gettext_lazy("when evidence is approved"),
    "reopened": gettext_lazy("when the node is reopened"),
    "deferred": gettext_lazy("when a deferral comes into force"),
    "resumed": gettext_lazy("when deferred work is taken up again"),
}
RECIPIENTS: Mapping[str, Any] = {
    "handler": PostKind.HANDLER.label,
    "division_head": PostKind.DIVISION_HEAD.label,
    "leader_in_charge": PostKind.LEADER_IN_CHARGE.label,
    "head_of_unit": PostKind.HEAD_OF_UNIT.label,
    "performance_office": PostKind.PERFORMANCE_OFFICE.label,
    "supporting": gettext_lazy("supporting divisions"),
    "watchers": gettext_lazy("those who watch the node"),
}


@dataclass(frozen=True)
class Line:
    """One thing that a policy says."""

    label: str
    words: str


@dataclass(frozen=True)
class Change:
    """What a policy said, and what another says instead; “—” where it says nothing of it."""

    label: str
    before: str
    after: str


def differences(before: ReminderPolicy, after: ReminderPolicy) -> list[Change]:
    """What `after` says otherwise than `before`, in words; empty when nothing."""
    pairs = zip(rhythm_lines(before), rhythm_lines(after), strict=True)
    changed = [Change(old.label, old.words, new.words) for old, new in pairs if old != new]
    return [*changed, *_rule_changes(before.rules, after.rules), *_order(before.rules, after.rules)]


def rhythm_lines(policy: ReminderPolicy) -> list[Line]:
    """What holds for every node, one line a setting; every policy has the same lines."""
    return [Line(str(label), words) for label, words in _rhythm(policy)]


def _rhythm(policy: ReminderPolicy) -> Iterator[tuple[Any, str]]:
    days = "、".join(str(n) for n in policy.working_days_before)
    before = _("%(days)s working days before") % {"days": days}
    yield _("Before the deadline"), before if days else _("not reminded")
    yield _("On the day of the deadline"), _yes(policy.on_due_day)
    every = policy.overdue_every_working_days
    yield _("Once overdue"), _("every %(n)d working days") % {"n": every} if every else _("not reminded")
    yield _("Further up when overdue"), "；".join(_steps(policy)) or _("none")
    yield _("Sending time"), f"{policy.send_at:%H:%M}"
    quiet = policy.quiet_hours
    yield _("Quiet hours"), f"{quiet[0]:%H:%M}–{quiet[1]:%H:%M}" if quiet else _("none")
    yield _("One message a person and day"), _yes(policy.digest)
    patience = {
        "urge": policy.sign_off.urge_after_working_days,
        "further": policy.sign_off.escalate_after_working_days,
    }
    words = _("urged after %(urge)d working days, told further up after %(further)d")
    yield _("Waiting sign-offs and reviews"), words % patience


def _steps(policy: ReminderPolicy) -> Iterator[str]:
    for step in policy.escalate:
        facts = {"n": step.after_working_days_overdue, "to": RECIPIENTS[step.to]}
        yield _("after %(n)d working days: %(to)s") % facts


def _yes(on: bool) -> str:
    return _("yes") if on else _("no")


@dataclass(frozen=True)
class Said:
    """A rule with its words; `place` counts from 0, `gone` is what it names and the office has no more."""

    place: int
    rule: Rule
    name: str
    when: str
    whom: str
    only: str
    by: str
    gone: str


def said(policy: ReminderPolicy, office: Office) -> list[Said]:
    """The office's own rules in their order, each in words."""
    gone = names_gone(office, policy.rules)
    return [_said(place, rule, sorted(gone[rule.id])) for place, rule in enumerate(policy.rules)]


def _said(place: int, rule: Rule, gone: list[str]) -> Said:
    return Said(
        place,
        rule,
        literal(rule.name),
        when_words(rule),
        whom_words(rule),
        only_words(rule.only),
        channel_words(rule.channels),
        "、".join(map(literal, gone)),
    )


def rule_lines(rule: Rule) -> list[Line]:
    """What a rule says, one line a part; every rule has the same lines."""
    return [
        Line(_("Name of the rule"), literal(rule.name)),
        Line(_("When"), when_words(rule)),
        Line(_("Whom"), whom_words(rule)),
        Line(_("About which nodes"), only_words(rule.only)),
        Line(_("Channels"), channel_words(rule.channels)),
        Line(_("Text"), literal(rule.template) or _("the usual words")),
        Line(_("In use"), _yes(rule.enabled)),
    ]


def rule_sentence(rule: Rule) -> str:
    """The rule in one line."""
    more = [only_words(rule.only), channel_words(rule.channels)]
    more += [_("own text")] if rule.template else []
    more += [] if rule.enabled else [_("switched off")]
    facts = {"when": when_words(rule), "whom": whom_words(rule), "more": "；".join(more)}
    return _("%(when)s tell %(whom)s (%(more)s)") % facts


def when_words(rule: Rule) -> str:
    """When the rule speaks."""
    if rule.on != "deadline":
        return str(EVENTS[rule.on])
    first = _first_time(rule.working_days)
    if not rule.every:
        return first
    if rule.every == 1:
        return _("%(when)s, and from then on every working day") % {"when": first}
    words = _("%(when)s, and from then on every %(n)d working days")
    return words % {"when": first, "n": rule.every}


def _first_time(days: int) -> str:
    if days == 0:
        return _("on the day of the deadline")
    n = abs(days)
    if days < 0:
        words = ngettext("%(n)d working day before the deadline", "%(n)d working days before the deadline", n)
    else:
        words = ngettext("overdue for %(n)d working day", "overdue for %(n)d working days", n)
    return words % {"n": n}


def whom_words(rule: Rule) -> str:
    return "、".join(str(RECIPIENTS[one]) for one in rule.to)


def only_words(only: Conditions) -> str:
    """Which nodes a rule is about; “all nodes” where it names none."""
    return "，".join(_conditions(only)) or _("all nodes")


def _conditions(only: Conditions) -> Iterator[str]:
    if only.divisions:
        yield "、".join(map(literal, only.divisions))
    if only.indicators:
        yield _("indicators: %(names)s") % {"names": "、".join(map(literal, only.indicators))}
    if only.weight_at_least is not None:
        yield _("weight %(weight)s or more") % {"weight": f"{only.weight_at_least.normalize():f}"}


def channel_words(channels: Sequence[str]) -> str:
    """By what is told; “by all channels” where none is named."""
    return "、".join(str(ChannelKind(one).label) for one in channels) or _("all channels")


def _rule_changes(before: Sequence[Rule], after: Sequence[Rule]) -> Iterator[Change]:
    old, new = {rule.id: rule for rule in before}, {rule.id: rule for rule in after}
    for rule in before:
        if rule.id not in new:
            yield Change(_rule_label(rule), rule_sentence(rule), _("removed"))
    for rule in after:
        if rule.id not in old:
            yield Change(_rule_label(rule), NOTHING, rule_sentence(rule))
        elif rule != old[rule.id]:
            yield from _parts(old[rule.id], rule)


def _parts(old: Rule, new: Rule) -> Iterator[Change]:
    for was, now in zip(rule_lines(old), rule_lines(new), strict=True):
        if was != now:
            yield Change(f"{_rule_label(new)} · {was.label}", was.words, now.words)


def _rule_label(rule: Rule) -> str:
    return _("Rule “%(name)s”") % {"name": literal(rule.name)}


def _order(before: Sequence[Rule], after: Sequence[Rule]) -> Iterator[Change]:
    """The rules that both have, where they stand in another order."""
    names = {rule.id: literal(rule.name) for rule in after}
    old = [rule.id for rule in before if rule.id in names]
    new = [rule.id for rule in after if rule.id in set(old)]
    if old != new:
        words = ["、".join(names[one] for one in ids) for ids in (old, new)]
        yield Change(_("Order of the rules"), *words)
