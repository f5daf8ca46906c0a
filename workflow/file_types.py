"""What an uploaded file really is, decided by its content, and whether we keep such files."""

from __future__ import annotations

import codecs
import hashlib
import re
import struct
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import BinaryIO

from django.utils.translation import gettext as _

MIB = 1024 * 1024
MAX_BYTES = 50 * MIB
MAX_UNPACKED = 500 * MIB
MAX_MEMBERS = 2_000
MAX_RATIO = 100
MAX_NAME_BYTES = 255
TEXT_HEAD = 1024

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
DOC, XLS, PPT = "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"
OFD, ZIP, TEXT, CSV = "application/ofd", "application/zip", "text/plain", "text/csv"

# The name's ending only has to agree with the content; WPS writes the same containers as Office.
EXTENSIONS = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "bmp": "image/bmp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "mp4": "video/mp4",
    "docx": DOCX,
    "xlsx": XLSX,
    "pptx": PPTX,
    "doc": DOC,
    "wps": DOC,
    "xls": XLS,
    "et": XLS,
    "ppt": PPT,
    "dps": PPT,
    "ofd": OFD,
    "zip": ZIP,
    "txt": TEXT,
    "csv": CSV,
}

# The main part lies at its usual path, or [Content_Types].xml tells where it went.
OOXML_PARTS = (
    ("word/document.xml", b"wordprocessingml.document.main+xml", DOCX),
    ("xl/workbook.xml", b"spreadsheetml.sheet.main+xml", XLSX),
    ("ppt/presentation.xml", b"presentationml.presentation.main+xml", PPTX),
)
OLE2_STREAMS = {"WordDocument": DOC, "Workbook": XLS, "Book": XLS, "PowerPoint Document": PPT}
CONTENT_TYPES, MACRO_PART = "[content_types].xml", "vbaproject.bin"
MACRO_CONTENT = (b"macroenabled", b"vbaproject", b"macrosheet")

SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
)
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
MP4_BRANDS = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV"}
SCRIPT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:#!|@echo\b)", re.IGNORECASE)
MARKUP = re.compile(
    rb"<(?:!doctype|html|head|body|script|svg|iframe|object|embed|meta|img|style|\?xml|\?php)", re.IGNORECASE
)
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
ACTIVE_ENDINGS = frozenset("""
    apk app bat cmd com cpl dll docm dotm exe hta jar js jse lnk msi pif ppam pptm ps1 reg scr sh
    vbe vbs wsf wsh xlam xlsm xltm
""".split())  # fmt: skip  # noqa: SIM905


class BadFile(ValueError):
    """The file is not kept; `str()` says why, to the person who chose it."""


@dataclass(frozen=True)
class FileFacts:
    """What we know of a file from its content; `size` in bytes, `sha256` in lower-case hex."""

    content_type: str
    size: int
    sha256: str


def inspect(stream: BinaryIO, name: str, *, max_bytes: int = MAX_BYTES) -> FileFacts:
    """Say what `stream` holds, whatever it is called.

    The stream is read from its start and left there. Raises BadFile for an empty, oversized, active
    (program, web page, macros), sealed (encrypted), damaged, exploding or unknown file, and for a name
    that promises another kind of content.
    """
    stream.seek(0)
    content = stream.read(max_bytes + 1)
    stream.seek(0)
    _check_size(len(content), max_bytes)
    content_type = _named_type(_content_type(content), extension(name))
    return FileFacts(content_type, len(content), hashlib.sha256(content).hexdigest())


def clean_name(name: str) -> str:
    """Return `name` as a bare file name: NFC, printable, without a path, at most 255 bytes of UTF-8."""
    bare = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    printable = "".join(char for char in bare if char.isspace() or not _is_invisible(char))
    tidy = re.sub(r'[<>:"|?*]', "_", " ".join(printable.split())).strip(". ")
    return _shortened(tidy) or "file"


def extension(name: str) -> str:
    """Return the name's ending in lower case without its dot; '' when it has none (“报告v1.2”)."""
    found = re.search(r"\.([A-Za-z][A-Za-z0-9]{0,7})$", clean_name(name))
    return found[1].lower() if found else ""


def _shortened(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending.encode()) > 16:
        stem, dot, ending = name, "", ""
    room = MAX_NAME_BYTES - len((dot + ending).encode())
    return stem.encode()[:room].decode(errors="ignore").strip(". ") + dot + ending


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs")


