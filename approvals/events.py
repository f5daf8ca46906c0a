"""What happens to deferral requests and waiting reviews, for whoever wants to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from approvals.models import DeferralRequest, SignOff
from nodes.models import EvidenceSubmission
from workflow.models import Post, User


@dataclass(frozen=True)
class SignOffEvent:
    """Something about the signatures that `request` waits for, at the aware moment `at`."""

    request: DeferralRequest
    sign_offs: tuple[SignOff, ...]
    at: datetime


class SignOffOpened(SignOffEvent):
    """A step waits for its signatures now."""


class SignOffUrged(SignOffEvent):
    """A step has waited as long as the policy allows; its signers are reminded."""


@dataclass(frozen=True)
class SignOffEscalated(SignOffEvent):
    """A step has waited too long; the holders of `above`, the next posts up, are told."""

    above: tuple[Post, ...]


@dataclass(frozen=True)
class DeferralSettled:
    """The request ended with its status, by the act of `actor`."""

    request: DeferralRequest
    actor: User
    at: datetime


@dataclass(frozen=True)
class ReviewUrged:
    """A submission has waited for its review; `escalated` says the head of the unit is told too."""

    submission: EvidenceSubmission
    at: datetime
    escalated: bool
