"""Packs a year's evidence: a list with every hash, then a zip that is never in memory as a whole."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from approvals.archive import names, verifier
from approvals.archive.contents import Chapter, contents
from nodes.models import Cycle
from workflow.files import CHUNK, path_of

MANIFEST, INDEX, VERIFIER = "manifest.json", "index.html", "verify.py"
FORMAT = "jiedian-evidence/1"
LANGUAGE = "zh-hans"
LARGE = 2**31 - 1  # bytes, beyond which a file needs the wider fields of a zip


@dataclass(frozen=True)
class Member:
    """One file of the archive: `content` is its bytes, or where they lie; `facts` go into the manifest."""

    path: str
    sha256: str
    size: int
    content: bytes | Path
    facts: dict[str, Any]

    @property
    def missing(self) -> bool:
        return isinstance(self.content, Path) and not self.content.is_file()

    def listed(self) -> dict[str, Any]:
        line = {"path": self.path, "sha256": self.sha256, "size": self.size, **self.facts}
        return line | {"missing": True} if self.missing else line

    def chunks(self) -> Iterator[bytes]:
        if isinstance(self.content, bytes):
            yield self.content
            return
        with self.content.open("rb") as stored:
            while chunk := stored.read(CHUNK):
                yield chunk


@dataclass(frozen=True)
class Archive:
    """A zip ready to be sent: `manifest_sha256` (hex) is what its verifier is asked to hold it to."""

    name: str
    manifest: bytes
    members: list[Member]
    at: datetime

    @property
    def manifest_sha256(self) -> str:
        return hashlib.sha256(self.manifest).hexdigest()

    @property
    def missing(self) -> int:
        """How many files are in the record, but not on this machine."""
        return sum(member.missing for member in self.members)

    def chunks(self) -> Iterator[bytes]:
        """The zip's bytes, piece by piece; equal archives are equal to the byte."""
        pipe = _Pipe()
        with ZipFile(pipe, "w") as packed:
            manifest = Member(MANIFEST, "", len(self.manifest), self.manifest, {})
            for member in [manifest, *self.members]:
                if member.missing:
                    continue
                with packed.open(_info(member, self.at), "w", force_zip64=member.size > LARGE) as target:
                    for chunk in member.chunks():
                        target.write(chunk)
                        yield pipe.drain()
                yield pipe.drain()
        yield pipe.drain()


class _Pipe(io.RawIOBase):
    """Where a zip is written to, and its bytes are taken from."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.waiting.append(bytes(data))
        return len(data)

    def drain(self) -> bytes:
        taken, self.waiting = b"".join(self.waiting), []
        return taken


def _info(member: Member, at: datetime) -> ZipInfo:
    """Dated by the archive, so that equal contents give equal bytes; text is worth being compressed."""
    info = ZipInfo(member.path, at.timetuple()[:6])
    info.compress_type = ZIP_DEFLATED if isinstance(member.content, bytes) else ZIP_STORED
    info.create_system, info.external_attr = 3, 0o644 << 16
    return info


def archive_of(cycle: Cycle, figures: dict[str, Any], at: datetime) -> Archive:
    """The evidence of `cycle` as it stands, with the year's `figures`; `at` dates the archive."""
    with translation.override(LANGUAGE):
        return _archive(cycle, figures, at.astimezone(cycle.office.zone))


def _archive(cycle: Cycle, figures: dict[str, Any], local: datetime) -> Archive:
    chapters = contents(cycle)
    members = [*_papers(chapters), *_words(chapters), _text("figures.json", _json(figures))]
    members = [_index(cycle, chapters, members, local), *members, _text(VERIFIER, verifier.source())]
    manifest = {
        "format": FORMAT,
        "office": cycle.office.name,
        "code": cycle.office.code,
        "year": cycle.year,
        "made_at": local.isoformat(timespec="seconds"),
        "files": [member.listed() for member in members],
    }
    name = _("%(office)s %(year)d evidence.zip") % {"office": cycle.office, "year": cycle.year}
    return Archive(names.file_part(name, 100), _json(manifest).encode(), members, local)


def _papers(chapters: Iterable[Chapter]) -> Iterator[Member]:
    for chapter in chapters:
        for folder in chapter.folders:
            for paper in folder.papers:
                stored = paper.attachment.file
                facts = {"node": chapter.node.number, "name": paper.attachment.name}
                yield Member(paper.path, stored.sha256, stored.size, path_of(stored.sha256), facts)


def _words(chapters: Iterable[Chapter]) -> Iterator[Member]:
    for chapter in chapters:
        for folder in chapter.folders:
            taken = {paper.path.casefold() for paper in folder.papers}
            name = pgettext("archive", "particulars")
            path = names.unlike(f"{folder.path}/{name}.txt", taken)
            yield _text(path, folder.text, node=chapter.node.number)


def _index(cycle: Cycle, chapters: list[Chapter], members: list[Member], local: datetime) -> Member:
    facts = {
        "cycle": cycle,
        "office": cycle.office,
        "chapters": chapters,
        "files": sum(isinstance(member.content, Path) for member in members),
        "bytes": sum(member.size for member in members if isinstance(member.content, Path)),
        "missing": {member.path for member in members if member.missing},
        "at": local,
        "verifier": VERIFIER,
    }
    return _text(INDEX, render_to_string("approvals/archive/index.html", facts))


def _text(path: str, text: str, **facts: Any) -> Member:
    content = text.encode()
    return Member(path, hashlib.sha256(content).hexdigest(), len(content), content, facts)


def _json(facts: Any) -> str:
    return json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
