"""What people write into a body: taken over where they may, refused by name where the record speaks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from approvals.summary.parts import Assessment, Body, Heading, Item, Part, Written, text_of
from workflow.refusals import Invalid

LONGEST, LONGEST_NAME, MOST_ITEMS = 20_000, 60, 40  # characters of a text and of a name or score; items


def rewritten(body: Body, texts: Mapping[str, str], items: Iterable[Item] | None) -> Body:
    """`body` with `texts` in the blocks of these keys and `items` in the assessment.

    Raises Invalid, by block, for a text in a computed or an unknown one that says anything else than it, or
    for one too long.
    """
    said = {key: plain(text) for key, text in texts.items()}
    if refused := {**_foreign(body, said), **_too_long(said)}:
        raise Invalid(refused)
    listed = None if items is None else _listed(items)
    return replace(body, blocks=tuple(_with(block, said, listed) for block in body.blocks))


def as_typed(body: Body, texts: Mapping[str, str], items: Iterable[Item] | None) -> Body:
    """`body` with what was typed, whether or not it can stand there: to be shown once more."""
    listed = None if items is None else tuple(items)
    return replace(body, blocks=tuple(_with(block, texts, listed) for block in body.blocks))


def changed(before: Body, after: Body) -> list[str]:
    """The keys of the computed blocks that say something else, or are there only in one, in reading order."""
    old = {block.key: text_of(block) for block in before.computed}
    new = {block.key: text_of(block) for block in after.computed}
    return [key for key in {**new, **old} if old.get(key) != new.get(key)]


def section_of(body: Body, key: str) -> str:
    """The nearest heading above the block of this key."""
    found = ""
    for block in body.blocks:
        found = block.text if isinstance(block, Heading) else found
        if block.key == key:
            break
    return found


def plain(text: str) -> str:
    """`text` as plain words: lines end in one way, and nothing in it controls or turns what follows."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (one for one in lines if one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cf", "Cs"))
    return "".join(kept).strip()


def _foreign(body: Body, said: Mapping[str, str]) -> dict[str, list[str]]:
    computed = {block.key: block for block in body.computed}
    writable = {block.key for block in body.by_hand if isinstance(block, Written)}
    errors = {}
    for key in said.keys() - writable:
        if key not in computed:
            errors[key] = [_("There is no block “%(key)s” to write in.") % {"key": key[:LONGEST_NAME]}]
        elif said[key] != plain(text_of(computed[key])):
            errors[key] = [_locked(body, computed[key])]
    return errors


def _locked(body: Body, block: Part) -> str:
    facts = {"section": section_of(body, block.key), "text": text_of(block)[:24]}
    return _("“%(text)s…” (%(section)s) is computed from the record and cannot be edited.") % facts


def _too_long(said: Mapping[str, str]) -> dict[str, list[str]]:
    message = _("At most %(limit)d characters.") % {"limit": LONGEST}
    return {key: [message] for key, text in said.items() if len(text) > LONGEST}


def _listed(items: Iterable[Item]) -> tuple[Item, ...]:
    """The items that are named, each in one line."""
    given = [
        Item(*(" ".join(plain(one).split()) for one in (item.name, item.text, item.score))) for item in items
    ]
    kept = tuple(item for item in given if item.name)
    if any(not item.name and (item.text or item.score) for item in given):
        raise Invalid({"assessment": [_("Name the matter that is assessed.")]})
    if len(kept) > MOST_ITEMS or any(
        len(one) > LONGEST_NAME for item in kept for one in (item.name, item.score)
    ):
        raise Invalid(
            {
                "assessment": [
                    _("Names and results of at most %(limit)d characters, please.") % {"limit": LONGEST_NAME}
                ]
            }
        )
    return kept


def _with(block: Part, said: Mapping[str, str], items: tuple[Item, ...] | None) -> Part:
    if isinstance(block, Written) and block.key in said:
        return replace(block, text=said[block.key])
    if isinstance(block, Assessment) and items is not None:
        return replace(block, items=items)
    return block
