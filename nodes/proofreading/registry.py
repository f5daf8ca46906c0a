"""Every rule of proofreading, by its id, with what explains it and the examples that prove it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from nodes.proofreading.findings import Finding, Severity
from nodes.proofreading.paragraphs import Paragraph

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from nodes.proofreading.structure import Document

MOST = 200  # findings of one rule; who wrote more than that knows by then


@dataclass(frozen=True)
class Hit:
    """Where a rule found something; `message` and `severity` when they are not the rule's own."""

    paragraph: Paragraph
    start: int
    end: int
    message: str = ""
    severity: Severity | None = None


Check = Callable[..., Iterator[Hit]]


@dataclass(frozen=True)
class Rule:
    """One thing to look for. It finds something in every text of `wrong`, nothing in those of `right`."""

    id: str
    severity: Severity
    explanation: str | _StrPromise
    remedy: str | _StrPromise
    check: Check
    wrong: tuple[str, ...]
    right: tuple[str, ...]

    def findings(self, *subject: Any) -> Iterator[Finding]:
        """What the rule finds in its subject, up to a limit."""
        for hit in islice(self.check(*subject), MOST):
            yield Finding(
                hit.paragraph.line_at(hit.start),
                hit.severity or self.severity,
                self.id,
                hit.paragraph.quote(hit.start, hit.end),
                hit.message or str(self.explanation),
                str(self.remedy),
            )


class Registry:
    """Rules in the order they were written down; an id is used once."""

    def __init__(self) -> None:
        self.rules: dict[str, Rule] = {}

    def rule(
        self,
        id: str,
        severity: Severity,
        *,
        explanation: str | _StrPromise,
        remedy: str | _StrPromise,
        wrong: tuple[str, ...],
        right: tuple[str, ...],
    ) -> Callable[[Check], Check]:
        """Register the decorated function, which yields a Hit for each finding."""

        def register(check: Check) -> Check:
            if id in self.rules:
                raise ValueError(f"the rule {id} exists already")
            self.rules[id] = Rule(id, severity, explanation, remedy, check, wrong, right)
            return check

        return register


TEXT_RULES = Registry()
rule = TEXT_RULES.rule


def text_findings(document: Document, only: frozenset[str] | None = None) -> Iterator[Finding]:
    """What the rules (all, or `only` those named) find in a document."""
    for one in TEXT_RULES.rules.values():
        if only is None or one.id in only:
            yield from one.findings(document)
