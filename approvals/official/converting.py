"""Makes a PDF of a Word document with the machine's LibreOffice, which is given nothing but the file."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from django.utils.translation import gettext as _

from approvals.official import fonts
from workflow.refusals import Refusal

PATIENCE = 60  # seconds
NAMES = ("soffice", "libreoffice")
LARGEST = 256 * 1024**2  # bytes that one file may take


class NoPdf(Refusal):
    """There is no PDF: LibreOffice is not there, or it did not manage. The message says which."""

    status = 503


def can_convert() -> bool:
    """Whether this machine can make PDFs at all."""
    return _program() is not None


def pdf(document: bytes, *, patience: float = PATIENCE) -> bytes:
    """The PDF of a .docx. Raises NoPdf without LibreOffice, when it fails or takes over `patience` s."""
    program = _program()
    if program is None:
        raise NoPdf(_("A PDF needs LibreOffice, which is not installed here."))
    with tempfile.TemporaryDirectory(prefix="jiedian-pdf-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "document.docx").write_bytes(document)
        (folder / "fonts.conf").write_text(fonts.fontconfig(), encoding="utf-8")
        _run(program, folder, patience)
        return _made(folder / "document.pdf")


def _program() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def _run(program: str, folder: Path, patience: float) -> None:
    """Run it at the head of its own process group, so that all it started can be ended with it."""
    command = [
        program,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        *("--headless", "--norestore", "--nologo", "--nolockcheck"),
        "--infilter=MS Word 2007 XML",  # it would take whatever else the bytes look like
        *("--convert-to", "pdf:writer_pdf_Export", "--outdir", str(folder), str(folder / "document.docx")),
    ]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=_surroundings(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_confine,
    )
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        raise NoPdf(_("LibreOffice took too long over the PDF.")) from None
    finally:
        _end(process)


def _surroundings(folder: Path) -> dict[str, str]:
    """Nothing of our own environment: no keys, no database, no way out to the network."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "FONTCONFIG_FILE": str(folder / "fonts.conf"),
        "SAL_USE_VCLPLUGIN": "svp",
    }


def _confine() -> None:
    for limit, most in ((resource.RLIMIT_FSIZE, LARGEST), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(limit, (most, most))


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the group: soffice is a script, and its child goes on without it."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _made(path: Path) -> bytes:
    content = path.read_bytes() if path.is_file() else b""
    if not content.startswith(b"%PDF-"):
        raise NoPdf(_("LibreOffice could not make the PDF."))
    return content
