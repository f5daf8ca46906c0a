"""Where a checkout's servers keep their things, and who may reach them.

Data, logs and locks lie in the checkout's own `.jiedian/`. Sockets lie in a short folder under /tmp, since
the kernel allows a socket's path 107 bytes however deep the checkout is.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path


class ServerFailed(Exception):
    """A server could not be started, or its folder is not safe to use; the text is for a person."""


@dataclass(frozen=True)
class Place:
    """One checkout's folders; reading an attribute creates the folder, private to this user."""

    base: Path

    @property
    def home(self) -> Path:
        return private_folder(self.base / ".jiedian")

    @property
    def sockets(self) -> Path:
        return private_folder(Path("/tmp") / self.short_name)

    @property
    def short_name(self) -> str:
        """This user's name for this checkout: no two checkouts share it."""
        digest = hashlib.sha256(os.fsencode(os.path.realpath(self.base))).hexdigest()
        return f"jiedian-{os.geteuid()}-{digest[:12]}"

    def folder(self, server: str) -> Path:
        """Where `server` keeps its data, log and locks."""
        return private_folder(self.home / server)

    def log(self, server: str) -> Path:
        return self.folder(server) / "log"


def private_folder(path: Path) -> Path:
    """Create `path` for this user alone, or make sure that it is so already.

    Raises ServerFailed where somebody else made it first: what is put there would be in their hands.
    """
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise ServerFailed(f"{path} belongs to another user: run as that user, or remove it")
    if stat.S_IMODE(found.st_mode) != 0o700:
        path.chmod(0o700)
    return path


def kept_secret(path: Path) -> str:
    """The random key in `path`, made by whoever asks first and the same for everyone after."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was quicker: its key counts
        finally:
            draft.unlink()
    return path.read_text()
