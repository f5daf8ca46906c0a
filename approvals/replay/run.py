"""Apply an events file line by line, each exactly once, stopping at the first that is refused."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from approvals.models import ReplayedEvent
from approvals.replay.acts import Stage, perform
from approvals.replay.shapes import EVENT
from nodes.models import Cycle
from workflow.organisation_file import sentence
from workflow.refusals import Invalid, Refusal


class ReplayStopped(Refusal):
    """A line was refused; everything before it is kept."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line


@dataclass
class Progress:
    """How many events were applied by this run and by earlier ones, and the last one's time."""

    applied: int = 0
    applied_before: int = 0
    last: datetime | None = None


@dataclass(frozen=True)
class _Numbered:
    """A line of the file, what it says, and which of its equals it is."""

    line: int
    event: Any
    digest: str
    occurrence: int


def replay(
    cycle: Cycle,
    text: str,
    *,
    folder: Path,
    until: date | None = None,
    before: Callable[[datetime], None] = lambda at: None,
) -> Progress:
    """Apply the events of `text` to `cycle`, those after the inclusive day `until` excepted.

    An event counts as applied by its content, so running a corrected or longer file continues after the
    last applied one. `before` is called with the time of each event about to be looked at. Raises
    ReplayStopped with the line's number and the refusal.
    """
    stage, progress = Stage(cycle, folder), Progress()
    for one in _numbered(text):
        if until and cycle.office.day(one.event.at) > until:
            break
        before(one.event.at)
        if _apply(stage, one):
            progress.applied += 1
        else:
            progress.applied_before += 1
        progress.last = one.event.at
    return progress


def _numbered(text: str) -> Iterator[_Numbered]:
    seen: Counter[str] = Counter()
    latest: datetime | None = None
    for line, raw in enumerate(text.split("\n"), start=1):
        if not raw.strip():
            continue
        event, digest = _parse(line, raw)
        if latest and event.at < latest:
            raise ReplayStopped(line, f"{event.at.isoformat()} comes before the line above it")
        latest = event.at
        seen[digest] += 1
        yield _Numbered(line, event, digest, seen[digest])


def _parse(line: int, raw: str) -> tuple[Any, str]:
    try:
        plain = json.loads(raw)
        event = EVENT.validate_python(plain, strict=False)
    except json.JSONDecodeError as error:
        raise ReplayStopped(line, f"not JSON, {error.msg}") from error
    except ValidationError as error:
        raise ReplayStopped(line, "; ".join(sentence(one) for one in error.errors())) from error
    canonical = json.dumps(plain, sort_keys=True, ensure_ascii=False)
    return event, hashlib.sha256(canonical.encode()).hexdigest()


def _apply(stage: Stage, one: _Numbered) -> bool:
    """Apply one event and remember it, in one transaction; False when an earlier run did."""
    try:
        with transaction.atomic():
            Cycle.objects.select_for_update(no_key=True).get(pk=stage.cycle.pk)
            _marker, is_new = ReplayedEvent.objects.get_or_create(
                cycle=stage.cycle, digest=one.digest, occurrence=one.occurrence
            )
            if is_new:
                perform(stage, one.event)
            return is_new
    except Invalid as refusal:
        raise ReplayStopped(one.line, "; ".join(refusal.lines())) from refusal
    except Refusal as refusal:
        raise ReplayStopped(one.line, str(refusal)) from refusal
