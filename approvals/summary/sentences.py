"""The summary's sentences, each made of recorded facts; zero is not mentioned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from approvals.summary.content import Content, Deferral, Division, Indicator, Node, Outcome, Signature
from approvals.summary.segments import Figure, Sentence, joined, sentence, tell
from approvals.summary.wording import day, ordinal, say

INNER = str.maketrans("“”", "‘’")
# How the catalogue is narrowed to the nodes that ended so; what is not done shows several lights.
QUERIES = {
    Outcome.ON_TIME: "light=done_on_time",
    Outcome.LATE: "light=done_late",
    Outcome.DEFERRED: "state=deferred",
}


def counted(nodes: Iterable[Node], query: str | None = None, text: str = "") -> Figure:
    """How many `nodes` there are (or `text`), knowing which."""
    numbers = tuple(node.number for node in nodes)
    return Figure(text or str(len(numbers)), numbers, query)


def inner(title: str) -> str:
    """`title` as it stands between quotation marks: what it quotes itself gets single ones."""
    return title.translate(INNER)


def number(node: Node) -> Figure:
    """The node's own number."""
    return counted((node,), text=str(node.number))


# Section one


def basics(content: Content) -> Iterator[Sentence]:
    """How large the year's work is, and who bears it."""
    yield tell(
        "basics.scope",
        office=content.office,
        level1=_under(content, content.level1),
        level2=_under(content, content.level2),
        level3=_under(content, content.indicators),
        nodes=_under(content, content.nodes),
        divisions=listed(division.name for division in content.divisions),
        division_count=_under(content, content.divisions),
    )
    yield tell("basics.level1", titles=listed(content.level1))
    yield tell("basics.level2", titles=listed(content.level2))


def _under(content: Content, things: Sequence[object]) -> Figure:
    """How many `things` all the year's nodes are under."""
    return counted(content.nodes, "", str(len(things)))


# Section two: how the nodes ended


def result(content: Content) -> Sentence:
    """How many nodes ended how."""
    parts = [
        sentence(_part(outcome, nodes), _by_order(content) if outcome == Outcome.DEFERRED else "")
        for outcome in Outcome
        if (nodes := content.of(outcome))
    ]
    return tell(
        "outcomes.sentence", nodes=counted(content.nodes, ""), parts=joined("punctuation.clause", parts)
    )


def _part(outcome: Outcome, nodes: tuple[Node, ...]) -> Sentence:
    return tell(
        "outcomes.part", outcome=say(f"outcomes.{outcome}"), count=counted(nodes, QUERIES.get(outcome))
    )


def _by_order(content: Content) -> Sentence:
    """How many of the deferred were put off by what superiors arranged anew."""
    return tell("outcomes.by_order", count=counted(content.by_order)) if content.by_order else Sentence()


def deferrals(content: Content) -> Iterator[tuple[Node, Sentence]]:
    """Every node that was deferred, once, with the chain of its dates."""
    for _number, requests in groupby(content.deferrals, key=lambda one: one.node.number):
        of_node = tuple(requests)
        yield of_node[0].node, deferral(of_node[0]) if len(of_node) == 1 else _deferred_again(of_node)


def deferral(one: Deferral) -> Sentence:
    """Which node was deferred, why, until when, and who signed with what proof."""
    suspended = one.node.outcome == Outcome.DEFERRED
    key = "deferral.node" if suspended else "deferral.moved"
    return tell(key, **_which(one)) + _why_and_who(one)


def _deferred_again(requests: tuple[Deferral, ...]) -> Sentence:
    """The same of a node that was deferred several times: its dates in a chain, then each time by itself."""
    chain = joined("punctuation.enumeration", (day(one.new_due) for one in requests))
    times = counted((requests[0].node,), text=str(len(requests)))
    text = tell("deferral.again", **_which(requests[0]), times=times, chain=chain)
    for position, one in enumerate(requests, start=1):
        text += tell("deferral.nth", ordinal=ordinal(position)) + _why_and_who(one)
    return text


def _which(one: Deferral) -> dict[str, object]:
    return {
        "node": number(one.node),
        "title": inner(one.node.title),
        "division": one.node.division,
        "previous_due": day(one.previous_due),
    }


def _why_and_who(one: Deferral) -> Sentence:
    text = sentence(say("deferral.late_request") if one.late_request else "")
    text += _stopped(say("deferral.reason", reason=" ".join(one.reason.split())))
    if one.by_order:
        text += say("deferral.by_order")
    text += say("deferral.new_due", new_due=day(one.new_due))
    if one.signatures:
        signed = say("punctuation.item").join(_signature(signature) for signature in one.signatures)
        text += say("deferral.signed", signatures=signed)
    return text


def _signature(signature: Signature) -> str:
    proof = {"document_number": signature.document_number, "scans": signature.scans}
    return say(
        "deferral.signature",
        post=signature.post,
        person=_person(signature),
        on=day(signature.on),
        proof=say("deferral.proof", **proof) if signature.recorded else "",
    )


def _person(signature: Signature) -> str:
    """Who signed, unless the record knows no more than the post."""
    if signature.principal:
        return say("deferral.delegate", name=signature.person, principal=signature.principal)
    return "" if signature.person == signature.post else say("deferral.person", name=signature.person)


