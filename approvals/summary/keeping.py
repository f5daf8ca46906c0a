"""A body as JSON and back: what a version keeps."""

from __future__ import annotations

from typing import Any

from approvals.summary.parts import Assessment, Body, Heading, Item, Paragraph, Part, Table, Written
from approvals.summary.segments import Figure, Segment, Sentence


def as_json(body: Body) -> dict[str, Any]:
    """What equal bodies have in common: they are equal as JSON, too."""
    return {
        "blocks": [_part(block) for block in body.blocks],
        "annex": _part(body.annex),
        "joins": [list(join) for join in body.joins],
    }


def from_json(kept: dict[str, Any]) -> Body:
    blocks = tuple(_part_of(one) for one in kept["blocks"])
    annex = _part_of(kept["annex"])
    assert isinstance(annex, Table)
    return Body(blocks, annex, tuple((number, together) for number, together in kept["joins"]))


def _part(block: Part) -> dict[str, Any]:
    if isinstance(block, Heading):
        about = list(block.indicators)
        return {
            "kind": "heading", "key": block.key, "level": block.level, "text": block.text, "indicators": about
        }  # fmt: skip
    if isinstance(block, Paragraph):
        segments = [_segment(one) for one in block.sentence.segments]
        return {"kind": "paragraph", "key": block.key, "segments": segments}
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Written):
        return {"kind": "written", "key": block.key, "text": block.text, "suggested": block.suggested}
    items = [[item.name, item.text, item.score] for item in block.items]
    return {"kind": "assessment", "key": block.key, "items": items}


def _table(table: Table) -> dict[str, Any]:
    return {
        "kind": "table",
        "key": table.key,
        "header": list(table.header),
        "cells": [[_segment(cell) for cell in row] for row in table.cells],
        "widths": list(table.widths),
        "wide": table.wide,
        "together": table.together,
    }


def _segment(one: Segment) -> str | dict[str, Any]:
    if isinstance(one, str):
        return one
    return {"text": one.text, "nodes": list(one.nodes), "query": one.query}


def _part_of(kept: dict[str, Any]) -> Part:
    kind, key = kept["kind"], kept["key"]
    if kind == "heading":
        return Heading(kept["level"], kept["text"], key, tuple(kept["indicators"]))
    if kind == "paragraph":
        return Paragraph(Sentence(tuple(map(_segment_of, kept["segments"]))), key)
    if kind == "written":
        return Written(key, kept["text"], kept["suggested"])
    if kind == "assessment":
        return Assessment(key, tuple(Item(*item) for item in kept["items"]))
    return Table(
        header=tuple(kept["header"]),
        cells=tuple(tuple(map(_segment_of, row)) for row in kept["cells"]),
        widths=tuple(kept["widths"]),
        wide=kept["wide"],
        together=kept["together"],
        key=key,
    )


def _segment_of(kept: str | dict[str, Any]) -> Segment:
    if isinstance(kept, str):
        return kept
    return Figure(kept["text"], tuple(kept["nodes"]), kept["query"])
