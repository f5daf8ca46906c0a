"""Writing the annual summary: the editor with its checks, its versions side by side, and what is said."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from approvals import summary_pages as pages
from approvals.models import AnnualSummary, SummaryState, SummaryVersion
from approvals.services import summaries
from approvals.services.summary_comments import comment_on_summary, settle_comment
from approvals.summary import checking, compiling, hand
from approvals.summary.comparing import differences
from approvals.summary.parts import Body, Item, text_of
from approvals.summary_forms import CommentForm, CompileForm, Written
from approvals.views.summary import page_of, version_seen
from nodes.models import Cycle
from nodes.views.choosing import chosen_cycle, visitor
from workflow import people
from workflow.permissions import allows, require
from workflow.refusals import Conflict, Invalid, NotAllowed
from workflow.visiting import sent, whole_number

SPARE = 2  # empty lines for more items of the assessment
JOIN, PART = "join-", "part-"


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    """The editor; whatever was pressed, what was typed is saved first."""
    user, cycle = visitor(request), chosen_cycle(request)
    summary = pages.existing_summary(user, cycle)
    require(user, "approvals.edit_summary", summary)
    if request.method != "POST":
        if summary.state != SummaryState.DRAFT:
            return redirect(page_of("summary", cycle))
        return _editor(request, summary)
    return _act(request, summary, Written(request.POST))


def _act(request: HttpRequest, summary: AnnualSummary, written: Written) -> HttpResponse:
    pressed = request.POST.get("do", "save")
    try:
        if pressed == "check":
            return _editor(request, summary, written)
        version = _save(request, summary, written)
        return _after(request, summary, version, pressed)
    except Conflict as conflict:
        return _editor(request, summary, written, conflict=conflict)
    except Invalid as refusal:
        return _editor(request, summary, written, refusal=refusal)


def _save(request: HttpRequest, summary: AnnualSummary, written: Written) -> SummaryVersion:
    return summaries.save_summary(
        actor=visitor(request),
        summary_id=summary.pk,
        base=written.base,
        texts=written.texts,
        items=written.items,
        note=written.note,
    )


def _after(
    request: HttpRequest, summary: AnnualSummary, version: SummaryVersion, pressed: str
) -> HttpResponse:
    """What else was pressed than to save."""
    act: dict[str, Any] = {"actor": visitor(request), "summary_id": summary.pk, "base": version.number}
    anchor, number = "", whole_number(pressed.rpartition("-")[2])
    if pressed == "compile":
        form = CompileForm(request.POST)
        if not form.is_valid():
            raise Invalid({"cut_off": [str(error) for error in form.errors["cut_off"]]})
        version = summaries.compile_summary(**act, cut_off=form.moment(summary.cycle.office))
        messages.success(
            request,
            format_html(
                '{} <a href="{}">{}</a>', version.note, _changes_url(version, summary), _("What changed")
            ),
        )
    elif pressed.startswith((JOIN, PART)) and number:
        version = summaries.arrange_summary(**act, indicator=number, together=pressed.startswith(JOIN))
        anchor = f"#indicator-{number}"
    else:
        messages.success(request, _("Saved as version %(number)d.") % {"number": version.number})
    return redirect(page_of("summary-edit", summary.cycle) + anchor)


def _changes_url(version: SummaryVersion, summary: AnnualSummary) -> str:
    """Where the version is compared with the one before it."""
    page = page_of("summary-compare", summary.cycle)
    return f"{page}&from={version.number - 1}&to={version.number}"


def _editor(
    request: HttpRequest,
    summary: AnnualSummary,
    written: Written | None = None,
    *,
    conflict: Conflict | None = None,
    refusal: Invalid | None = None,
) -> HttpResponse:
    """The editor with what is saved or, where something stood in the way, with what was typed."""
    version = pages.newest_version(summary)
    saved = compiling.body_of(version)
    body = _typed(saved, written) if written else saved
    found = (
        checking.remarks(body, pages.facts(summary, version)) if written else pages.examined(summary, version)
    )
    rows = pages.sheet(version, body, remarks=found, talk=pages.threads(summary))
    facts = {
        "cycle": summary.cycle,
        "summary": summary,
        "version": version,
        "rows": rows,
        "saved": {one.key: one for one in saved.by_hand},
        "spare": [Item("")] * SPARE,
        "first": next((one.indicators[0] for one in rows if one.indicators), 0),
        "comments": page_of("summary-comments", summary.cycle) + "&block=",
        "general": [one for one in found if not one.block],
        "errors": sum(one.is_error for one in found),
        "warnings": sum(not one.is_error for one in found),
        "note": written.note if written else "",
        "compile_form": CompileForm(request.POST if refusal else None),
        "conflict": conflict,
        "refusal": refusal,
        "theirs": _altered(saved, body) if conflict else [],
    }
    status = conflict.status if conflict else refusal.status if refusal else 200
    return render(request, "approvals/summary/edit.html", facts, status=status)


def _typed(saved: Body, written: Written) -> Body:
    """`saved` with what was typed, as far as it can stand there."""
    writable = {one.key for one in saved.by_hand}
    texts = {key: text for key, text in written.texts.items() if key in writable}
    try:
        return hand.rewritten(saved, texts, written.items)
    except Invalid:  # shown as it was typed, with the words beside it
        return hand.as_typed(saved, texts, written.items)


def _altered(saved: Body, typed: Body) -> list[str]:
    """Which hand-written blocks say something else than what is saved."""
    return [one.key for one, other in zip(saved.by_hand, typed.by_hand, strict=True) if one != other]


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """What the checks find in what is typed, to be put beside it."""
    user, cycle = visitor(request), chosen_cycle(request)
    summary = pages.existing_summary(user, cycle)
    require(user, "approvals.edit_summary", summary)
    version = pages.newest_version(summary)
    body = _typed(compiling.body_of(version), Written(request.POST))
    found = checking.remarks(body, pages.facts(summary, version))
    facts = {
        "cycle": cycle,
        "blocks": _by_block(found),
        "errors": sum(one.is_error for one in found),
        "warnings": sum(not one.is_error for one in found),
    }
    return render(request, "approvals/summary/_checked.html", facts)


def _by_block(found: list[checking.Remark]) -> dict[str, list[checking.Remark]]:
    blocks: dict[str, list[checking.Remark]] = {}
    for one in found:
        blocks.setdefault(one.block, []).append(one)
    return blocks


# Versions


@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    cycle, summary = _overseen(request)
    facts = {
        "cycle": cycle,
        "summary": summary,
        "versions": summary.versions.select_related("author").defer("body").order_by("-number"),
    }
    return render(request, "approvals/summary/versions.html", facts)


def _overseen(request: HttpRequest) -> tuple[Cycle, AnnualSummary]:
    """The year and its summary, for those who see more of it than what was signed."""
    user, cycle = visitor(request), chosen_cycle(request)
    summary = pages.existing_summary(user, cycle)
    if not people.oversees(user):
        raise NotAllowed(_("Versions and comments are for those who write and sign the summary."))
    return cycle, summary


@require_safe
def version(request: HttpRequest, number: int) -> HttpResponse:
    cycle, summary = _overseen(request)
    found = version_seen(request, summary, str(number))
    facts = {
        "cycle": cycle,
        "summary": summary,
        "version": found,
        "newest": summary.versions.values_list("number", flat=True).last(),
        "edits": summary.state == SummaryState.DRAFT
        and allows(visitor(request), "approvals.edit_summary", summary),
        "rows": pages.sheet(found, compiling.body_of(found)),
    }
    return render(request, "approvals/summary/version.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: HttpRequest, number: int) -> HttpResponse:
    cycle, summary = _overseen(request)
    if request.method != "POST":
        return redirect(page_of("summary-versions", cycle))
    made = summaries.restore_summary(
        actor=visitor(request),
        summary_id=summary.pk,
        base=whole_number(request.POST.get("base", "")) or 0,
        number=number,
    )
    messages.success(request, _("Saved as version %(number)d.") % {"number": made.number})
    return redirect(page_of("summary-edit", cycle))


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Two versions, or one and what the record says now."""
    cycle, summary = _overseen(request)
    numbers = list(summary.versions.order_by("number").values_list("number", flat=True))
    before = version_seen(request, summary, request.GET.get("from") or str(numbers[-2:][0]))
    now = request.GET.get("to") == "now"
    facts: dict[str, Any] = {
        "cycle": cycle,
        "summary": summary,
        "numbers": numbers,
        "before": before,
        "now": now,
    }
    if now:
        found = pages.compared_with_now(summary, before, timezone.now())
    else:
        after = version_seen(request, summary, request.GET.get("to") or str(numbers[-1]))
        found = differences(compiling.body_of(before), compiling.body_of(after))
        facts["after"] = after
    facts["differences"] = found
    return render(request, "approvals/summary/compare.html", facts)


