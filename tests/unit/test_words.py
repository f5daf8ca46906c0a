"""The audit trail is read by people: every act has its words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from approvals import words
from workflow.models import AuditEntry, User

APPS = ("workflow", "nodes", "approvals", "notifications", "config")
SUBJECTS = (
    "calendar|catalogue|channel|cycle|deferral|evidence|feed|message|node|organisation|person|policy|post"
    "|routing|user|score|appeal|summary"
)
RECORDS = re.compile(r"audit\.record|acting\.keep")
ACT = re.compile(rf'"((?:{SUBJECTS})\.[a-z_]+)"')


def acts() -> list[str]:
    """The names of acts in the modules that record some."""
    root = Path(words.__file__).parent.parent
    paths = [path for app in APPS for path in (root / app).rglob("*.py") if path.name != "words.py"]
    sources = [path.read_text(encoding="utf-8") for path in paths]
    return sorted({act for source in sources if RECORDS.search(source) for act in ACT.findall(source)})


def test_the_acts_are_found():
    assert {"node.started", "routing.moved", "person.left"} <= set(acts())


@pytest.mark.parametrize("act", acts())
def test_every_act_has_its_words(act):
    assert words.sentence(AuditEntry(action=act)) != act


def test_several_names_are_told_as_people_write_them():
    entry = AuditEntry(action="post.relieved", data={"from": ["xinwen1", "mishu1"], "ends": "2026-05-01"})
    assert words.sentence(entry) == "ended the tenure of xinwen1、mishu1 with 2026-05-01"


def test_a_delegate_is_named_with_the_one_they_stand_in_for():
    entry = AuditEntry(actor=User(name="王芳"), on_behalf_of=User(name="李敏"))
    assert words.who(entry) == "王芳 for 李敏"
    assert words.who(AuditEntry()) == "the system"
