"""Predicates over the posts a person holds, and the engine's own permissions."""

from __future__ import annotations

from typing import Any

import rules

from workflow import people
from workflow.models import Post, PostKind, User


def holds(*kinds: PostKind) -> rules.predicates.Predicate:
    """The predicate “acts for a post of one of these kinds”."""

    def holds_post(user: User, _subject: Any = None) -> bool:
        return not people.roles(user).isdisjoint(kinds)

    return rules.predicate(holds_post, name=f"holds_{'_or_'.join(kinds)}")


is_performance_office = holds(PostKind.PERFORMANCE_OFFICE)
is_administrator = holds(PostKind.ADMINISTRATOR)
is_auditor = holds(PostKind.AUDITOR)


@rules.predicate
def holds_this_post(user: User, post: Post | None) -> bool:
    """In person: a delegate does not pass on what was delegated."""
    return post is not None and any(
        c.post.pk == post.pk and c.on_behalf_of_id is None for c in people.capacities(user)
    )


rules.add_perm("workflow.see_settings", is_administrator | is_performance_office)
rules.add_perm("workflow.manage_settings", is_administrator)
rules.add_perm("workflow.manage_people", is_administrator)
rules.add_perm("workflow.delegate_post", holds_this_post | is_administrator)
rules.add_perm("workflow.read_audit", is_auditor | is_administrator | is_performance_office)
