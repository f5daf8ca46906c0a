"""The words of an office's own rules: text in which a closed set of names in braces stands for facts.

A placeholder is data, never code: `{节点}` is replaced by a title, and there is no way to ask for anything
that is not in the list below. What is put in is not looked at again, so braces in a title are only braces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nodes.models import WorkNode
from nodes.weights import weight_of
from notifications.plain_words import literal
from notifications.timing import stage
from workflow import people
from workflow.models import Office, Post, PostKind
from workflow.policy import Rule
from workflow.policy_checks import Problem
from workflow.refusals import Invalid
from workflow.selectors import working_days

_BRACED = re.compile(r"\{ *([^{}]*?) *\}")
LONGEST_NAMED = 30  # characters of an unknown name that a refusal repeats


@dataclass(frozen=True)
class Placeholder:
    """A name that may stand in braces, the same in English, what it stands for, and how that is found.

    `reads` is what of the node is better read for many nodes at once.
    """

    name: str
    alias: str
    meaning: Any
    value: Callable[[WorkNode, Office, date], object]
    reads: str = ""

    @property
    def token(self) -> str:
        """As it is written in a template."""
        return f"{{{self.name}}}"


# Checking and filling


def problems(template: str) -> list[str]:
    """What is wrong with a template, a sentence each; nothing when it can be used."""
    found = []
    for name in dict.fromkeys(_BRACED.findall(template)):
        if name not in _KNOWN:
            short = literal(name)[:LONGEST_NAMED]
            found.append(_("There is no placeholder “{%(name)s}”.") % {"name": short})
    rest = _BRACED.sub("", template)
    if "{" in rest or "}" in rest:
        found.append(_("Braces stand only around the name of a placeholder, one on each side."))
    if template and not literal(template):
        found.append(_("There is nothing to read in it."))
    return found


def check_templates(rules: Sequence[Rule], office: Office | None) -> Iterator[Problem]:
    """What is wrong with the templates of rules, for `workflow.policy_checks`."""
    for position, rule in enumerate(rules):
        for words in problems(rule.template):
            yield position, "template", words


def fill(template: str, node: WorkNode, office: Office, on: date) -> str:
    """`template` on one line, with the facts of `node` as they are on the day `on`.

    Whatever else stands in braces stays as it is. Only what the template names is looked up, and people
    once for an `office` instance.
    """

    def found(match: re.Match[str]) -> str:
        known = _KNOWN.get(match[1])
        return literal(known.value(node, office, on)) if known else match[0]

    return literal(_BRACED.sub(found, literal(template)))


def read_ahead(said: Iterable[tuple[str, WorkNode]]) -> None:
    """Read at once what the templates will need of their nodes."""
    needed: dict[str, list[WorkNode]] = {}
    for template, node in said:
        for name in _BRACED.findall(template):
            if name in _KNOWN and (reads := _KNOWN[name].reads):
                needed.setdefault(reads, []).append(node)
    for reads, nodes in needed.items():
        prefetch_related_objects(nodes, reads)


def preview(template: str, node: WorkNode, office: Office, on: date) -> str:
    """What the template says of a real node on the day `on`. Raises Invalid for one that cannot be used."""
    if wrong := problems(template):
        raise Invalid({"template": wrong})
    return fill(template, node, office, on)


def names_the_node(template: str) -> bool:
    """Whether its reader learns which node is meant."""
    return any(_KNOWN[name].name in ("节点", "编号") for name in _BRACED.findall(template) if name in _KNOWN)


# What the names stand for


def _deadline(node: WorkNode, office: Office, on: date) -> object:
    return f"{node.current_deadline:%Y-%m-%d}" if node.current_deadline else _("no date")


def _days(kind: str) -> Callable[[WorkNode, Office, date], object]:
    """The working days left before the deadline, or passed since; 0 where it is not so."""

    def counted(node: WorkNode, office: Office, on: date) -> object:
        if node.current_deadline is None:
            return _("no date")
        now, days = stage(working_days(office), node.current_deadline, on)
        return days if now == kind else 0

    return counted


def _handlers(node: WorkNode, office: Office, on: date) -> object:
    """Who acts as the lead division's handler; where nobody does, its head."""
    posts = _once(
        office,
        ("posts", node.lead_division_id),
        lambda: list(
            Post.objects.filter(
                division=node.lead_division_id, kind__in=(PostKind.HANDLER, PostKind.DIVISION_HEAD)
            )
        ),
    )
    for kind in (PostKind.HANDLER, PostKind.DIVISION_HEAD):
        if named := _acting(office, [post for post in posts if post.kind == kind], on):
            return named
    return _("nobody")