# Section two: the indicators


def heading(position: int, group: Sequence[Indicator]) -> str:
    """The heading above what is reported of one or several indicators together."""
    ordinals = listed(ordinal(one.number) for one in group)
    titles = say("punctuation.item").join(one.title for one in group)
    return say("headings.indicator", position=position, ordinal=ordinals, title=titles)


def reports(group: Sequence[Indicator]) -> Iterator[Sentence]:
    """What was done on the nodes of `group`, a sentence a paragraph; a text they share is told once."""
    nodes = [node for indicator in group for node in indicator.nodes]
    runs = [tuple(run) for _text, run in groupby(nodes, key=_told_by)]
    for run in runs:
        yield from _report(run, named=len(runs) > 1)


def told(node: Node) -> str:
    """The statement as it is printed, empty for a node that is not done."""
    if node.completed_on is None:
        return ""
    return _stopped("\n".join(line.strip() for line in node.statement.splitlines() if line.strip()))


def _told_by(node: Node) -> object:
    """What neighbouring nodes must share to be told together."""
    return told(node) or node.number


def _report(run: tuple[Node, ...], *, named: bool) -> Iterator[Sentence]:
    """What was done on these nodes, or why there is nothing to report; `named` where others stand beside."""
    node = run[0]
    if node.outcome == Outcome.DEFERRED:
        yield tell(
            "statement.deferred", node=number(node), title=inner(node.title), deadline=day(node.deadline)
        )
    elif node.outcome == Outcome.NOT_DONE:
        yield tell("statement.not_done", state=say(f"states.{node.state}"), **_facts(node))
    else:
        *before, last = _named(run).splitlines() if named else told(node).splitlines() or [""]
        yield from map(sentence, before)
        yield tell("statement.done", statement=last, facts=sentence(*map(_fact, run)))


def _named(run: tuple[Node, ...]) -> str:
    titles = "".join(say("statement.title", title=inner(node.title)) for node in run)
    return say("statement.named", titles=titles, text=told(run[0]))


def _facts(node: Node) -> dict[str, object]:
    return {
        "node": number(node),
        "title": inner(node.title),
        "division": node.division,
        "deadline": day(node.deadline),
    }


def _fact(node: Node) -> Sentence:
    margin = _days(node.days_early or 0)
    return tell("statement.fact", completed_on=day(node.completed_on), margin=margin, **_facts(node))


def _days(early: float) -> str:
    if early == 0:
        return say("statement.same_day")
    return say("statement.early" if early > 0 else "statement.after", days=f"{abs(early):g}")


def division_row(division: Division, query: str | None) -> tuple[str | Figure, ...]:
    """A division's name, and how many of its nodes ended how."""
    counts = [counted(division.of(outcome), _both(query, QUERIES.get(outcome))) for outcome in Outcome]
    returned = counted((node for node in division.nodes if node.returned), text=str(division.returned))
    return (division.name, counted(division.nodes, query), *counts, returned)


def _both(one: str | None, other: str | None) -> str | None:
    return None if one is None or other is None else "&".join(filter(None, (one, other)))


# Section three


def conduct(content: Content) -> Iterator[Sentence]:
    """How the year was run: what was handed in, sent back, deferred, and how close to the deadlines."""
    handed_in = content.submissions
    if not handed_in.total:
        yield tell("conduct.none")
    else:
        returned = tuple(node for node in content.nodes if node.returned)
        yield tell(
            "conduct.submissions",
            submissions=Figure(str(handed_in.total), handed_in.nodes),
            files=Figure(str(handed_in.files), handed_in.nodes),
            returned=counted(returned, text=str(handed_in.returned)),
            first_time=counted(node for node in content.done if not node.returned),
        )
    if content.median_margin is not None:
        yield _margins(content)
    if content.requests:
        yield _requests(content)


def _margins(content: Content) -> Sentence:
    known = [node for node in content.done if node.days_early is not None]
    kinds = {
        "early": [node for node in known if (node.days_early or 0) > 0],
        "same_day": [node for node in known if node.days_early == 0],
        "late": [node for node in known if (node.days_early or 0) < 0],
    }
    parts = [tell(f"conduct.{kind}", count=counted(nodes)) for kind, nodes in kinds.items() if nodes]
    return tell(
        "conduct.margin",
        done=counted(known, "state=approved"),
        parts=joined("punctuation.clause", parts),
        median=counted(known, "state=approved", _days(content.median_margin or 0)),
    )


def _requests(content: Content) -> Sentence:
    nodes = {one.node.number: one.node for one in content.deferrals}
    several = 0 < len(nodes) < len(content.deferrals)
    return tell(
        "conduct.deferrals",
        requests=Figure(str(content.requests), content.requested),
        approved=counted(nodes.values(), text=str(len(content.deferrals))),
        concerning=tell("conduct.concerning", nodes=counted(nodes.values())) if several else "",
    )


def listed(names: Iterable[str]) -> str:
    """`names` as Chinese enumerates them."""
    return say("punctuation.enumeration").join(names)


def _stopped(text: str) -> str:
    """`text` ending in a full stop or another closing mark."""
    closed = text.endswith(("。", "！", "？", "…", "）", "”", "》"))
    return text if closed or not text else text + say("punctuation.stop")
