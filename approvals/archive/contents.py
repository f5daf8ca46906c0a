"""What an archive of a year's evidence holds: each round of evidence and each deferral with its papers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from approvals.archive import names
from approvals.figures import decisions
from approvals.models import Decision, DeferralRequest
from approvals.words import hand, sign_off
from nodes.models import Cycle, EvidenceSubmission, WorkNode
from workflow.models import Attachment

FILES = Prefetch("files", queryset=Attachment.objects.select_related("file"))
PAPERS = Prefetch("attachments", queryset=Attachment.objects.select_related("file"))
SCANS = Prefetch("scans", queryset=Attachment.objects.select_related("file"))


@dataclass(frozen=True)
class Paper:
    """One stored file and the path at which the archive holds it."""

    path: str
    attachment: Attachment


@dataclass
class Folder:
    """What was handed in at once: its words (label and text), and its papers."""

    path: str
    title: str
    words: list[tuple[str, str]]
    papers: list[Paper] = field(default_factory=list)
    deferral: bool = False

    @property
    def text(self) -> str:
        return "".join(f"{label}：{text}\n" for label, text in self.words if text)


@dataclass
class Chapter:
    """A node with its rounds of evidence and its deferrals, in the order in which they came."""

    node: WorkNode
    folders: list[Folder] = field(default_factory=list)


def contents(cycle: Cycle) -> list[Chapter]:
    """The year's nodes by number, those without any paper too."""
    nodes = cycle.nodes.select_related("lead_division", "indicator").order_by("number")
    chapters = {node.pk: Chapter(node) for node in nodes}
    for submission in _submissions(cycle):
        chapters[submission.node_id].folders.append(_round(submission, _home(chapters[submission.node_id])))
    for request in _requests(cycle):
        chapter = chapters[request.node_id]
        times = sum(folder.deferral for folder in chapter.folders) + 1
        name = pgettext("archive", "deferral %(times)d") % {"times": times}
        chapter.folders.append(_deferral(request, f"{_home(chapter)}/{name}"))
    return list(chapters.values())


def _home(chapter: Chapter) -> str:
    title = names.part(chapter.node.title, 30)
    return "/".join([pgettext("archive", "nodes"), f"{chapter.node.number:03d} {title}"])


def _submissions(cycle: Cycle) -> Iterable[EvidenceSubmission]:
    found = EvidenceSubmission.objects.filter(node__cycle=cycle).prefetch_related(FILES)
    return found.select_related("office", "submitted_by", "on_behalf_of", "decided_by").order_by(
        "node_id", "round"
    )


def _requests(cycle: Cycle) -> Iterable[DeferralRequest]:
    given = Decision.objects.select_related("post__division", "actor", "on_behalf_of").prefetch_related(SCANS)
    return (
        DeferralRequest.objects.filter(node__cycle=cycle)
        .select_related("applicant", "on_behalf_of", "office")
        .prefetch_related(PAPERS, Prefetch("sign_offs__decision", queryset=given))
        .order_by("node_id", "filed_at", "id")
    )


def _round(submission: EvidenceSubmission, home: str) -> Folder:
    office = submission.office
    words = [
        (_("Statement"), submission.statement),
        (_("Completed on"), submission.completed_on.isoformat()),
        (
            _("Submitted"),
            _by(submission.submitted_by, submission.on_behalf_of, office, submission.submitted_at),
        ),
        (_("Result"), str(submission.get_outcome_display())),
        (_("Decided"), _by(submission.decided_by, None, office, submission.decided_at)),
        (_("Opinion"), submission.opinion),
    ]
    title = _("Evidence, round %(round)d") % {"round": submission.round}
    path = "/".join([home, pgettext("archive", "round %(round)d") % {"round": submission.round}])
    return Folder(path, title, words, _papers(path, submission.files.all()))


def _deferral(request: DeferralRequest, path: str) -> Folder:
    given = decisions(request)
    words = [
        (_("Reason"), request.justification),
        (_("Proposed date"), request.new_due.isoformat() if request.new_due else _("left open")),
        (_("Asked"), _by(request.applicant, request.on_behalf_of, request.office, request.filed_at)),
        (_("Result"), str(request.get_status_display())),
        *((str(decision.post), _decided(decision, request)) for decision in given),
    ]
    papers = _papers(path, request.attachments.all())
    for decision in given:
        scans = "/".join([path, pgettext("archive", "sign-off on paper")])
        papers += _papers(scans, decision.scans.all(), taken={paper.path for paper in papers})
    return Folder(path, _("Deferral"), words, papers, deferral=True)


def _decided(decision: Decision, request: DeferralRequest) -> str:
    return "，".join(filter(None, [*sign_off(decision, request.office), decision.opinion]))


def _by(person: Any, principal: Any, office: Any, at: Any) -> str:
    return f"{hand(person, principal)} {office.minute(at)}" if person and at else ""


def _papers(folder: str, attachments: Iterable[Attachment], taken: Iterable[str] = ()) -> list[Paper]:
    return list(_placed(folder, attachments, {path.casefold() for path in taken}))


def _placed(folder: str, attachments: Iterable[Attachment], taken: set[str]) -> Iterator[Paper]:
    for attachment in attachments:
        path = names.unlike(f"{folder}/{names.file_part(attachment.name)}", taken)
        taken.add(path.casefold())
        yield Paper(path, attachment)
