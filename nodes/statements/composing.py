"""A first sentence for a statement, put together from the facts that were given as a template says.

A template is one sentence whose clauses stand between commas; a clause whose facts were not given drops out.
A placeholder in braces is data, never code: a fact takes its place, and is not looked at again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from django.utils.translation import gettext as _

from nodes.kinds import Kind
from workflow.written_days import written

TITLE = "标题"
WHEN, PLACE, DOCUMENT_NUMBER, ISSUED = "时间", "地点", "文号", "日期"
# What a template of each kind may name, and which fact it stands for.
PLACEHOLDERS: dict[str, dict[str, str]] = {
    Kind.MEETING: {
        WHEN: "when", PLACE: "place", "主办单位": "organiser", "参加人数": "participants", "成果": "result",
    },
    Kind.DOCUMENT: {ISSUED: "issued", DOCUMENT_NUMBER: "document_number", "发至": "issued_to"},
    Kind.ACTIVITY: {WHEN: "when", PLACE: "place", "参加情况": "people", "成果": "result"},
    Kind.DATA: {"时段": "period", "数值": "figure", "单位": "unit", "来源": "source"},
    Kind.APPROVAL: {ISSUED: "issued", "批准机关": "authority", DOCUMENT_NUMBER: "document_number"},
}  # fmt: skip
TEMPLATES: dict[str, str] = {
    Kind.MEETING: "{时间}{地点}{标题}，由{主办单位}主办，{参加人数}参加，{成果}",
    Kind.DOCUMENT: "{标题}，{日期}印发，文号为{文号}，发至{发至}",
    Kind.ACTIVITY: "{时间}{地点}{标题}，{参加情况}参加，{成果}",
    Kind.DATA: "{时段}{标题}，完成{数值}{单位}，数据来源：{来源}",
    Kind.APPROVAL: "{标题}，经{批准机关}批准，{日期}批复，批准文号为{文号}",
}
OPTIONAL = {"when", "place", "unit", "period"}  # their clause reads without them
LONGEST = 300  # characters of a template
BRACED = re.compile(r"{([^{}]*)}")
STOPS = " 。；;，、\n"


def problems(kind: str, template: str) -> Iterator[str]:
    """What is wrong with a template, a sentence each; nothing when it can be used."""
    if len(template) > LONGEST:
        yield _("At most %(limit)d characters.") % {"limit": LONGEST}
        return
    known, names = {TITLE, *PLACEHOLDERS[kind]}, _named(template)
    for name in dict.fromkeys(names):
        if name not in known:
            yield _("There is no placeholder “{%(name)s}”.") % {"name": name[:30]}
    rest = BRACED.sub("", template)
    if "{" in rest or "}" in rest:
        yield _("Braces stand only around the name of a placeholder, one on each side.")
    if TITLE not in names:
        yield _("The sentence has to name the work: put {%(title)s} into it.") % {"title": TITLE}
    if "\n" in template.strip():
        yield _("A template is one sentence on one line.")


def compose(
    kind: str,
    title: str,
    details: Mapping[str, str],
    completed_on: date | None = None,
    template: str | None = None,
) -> str:
    """One sentence after `template` (None: the product's own); empty while only the title is known."""
    if not any(str(value).strip() for value in details.values()):
        return ""
    words = _words(details, completed_on)
    names = PLACEHOLDERS.get(kind, {})
    facts = {TITLE: title.strip(STOPS)} | {name: words.get(fact, "") for name, fact in names.items()}
    optional = {name for name, fact in names.items() if fact in OPTIONAL}
    pattern = TEMPLATES.get(kind, "") if template is None else template
    clauses = (_clause(clause, facts, optional) for clause in pattern.strip(STOPS).split("，"))
    told = [clause for clause in clauses if clause]
    return "，".join(told) + "。" if told else ""


def joined(statement: str, sentence: str) -> str:
    """The statement with the sentence after it: what somebody wrote is never replaced."""
    if not sentence or sentence in statement:
        return statement
    return f"{statement.rstrip()}\n{sentence}" if statement.strip() else sentence


def _named(text: str) -> list[str]:
    """The names in braces; blanks around one do not matter."""
    return [name.strip(" ") for name in BRACED.findall(text)]


def _clause(clause: str, facts: Mapping[str, str], optional: set[str]) -> str:
    names = _named(clause)
    lacking = {name for name in names if not facts.get(name)}
    if lacking - optional or (names and lacking == set(names)):
        return ""
    return BRACED.sub(lambda found: facts.get(found[1].strip(" "), ""), clause)


def _words(details: Mapping[str, str], completed_on: date | None) -> dict[str, str]:
    given = {name: str(value).strip(STOPS) for name, value in details.items()}
    day = _day(given.get("date", "")) or (completed_on and written(completed_on)) or ""
    until = _day(given.get("until", ""))
    given["when"] = f"{day}至{_shorter(until, day)}" if until and until != day else day
    given["issued"] = f"于{_day(given['date'])}" if given.get("date") else ""
    if place := given.get("place"):
        given["place"] = f"在{place}"
    if (number := given.get("participants", "")).isdecimal():
        given["participants"] = f"{number}人"
    if period := given.get("period"):
        given["period"] = f"{period}，"
    return given


def _day(text: str) -> str:
    """A day as it is written in a statement; what is no ISO day stays as it is."""
    try:
        return written(date.fromisoformat(text))
    except ValueError:
        return text


def _shorter(until: str, since: str) -> str:
    """The last day without the year, or the month, that the first one named."""
    for unit in ("月", "年"):
        head, found, rest = until.partition(unit)
        if found and since.startswith(head + unit):
            return rest
    return until
