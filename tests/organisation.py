"""The smallest organisation that can do everything: two divisions, leaders, reviewers, routing."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

LEADER, GOVERNOR, HEAD, REVIEWERS = "分管副主任（二）", "分管副省长", "办主任", "绩效专班"
DIVISION, OTHER_DIVISION = "新闻文化处", "秘书处"

ORGANISATION: dict[str, Any] = {
    "office": {"code": "jx-fao", "name": "省外办"},
    "users": [
        {"username": username, "name": name, "email": f"{username}@waiban.example"}
        for username, name in {
            "zhuren": "办主任",
            "fuzhuren2": "副主任（二）",
            "jixiao1": "绩效专班甲",
            "jixiao2": "绩效专班乙",
            "admin": "系统管理员",
            "shenji": "审计员",
            "xinwen0": "新闻文化处处长",
            "xinwen1": "新闻文化处经办人",
            "mishu0": "秘书处处长",
            "mishu1": "秘书处经办人",
            "successor": "新任副主任",
        }.items()
    ],
    "divisions": [
        {"name": DIVISION, "head": "xinwen0", "handlers": ["xinwen1"], "leader_in_charge": LEADER},
        {"name": OTHER_DIVISION, "head": "mishu0", "handlers": ["mishu1"], "leader_in_charge": HEAD},
    ],
    "posts": [
        {"post": HEAD, "kind": "head_of_unit", "holder": "zhuren"},
        {"post": LEADER, "kind": "leader_in_charge", "holder": "fuzhuren2"},
        {"post": GOVERNOR, "kind": "provincial_leader", "off_system": True},
        {"post": REVIEWERS, "kind": "performance_office", "holders": ["jixiao1", "jixiao2"]},
    ],
    "administrators": ["admin"],
    "auditors": ["shenji"],
    "deferral_routing": [
        {"when": {"new_due": "within_cycle", "times_deferred": 0, "days_at_most": 30},
         "sign_off": ["leader_in_charge"]},
        {"when": {"new_due": "within_cycle"}, "sign_off": ["leader_in_charge", "head_of_unit"]},
        {"when": {"new_due": "later_or_none"}, "sign_off": ["leader_in_charge", "provincial_leader"]},
    ],
}  # fmt: skip


def organisation(**changes: Any) -> dict[str, Any]:
    """The smallest organisation file as plain data, with whole sections replaced by `changes`."""
    return deepcopy(ORGANISATION) | changes
