"""The rules of proofreading, a file for each kind."""

from __future__ import annotations

from importlib import import_module

FILES = (
    "figures",
    "punctuation",
    "headings",
    "dates",
    "layout",
    "indicators",
    "names",
    "sums",
    "deferrals",
    "wording",
    "completeness",
)


def load() -> None:
    """Put every rule into the registry."""
    for name in FILES:
        import_module(f"{__name__}.{name}")
