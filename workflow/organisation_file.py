"""The shape of an organisation file: an office, its people, posts, routing and reminder policy."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator

from workflow.models.office import validate_time_zone
from workflow.policy import ReminderPolicy, Strict
from workflow.policy_checks import rule_errors
from workflow.refusals import Invalid
from workflow.routing import Group, Rule

Name = Annotated[str, Field(min_length=1, max_length=100)]
Username = Annotated[str, Field(pattern=r"^[\w.+-]{1,150}$")]


class OfficeEntry(Strict):
    code: Annotated[str, Field(pattern=r"^[-a-zA-Z0-9_]{1,50}$")]
    name: Name
    full_name: Annotated[str, Field(max_length=200)] = ""
    document_prefix: Annotated[str, Field(max_length=50)] = ""
    addressee: Annotated[str, Field(max_length=100)] = ""
    overseen_by: Annotated[str, Field(pattern=r"^[-a-zA-Z0-9_]{1,50}$")] | None = None
    time_zone: str = "Asia/Shanghai"

    @field_validator("time_zone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            validate_time_zone(value)
        except Exception as error:
            raise ValueError("not a time zone") from error
        return value


class UserEntry(Strict):
    username: Username
    name: Name
    email: Annotated[str, Field(pattern=r"^([^@\s]+@[^@\s]+)?$", max_length=254)] = ""


class DivisionEntry(Strict):
    name: Name
    head: Username | None = None
    handlers: tuple[Username, ...] = ()
    leader_in_charge: Name | None = None


class PostEntry(Strict):
    post: Name
    kind: Literal["leader_in_charge", "head_of_unit", "provincial_leader", "performance_office"]
    holder: Username | None = None
    holders: tuple[Username, ...] = ()
    off_system: bool = False

    @property
    def all_holders(self) -> tuple[str, ...]:
        return (*((self.holder,) if self.holder else ()), *self.holders)


class OrganisationFile(Strict):
    """One organisation, checked as a whole by `problems()`."""

    office: OfficeEntry
    users: tuple[UserEntry, ...]
    divisions: tuple[DivisionEntry, ...]
    posts: tuple[PostEntry, ...]
    administrators: tuple[Username, ...] = ()
    auditors: tuple[Username, ...] = ()
    deferral_routing: tuple[Rule, ...] = ()
    reminder_policy: ReminderPolicy = ReminderPolicy()
    source: str = ""

    def problems(self) -> list[str]:
        """What does not fit together: repeated names, and references to nobody or nothing."""
        return [
            *self._repeats(), *self._unknown_people(), *self._unknown_posts(), *self._unfilled_kinds(),
            *self._wrong_rules(),
        ]  # fmt: skip

    def _repeats(self) -> Iterator[str]:
        yield from _repeated("users", (user.username for user in self.users))
        yield from _repeated("divisions", (division.name for division in self.divisions))
        yield from _repeated("posts", (post.post for post in self.posts))
        divisions = {division.name for division in self.divisions}
        for index, post in enumerate(self.posts):
            if post.post in divisions:
                yield f"posts.{index}.post: “{post.post}” is a division's name"

    def _unknown_people(self) -> Iterator[str]:
        known = {user.username for user in self.users}
        for place, names in self._mentions():
            for name in names:
                if name not in known:
                    yield f"{place}: no user “{name}”"

    def _mentions(self) -> Iterator[tuple[str, Iterable[str]]]:
        for index, division in enumerate(self.divisions):
            yield f"divisions.{index}.head", (division.head,) if division.head else ()
            yield f"divisions.{index}.handlers", division.handlers
        for index, post in enumerate(self.posts):
            yield f"posts.{index}.holder", post.all_holders
        yield "administrators", self.administrators
        yield "auditors", self.auditors

    def _unknown_posts(self) -> Iterator[str]:
        known = {post.post for post in self.posts}
        for index, division in enumerate(self.divisions):
            if division.leader_in_charge and division.leader_in_charge not in known:
                yield f"divisions.{index}.leader_in_charge: no post “{division.leader_in_charge}”"

    def _unfilled_kinds(self) -> Iterator[str]:
        filled = {post.kind for post in self.posts} | {"division_head"}
        if any(division.leader_in_charge for division in self.divisions):
            filled.add("leader_in_charge")
        for index, rule in enumerate(self.deferral_routing):
            for kind in _kinds(rule):
                if kind not in filled:
                    yield f"deferral_routing.{index}.sign_off: no post of kind “{kind}”"

    def _wrong_rules(self) -> Iterator[str]:
        """What its reminder rules name; of indicators nothing is known before there is a catalogue."""
        for place, errors in rule_errors(self.reminder_policy).items():
            yield from (f"reminder_policy.{place}: {message}" for message in errors)
        known = {division.name for division in self.divisions}
        for index, rule in enumerate(self.reminder_policy.rules):
            for name in rule.only.divisions:
                if name not in known:
                    yield f"reminder_policy.rules.{index}.only.divisions: no division “{name}”"


def _kinds(rule: Rule) -> Iterator[str]:
    for step in rule.sign_off:
        yield from (*step.any_of, *step.all_of) if isinstance(step, Group) else (step,)


def _repeated(place: str, names: Iterable[str]) -> Iterator[str]:
    yield from (f"{place}: “{name}” stands {n} times" for name, n in Counter(names).items() if n > 1)


def parse_organisation(text: str) -> OrganisationFile:
    """Read an organisation file. Raises Invalid with one message a problem, each naming its place."""
    try:
        parsed = OrganisationFile.model_validate(json.loads(text))
    except json.JSONDecodeError as error:
        raise Invalid(f"line {error.lineno}, column {error.colno}: not JSON, {error.msg}") from error
    except ValidationError as error:
        raise Invalid({"": [sentence(one) for one in error.errors()]}) from error
    if problems := parsed.problems():
        raise Invalid({"": problems})
    return parsed


def sentence(error: Any) -> str:
    """One of pydantic's errors as `place: what is wrong`."""
    place = ".".join(str(part) for part in error["loc"])
    return f"{place}: unknown key" if error["type"] == "extra_forbidden" else f"{place}: {error['msg']}"
