"""Who may ask for a deferral or appeal, take it back, record what was signed on paper, urge what waits."""

from __future__ import annotations

from datetime import date

import rules

from approvals.models import DeferralRequest, ScoreAppeal
from nodes.models import WorkNode
from nodes.rules import works_for_lead_division
from workflow import people
from workflow.models import Division, Post, PostKind, User
from workflow.people import Capacity
from workflow.rules import holds, is_administrator, is_auditor, is_performance_office


@rules.predicate
def works_for_its_division(user: User, request: DeferralRequest | None) -> bool:
    return request is not None and works_for_lead_division(user, request.node)


@rules.predicate
def records_impartially(user: User, request: DeferralRequest | None) -> bool:
    """Of the performance office, and neither in person nor for somebody else the one who asks."""
    return (
        request is not None
        and people.impartial(user, PostKind.PERFORMANCE_OFFICE, request.parties) is not None
    )


def capacity_to_urge(user: User, node: WorkNode, on: date | None = None) -> Capacity | None:
    """In which capacity the user may urge the lead division: of the performance office, as the head of the
    unit, as the leader in charge of the division, or as its own head."""
    return next((one for one in people.capacities(user, on) if _stands_above(one.post, node)), None)


def _stands_above(post: Post, node: WorkNode) -> bool:
    if post.kind == PostKind.DIVISION_HEAD:
        return post.division_id == node.lead_division_id
    if post.kind == PostKind.LEADER_IN_CHARGE:
        return post.pk == node.lead_division.leader_in_charge_id
    return post.kind in (PostKind.PERFORMANCE_OFFICE, PostKind.HEAD_OF_UNIT)


@rules.predicate
def may_urge_the_division(user: User, node: WorkNode | None) -> bool:
    return node is not None and capacity_to_urge(user, node) is not None


@rules.predicate
def reads_all(user: User, _subject: object = None) -> bool:
    return people.oversees(user)


@rules.predicate
def heads_the_division(user: User, division: Division | None) -> bool:
    return division is not None and any(
        one.post.kind == PostKind.DIVISION_HEAD and one.post.division_id == division.pk
        for one in people.capacities(user)
    )


@rules.predicate
def views_impartially(user: User, appeal: ScoreAppeal | None) -> bool:
    """Of the performance office, and neither in person nor for somebody else the one who appeals."""
    return (
        appeal is not None and people.impartial(user, PostKind.PERFORMANCE_OFFICE, appeal.parties) is not None
    )


sees_unpublished = is_performance_office | holds(PostKind.HEAD_OF_UNIT) | is_administrator | is_auditor
rules.add_perm("approvals.see_unpublished_scores", sees_unpublished)
rules.add_perm("approvals.change_scoring", is_performance_office | is_administrator)
rules.add_perm("approvals.record_scores", is_performance_office)
rules.add_perm("approvals.publish_scores", is_performance_office)
rules.add_perm("approvals.appeal_scores", heads_the_division)
rules.add_perm("approvals.view_appeal", views_impartially)
rules.add_perm("approvals.export_evidence", reads_all)
talks = holds(PostKind.PERFORMANCE_OFFICE, PostKind.LEADER_IN_CHARGE, PostKind.HEAD_OF_UNIT)
rules.add_perm("approvals.edit_summary", is_performance_office)
rules.add_perm("approvals.comment_on_summary", talks)
rules.add_perm("approvals.hand_in_summary", is_performance_office)
rules.add_perm("approvals.receive_summary", is_performance_office)
rules.add_perm("approvals.talk_about_filing", is_performance_office | holds(PostKind.HEAD_OF_UNIT))
rules.add_perm("approvals.request_deferral", works_for_lead_division)
rules.add_perm("approvals.withdraw_deferral", works_for_its_division)
rules.add_perm("approvals.record_sign_off", records_impartially)
rules.add_perm("approvals.urge_work", may_urge_the_division)
rules.add_perm("approvals.urge_review", works_for_lead_division)
rules.add_perm("approvals.urge_sign_off", works_for_its_division | is_performance_office)
