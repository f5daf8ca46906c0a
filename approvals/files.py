"""Who may see the files of a deferral."""

from __future__ import annotations

from django.db.models import Q

from approvals.models import Decision, DeferralRequest
from workflow.models import Attachment, User


def may_see(user: User, attachment: Attachment) -> bool:
    """Whether it came with a request that the user may see, or is the scan of a signature on one."""
    scans = Decision.scans.through.objects.filter(attachment=attachment).values("decision__sign_off__request")
    own = Q(attachments=attachment) | Q(pk__in=scans)
    return DeferralRequest.objects.visible_to(user).filter(own).exists()