def _check_size(size: int, max_bytes: int) -> None:
    if not size:
        raise BadFile(_("The file is empty."))
    if size > max_bytes:
        raise BadFile(_("The file is larger than %(limit)d MB.") % {"limit": max_bytes // MIB})


def _named_type(content_type: str, ending: str) -> str:
    """The content's type, refined by a name that agrees with it."""
    expected = EXTENSIONS.get(ending)
    if ending and expected is None:
        raise BadFile(_("Files ending in .%(ending)s are not accepted.") % {"ending": ending})
    if (content_type, expected) == (TEXT, CSV):
        return CSV
    if expected not in (None, content_type):
        raise BadFile(
            _("The name ends in .%(ending)s, but the content is that of a .%(actual)s file.")
            % {"ending": ending, "actual": _usual_ending(content_type)}
        )
    return content_type


def _usual_ending(content_type: str) -> str:
    return next(ending for ending, known in EXTENSIONS.items() if known == content_type)


def _content_type(content: bytes) -> str:
    if content.startswith(OLE2):
        return _ole2_type(content)
    if content.startswith(ZIP_STARTS):
        return _zip_type(content)
    return _signed_type(content) or _text_type(content)


def _signed_type(content: bytes) -> str | None:
    for signature, content_type in SIGNATURES:
        if content.startswith(signature):
            return content_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in MP4_BRANDS:
        return "video/mp4"
    return "image/bmp" if _is_bitmap(content) else None


def _is_bitmap(content: bytes) -> bool:
    """“BM” alone begins many texts: the header's size, which is one of seven, must be there too."""
    return content[:2] == b"BM" and content[14:18] in {
        struct.pack("<I", size) for size in (12, 40, 52, 56, 64, 108, 124)
    }


def _text_type(content: bytes) -> str:
    if b"\0" in content and not content.startswith(UTF16):
        raise BadFile(_("This kind of file is not accepted."))
    if SCRIPT.match(content):
        raise BadFile(_("Programs and scripts are not accepted."))
    if MARKUP.search(content[:TEXT_HEAD]):
        raise BadFile(_("Web pages, XML and SVG are not accepted."))
    if text_encoding(content) is None:
        raise BadFile(_("The file is neither of a kind we accept nor text in UTF-8 or GB 18030."))
    return TEXT


def text_encoding(content: bytes) -> str | None:
    """Return the codec that reads `content` ("utf-8-sig" or "gb18030"), or None."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            codecs.decode(content, encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return None


def decoded(head: bytes) -> str:
    """The text that begins with `head`, which may end in the middle of a character."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
    return head.decode("utf-16" if head.startswith(UTF16) else "utf-8", errors="replace")


def check_name(name: str) -> None:
    """Raise BadFile for a name that no accepted file can have, before anything of the file is sent."""
    ending = extension(name)
    if ending and ending not in EXTENSIONS:
        raise BadFile(_("Files ending in .%(ending)s are not accepted.") % {"ending": ending})


def _ole2_type(content: bytes) -> str:
    """Binary Office and WPS files, told apart by the streams in their directory."""
    has = _directory(content)
    if has("EncryptedPackage"):
        raise BadFile(_("The file is protected with a password; remove it so that it can be reviewed."))
    if has("_VBA_PROJECT") or has("VBA"):
        raise BadFile(_("The file contains macros; save it without them."))
    for stream, content_type in OLE2_STREAMS.items():
        if has(stream):
            return content_type
    raise BadFile(_("This kind of file is not accepted."))


def _directory(content: bytes) -> Callable[[str], bool]:
    """A test for names in an OLE2 directory: 64 bytes of UTF-16 and its length, in any letter case."""
    lowered = content.lower()

    def has(name: str) -> bool:
        encoded = name.lower().encode("utf-16-le")
        return encoded.ljust(64, b"\0") + struct.pack("<H", len(encoded) + 2) in lowered

    return has


def _zip_type(content: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _check_archive(archive)
            return _office_type(archive)
    except BadFile:
        raise
    except Exception as error:  # zipfile and its decompressors report damage in a dozen ways
        raise BadFile(_("The file is damaged.")) from error


def _check_archive(archive: zipfile.ZipFile) -> None:
    """Refuse what an archive declares about itself, before anything of it is unpacked.

    zipfile never reads a member beyond its declared size, so a lying directory gains nothing.
    """
    members = archive.infolist()
    if not members:
        raise BadFile(_("The archive is empty."))
    if any(member.flag_bits & 0x1 for member in members):
        raise BadFile(_("The file is protected with a password; remove it so that it can be reviewed."))
    if any(_escapes(member.filename) for member in members):
        raise BadFile(_("The archive names files outside itself."))
    _check_unpacked(members)


def _check_unpacked(members: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    # A blank form of a few kilobytes may well be packed a hundredfold; it harms nobody.
    explodes = unpacked > max(MIB, MAX_RATIO * packed)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED or explodes:
        raise BadFile(_("The archive unpacks to more than is reasonable."))


def _escapes(name: str) -> bool:
    parts = re.split(r"[/\\]", name)
    return not parts[0] or ".." in parts or re.match(r"[A-Za-z]:", name) is not None


def _office_type(archive: zipfile.ZipFile) -> str:
    members = {member.filename.lower(): member for member in archive.infolist()}
    if CONTENT_TYPES not in members:
        return OFD if "ofd.xml" in members else _plain_archive(set(members))
    declared = _declared_types(archive, members[CONTENT_TYPES])
    if any(mark in declared for mark in MACRO_CONTENT) or any(name.endswith(MACRO_PART) for name in members):
        raise BadFile(_("The file contains macros; save it without them."))
    for part, mark, content_type in OOXML_PARTS:
        if part in members or mark in declared:
            return content_type
    raise BadFile(_("This kind of file is not accepted."))


def _declared_types(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    if member.file_size > MIB:
        raise BadFile(_("The archive unpacks to more than is reasonable."))
    return archive.read(member).lower()


def _plain_archive(names: set[str]) -> str:
    endings = {PurePosixPath(name).suffix.removeprefix(".") for name in names}
    if endings & ACTIVE_ENDINGS or "meta-inf/manifest.mf" in names:
        raise BadFile(_("The archive contains programs, scripts or macros."))
    return ZIP
