"""What a person may see that holds the words they look for, across the years of their office."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Count, Q, QuerySet, Window
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.models import Decision, DeferralRequest
from nodes.addresses import node_url
from nodes.models import Comment, EvidenceSubmission, WorkNode
from nodes.selectors import lit
from workflow.models import User

SHORTEST, LONGEST, MOST_WORDS = 2, 100, 6
FEW, MANY = 5, 100
AROUND = 40  # characters of a long text before what was found, and three times as many after it


class Words:
    """The words somebody looks for: every one of them must be there, in any order."""

    def __init__(self, text: str) -> None:
        self.text = " ".join(text.replace("\0", "").split())[:LONGEST].strip()
        self.words = self.text.split()[:MOST_WORDS]

    @property
    def number(self) -> int | None:
        """The node number that was typed, if nothing else was."""
        plain = self.text.isdecimal() and len(self.text) < 10
        return int(self.text) if plain else None

    @property
    def enough(self) -> bool:
        return len(self.text) >= SHORTEST or self.number is not None

    def within(self, *fields: str, number: str = "") -> Q:
        """That every word is in one of the text `fields`, or is the `number`."""
        return reduce(and_, (self._word(word, fields, number) for word in self.words))

    def _word(self, word: str, fields: Iterable[str], number: str) -> Q:
        exact = Q(**{number: int(word)}) if number and word.isdecimal() and len(word) < 10 else Q()
        return reduce(or_, (Q(**{f"{field}__icontains": word}) for field in fields), exact)

    def occur_in(self, text: str) -> bool:
        return self._pattern.search(text) is not None

    def marked(self, text: str) -> SafeString:
        """`text`, safe to show, with the words marked."""
        pieces = self._pattern.split(text)
        shown = (format_html("<mark>{}</mark>" if i % 2 else "{}", piece) for i, piece in enumerate(pieces))
        return mark_safe("".join(shown))

    def excerpt(self, text: str) -> SafeString:
        """The part of a long `text` around the first of the words, with all of them marked."""
        text = " ".join(text.split())
        found = self._pattern.search(text)
        start = max(found.start() - AROUND, 0) if found else 0
        end = start + 4 * AROUND
        before, after = "…" if start else "", "…" if end < len(text) else ""
        return self.marked(f"{before}{text[start:end]}{after}")

    @property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self.words, key=len, reverse=True)
        return re.compile(f"({'|'.join(map(re.escape, longest_first))})", re.IGNORECASE)


@dataclass(frozen=True)
class Hit:
    """One thing found: where it is, what it is called, what it says, and what it is about."""

    address: str
    title: SafeString
    node: WorkNode
    excerpt: str = ""
    facts: tuple[Any, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True)
class Group:
    """Things of one kind: the first of them, and how many there are."""

    name: str
    label: Any
    hits: list[Hit]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.hits)


LABELS = {
    "nodes": gettext_lazy("Nodes"),
    "deferrals": gettext_lazy("Deferral requests"),
    "evidence": gettext_lazy("Evidence"),
    "comments": gettext_lazy("Comments"),
    "files": gettext_lazy("Files"),
}


def groups(user: User, words: Words, only: str = "") -> list[Group]:
    """What the user may see that holds the words, by kind: a few of each, or many of the kind `only`."""
    if not words.enough or not words.words:
        return []
    kinds = [only] if only in LABELS else list(LABELS)
    most = MANY if only in LABELS else FEW
    found = (Group(kind, LABELS[kind], *_FINDERS[kind](user, words, most)) for kind in kinds)
    return [group for group in found if group.count]


def node_of_number(user: User, number: int | None) -> WorkNode | None:
    """The node of this number in the newest year of the user's office that has one."""
    if number is None:
        return None
    found = WorkNode.objects.visible_to(user).filter(number=number).order_by("-cycle__year")
    return found.select_related("cycle", "lead_division").first()


Found = tuple[list[Hit], int]
ABOUT = ("cycle", "lead_division")


def _first(found: QuerySet[Any], most: int) -> tuple[list[Any], int]:
    """The first of what was found, and how many there are, in one statement."""
    rows = list(found.annotate(found_in_all=Window(Count("pk")))[:most])
    return rows, rows[0].found_in_all if rows else 0


def _nodes(user: User, words: Words, most: int) -> Found:
    levels = ("indicator", "indicator__parent", "indicator__parent__parent")
    fields = ("title", "evidence_required", *(f"{level}__title" for level in levels))
    found: QuerySet[Any] = WorkNode.objects.visible_to(user).filter(words.within(*fields, number="number"))
    if user.office:
        found = lit(found, user.office)
    rows, count = _first(
        found.select_related(*ABOUT, "indicator__parent__parent").order_by("-cycle__year", "number"), most
    )
    return [_node_hit(node, words) for node in rows], count


