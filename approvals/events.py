"""What happens to deferral requests and waiting reviews, for whoever wants to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class DeferralEvent:
    """Something happened to a request: ids only, and the aware moment."""

    request_id: int
    at: datetime


@dataclass(frozen=True)
class SignOffOpened(DeferralEvent):
    """A step waits for its signatures now."""

    sign_off_ids: tuple[int, ...]


@dataclass(frozen=True)
class DeferralSettled(DeferralEvent):
    """The request ended; `status` is a `DeferralRequest.Status`."""

    status: str
    actor_id: int


@dataclass(frozen=True)
class SignOffUrged(DeferralEvent):
    """A step has waited as long as the policy allows; its signers are reminded."""

    sign_off_ids: tuple[int, ...]


@dataclass(frozen=True)
class SignOffEscalated(DeferralEvent):
    """A step has waited too long; the holders of `post_ids`, next above its signers, are told."""

    sign_off_ids: tuple[int, ...]
    post_ids: tuple[int, ...]


@dataclass(frozen=True)
class ReviewUrged:
    """A submission has waited for its review; `escalated` says the head of the unit is told too."""

    submission_id: int
    at: datetime
    escalated: bool
