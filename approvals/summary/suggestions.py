"""What the data suggest for sections four and five, which people write: problems and advice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from approvals.summary.content import Content, Node, Outcome
from approvals.summary.sentences import inner, listed
from approvals.summary.wording import day, ordinal, say

LOOSE_DAYS = 30
NAMED = 5  # nodes that a piece of advice names before it only counts


def problems(content: Content) -> str:
    """What went wrong, by kind, each with its nodes; a plain “none” when nothing did."""
    loose = len(_loose(content))
    found = [
        _problem("late", content.of(Outcome.LATE), _late),
        _problem("not_done", content.of(Outcome.NOT_DONE), _not_done),
        _problem("deferred", content.of(Outcome.DEFERRED), _deferred),
        _problem("returned", tuple(node for node in content.nodes if node.returned), _returned),
        say("problems.loose", count=loose, days=LOOSE_DAYS) if loose else "",
    ]
    items = _numbered(found)
    if not items:
        return say("problems.none")
    return say("problems.first") + say("punctuation.item").join(items) + say("punctuation.stop")


def _numbered(texts: Iterable[str]) -> list[str]:
    return [
        say("problems.item", ordinal=ordinal(position), text=text)
        for position, text in enumerate(filter(None, texts), start=1)
    ]


def _loose(content: Content) -> list[Node]:
    """The nodes done so early that their deadline says little."""
    return [node for node in content.done if (node.days_early or 0) > LOOSE_DAYS]


def _problem(kind: str, nodes: tuple[Node, ...], named: Callable[[Node], str]) -> str:
    return say(f"problems.{kind}", count=len(nodes), nodes=listed(map(named, nodes))) if nodes else ""


def _late(node: Node) -> str:
    return say(
        "problems.late_node",
        node=node.number,
        title=inner(node.title),
        deadline=day(node.deadline),
        completed_on=day(node.completed_on),
        days=-(node.days_early or 0),
    )


def _not_done(node: Node) -> str:
    facts = {"node": node.number, "title": inner(node.title), "deadline": day(node.deadline)}
    return say("problems.not_done_node", state=say(f"states.{node.state}"), **facts)


def _deferred(node: Node) -> str:
    facts = {"node": node.number, "title": inner(node.title), "deadline": day(node.deadline)}
    return say("problems.deferred_node", baseline=day(node.baseline), **facts)


def _returned(node: Node) -> str:
    return say("problems.returned_node", node=node.number, title=inner(node.title), times=node.returned)


def advice(content: Content) -> str:
    """What could be advised, by kind; a plain “none” when the year gives no cause."""
    found = [
        _advised("late", content.of(Outcome.LATE)),
        _advised("not_done", content.of(Outcome.NOT_DONE)),
        _advised("deferred", content.of(Outcome.DEFERRED)),
        _advised("returned", [node for node in content.nodes if node.returned]),
        _advised("loose", _loose(content), days=LOOSE_DAYS),
    ]
    return "".join(_numbered(found)) or say("advice.none")


def _advised(kind: str, nodes: Sequence[Node], **facts: int) -> str:
    if not nodes:
        return ""
    named = listed(say("advice.node", node=node.number) for node in nodes[:NAMED])
    few = len(nodes) <= NAMED
    text = say("advice.few" if few else "advice.etc", nodes=named, count=len(nodes))
    return say(f"advice.{kind}", nodes=text, **facts)
