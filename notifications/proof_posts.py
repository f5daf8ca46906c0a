"""Who held which post, and who acted for it, at any moment: from appointments, delegations and accounts."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from django.db.models import QuerySet

from workflow.models import Appointment, AuditEntry, Delegation, Division, Office, Post, PostKind, User
from workflow.routing import LADDER

Row = TypeVar("Row", Appointment, Delegation)


class Role(NamedTuple):
    """That somebody acted for a post. Where a division had no handler, its head is there as one too."""

    post: int
    kind: str
    division: int | None
    user: int


class Handover(NamedTuple):
    """That at the moment `at` a post changed hands for the whole of that very `day`."""

    at: datetime
    day: date
    came: set[int]
    went: set[int]


class PostsThen:
    """An office's posts as they were, each table read once.

    Worked out here anew, not by the statement that the ledger's rows are written with: a delegation that
    was revoked since then was in force until then, an account that is closed by now was open before, and
    who handed over a post during a day held it that morning.
    """

    def __init__(self, office: Office) -> None:
        self.office = office
        self._roles: dict[tuple[date, int], list[Role]] = {}

    def roles(self, day: date, at: datetime) -> list[Role]:
        """Everybody who acted on the day `day`, as it stood at the moment `at`."""
        key = day, bisect_right(self._changes, at)
        if key not in self._roles:
            self._roles[key] = self._with_stand_ins(self._acting(day, at))
        return self._roles[key]

    def acting_for(self, posts: Collection[int], day: date, at: datetime) -> set[int]:
        """Who acted for one of `posts`."""
        return {role.user for role in self.roles(day, at) if role.post in posts}

    def is_open(self, user: int, at: datetime) -> bool:
        """Whether the person's account was open at the moment `at`."""
        known = self._accounts.get(user)
        if not known:
            return user not in self._closed_now
        place = bisect_right(known, at, key=lambda change: change[0])
        return known[place - 1][1] if place else not known[0][1]

    # The ladder

    def signing_post(self, parties: Collection[int], post: Post, division: Division, at: datetime) -> Post:
        """Who signed for `post`: itself, or the first further up whom not only those who ask held."""
        found: Post | None = post
        day = self.office.day(at)
        while found and not found.off_system and self.holders(found.pk, day, at) <= set(parties):
            found = self.next_up(found, division)
        return found or post

    def next_up(self, post: Post, division: Division) -> Post | None:
        """The first post above `post` that answers for `division`."""
        above = (self._of_kind(kind, division) for kind in LADDER[_rank(post) + 1 :])
        return next((posts[0] for posts in above if posts), None)

    def _of_kind(self, kind: str, division: Division) -> list[Post]:
        if kind == PostKind.LEADER_IN_CHARGE:
            return [self.posts[pk] for pk in (division.leader_in_charge_id,) if pk in self.posts]
        own = kind in (PostKind.HANDLER, PostKind.DIVISION_HEAD)
        return [
            post
            for post in self.posts.values()
            if post.kind == kind and (not own or post.division_id == division.pk)
        ]

    def holders(self, post: int, day: date, at: datetime) -> set[int]:
        """Who held the post on the day `day`, as it stood at the moment `at`."""
        found = {one.user_id for one in self._appointments.get(post, []) if _holds(one, day)}
        for change in reversed(self._handovers.get(post, [])):
            if change.day == day and change.at > at:
                found = (found - change.came) | change.went
        return found

    @cached_property
    def posts(self) -> dict[int, Post]:
        """In the order in which the office has them."""
        found = Post.objects.filter(office=self.office).order_by("position", "id")
        return {post.pk: post for post in found}

    # Who acted

    def _acting(self, day: date, at: datetime) -> list[Role]:
        found = []
        for post in self.posts.values():
            holders = self.holders(post.pk, day, at)
            people = holders | {
                one.to_user_id
                for one in self._delegations.get(post.pk, [])
                if one.from_user_id in holders and _holds(one, day)
                if one.revoked_at is None or one.revoked_at > at
            }
            found += [
                Role(post.pk, post.kind, post.division_id, user)
                for user in sorted(people)
                if self.is_open(user, at)
            ]
        return found

    @staticmethod
    def _with_stand_ins(acting: list[Role]) -> list[Role]:
        handled = {role.division for role in acting if role.kind == PostKind.HANDLER}
        heads = [role for role in acting if role.kind == PostKind.DIVISION_HEAD]
        return acting + [
            role._replace(kind=PostKind.HANDLER.value) for role in heads if role.division not in handled
        ]

    @cached_property
    def _appointments(self) -> dict[int, list[Appointment]]:
        return _by_post(Appointment.objects.filter(post__office=self.office))

    @cached_property
    def _delegations(self) -> dict[int, list[Delegation]]:
        return _by_post(Delegation.objects.filter(post__office=self.office))

    @cached_property
    def _accounts(self) -> dict[int, list[tuple[datetime, bool]]]:
        """By person: when their account was opened and closed again, as the trail has it."""
        found: dict[int, list[tuple[datetime, bool]]] = defaultdict(list)
        acts = AuditEntry.objects.filter(office=self.office, action__in=["person.left", "person.returned"])
        for user, at, action in acts.order_by("at", "id").values_list("subject_id", "at", "action"):
            found[user].append((at, action == "person.returned"))
        return found

    @cached_property
    def _handovers(self) -> dict[int, list[Handover]]:
        """By post, in their order: those with effect from the same day on, and by leaving the office."""
        found: dict[int, list[Handover]] = defaultdict(list)
        people = dict(User.objects.filter(office=self.office).values_list("username", "pk"))
        acts = AuditEntry.objects.filter(office=self.office, action__in=["post.appointed", "post.relieved"])
        for post, at, facts in acts.order_by("at", "id").values_list("subject_id", "at", "data"):
            came, went = _names(facts.get("to")), _names(facts.get("from"))
            of = _effective(facts)
            if of == self.office.day(at):
                known = ({people[name] for name in names if name in people} for names in (came, went))
                found[post].append(Handover(at, of, *known))
        for post, appointments in self._appointments.items():
            found[post] += [gone for one in appointments if (gone := self._left(one, found[post]))]
            found[post].sort(key=lambda change: change.at)
        return found

    def _left(self, tenure: Appointment, known: list[Handover]) -> Handover | None:
        """The handover that closing an account was, which ends what its owner held the day before."""
        if tenure.ends is None:
            return None
        day = tenure.ends + timedelta(days=1)
        for at, opened in self._accounts.get(tenure.user_id, []):
            told = any(change.day == day and tenure.user_id in change.went for change in known)
            if not opened and not told and self.office.day(at) == day:
                return Handover(at, day, set(), {tenure.user_id})
        return None

    @cached_property
    def _closed_now(self) -> set[int]:
        return set(User.objects.filter(office=self.office, is_active=False).values_list("pk", flat=True))

    @cached_property
    def _changes(self) -> list[datetime]:
        """The moments at which it changed within a day who acted."""
        revoked = (one.revoked_at for given in self._delegations.values() for one in given)
        accounts = (at for changes in self._accounts.values() for at, _opened in changes)
        handovers = (change.at for changes in self._handovers.values() for change in changes)
        return sorted([*(at for at in revoked if at), *accounts, *handovers])


def _holds(window: Appointment | Delegation, day: date) -> bool:
    return (window.starts is None or window.starts <= day) and (window.ends is None or window.ends >= day)


def _names(facts: Any) -> list[str]:
    return [facts] if isinstance(facts, str) else facts or []


def _effective(facts: dict[str, Any]) -> date | None:
    """The first day on which an entry about a post held, as it says."""
    if starts := facts.get("starts"):
        return date.fromisoformat(starts)
    ends = facts.get("ends")
    return date.fromisoformat(ends) + timedelta(days=1) if ends else None


def _by_post(rows: QuerySet[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows.order_by("id"):
        found[row.post_id].append(row)
    return found


def _rank(post: Post) -> int:
    """Where a post stands on the ladder; the performance office beside the division heads."""
    beside = post.kind == PostKind.PERFORMANCE_OFFICE
    return LADDER.index(PostKind.DIVISION_HEAD if beside else PostKind(post.kind))
