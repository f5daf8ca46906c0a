"""Who signs a deferral: the first rule whose conditions hold, turned into posts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from workflow import people
from workflow.models import Appointment, Division, Office, Post, PostKind, RoutingRule
from workflow.policy import Strict
from workflow.refusals import Invalid

Kind = Literal["division_head", "leader_in_charge", "head_of_unit", "provincial_leader", "performance_office"]
LADDER = (
    PostKind.HANDLER,
    PostKind.DIVISION_HEAD,
    PostKind.LEADER_IN_CHARGE,
    PostKind.HEAD_OF_UNIT,
    PostKind.PROVINCIAL_LEADER,
)


class Conditions(Strict):
    """What must hold for a rule to apply; a condition left out always holds.

    `days_*` are calendar days from the current deadline to the new one and never hold without a new
    date; `times_deferred` counts the node's approved deferrals before this one.
    """

    new_due: Literal["within_cycle", "later_or_none"] | None = None
    times_deferred: Annotated[int, Field(ge=0)] | None = None
    times_deferred_at_least: Annotated[int, Field(ge=0)] | None = None
    days_at_most: Annotated[int, Field(ge=1)] | None = None
    days_at_least: Annotated[int, Field(ge=1)] | None = None
    late_request: bool | None = None
    indicator: int | None = None
    division: str | None = None

    def hold(self, case: Case) -> bool:
        """Whether every stated condition holds for `case`."""
        return all(
            (
                self.new_due in (None, "within_cycle" if case.within_cycle else "later_or_none"),
                self.times_deferred in (None, case.times_deferred),
                case.times_deferred >= (self.times_deferred_at_least or 0),
                self.days_at_most is None or (case.days is not None and case.days <= self.days_at_most),
                self.days_at_least is None or (case.days is not None and case.days >= self.days_at_least),
                self.late_request in (None, case.late_request),
                self.indicator in (None, case.indicator),
                self.division in (None, case.division.name),
            )
        )


class Group(Strict):
    """Several posts at one step: any one of them signs (或签), or all of them do (会签)."""

    any_of: tuple[Kind, ...] = ()
    all_of: tuple[Kind, ...] = ()

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Group:
        if bool(self.any_of) == bool(self.all_of):
            raise ValueError("a step names either any_of or all_of")
        return self


Step = Kind | Group


class Rule(Strict):
    """One rule as an organisation file and `RoutingRule` hold it."""

    when: Conditions = Conditions()
    sign_off: Annotated[tuple[Step, ...], Field(min_length=1)]


@dataclass(frozen=True)
class Case:
    """What the conditions are asked about; `parties` are the ids of those who ask, who never sign."""

    office: Office
    division: Division
    indicator: int
    within_cycle: bool
    days: int | None
    times_deferred: int
    late_request: bool
    parties: frozenset[int]
    on: date


@dataclass(frozen=True)
class Signature:
    """One signature that is needed: at which step (from 0), by the holder of any of these posts.

    `instead_of` are posts the rule names and those who ask hold alone: the next up signs for them.
    """

    step: int
    posts: tuple[Post, ...]
    instead_of: tuple[Post, ...] = ()


@dataclass(frozen=True)
class Route:
    """The signatures a case needs, in order, and the rule (from 1) that says so, with its conditions."""

    rule: int
    signatures: tuple[Signature, ...]
    when: Conditions


def route(case: Case) -> Route:
    """The signatures `case` needs. Raises Invalid when no rule applies, or a step asks for a missing post."""
    for row in RoutingRule.objects.filter(office=case.office):
        rule = Rule.model_validate({"when": row.when, "sign_off": row.sign_off})
        if rule.when.hold(case):
            return Route(row.position + 1, tuple(_signatures(rule, case)), rule.when)
    raise Invalid(_("No routing rule of this office says who signs such a deferral."))


def _signatures(rule: Rule, case: Case) -> Iterable[Signature]:
    seen: set[frozenset[int]] = set()
    theirs = _held_by_parties(case)
    for index, step in enumerate(rule.sign_off):
        for posts in _posts_of_step(step, case):
            free = tuple(dict.fromkeys(_free_or_next_up(post, case, theirs) for post in posts))
            key = frozenset(post.pk for post in free)
            if key not in seen:
                seen.add(key)
                yield Signature(index, free, tuple(post for post in posts if post not in free))


def _posts_of_step(step: Step, case: Case) -> list[tuple[Post, ...]]:
    """The groups of posts of which one must sign each."""
    if isinstance(step, str):
        return [(_posts(step, case)[0],)]
    found = [post for kind in step.any_of or step.all_of for post in _posts(kind, case)]
    return [tuple(found)] if step.any_of else [(post,) for post in found]


def _posts(kind: str, case: Case) -> list[Post]:
    found = posts_of_kind(kind, case.division)
    if not found:
        label = PostKind(kind).label
        raise Invalid(
            _("The routing asks for a “%(kind)s”, and the office has no such post.") % {"kind": label}
        )
    return found


def posts_of_kind(kind: str, division: Division) -> list[Post]:
    """The posts of `kind` that answer for `division`: its own head and leader, the office's others."""
    if kind == PostKind.LEADER_IN_CHARGE:
        return [division.leader_in_charge] if division.leader_in_charge else []
    posts = Post.objects.filter(office=division.office_id, kind=kind).select_related("division")
    if kind in (PostKind.HANDLER, PostKind.DIVISION_HEAD):
        posts = posts.filter(division=division)
    return list(posts)


def _held_by_parties(case: Case) -> set[int]:
    """Ids of the posts that those who ask hold, alone or beside others."""
    theirs = Appointment.objects.in_force(case.on).filter(user__in=case.parties)
    return set(theirs.values_list("post", flat=True))


def _free_or_next_up(post: Post, case: Case, theirs: Collection[int]) -> Post:
    """`post`, or the next post up where only those who ask hold it.

    A vacant one stays: its next holder finds what waits for them.
    """
    return free_of(case.parties, post, case.division, case.on) if post.pk in theirs else post


def free_of(parties: Collection[int], post: Post, division: Division, on: date) -> Post:
    """The first post from `post` upwards with a holder who is none of `parties`, or signed on paper.

    Raises Invalid when the ladder ends before one is found.
    """
    while not post.off_system and {holder.pk for holder in people.holders(post, on)} <= set(parties):
        post = next_up(post, division)
    return post


def next_up(post: Post, division: Division) -> Post:
    """The first post above `post` that answers for `division`. Raises Invalid at the top of the ladder."""
    for kind in LADDER[_rank(post) + 1 :]:
        for candidate in posts_of_kind(kind, division):
            if _rank(candidate) > _rank(post):
                return candidate
    raise Invalid(_("Nobody above “%(post)s” can sign for its own holder.") % {"post": post})


def _rank(post: Post) -> int:
    """Where a post stands on the ladder; the performance office beside the division heads."""
    office = post.kind == PostKind.PERFORMANCE_OFFICE
    return LADDER.index(PostKind.DIVISION_HEAD if office else PostKind(post.kind))
