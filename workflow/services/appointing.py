"""Who holds a post: a new holder follows the old one, from a day on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from workflow import audit
from workflow.clock import moment
from workflow.models import Appointment, Delegation, Post, User
from workflow.permissions import require
from workflow.refusals import Invalid, WrongState
from workflow.services.meanwhile import changed_meanwhile


@transaction.atomic
def appoint(
    *,
    actor: User,
    post: Post,
    to: User,
    starts: date | None = None,
    beside: bool = False,
    seen: Collection[int] | None = None,
    at: datetime | None = None,
) -> Appointment:
    """Make `to` the holder of `post` from `starts` on (the day of `at` when None), or one `beside` others.

    Whoever held it then ends the day before. What waits for the post then waits for the successor. Raises
    NotAllowed unless `actor` administers the office, Invalid for a post signed on paper, a person of
    another office or a day that is over, WrongState when `to` holds it already, Conflict when the tenures
    from today on are not those `seen` (by id) any more.
    """
    post = _locked(post, actor, at)
    today = post.office.day(moment(at))
    day = starts or today
    _check(post, to, day, today)
    others = list(post.appointments.overlapping(day, None).select_related("user"))
    if to in [one.user for one in others] and (beside or len(others) == 1):
        raise WrongState(_("%(person)s holds this post already.") % {"person": to})
    if seen is not None and set(seen) != set(tenures_of(post, today)):
        raise changed_meanwhile(actor, post, post.office, "post.")
    leaving = [] if beside else others
    for appointment in leaving:
        end_before(appointment, day, at=moment(at))
    appointment = Appointment.objects.create(post=post, user=to, starts=day)
    data = {"to": to.username, "from": [a.user.username for a in leaving], "starts": day.isoformat()}
    audit.record(actor, "post.appointed", post, at=at, data=data)
    return appointment


@transaction.atomic
def relieve(
    *, actor: User, appointment: Appointment, last_day: date | None = None, at: datetime | None = None
) -> None:
    """Let a tenure end with `last_day` (inclusive; None: it is over as of today).

    What waits for a post without a holder waits for the next post up. Raises NotAllowed, Invalid for a
    day before yesterday, WrongState when the tenure ends by then anyway.
    """
    post = _locked(appointment.post, actor, at)
    found = Appointment.objects.select_related("user").filter(pk=appointment.pk).first()
    if found is None:  # it ended before it began
        raise WrongState(_("This tenure is over already."))
    appointment = found
    yesterday = post.office.day(moment(at)) - timedelta(days=1)
    last = last_day or yesterday
    if last < yesterday:
        raise Invalid({"last_day": [_("The past stays as it was: choose today or a later day.")]})
    if appointment.ends and appointment.ends <= last:
        raise WrongState(_("This tenure ends on %(day)s already.") % {"day": appointment.ends})
    end_before(appointment, last + timedelta(days=1), at=moment(at))
    data = {"from": [appointment.user.username], "ends": last.isoformat()}
    audit.record(actor, "post.relieved", post, at=at, data=data)


def tenures_of(post: Post, today: date) -> list[int]:
    """The ids of the tenures that last today or begin later."""
    return list(post.appointments.overlapping(today, None).order_by("id").values_list("pk", flat=True))


def _locked(post: Post, actor: User, at: datetime | None) -> Post:
    post = Post.objects.select_for_update(of=("self",)).select_related("office").get(pk=post.pk)
    require(actor, "workflow.manage_people", post, at=at)
    return post


def _check(post: Post, to: User, day: date, today: date) -> None:
    if post.off_system:
        raise Invalid({"post": [_("%(post)s signs on paper and has no holder here.") % {"post": post}]})
    if to.office_id != post.office_id or not to.is_active:
        raise Invalid({"to": [_("%(person)s does not belong to this office.") % {"person": to}]})
    if day < today:
        raise Invalid({"starts": [_("The past stays as it was: choose today or a later day.")]})


def end_before(appointment: Appointment, day: date, *, at: datetime) -> None:
    """Let a tenure end the day before `day`, and with it what the holder had delegated."""
    given = Delegation.objects.filter(post=appointment.post_id, from_user=appointment.user_id)
    given.filter(revoked_at=None, ends__gte=day).update(revoked_at=at)
    if appointment.starts and appointment.starts >= day:
        appointment.delete()
        return
    appointment.ends = day - timedelta(days=1)
    appointment.save(update_fields=["ends"])
