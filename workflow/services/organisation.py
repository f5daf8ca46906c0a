"""Bring an office into line with its organisation file, changing only what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils import timezone

from workflow import audit
from workflow.models import Appointment, Division, Office, Post, PostKind, RoutingRule, User
from workflow.organisation_file import DivisionEntry, OrganisationFile, PostEntry
from workflow.services.appointing import end_before
from workflow.services.overseeing import set_overseer
from workflow.services.policies import keep_version

Row = TypeVar("Row", bound=models.Model)


class _Import:
    """One run: the file, the office it makes, and what was created, updated or left alone."""

    def __init__(self, file: OrganisationFile) -> None:
        self.file = file
        self.tally: Counter[str] = Counter(created=0, updated=0, unchanged=0)
        self.changes: list[str] = []

    def run(self) -> Counter[str]:
        entry = self.file.office.model_dump(exclude={"overseen_by"})
        policy = self.file.reminder_policy.model_dump(mode="json", exclude_unset=True)
        self.office = self.put(Office, {"code": entry.pop("code")}, {**entry, "reminder_policy": policy})
        keep_version(self.office, self.file.reminder_policy, by=None, at=None)
        self._overseer()
        self.today = self.office.day(timezone.now())
        self.users = {user.username: self._user(user) for user in self.file.users}
        self.posts = {entry.post: self._post(i, entry) for i, entry in enumerate(self.file.posts)}
        for position, division in enumerate(self.file.divisions):
            self._division(position, division)
        self._office_roles()
        self._routing()
        if self.changes:
            audit.record(None, "organisation.imported", self.office, data={"changed": self.changes[:200]})
        return self.tally

    def _overseer(self) -> None:
        """A file that says nothing of it leaves it as it is; `null` ends it."""
        wanted = self.file.office
        if "overseen_by" in wanted.model_fields_set and set_overseer(self.office, wanted.overseen_by):
            self.changes.append(f"updated office {self.office}: overseen by {wanted.overseen_by}")

    def put(self, model: type[Row], key: dict[str, Any], values: dict[str, Any]) -> Row:
        """The row under `key`, created or brought to `values`; counted either way."""
        row = model._default_manager.filter(**key).first()
        if row is None:
            row = model._default_manager.create(**key, **values)
            return self._counted("created", row)
        different = [name for name, value in values.items() if getattr(row, name) != value]
        for name in different:
            setattr(row, name, values[name])
        if different:
            row.save(update_fields=different)
        return self._counted("updated" if different else "unchanged", row)

    def _counted(self, what: str, row: Row) -> Row:
        self.tally[what] += 1
        if what != "unchanged":
            self.changes.append(f"{what} {row._meta.model_name} {row}")
        return row

    def _user(self, entry: Any) -> User:
        user = self.put(
            User,
            {"office": self.office, "username": entry.username},
            {"name": entry.name, "email": entry.email},
        )
        if not user.password:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        return user

    def _post(self, position: int, entry: PostEntry) -> Post:
        post = self.put(
            Post,
            {"office": self.office, "name": entry.post},
            {"kind": entry.kind, "off_system": entry.off_system, "position": position},
        )
        self._hold(post, entry.all_holders)
        return post

    def _division(self, position: int, entry: DivisionEntry) -> None:
        leader = self.posts[entry.leader_in_charge] if entry.leader_in_charge else None
        division = self.put(
            Division,
            {"office": self.office, "name": entry.name},
            {"position": position, "leader_in_charge": leader},
        )
        self._division_post(division, PostKind.DIVISION_HEAD, (entry.head,) if entry.head else ())
        self._division_post(division, PostKind.HANDLER, entry.handlers)

    def _division_post(self, division: Division, kind: PostKind, holders: Sequence[str]) -> None:
        post = self.put(
            Post,
            {"office": self.office, "name": f"{division.name}:{kind}"},
            {"kind": kind, "division": division, "position": 1000 + division.position},
        )
        self._hold(post, holders)

    def _office_roles(self) -> None:
        for kind, holders in (
            (PostKind.ADMINISTRATOR, self.file.administrators),
            (PostKind.AUDITOR, self.file.auditors),
        ):
            values = {"kind": kind, "position": 2000}
            self._hold(self.put(Post, {"office": self.office, "name": str(kind)}, values), holders)

    def _hold(self, post: Post, usernames: Sequence[str]) -> None:
        """Let exactly `usernames` hold `post` from today on; the first holders held it always."""
        wanted = [self.users[name] for name in dict.fromkeys(usernames)]
        current = list(post.appointments.in_force(self.today))
        starts = self.today if post.appointments.exists() else None
        for appointment in current:
            if appointment.user_id not in {user.pk for user in wanted}:
                end_before(appointment, self.today, at=timezone.now())
                self._counted("updated", appointment)
        for user in wanted:
            if user.pk not in {appointment.user_id for appointment in current}:
                self._counted("created", Appointment.objects.create(post=post, user=user, starts=starts))

    def _routing(self) -> None:
        for position, rule in enumerate(self.file.deferral_routing):
            dumped = rule.model_dump(mode="json", exclude_unset=True)
            values = {"when": dumped.get("when", {}), "sign_off": dumped["sign_off"]}
            self.put(RoutingRule, {"office": self.office, "position": position}, values)
        surplus = RoutingRule.objects.filter(
            office=self.office, position__gte=len(self.file.deferral_routing)
        )
        for row in surplus:
            self._counted("updated", row)
            row.delete()


@transaction.atomic
def import_organisation(file: OrganisationFile) -> dict[str, int]:
    """Create or update the office of `file`; return how many rows were created, updated, unchanged."""
    return dict(_Import(file).run())


def missing_from(file: OrganisationFile) -> list[str]:
    """What the office has and `file` does not name: kept, with its holders, until somebody decides."""
    office = Office.objects.get(code=file.office.code)
    divisions = office.divisions.exclude(name__in=[division.name for division in file.divisions])
    posts = office.posts.filter(division=None).exclude(kind__in=[PostKind.ADMINISTRATOR, PostKind.AUDITOR])
    posts = posts.exclude(name__in=[post.post for post in file.posts])
    users = office.users.exclude(username__in=[user.username for user in file.users])
    named = [("division", divisions), ("post", posts), ("user", users)]
    return [f"{what} {row} is not in the file: it was kept" for what, rows in named for row in rows]
