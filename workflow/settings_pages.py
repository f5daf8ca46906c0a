"""The pages of the settings: each app adds its own; the overview and the navigation show what there is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workflow.models import Office


@dataclass(frozen=True)
class SettingsPage:
    """One page: the name of its address, its label, what it is for, how things stand, who may change them.

    Pages stand in the order of `place`; one whose address does not exist is not shown.
    """

    name: str
    place: int
    label: Any
    purpose: Any
    permission: str
    state: Callable[[Office], str] = lambda _office: ""


_pages: dict[str, SettingsPage] = {}


def add(*pages: SettingsPage) -> None:
    """Make `pages` known; one of the same name is replaced."""
    _pages.update({page.name: page for page in pages})


def known() -> list[SettingsPage]:
    """Every page, in order."""
    return sorted(_pages.values(), key=lambda page: page.place)