def _node_hit(node: Any, words: Words) -> Hit:
    third = node.indicator
    texts = (third.title, node.evidence_required, third.parent.title, third.parent.parent.title)
    told = next((text for text in texts if text != node.title and words.occur_in(text)), "")
    return Hit(node_url(node), words.marked(node.title), node, words.excerpt(told) if told else "")


def _deferrals(user: User, words: Words, most: int) -> Found:
    found = DeferralRequest.objects.visible_to(user).filter(
        words.within("justification", "progress", number="node__number")
    )
    rows, count = _first(_about_nodes(found, "-filed_at"), most)
    hits = [
        Hit(
            reverse("deferral", args=[one.pk]),
            words.marked(one.node.title),
            one.node,
            words.excerpt(f"{one.justification} {one.progress}"),
            (one.get_status_display(),),
            one.filed_at,
        )
        for one in rows
    ]
    return hits, count


def _evidence(user: User, words: Words, most: int) -> Found:
    found = EvidenceSubmission.objects.visible_to(user).filter(words.within("statement"))
    rows, count = _first(_about_nodes(found, "-submitted_at"), most)
    hits = [
        Hit(
            f"{node_url(one.node)}#round-{one.round}",
            words.marked(one.node.title),
            one.node,
            words.excerpt(one.statement),
            (_("Round %(round)s") % {"round": one.round}, one.get_outcome_display()),
            one.submitted_at,
        )
        for one in rows
    ]
    return hits, count


def _comments(user: User, words: Words, most: int) -> Found:
    found = Comment.objects.visible_to(user).filter(words.within("text"))
    rows, count = _first(_about_nodes(found, "-at").select_related("author"), most)
    hits = [
        Hit(
            f"{node_url(one.node)}#comment-{one.pk}",
            words.marked(one.node.title),
            one.node,
            words.excerpt(one.text),
            (one.author,),
            one.at,
        )
        for one in rows
    ]
    return hits, count


def _about_nodes(found: QuerySet[Any], newest: str) -> QuerySet[Any]:
    about = [f"node__{name}" for name in ABOUT]
    return found.select_related(*about).order_by("-node__cycle__year", newest, "-pk")


# Files hang from evidence, from requests and from signatures on paper.


def _files(user: User, words: Words, most: int) -> Found:
    kinds = [find(user, words, most) for find in (_evidence_files, _request_files, _scans)]
    hits = [hit for hits, _count in kinds for hit in hits]
    newest_first = sorted(hits, key=lambda hit: (hit.node.cycle.year, hit.at), reverse=True)
    return newest_first[:most], sum(count for _hits, count in kinds)


def _evidence_files(user: User, words: Words, most: int) -> Found:
    seen = EvidenceSubmission.objects.visible_to(user)
    links = EvidenceSubmission.files.through.objects.filter(evidencesubmission__in=seen.values("pk"))
    rows, count = _named(links, words, "evidencesubmission__node", most)
    hits = [
        _file_hit(
            words,
            link.attachment,
            link.evidencesubmission.node,
            node_url(
                link.evidencesubmission.node,
                "node-evidence-file",
                link.evidencesubmission.round,
                link.attachment.pk,
            ),
        )
        for link in rows
    ]
    return hits, count


def _request_files(user: User, words: Words, most: int) -> Found:
    seen = DeferralRequest.objects.visible_to(user)
    links = DeferralRequest.attachments.through.objects.filter(deferralrequest__in=seen.values("pk"))
    rows, count = _named(links, words, "deferralrequest__node", most)
    return [_deferral_file(words, link.attachment, link.deferralrequest) for link in rows], count


def _scans(user: User, words: Words, most: int) -> Found:
    seen = DeferralRequest.objects.visible_to(user)
    links = Decision.scans.through.objects.filter(decision__sign_off__request__in=seen.values("pk"))
    rows, count = _named(links, words, "decision__sign_off__request__node", most)
    return [_deferral_file(words, link.attachment, link.decision.sign_off.request) for link in rows], count


def _named(links: Any, words: Words, node: str, most: int) -> tuple[list[Any], int]:
    about = [f"{node}__{name}" for name in ABOUT]
    found = links.filter(words.within("attachment__name")).select_related("attachment", *about)
    return _first(found.order_by(f"-{node}__cycle__year", "-attachment__uploaded_at", "-pk"), most)


def _deferral_file(words: Words, attachment: Any, request: DeferralRequest) -> Hit:
    address = reverse("deferral-file", args=[request.pk, attachment.pk])
    return _file_hit(words, attachment, request.node, address)


def _file_hit(words: Words, attachment: Any, node: WorkNode, address: str) -> Hit:
    return Hit(address, words.marked(attachment.name), node, node.title, at=attachment.uploaded_at)


_FINDERS = {
    "nodes": _nodes, "deferrals": _deferrals, "evidence": _evidence, "comments": _comments, "files": _files,
}  # fmt: skip
