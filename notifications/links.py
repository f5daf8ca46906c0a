"""Addresses that stand in messages: signed, so that nobody makes one up."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from notifications.models import Notification

ANSWER_LASTS = timedelta(days=14)
REMINDERS, NEWS = "reminders", "news"


@cache
def _signer(salt: str) -> Signer:
    return Signer(salt=f"notifications.{salt}", sep=".")


@cache
def _place(name: str) -> str:
    """The address of this name up to its token."""
    return reverse(name, args=["-"]).removesuffix("-/")


def answer_link(row: Notification) -> str:
    """Where the reader of a message answers to what it tells under `row`; the same on every attempt."""
    return f"{settings.BASE_URL}{_place('answer')}{_signer('answer').sign(str(row.pk))}/"


def row_of(token: str) -> int | None:
    """The id of the row for which an answer link was made, None where it is no link of ours."""
    return _number(_unsigned("answer", token))


def expires_at(row: Notification) -> datetime:
    """Until when the link may be used: counted from when it was sent, which the ledger knows."""
    return (row.sent_at or row.due_at) + ANSWER_LASTS


def unsubscribe_link(user_id: int, about: str) -> str:
    """Where `user_id` wants no more mail `about` reminders or news; good for ever."""
    token = _signer("unsubscribe").sign(f"{user_id}:{about}")
    return f"{settings.BASE_URL}{_place('unsubscribe')}{token}/"


def unsubscribed(token: str) -> tuple[int, list[str]] | None:
    """Whose mail and about what an unsubscribe link ends, None where it is no link of ours."""
    user, _colon, about = (_unsigned("unsubscribe", token) or "").partition(":")
    number, kinds = _number(user), about.split(",")
    if number is None or not set(kinds) <= {REMINDERS, NEWS}:
        return None
    return number, kinds


def _unsigned(salt: str, token: str) -> str | None:
    try:
        return _signer(salt).unsign(token)
    except BadSignature:
        return None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) <= 18 else None
