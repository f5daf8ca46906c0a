"""The shape of each line of an events file."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, TypeAdapter, model_validator

from workflow.policy import Strict

Number = Annotated[int, Field(ge=1)]


class FileEntry(Strict):
    """A file: its text in the line itself, or a path beside the events file."""

    name: Annotated[str, Field(min_length=1)]
    text: str | None = None
    path: str | None = None

    @model_validator(mode="after")
    def _text_or_path(self) -> FileEntry:
        if (self.text is None) == (self.path is None):
            raise ValueError("a file has either text or path")
        return self


class Line(Strict):
    at: AwareDatetime


class NodeLine(Line):
    node: Number
    by: str


class Start(NodeLine):
    event: Literal["start"]


class SubmitEvidence(NodeLine):
    event: Literal["submit_evidence"]
    completed_on: date
    statement: str
    files: tuple[FileEntry, ...] = ()


class WithdrawEvidence(NodeLine):
    event: Literal["withdraw_evidence"]


class ReturnEvidence(NodeLine):
    event: Literal["return_evidence"]
    opinion: str


class ApproveEvidence(NodeLine):
    event: Literal["approve_evidence"]
    opinion: str = ""


class RequestDeferral(NodeLine):
    event: Literal["request_deferral"]
    reason: str
    new_due: date | None
    category: str = "other"
    progress: str = ""
    files: tuple[FileEntry, ...] = ()


class WithdrawDeferral(NodeLine):
    event: Literal["withdraw_deferral"]


class SignDeferral(NodeLine):
    event: Literal["sign_deferral"]
    decision: Literal["approve", "return", "reject"]
    opinion: str = ""
    recorded_by: str | None = None
    leader_name: str = ""
    document_number: str = ""
    signed_on: date | None = None
    files: tuple[FileEntry, ...] = ()


class Resume(NodeLine):
    event: Literal["resume"]
    new_due: date | None = None


class Reopen(NodeLine):
    event: Literal["reopen"]
    opinion: str


class Delegate(Line):
    event: Literal["delegate"]
    from_: Annotated[str, Field(alias="from")]
    to: str
    starts: date
    ends: date
    by: str | None = None


class Appoint(Line):
    event: Literal["appoint"]
    post: str
    to: str
    by: str | None = None


Event = Annotated[
    Start
    | SubmitEvidence
    | WithdrawEvidence
    | ReturnEvidence
    | ApproveEvidence
    | RequestDeferral
    | WithdrawDeferral
    | SignDeferral
    | Resume
    | Reopen
    | Delegate
    | Appoint,
    Field(discriminator="event"),
]
EVENT: TypeAdapter[Event] = TypeAdapter(Event)
