"""What must be mended (error) or looked at (warning) before a summary is issued."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from approvals.summary.content import Content, Deferral, Node, Outcome, Signature
from approvals.summary.parts import Body, text_of
from nodes.checks import check_statement

ERROR, WARNING = "error", "warning"
TOLERATED = frozenset({"too_short"})


@dataclass(frozen=True)
class Finding:
    """One problem, in the active language; `node` is a number, None for what concerns the whole.

    `quote` are the words of the node's statement that it is about, where it is about words.
    """

    severity: str
    rule: str
    message: str
    node: int | None = None
    quote: str = ""

    def __str__(self) -> str:
        return (
            self.message
            if self.node is None
            else _("node %(node)d: %(message)s")
            % {
                "node": self.node,
                "message": self.message,
            }
        )


def findings(content: Content) -> list[Finding]:
    """All findings, errors first, then by node."""
    found = [*_document(content), *_nodes(content), *_deferrals(content)]
    return sorted(found, key=lambda one: (one.severity != ERROR, one.node or 0))


def slips(body: Body) -> list[Finding]:
    """What people wrote into `body` that a reader would stumble over, as in a statement."""
    return [
        Finding(ERROR, slip.rule, _said(slip.message, slip.quote), quote=slip.quote)
        for block in body.by_hand
        for slip in check_statement(text_of(block))
        if slip.rule not in TOLERATED
    ]


def _said(message: str, quote: str) -> str:
    return _("%(message)s: “%(quote)s”") % {"message": message, "quote": quote}


def _document(content: Content) -> Iterator[Finding]:
    if not content.nodes:
        yield Finding(ERROR, "no_nodes", _("the year has no work nodes"))
    if not content.prefix:
        yield Finding(
            WARNING, "no_prefix", _("the office has no document prefix, so the document has no number")
        )
    elif content.number is None:
        yield Finding(WARNING, "no_number", _("the document has no number yet"))
    if not content.addressee:
        yield Finding(WARNING, "no_addressee", _("the office names no addressee"))
    if not _year_is_over(content):
        yield Finding(WARNING, "year_not_over", _("the summary is dated before the year is over"))


def _year_is_over(content: Content) -> bool:
    return content.issued_on > date(content.year, 12, 31)


def _nodes(content: Content) -> Iterator[Finding]:
    for node in content.nodes:
        yield from _statement(node)
        if node.outcome == Outcome.NOT_DONE and _year_is_over(content):
            yield Finding(
                WARNING, "not_done", _("neither done nor deferred though the year is over"), node.number
            )
        if node.outcome == Outcome.DEFERRED:
            yield from _deferred(node, content)


def _statement(node: Node) -> Iterator[Finding]:
    if not node.statement:
        return
    for slip in check_statement(node.statement):
        severity = WARNING if slip.rule in TOLERATED else ERROR
        yield Finding(severity, slip.rule, _said(slip.message, slip.quote), node.number, slip.quote)


def _deferred(node: Node, content: Content) -> Iterator[Finding]:
    if not any(deferral.node.number == node.number for deferral in content.deferrals):
        yield Finding(ERROR, "deferred_unapproved", _("deferred without an approved request"), node.number)
    if node.deadline is None:
        yield Finding(WARNING, "no_new_date", _("deferred without a new date"), node.number)


def _deferrals(content: Content) -> Iterator[Finding]:
    for number in content.waiting:
        yield Finding(
            WARNING, "deferral_waiting", _("a request for deferral still waits for sign-off"), number
        )
    for deferral in content.deferrals:
        yield from _signed(deferral)
        if deferral.late_request:
            yield Finding(
                WARNING,
                "late_request",
                _("the deferral was asked for after the deadline"),
                deferral.node.number,
            )


def _signed(deferral: Deferral) -> Iterator[Finding]:
    number = deferral.node.number
    for post in deferral.unsigned:
        message = _("the deferral is approved without the signature of %(post)s") % {"post": post}
        yield Finding(ERROR, "unsigned", message, number)
    if not deferral.signatures and not deferral.unsigned:
        yield Finding(ERROR, "unsigned", _("the deferral is approved without any signature"), number)
    for signature in deferral.signatures:
        yield from _signature(signature, number)


def _signature(signature: Signature, number: int) -> Iterator[Finding]:
    if not signature.approved:
        message = _("the deferral is approved, but %(post)s did not approve it") % {"post": signature.post}
        yield Finding(ERROR, "unsigned", message, number)
    if not signature.recorded:
        return
    if lacking := _lacking(signature):
        facts = {"post": signature.post, "proofs": ", ".join(lacking)}
        message = _("the sign-off recorded for %(post)s lacks: %(proofs)s") % facts
        yield Finding(ERROR, "unproven", message, number)
    elif signature.person == signature.post:
        message = _("the sign-off recorded for %(post)s does not name the person") % {"post": signature.post}
        yield Finding(WARNING, "unnamed", message, number)


def _lacking(signature: Signature) -> list[str]:
    """Which of the four proofs of a signature on paper are not there."""
    proofs = {
        _("the leader's name"): signature.person,
        _("the document number"): signature.document_number,
        _("the day of signing"): signature.on,
        _("a scan"): signature.scans,
    }
    return [name for name, proof in proofs.items() if not proof]
