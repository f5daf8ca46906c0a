"""Lines of events files, as an office would write them."""

from __future__ import annotations

import json
from typing import Any

from tests.builders import DIVISION, LEADER, REVIEWERS, STATEMENT

FILE = {"name": "工作报告.txt", "text": "会议纪要与签到表。"}


def line(event: str, at: str, **facts: Any) -> dict[str, Any]:
    """One event; `at` is a day, or a day and a time, of an office at +08:00."""
    moment = at if "T" in at else f"{at}T10:00:00"
    return {"at": f"{moment}+08:00", "event": event, **facts}


def start(at: str, node: int = 1, by: str = DIVISION) -> dict[str, Any]:
    return line("start", at, node=node, by=by)


def submit(at: str, node: int = 1, by: str = DIVISION, **facts: Any) -> dict[str, Any]:
    values = {"completed_on": at[:10], "statement": STATEMENT, "files": [FILE]}
    return line("submit_evidence", at, node=node, by=by, **values | facts)


def withdraw(at: str, node: int = 1, by: str = DIVISION) -> dict[str, Any]:
    return line("withdraw_evidence", at, node=node, by=by)


def give_back(at: str, node: int = 1, by: str = REVIEWERS, opinion: str = "请补充。") -> dict[str, Any]:
    return line("return_evidence", at, node=node, by=by, opinion=opinion)


def approve(at: str, node: int = 1, by: str = REVIEWERS) -> dict[str, Any]:
    return line("approve_evidence", at, node=node, by=by)


def ask(at: str, node: int = 1, by: str = DIVISION, new_due: str | None = None) -> dict[str, Any]:
    return line("request_deferral", at, node=node, by=by, reason="疫情。", new_due=new_due)


def sign(at: str, node: int = 1, by: str = LEADER, decision: str = "approve", **facts: Any) -> dict[str, Any]:
    return line("sign_deferral", at, node=node, by=by, decision=decision, **{"opinion": "阅。"} | facts)


def on_paper(at: str, node: int = 1, by: str = "分管副省长", **facts: Any) -> dict[str, Any]:
    proofs = {
        "recorded_by": REVIEWERS,
        "document_number": "〔2021〕1号",
        "signed_on": at[:10],
        "files": [FILE],
    }
    return sign(at, node, by, **proofs | facts)


def done(node: int, by: str, starts: str, ends: str, *, reviewers: str = REVIEWERS) -> list[dict[str, Any]]:
    """A node's plain year: begun, handed in on the day of completion, approved the same day."""
    return [
        start(starts, node, by),
        submit(f"{ends}T09:00:00", node, by),
        approve(f"{ends}T15:00:00", node, reviewers),
    ]


def written(*events: dict[str, Any] | str) -> str:
    """The file's text, a line an event, as they are given; a string stands for itself."""
    return "\n".join(
        event if isinstance(event, str) else json.dumps(event, ensure_ascii=False) for event in events
    )


def in_time_order(*events: dict[str, Any]) -> str:
    return written(*sorted(events, key=lambda event: event["at"]))
