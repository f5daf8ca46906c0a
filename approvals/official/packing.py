"""Word's file as the same bytes for the same document: fixed order and times, no leftovers of templates."""

from __future__ import annotations

import zipfile
from io import BytesIO

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE

OLDEST = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can say
FIRST = ("[Content_Types].xml", "_rels/.rels")
NEEDED = frozenset(
    {
        RELATIONSHIP_TYPE.OFFICE_DOCUMENT,
        RELATIONSHIP_TYPE.CORE_PROPERTIES,
        RELATIONSHIP_TYPE.STYLES,
        RELATIONSHIP_TYPE.SETTINGS,
        RELATIONSHIP_TYPE.THEME,
        RELATIONSHIP_TYPE.HEADER,
        RELATIONSHIP_TYPE.FOOTER,
    }
)


def pack(word: Document) -> bytes:
    """The document's bytes, which depend on nothing but its content."""
    _drop_leftovers(word)
    written = BytesIO()
    word.save(written)
    return _sorted(written)


def _drop_leftovers(word: Document) -> None:
    """Leave out the template's thumbnail and other parts that no official document has."""
    for relations in (word.part.package.rels, word.part.rels):
        for key in [key for key, one in relations.items() if one.reltype not in NEEDED]:
            del relations[key]


def _sorted(written: BytesIO) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name not in FIRST, name)):
            entry = zipfile.ZipInfo(name, OLDEST)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            target.writestr(entry, source.read(name))
    return packed.getvalue()
