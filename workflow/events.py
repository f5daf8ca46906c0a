"""Domain events: how a lower app tells the higher ones what happened, without knowing them.

An event is a frozen dataclass. Subscribers run inside the publisher's transaction, in the order they
subscribed, and only write rows; one that must veto raises a `Refusal`, and nothing is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

Event = TypeVar("Event")
_subscribers: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


def subscribe(event_type: type[Event], handler: Callable[[Event], None]) -> None:
    """Call `handler(event)` on every published event of exactly `event_type`."""
    if handler not in _subscribers[event_type]:
        _subscribers[event_type].append(handler)


def publish(event: object) -> None:
    """Hand `event` to its subscribers, now, in this transaction."""
    for handler in _subscribers[type(event)]:
        handler(event)
