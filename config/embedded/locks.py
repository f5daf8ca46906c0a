"""The locks by which commands and keeper know of each other; the kernel lets go of a dead process's locks.

Each server has four, all files in its folder:

* `clients`: shared by every command that uses the server, exclusive for a keeper that found it free and ends;
* `keeper`: held by the keeper as long as it serves;
* `start`: held from the moment a keeper is wanted until it is ready or has failed;
* `server`: held by the keeper and inherited by the server's own processes, so it is free only when
  nothing at all is left of them.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path


class Lock:
    """One lock file, opened; the lock belongs to the open file and to every process that inherits it."""

    def __init__(self, path: Path) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self, *, shared: bool = False) -> None:
        fcntl.flock(self.descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)

    def try_take(self, *, shared: bool = False) -> bool:
        """Take it if nobody is in the way; where somebody is, what we held of it is lost."""
        try:
            fcntl.flock(self.descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def take_within(self, seconds: float) -> bool:
        """Wait for the lock so long and no longer."""
        deadline = time.monotonic() + seconds
        while not (taken := self.try_take()) and time.monotonic() < deadline:
            time.sleep(0.02)
        return taken

    def is_free(self) -> bool:
        free = self.try_take()
        self.release()
        return free

    def is_shared(self) -> bool:
        """Whether others hold it, and would let us in."""
        shared = not self.try_take() and self.try_take(shared=True)
        self.release()
        return shared

    def release(self) -> None:
        """Let go, also on behalf of processes that inherited the lock."""
        fcntl.flock(self.descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go, unless a process that inherited the lock still holds it."""
        os.close(self.descriptor)

    def __enter__(self) -> Lock:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()