# Comments


@require_http_methods(["GET", "HEAD", "POST"])
def comments(request: HttpRequest) -> HttpResponse:
    """All that was said; about one block, in which more can be said."""
    cycle, summary = _overseen(request)
    user, form = visitor(request), CommentForm(sent(request))
    block = (request.POST if request.method == "POST" else request.GET).get("block", "")
    if request.method == "POST" and form.is_valid():
        try:
            comment_on_summary(
                actor=user,
                summary_id=summary.pk,
                block=block,
                text=form.cleaned_data["comment"],
                answers=whole_number(request.POST.get("answers", "")),
            )
            return redirect(page_of("summary-comments", cycle) + (f"&block={block}" if block else ""))
        except Invalid as refusal:
            form.add_refusal(refusal)
    facts = {
        "cycle": cycle,
        "summary": summary,
        "form": form,
        "said": _said(summary, block),
        "passage": block,
        "about": _about(summary, block),
        "talks": summary.state != SummaryState.SIGNED
        and allows(user, "approvals.comment_on_summary", summary),
        "edits": allows(user, "approvals.edit_summary", summary),
    }
    return render(request, "approvals/summary/comments.html", facts, status=422 if form.errors else 200)


def _said(summary: AnnualSummary, block: str) -> list[tuple[str, str, list[pages.Thread]]]:
    """Block, its section and its threads, of one block or of all."""
    body = compiling.body_of(pages.newest_version(summary))
    every = pages.threads(summary, settled=True)
    keys = [block] if block else list(every)
    return [(key, hand.section_of(body, key), every.get(key, [])) for key in keys]


def _about(summary: AnnualSummary, key: str) -> str:
    """The words of the block that is talked about."""
    block = compiling.body_of(pages.newest_version(summary)).block(key)
    return text_of(block) if block else ""


@require_POST
def settle(request: HttpRequest, comment_id: int) -> HttpResponse:
    settled = settle_comment(actor=visitor(request), comment_id=comment_id)
    messages.success(request, _("The comment is settled."))
    return redirect(page_of("summary-comments", settled.summary.cycle))
