"""The summary's sentences, each made of recorded facts; zero is not mentioned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from approvals.summary.content import Content, Deferral, Node, Outcome, Signature, count
from approvals.summary.wording import day, ordinal, say

LOOSE_DAYS = 30


def basics(content: Content) -> Iterator[str]:
    """How large the year's work is, and who bears it."""
    yield say(
        "basics.scope",
        office=content.office,
        level1=len(content.level1),
        level2=len(content.level2),
        level3=len(content.indicators),
        nodes=len(content.nodes),
        divisions=_listed(division.name for division in content.divisions),
        division_count=len(content.divisions),
    )
    yield say("basics.level1", titles=_listed(content.level1))
    yield say("basics.level2", titles=_listed(content.level2))


def result(content: Content) -> str:
    """How many nodes ended how."""
    parts = [
        say("outcomes.part", outcome=say(f"outcomes.{outcome}"), count=total)
        for outcome in Outcome
        if (total := count(content.nodes, outcome))
    ]
    return say("outcomes.sentence", nodes=len(content.nodes), parts=say("punctuation.clause").join(parts))


def deferral(one: Deferral) -> str:
    """Which node was deferred, why, until when, and who signed with what proof."""
    suspended = one.node.outcome == Outcome.DEFERRED
    text = say(
        "deferral.node" if suspended else "deferral.moved",
        node=one.node.number,
        title=one.node.title,
        division=one.node.division,
        previous_due=day(one.previous_due),
    )
    if one.late_request:
        text += say("deferral.late_request")
    text += _stopped(say("deferral.reason", reason=" ".join(one.reason.split())))
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


def report(node: Node, *, named: bool) -> str:
    """What was done on a node, or why there is nothing to report; `named` where its indicator has several."""
    facts = {"node": node.number, "division": node.division, "deadline": day(node.deadline)}
    if node.outcome == Outcome.DEFERRED:
        return say("statement.deferred", title=node.title, **facts)
    if node.outcome == Outcome.NOT_DONE:
        return say("statement.not_done", title=node.title, state=say(f"states.{node.state}"), **facts)
    statement = _stopped("\n".join(line.strip() for line in node.statement.splitlines() if line.strip()))
    if named:
        statement = say("statement.named", title=node.title, text=statement)
    return say(
        "statement.done",
        statement=statement,
        completed_on=day(node.completed_on),
        margin=_days(node.days_early or 0),
        **facts,
    )


def _days(early: float) -> str:
    if early == 0:
        return say("statement.same_day")
    return say("statement.early" if early > 0 else "statement.after", days=f"{abs(early):g}")


def conduct(content: Content) -> Iterator[str]:
    """How the year was run: what was handed in, sent back, deferred, and how close to the deadlines."""
    handed_in = content.submissions
    if not handed_in.total:
        yield say("conduct.none")
    else:
        yield say(
            "conduct.submissions",
            submissions=handed_in.total,
            files=handed_in.files,
            returned=handed_in.returned,
            first_time=content.first_time,
        )
    if content.median_margin is not None:
        yield _margins(content)
    if content.requests:
        yield say("conduct.deferrals", requests=content.requests, approved=len(content.deferrals))


def _margins(content: Content) -> str:
    counts = {
        "early": sum(days > 0 for days in content.margins),
        "same_day": sum(days == 0 for days in content.margins),
        "late": sum(days < 0 for days in content.margins),
    }
    parts = [say(f"conduct.{kind}", count=number) for kind, number in counts.items() if number]
    return say(
        "conduct.margin",
        done=len(content.margins),
        parts=say("punctuation.clause").join(parts),
        median=_days(content.median_margin or 0),
    )


def problems(content: Content) -> str:
    """What went wrong, by kind, each with its nodes; a plain “none” when nothing did."""
    loose = sum(days > LOOSE_DAYS for days in content.margins)
    found = [
        _problem("late", content.of(Outcome.LATE), _late),
        _problem("not_done", content.of(Outcome.NOT_DONE), _not_done),
        _problem("deferred", content.of(Outcome.DEFERRED), _deferred),
        _problem("returned", tuple(node for node in content.nodes if node.returned), _returned),
        say("problems.loose", count=loose, days=LOOSE_DAYS) if loose else "",
    ]
    items = [
        say("problems.item", ordinal=ordinal(position), text=text)
        for position, text in enumerate(filter(None, found), start=1)
    ]
    if not items:
        return say("problems.none")
    return say("problems.first") + say("punctuation.item").join(items) + say("punctuation.stop")


def _problem(kind: str, nodes: tuple[Node, ...], named: Callable[[Node], str]) -> str:
    return say(f"problems.{kind}", count=len(nodes), nodes=_listed(map(named, nodes))) if nodes else ""


def _late(node: Node) -> str:
    return say(
        "problems.late_node",
        node=node.number,
        title=node.title,
        deadline=day(node.deadline),
        completed_on=day(node.completed_on),
        days=-(node.days_early or 0),
    )


def _not_done(node: Node) -> str:
    facts = {"node": node.number, "title": node.title, "deadline": day(node.deadline)}
    return say("problems.not_done_node", state=say(f"states.{node.state}"), **facts)


def _deferred(node: Node) -> str:
    facts = {"node": node.number, "title": node.title, "deadline": day(node.deadline)}
    return say("problems.deferred_node", baseline=day(node.baseline), **facts)


def _returned(node: Node) -> str:
    return say("problems.returned_node", node=node.number, title=node.title, times=node.returned)


def _listed(names: Iterable[str]) -> str:
    return say("punctuation.enumeration").join(names)


def _stopped(text: str) -> str:
    """`text` ending in a full stop or another closing mark."""
    closed = text.endswith(("。", "！", "？", "…", "）", "”", "》"))
    return text if closed or not text else text + say("punctuation.stop")
