"""An end to what takes too long: time-outs of single answers do not add up to one of the whole."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from math import inf
from types import TracebackType

LOOKS = 10  # how often in the time allowed somebody looks


class Patience:
    """`with patience:` lasts a tenth longer than `seconds` at most: then `cut` makes what it waits for fail.

    It is for one thread; `close` ends the one that looks, which begins anew when it is needed again.
    """

    def __init__(self, seconds: float, cut: Callable[[], None]) -> None:
        self.seconds, self._cut, self._ends = seconds, cut, inf
        self._closed: threading.Event | None = None

    def __enter__(self) -> None:
        self._ends = time.monotonic() + self.seconds
        if self._closed is None:
            self._closed = threading.Event()
            threading.Thread(target=self._look, args=[self._closed], daemon=True).start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends = inf

    def close(self) -> None:
        if self._closed:
            self._closed.set()
        self._closed = None

    def _look(self, closed: threading.Event) -> None:
        while not closed.wait(self.seconds / LOOKS):
            if time.monotonic() > self._ends:
                self._cut()
