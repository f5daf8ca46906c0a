"""The web shell: what every page is given, and how refusals become pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


class RefusalMiddleware:
    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request)


def shell(request: HttpRequest) -> dict[str, Any]:
    return {}
