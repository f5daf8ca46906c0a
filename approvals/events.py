"""What happens to deferral requests and waiting reviews, for whoever wants to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from approvals.models import DeferralRequest, SignOff, SummaryFiling, SummarySignOff
from nodes.models import EvidenceSubmission, WorkNode
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


@dataclass(frozen=True)
class UrgedByHand:
    """Somebody urged those who have to act, for the `time`-th time (from 1)."""

    actor: User
    at: datetime
    time: int


@dataclass(frozen=True)
class WorkUrgedByHand(UrgedByHand):
    """The lead division is urged to get on with its node."""

    node: WorkNode


@dataclass(frozen=True)
class ReviewUrgedByHand(UrgedByHand):
    """The performance office is urged to review."""

    submission: EvidenceSubmission


@dataclass(frozen=True)
class SignOffUrgedByHand(UrgedByHand):
    """Those who have to sign a deferral now are urged to."""

    request: DeferralRequest
    sign_offs: tuple[SignOff, ...]


# The annual summary


@dataclass(frozen=True)
class SummarySignOffEvent:
    """Something about a round of signing an annual summary, at the aware moment `at`."""

    sign_off: SummarySignOff
    at: datetime


class SummaryAsked(SummarySignOffEvent):
    """The summary waits for the head of the unit."""


class SummarySettled(SummarySignOffEvent):
    """The round ended with its outcome: signed and frozen, returned, or taken back."""


# Many offices


@dataclass(frozen=True)
class FilingEvent:
    """Something about a round of handing a summary in to an overseeing office, at the aware moment `at`."""

    filing: SummaryFiling
    at: datetime


class SummaryHandedIn(FilingEvent):
    """It waits for the overseeing office."""


class SummaryReceived(FilingEvent):
    """The overseeing office decided: received, or returned to be mended."""
