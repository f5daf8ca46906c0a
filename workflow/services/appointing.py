"""Who holds a post: a new holder follows the old one, from a day on."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from workflow import audit
from workflow.clock import moment
from workflow.models import Appointment, Delegation, Post, User
from workflow.permissions import require
from workflow.refusals import Invalid, WrongState


@transaction.atomic
def appoint(*, actor: User, post: Post, to: User, at: datetime | None = None) -> Appointment:
    """Make `to` the holder of `post` from the day of `at`; whoever held it ends the day before.

    What waits for the post then waits for the successor. Raises NotAllowed unless `actor` administers
    the office, Invalid for a post signed on paper or a person of another office, WrongState when `to`
    holds it already.
    """
    post = Post.objects.select_for_update().select_related("office").get(pk=post.pk)
    require(actor, "workflow.manage_people", post, at=at)
    _check(post, to)
    day = post.office.day(moment(at))
    current = list(post.appointments.in_force(day).select_related("user"))
    if [a.user_id for a in current] == [to.pk]:
        raise WrongState(_("%(person)s holds this post already.") % {"person": to})
    for appointment in current:
        end_before(appointment, day, at=moment(at))
    appointment = Appointment.objects.create(post=post, user=to, starts=day)
    audit.record(
        actor,
        "post.appointed",
        post,
        at=at,
        data={"to": to.username, "from": [a.user.username for a in current], "starts": day.isoformat()},
    )
    return appointment


def _check(post: Post, to: User) -> None:
    if post.off_system:
        raise Invalid({"post": [_("%(post)s signs on paper and has no holder here.") % {"post": post}]})
    if to.office_id != post.office_id or not to.is_active:
        raise Invalid({"to": [_("%(person)s does not belong to this office.") % {"person": to}]})


def end_before(appointment: Appointment, day: date, *, at: datetime) -> None:
    """Let a tenure end the day before `day`, and with it what the holder had delegated."""
    given = Delegation.objects.filter(post=appointment.post_id, from_user=appointment.user_id)
    given.filter(revoked_at=None, ends__gte=day).update(revoked_at=at)
    if appointment.starts and appointment.starts >= day:
        appointment.delete()
        return
    appointment.ends = day - timedelta(days=1)
    appointment.save(update_fields=["ends"])
