"""Standing in: a holder lets somebody sign for them in a window of days."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from workflow import audit, people
from workflow.clock import moment
from workflow.models import Delegation, Office, Post, User
from workflow.permissions import require
from workflow.refusals import Invalid, WrongState


@transaction.atomic
def delegate(
    *, actor: User, post: Post, to: User, starts: date, ends: date, at: datetime | None = None
) -> Delegation:
    """Let `to` sign for the holder of `post` from `starts` to `ends`, both inclusive.

    Raises NotAllowed unless `actor` holds the post or administers the office, Invalid for a window that
    is none, a person of another office, oneself, a second delegate in the window, a chain or a loop.
    """
    office = Office.objects.select_for_update(no_key=True).get(pk=post.office_id)
    require(actor, "workflow.delegate_post", post, at=at)
    holder = _holder(post, actor, max(starts, office.day(moment(at))))
    _check_window(starts, ends, office.day(moment(at)))
    _check_person(holder, to, office)
    _check_free(post, holder, to, starts, ends)
    made = Delegation.objects.create(post=post, from_user=holder, to_user=to, starts=starts, ends=ends)
    audit.record(
        actor,
        "post.delegated",
        post,
        at=at,
        data={
            "from": holder.username,
            "to": to.username,
            "starts": starts.isoformat(),
            "ends": ends.isoformat(),
        },
    )
    return made


@transaction.atomic
def revoke_delegation(*, actor: User, delegation: Delegation, at: datetime | None = None) -> None:
    """End a delegation now. Raises NotAllowed, or WrongState when it is revoked already."""
    delegation = (
        Delegation.objects.select_for_update(of=("self",)).select_related("post").get(pk=delegation.pk)
    )
    require(actor, "workflow.delegate_post", delegation.post, at=at)
    if delegation.revoked_at:
        raise WrongState(_("This delegation has been revoked already."))
    delegation.revoked_at = moment(at)
    delegation.save(update_fields=["revoked_at"])
    audit.record(actor, "post.delegation_revoked", delegation.post, at=at, data={"id": delegation.pk})


def _holder(post: Post, actor: User, day: date) -> User:
    """Who delegates: the actor, where they hold the post; else its first holder, for whom they act."""
    holders = people.holders(post, day)
    if post.off_system or not holders:
        raise Invalid({"from": [_("%(post)s has no holder who could delegate.") % {"post": post}]})
    return actor if actor in holders else holders[0]


def _check_window(starts: date, ends: date, today: date) -> None:
    if ends < starts:
        raise Invalid({"ends": [_("The last day lies before the first.")]})
    if ends < today:
        raise Invalid({"ends": [_("The window is over already.")]})


def _check_person(holder: User, to: User, office: Office) -> None:
    if to.office_id != office.pk or not to.is_active:
        raise Invalid({"to": [_("%(person)s does not belong to this office.") % {"person": to}]})
    if to.pk == holder.pk:
        raise Invalid({"to": [_("Nobody can delegate to themselves.")]})


def _check_free(post: Post, holder: User, to: User, starts: date, ends: date) -> None:
    """One delegate a holder and post at a time; whoever stands in is there in person: no chain, no loop."""
    in_window = Delegation.objects.filter(revoked_at=None).overlapping(starts, ends)
    if other := in_window.filter(post=post, from_user=holder).select_related("to_user").first():
        message = _("%(person)s stands in for this post from %(starts)s to %(ends)s already.")
        raise Invalid(
            {"to": [message % {"person": other.to_user, "starts": other.starts, "ends": other.ends}]}
        )
    if in_window.filter(from_user=to, to_user=holder).exists():
        raise Invalid(
            {"to": [_("%(person)s delegates to the holder in this window: a loop.") % {"person": to}]}
        )
    if in_window.filter(from_user=to).exists():
        message = _("%(person)s delegates a post of their own in this window: a chain.")
        raise Invalid({"to": [message % {"person": to}]})
    if in_window.filter(to_user=holder).exists():
        message = _("%(person)s stands in for somebody in this window and cannot pass it on: a chain.")
        raise Invalid({"to": [message % {"person": holder}]})
