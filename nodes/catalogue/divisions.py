"""Matches division names as people type them with the office's own."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches

from django.utils.translation import gettext as _

from nodes.catalogue.cells import as_key

SEPARATORS = re.compile(r"[、，,;；]")


class Divisions:
    """The office's divisions, found whatever the spacing and the width of brackets."""

    def __init__(self, known: Collection[str]) -> None:
        self._names = {as_key(name): name for name in known}

    def find(self, text: str) -> str | None:
        """Return the division's own name, or None."""
        return self._names.get(as_key(text))

    def split(self, text: str) -> list[str]:
        """Return the names in a 、-separated list; a space separates too where both sides are names."""
        parts = [part.strip() for part in SEPARATORS.split(text) if part.strip()]
        return [name for part in parts for name in self._spaced(part)]

    def _spaced(self, part: str) -> list[str]:
        names = part.split()
        return [part] if self.find(part) or not all(map(self.find, names)) else names

    def unknown(self, text: str) -> str:
        """Say that there is no such division, and which one may have been meant."""
        near = get_close_matches(as_key(text), self._names, n=1, cutoff=0.5)
        if near:
            return _("there is no division “%(name)s”; is it “%(near)s”?") % {
                "name": text,
                "near": self._names[near[0]],
            }
        return _("there is no division “%(name)s”") % {"name": text}
