#!/usr/bin/env python3
"""Checks an archive of evidence against its own list: python3 verify.py [folder or .zip] [its sha256].

The sha256 is that of its list, as registered. Nothing is needed but Python 3.8 or newer; it says that all is
well, or what is altered, missing or was not there before.
Without a folder or a .zip it looks at the folder in which it lies.
"""

import hashlib
import json
import sys
import zipfile
import zlib
from collections import Counter
from pathlib import Path

MANIFEST = "manifest.json"
CHUNK = 1024 * 1024
UNREADABLE = (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)


class Unpacked:
    """An archive that was unpacked into a folder."""

    def __init__(self, folder):
        self.folder = folder

    def names(self):
        found = (
            path for path in self.folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
        )
        return Counter(path.relative_to(self.folder).as_posix() for path in found)

    def open(self, name):
        return (self.folder / name).open("rb")


class Packed:
    """An archive that is still a .zip."""

    def __init__(self, path):
        self.archive = zipfile.ZipFile(str(path))

    def names(self):
        return Counter(info.filename for info in self.archive.infolist() if not info.is_dir())

    def open(self, name):
        return self.archive.open(name)


def digest(archive, name):
    """The SHA-256 of a file, in hex."""
    found = hashlib.sha256()
    with archive.open(name) as content:
        for chunk in iter(lambda: content.read(CHUNK), b""):
            found.update(chunk)
    return found.hexdigest()


def problems(archive, expected=""):
    """What is wrong, one sentence each, and how many files were looked at."""
    there = archive.names()
    if MANIFEST not in there:
        return [f"缺少清单 {MANIFEST}，无法核验"], 0
    if expected and digest(archive, MANIFEST) != expected.lower():
        return ["清单与登记的校验值不符：清单已被改动，或不是同一份归档"], 0
    with archive.open(MANIFEST) as content:
        listed = json.loads(content.read().decode("utf-8"))["files"]
    found = [problem for problem in (judge(archive, line, there) for line in listed) if problem]
    found += [f"同名文件不止一个：{name}" for name, times in sorted(there.items()) if times > 1]
    known = {line["path"] for line in listed} | {MANIFEST}
    return found + [f"清单之外的文件：{name}" for name in sorted(set(there) - known)], len(listed)


def judge(archive, line, there):
    """What is wrong with one file of the list, None when nothing is."""
    if line.get("missing"):
        return f"归档时已不在系统中：{line['path']}"
    if line["path"] not in there:
        return f"缺少文件：{line['path']}"
    try:
        same = digest(archive, line["path"]) == line["sha256"]
    except UNREADABLE:
        return f"文件无法读取：{line['path']}"
    return None if same else f"内容已被改动：{line['path']}"


def main(arguments):
    hashes = [one for one in arguments if len(one) == 64 and not Path(one).exists()]
    places = [one for one in arguments if one not in hashes]
    place = Path(places[0]) if places else Path(__file__).resolve().parent
    try:
        archive = Unpacked(place) if place.is_dir() else Packed(place)
        found, count = problems(archive, hashes[0] if hashes else "")
    except (*UNREADABLE, ValueError, KeyError, TypeError, AttributeError) as error:
        found, count = [f"无法读取 {place}：{error}"], 0
    found.append(f"核验未通过：{len(found)} 个问题" if found else f"核验通过：{count} 个文件")
    sys.stdout.write("\n".join(found) + "\n")
    return 1 if len(found) > 1 else 0


def source():
    """This file's own text, for an archive to carry."""
    return Path(__file__).read_text(encoding="utf-8")


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    sys.exit(main(sys.argv[1:]))
