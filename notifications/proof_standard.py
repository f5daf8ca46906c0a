"""Whom the standard rules had to tell of what happened in a month, worked out without the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from nodes.conditions import ABOUT
from nodes.models import WorkNode
from notifications import proof_record, proof_sign_offs
from notifications.models import ChannelKind
from notifications.proof_due import KINDS, MAY_BE_NOBODY, Due, of_audience, watching
from notifications.proof_posts import PostsThen
from notifications.proof_record import Span, Telling
from workflow.models import Office
from workflow.people import OVERSEERS

HERE = (ChannelKind.IN_APP.value,)


def due_by_standard_rules(
    office: Office, first: date, last: date, now: datetime, posts: PostsThen
) -> Iterator[Due]:
    """Who was to be told what of what happened from the day `first` to `last`, in that order.

    What happened is read from submissions, signatures, decisions, comments and the audit trail; who
    concerned whom from the posts, delegations and accounts of that moment. Division, leader in charge and
    watchers of a node are those it has now: of them nothing older is kept.
    """
    since = datetime.combine(first, time(), office.zone)
    span = Span(office, since, min(datetime.combine(last + timedelta(days=1), time(), office.zone), now))
    found = [*proof_record.tellings(span), *proof_sign_offs.tellings(span, posts)]
    known = WorkNode.objects.select_related("cycle", *ABOUT)
    known = known.prefetch_related("supporting_divisions", "watches__user")
    nodes = known.in_bulk({one.node for one in found})
    heard = _Heard()
    for one in sorted(found, key=lambda one: one.at):
        for due in _dues(one, nodes[one.node], office.day(one.at), posts, heard):
            if one.at in span:
                yield due


class _Heard:
    """What people were to be told so far: nobody hears the same twice, nor as a watcher what they hear of
    anyway."""

    def __init__(self) -> None:
        self._told: set[tuple[str, int, str | datetime, int]] = set()
        self._moments: set[tuple[int, datetime, int]] = set()

    def is_new(self, one: Telling, rule: str, user: int) -> bool:
        key, moment = (rule, one.node, one.slot or one.at, user), (one.node, one.at, user)
        if key in self._told or (rule == one.watched and moment in self._moments):
            return False
        self._told.add(key)
        self._moments.add(moment)
        return True


def _dues(one: Telling, node: WorkNode, day: date, posts: PostsThen, heard: _Heard) -> Iterator[Due]:
    def due(rule: str, audience: str, user: int | None) -> Due:
        channels = HERE if one.here or rule == one.watched else KINDS
        return Due(
            day, rule, audience, node, user, channels, at=one.at, written_at=one.written_at,
            standard=True, slot=one.slot, missed=one.missed,
        )  # fmt: skip

    concerned: dict[int, str] = {}
    for audience, users in _concerned(one, node, day, posts):
        if not users and audience not in MAY_BE_NOBODY:
            yield due(one.rule, audience, None)
        for user in sorted(users):
            concerned.setdefault(user, audience)
    for user, audience in concerned.items():
        if user != one.actor and heard.is_new(one, one.rule, user):
            yield due(one.rule, audience, user)
    if one.watched:
        for user in sorted(_watching(one, node, day, posts) - set(concerned) - {one.actor}):
            if heard.is_new(one, one.watched, user):
                yield due(one.watched, "watchers", user)


def _concerned(one: Telling, node: WorkNode, day: date, posts: PostsThen) -> Iterator[tuple[str, set[int]]]:
    """Each audience that was meant, with those who were it."""
    roles = posts.roles(day, one.at)
    for audience in one.audiences:
        yield audience, set(of_audience(audience, node, roles))
    for group in one.posts:
        yield "signers", posts.acting_for(group, day, one.at)
    if one.users:
        yield "watchers", {user for user in one.users if posts.is_open(user, one.at)}


def _watching(one: Telling, node: WorkNode, day: date, posts: PostsThen) -> set[int]:
    found = {user for user in watching(node, one.at) if posts.is_open(user, one.at)}
    if one.readers:
        concerned = {node.lead_division_id, *(division.pk for division in node.supporting_divisions.all())}
        roles = posts.roles(day, one.at)
        found &= {role.user for role in roles if role.kind in OVERSEERS or role.division in concerned}
    return found
