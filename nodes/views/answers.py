"""Answers to a page's own script: JSON, refusals included."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, JsonResponse

from workflow.refusals import Invalid, Refusal


def in_json(view: Callable[..., JsonResponse]) -> Callable[..., JsonResponse]:
    """Answer what the services refuse as JSON with the words that a person should read."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            return refused(refusal)

    return answered


def refused(refusal: Refusal, **more: Any) -> JsonResponse:
    """The refusal's words, and whatever else the script has to know."""
    return JsonResponse({"message": words(refusal), **more}, status=refusal.status)


def words(refusal: Refusal) -> str:
    """The refusal as one text, without the names of fields."""
    if isinstance(refusal, Invalid):
        return " ".join(message for found in refusal.errors.values() for message in found)
    return str(refusal)
