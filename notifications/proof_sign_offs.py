"""Of which signatures somebody was to be told in a month: asked for, urged, escalated, decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import Prefetch, Q

from approvals.models import Decision, DeferralRequest, SignOff
from notifications.proof_posts import PostsThen
from notifications.proof_record import (
    ESCALATED_AFTER,
    HANDLER,
    PERFORMANCE,
    URGED_AFTER,
    Span,
    Telling,
)
from workflow.models import AuditEntry, Post

Status = DeferralRequest.Status
_ON_PAPER = {
    "sign_off_opened": "sign_off_to_record",
    "sign_off_urged": "sign_off_to_record_urged",
    "sign_off_escalated": "sign_off_to_record_escalated",
    "sign_off_urged_by_hand": "sign_off_to_record_urged_by_hand",
}


def tellings(span: Span, posts: PostsThen) -> Iterator[Telling]:
    """What was to be told of the requests that waited at some time of the span, also what was before it."""
    for request in _requests(span):
        yield from _Course(request, span, posts).tellings()


def _requests(span: Span) -> list[DeferralRequest]:
    waited = Q(settled_at=None) | Q(settled_at__gte=span.since)
    found = DeferralRequest.objects.filter(waited, office=span.office, filed_at__lt=span.until)
    signatures = SignOff.objects.select_related("decision").prefetch_related("posts").order_by("step", "id")
    found = found.select_related("node__lead_division").prefetch_related(Prefetch("sign_offs", signatures))
    requests = list(found.defer("justification", "progress").order_by("filed_at", "id"))
    acts: dict[int, list[AuditEntry]] = {request.pk: [] for request in requests}
    entries = AuditEntry.objects.filter(subject_type="deferralrequest", subject_id__in=list(acts))
    for entry in entries.order_by("at", "id"):
        acts[entry.subject_id].append(entry)
    for request in requests:
        request.__dict__["acts"] = acts[request.pk]
    return requests


@dataclass(frozen=True)
class _Course:
    """One request with its signatures and what the trail has of it."""

    request: Any
    span: Span
    posts: PostsThen

    @cached_property
    def signatures(self) -> list[SignOff]:
        return list(self.request.sign_offs.all())

    def tellings(self) -> Iterator[Telling]:
        for needed in self.signatures:
            if needed.opened_at:
                yield from self._asked("sign_off_opened", needed, needed.opened_at)
        for entry in self.request.acts:
            yield from self._of_act(entry)
        yield from self._not_urged()
        yield from self._settled()

    def _of_act(self, entry: AuditEntry) -> Iterator[Telling]:
        by_system = entry.actor_id is None
        match entry.action:
            case "deferral.passed_on":
                for needed in self._open(entry.at):
                    if entry.data["post_id"] in self._seats(needed, entry.at):
                        yield from self._asked("sign_off_opened", needed, entry.at)
            case "deferral.urged" if by_system:
                yield from self._all("sign_off_urged", entry.at)
            case "deferral.escalated":
                yield from self._all("sign_off_escalated", entry.at, above=self._above(entry.at))
            case "deferral.urged":
                for needed in self._open(entry.at):
                    told = self._asked("sign_off_urged_by_hand", needed, entry.at)
                    slot = f"{needed.pk}:{entry.data['time']}"
                    yield from (replace(one, slot=slot, actor=entry.actor_id) for one in told)

    def _all(self, rule: str, at: datetime, **more: Any) -> Iterator[Telling]:
        for needed in self._open(at):
            yield from self._asked(rule, needed, at, **more)

    def _asked(
        self, rule: str, needed: SignOff, at: datetime, above: tuple[int, ...] = (), missed: str = ""
    ) -> Iterator[Telling]:
        """Those who could give the signature then, and `above`; for one on paper the performance office."""
        seats = [self.posts.posts[pk] for pk in self._seats(needed, at)]
        if in_system := [post for post in seats if not post.off_system]:
            signing = tuple(post.pk for post in map(self._signing(at), in_system) if not post.off_system)
            groups = (signing, above) if above else (signing,)
            yield self._told(rule, needed, at, posts=groups, missed=missed)
        elif above:
            yield self._told(rule, needed, at, posts=(above,), missed=missed)
        if len(in_system) < len(seats):
            yield self._told(_ON_PAPER[rule], needed, at, audiences=(PERFORMANCE,), missed=missed)

    def _signing(self, at: datetime) -> Callable[[Post], Post]:
        division = self.request.node.lead_division
        return lambda post: self.posts.signing_post(self.request.parties, post, division, at)

    def _told(self, rule: str, needed: SignOff, at: datetime, **whom: Any) -> Telling:
        written = self.span.recorded("deferralrequest", self.request.pk, at)
        node, actor = self.request.node_id, self.request.applicant_id
        return Telling(rule, node, at, written, str(needed.pk), actor, **whom)

    # As it stood at a moment

    def _open(self, at: datetime) -> list[SignOff]:
        return [one for one in self.signatures if self._was_open(one, at)]

    def _was_open(self, needed: SignOff, at: datetime) -> bool:
        decision: Decision | None = getattr(needed, "decision", None)
        settled = self.request.settled_at
        ended = min((one for one in (decision and decision.at, settled) if one), default=None)
        return needed.opened_at is not None and needed.opened_at <= at and (ended is None or at <= ended)

    def _seats(self, needed: SignOff, at: datetime) -> list[int]:
        """The posts of which one had to sign: as it is now, with what was passed on since then undone."""
        seats = [post.pk for post in needed.posts.all()]
        for entry in reversed(self.request.acts):
            if entry.action == "deferral.passed_on" and entry.at > at and entry.data["post_id"] in seats:
                seats[seats.index(entry.data["post_id"])] = entry.data["from_id"]
        return list(dict.fromkeys(seats))

    def _above(self, at: datetime) -> tuple[int, ...]:
        seats = [self.posts.posts[pk] for needed in self._open(at) for pk in self._seats(needed, at)]
        above = [self.posts.next_up(post, self.request.node.lead_division) for post in seats]
        return tuple(dict.fromkeys(post.pk for post in above if post and not post.off_system))

    # What the system should have urged and did not

    def _not_urged(self) -> Iterator[Telling]:
        for _step, found in groupby(self.signatures, key=lambda one: one.step):
            step = [one for one in found if one.opened_at]
            if step:
                yield from self._not_urged_at(step)

    def _not_urged_at(self, step: Sequence[SignOff]) -> Iterator[Telling]:
        opened = min(one.opened_at for one in step if one.opened_at)
        closed = self._closed(step)
        written = self.span.recorded("deferralrequest", self.request.pk, opened)
        for action, rule, days in (
            ("deferral.urged", "sign_off_urged", URGED_AFTER),
            ("deferral.escalated", "sign_off_escalated", ESCALATED_AFTER),
        ):
            due = self.span.urged_at(opened, written, days)
            came = any(
                entry.action == action and entry.actor_id is None and opened <= entry.at
                and (closed is None or entry.at <= closed)
                for entry in self.request.acts
            )  # fmt: skip
            if not came and self.span.is_missed(due, closed):
                above = self._above(due) if action == "deferral.escalated" else ()
                yield from self._all(rule, due, above=above, missed="not_urged")

    def _closed(self, step: Sequence[SignOff]) -> datetime | None:
        """When a step was over: all of it signed, or the request settled otherwise."""
        decisions = [getattr(one, "decision", None) for one in step]
        given = [one.at for one in decisions if one]
        signed = max(given) if len(given) == len(step) else None
        return min((at for at in (signed, self.request.settled_at) if at), default=None)

    # How it ended

    def _settled(self) -> Iterator[Telling]:
        request = self.request
        if request.settled_at is None:
            return
        approved = request.status == Status.APPROVED
        yield Telling(
            f"deferral_{request.status}",
            request.node_id,
            request.settled_at,
            self.span.recorded("deferralrequest", request.pk, request.settled_at),
            str(request.pk),
            self._settled_by(),
            audiences=(HANDLER, PERFORMANCE) if approved else (HANDLER,),
            users=(request.applicant_id,),
        )

    def _settled_by(self) -> int | None:
        ends = ("deferral.withdrawn", "deferral.signed", "deferral.recorded")
        acts = (entry for entry in reversed(self.request.acts) if entry.action in ends)
        return next((entry.actor_id for entry in acts if entry.at == self.request.settled_at), None)
