"""Who may act for which post on a day: holders, delegates and the roles that follow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from workflow import prepared
from workflow.models import Delegation, Post, PostKind, User

OVERSEERS = frozenset(
    {
        PostKind.PERFORMANCE_OFFICE,
        PostKind.LEADER_IN_CHARGE,
        PostKind.HEAD_OF_UNIT,
        PostKind.AUDITOR,
        PostKind.ADMINISTRATOR,
    }
)


@dataclass(frozen=True)
class Capacity:
    """A post somebody may act for, and the holder they stand in for (None: their own post)."""

    post: Post
    on_behalf_of_id: int | None = None


def capacities(user: User, on: date | None = None) -> list[Capacity]:
    """Every post `user` holds or stands in for on the day `on` (the office's today when None).

    Own posts come first. The answer is kept on the instance, which lives for one request or one event.
    """
    day = on or acting_day(user)
    cache: dict[date, list[Capacity]] = user.__dict__.setdefault("_roles", {})
    if day not in cache:
        cache[day] = _load_capacities(user, day)
    return cache[day]


@contextmanager
def acting_on(user: User, day: date) -> Iterator[None]:
    """Let every question about `user`'s roles that names no day be about `day`."""
    before = user.__dict__.get("_acting_day")
    user.__dict__["_acting_day"] = day
    try:
        yield
    finally:
        user.__dict__["_acting_day"] = before


def acting_day(user: User) -> date:
    """The day `user` is acting on: stated by `acting_on`, else today in the office's time zone."""
    if stated := user.__dict__.get("_acting_day"):
        return stated
    return user.office.day(timezone.now()) if user.office else timezone.localdate()


# The day's posts of a user come from the database function that also tells whom to notify.
_COLUMNS = [field.attname for field in Post._meta.concrete_fields]
_CAPACITIES = f"""
    SELECT {", ".join(f"p.{name}" for name in _COLUMNS)}, acting.on_behalf_of
    FROM jiedian_acting(%(day)s) acting JOIN workflow_post p ON p.id = acting.post_id
    WHERE acting.user_id = %(user)s AND p.office_id = %(office)s
    ORDER BY acting.on_behalf_of IS NOT NULL, p.position, p.id
"""


def _load_capacities(user: User, day: date) -> list[Capacity]:
    """Every page and act asks this: without the ORM, and planned once a connection."""
    facts = {"day": day, "user": user.pk, "office": user.office_id}
    with prepared.execute(_CAPACITIES, facts) as cursor:
        return [
            Capacity(Post.from_db(cursor.db.alias, _COLUMNS, post), principal) for *post, principal in cursor
        ]


def roles(user: User, on: date | None = None) -> set[str]:
    """The kinds of post `user` acts for on `on`."""
    return {capacity.post.kind for capacity in capacities(user, on)}


def divisions_of(user: User, on: date | None = None) -> set[int]:
    """Ids of the divisions `user` works for or heads."""
    return {c.post.division_id for c in capacities(user, on) if c.post.division_id}


def oversees(user: User, on: date | None = None) -> bool:
    """Whether `user` reads all of the office: leaders, performance office, auditors, administrators."""
    return not OVERSEERS.isdisjoint(roles(user, on))


def capacity_in(user: User, division_id: int, on: date | None = None) -> Capacity | None:
    """In which capacity `user` works for the division, own posts first."""
    return next((c for c in capacities(user, on) if c.post.division_id == division_id), None)


def impartial(
    user: User, kind: PostKind, parties: Collection[int], on: date | None = None
) -> Capacity | None:
    """In which capacity `user` acts for a post of `kind`, being and standing in for none of `parties`."""
    if user.pk in parties:
        return None
    return next(
        (c for c in capacities(user, on) if c.post.kind == kind and c.on_behalf_of_id not in parties), None
    )


def principal_in_office(user: User, on: date) -> int | None:
    """The id of whom `user` stands in for as one of the performance office, None when they act in person."""
    capacity = impartial(user, PostKind.PERFORMANCE_OFFICE, (), on)
    return capacity.on_behalf_of_id if capacity else None


def capacity_for(user: User, posts: Iterable[Post], on: date) -> Capacity | None:
    """In which capacity `user` acts for one of `posts`, own posts first."""
    wanted = {post.pk for post in posts}
    return next((c for c in capacities(user, on) if c.post.pk in wanted), None)


_ACTING = """
    SELECT u.*, acting.post_id, acting.on_behalf_of
    FROM jiedian_acting(%s) acting JOIN workflow_user u ON u.id = acting.user_id
    WHERE acting.post_id = ANY(%s)
    ORDER BY acting.on_behalf_of IS NOT NULL, u.id
"""


def acting_for(posts: Iterable[Post], on: date) -> list[Any]:
    """Who acts for one of `posts` on `on`: users with a `post_id` and an `on_behalf_of` (an id or None)."""
    return list(User.objects.raw(_ACTING, [on, [post.pk for post in posts]]))


def acting_by_post(posts: Iterable[Post], on: date) -> dict[int, list[Any]]:
    """Post id to those whom `acting_for` finds for it; a vacant post is not there."""
    wanted = list(posts)
    found: dict[int, list[Any]] = {}
    for user in acting_for(wanted, on) if wanted else []:
        found.setdefault(user.post_id, []).append(user)
    return found


def holders(post: Post, on: date) -> list[User]:
    """Who holds `post` on `on`, in order of appointment."""
    return [a.user for a in post.appointments.in_force(on).select_related("user__office").order_by("id")]


def delegates(post: Post, on: date) -> list[Delegation]:
    """Delegations of `post` in force on `on`."""
    return list(post.delegations.in_force(on).filter(revoked_at=None).select_related("to_user"))