def _leader(node: WorkNode, office: Office, on: date) -> object:
    pk = node.lead_division.leader_in_charge_id
    return (_acting(office, [Post(pk=pk)], on) if pk else "") or _("nobody")


def _acting(office: Office, posts: list[Post], on: date) -> str:
    """The names of those who act for the posts."""

    def found() -> str:
        return "、".join(dict.fromkeys(str(user) for user in people.acting_for(posts, on) if user.is_active))

    return _once(office, ("acting", *sorted(post.pk for post in posts), on), found) if posts else ""


def _supporting(node: WorkNode, office: Office, on: date) -> object:
    return "、".join(division.name for division in node.supporting_divisions.all()) or _("none")


def _weight(node: WorkNode, office: Office, on: date) -> object:
    weight = weight_of(node.attributes)
    return _("none") if weight is None else f"{weight.normalize():f}"


def _once(office: Office, key: tuple[Any, ...], find: Callable[[], Any]) -> Any:
    """What `find` finds, kept on the instance, which lives for one request or one task."""
    kept = office.__dict__.setdefault("_said_in_templates", {})
    if key not in kept:
        kept[key] = find()
    return kept[key]


PLACEHOLDERS = (
    Placeholder("节点", "title", gettext_lazy("the node's title"), lambda node, _office, _on: node.title),
    Placeholder("编号", "number", gettext_lazy("the node's number"), lambda node, _office, _on: node.number),
    Placeholder("年度", "year", gettext_lazy("the node's year"), lambda node, _office, _on: node.cycle.year),
    Placeholder(
        "处室", "division", gettext_lazy("the lead division"), lambda node, _office, _on: node.lead_division
    ),
    Placeholder(
        "配合处室",
        "supporting",
        gettext_lazy("the supporting divisions"),
        _supporting,
        reads="supporting_divisions",
    ),
    Placeholder(
        "指标",
        "indicator",
        gettext_lazy("the indicator of the third level"),
        lambda node, _office, _on: node.indicator,
        reads="indicator",
    ),
    Placeholder("期限", "deadline", gettext_lazy("the deadline, as 2021-06-30"), _deadline),
    Placeholder("剩余工作日", "days_left", gettext_lazy("working days left, 0 once due"), _days("before")),
    Placeholder(
        "逾期工作日", "days_overdue", gettext_lazy("working days overdue, 0 until then"), _days("overdue")
    ),
    Placeholder("负责人", "handlers", gettext_lazy("the lead division's handlers of the day"), _handlers),
    Placeholder("分管领导", "leader", gettext_lazy("the leader in charge of the lead division"), _leader),
    Placeholder(
        "状态", "state", gettext_lazy("how the node stands"), lambda node, _o, _on: node.get_state_display()
    ),
    Placeholder("权重", "weight", gettext_lazy("what the node weighs"), _weight),
    Placeholder("单位", "office", gettext_lazy("the office"), lambda _node, office, _on: office),
    Placeholder(
        "日期", "today", gettext_lazy("the day on which it is said"), lambda _node, _o, on: f"{on:%Y-%m-%d}"
    ),
)
_KNOWN = {name: one for one in PLACEHOLDERS for name in (one.name, one.alias)}
