"""Who would sign a deferral that nobody has asked for yet, and why."""

from __future__ import annotations

from dataclasses import dataclass

from workflow import people
from workflow.models import Post, User
from workflow.routing import Case, route
from workflow.routing_words import when_words


@dataclass(frozen=True)
class Signer:
    """A post that signs, and who acts for it; nobody for a vacant one."""

    post: Post
    people: list[User]


@dataclass(frozen=True)
class Answer:
    """The rule that decides (from 1) with its conditions, and the signatures in order (any of the signers).

    `replaced` are the posts that the applicant holds alone: the next post up signs instead.
    """

    rule: int
    when: str
    signatures: list[list[Signer]]
    replaced: list[Post]


def would_sign(case: Case) -> Answer:
    """Who would sign `case`. Raises Invalid where no rule, or no post, is found."""
    found = route(case)
    posts = [post for signature in found.signatures for post in signature.posts]
    acting = people.acting_by_post(posts, case.on)
    signatures = [
        [Signer(post, acting.get(post.pk, [])) for post in signature.posts] for signature in found.signatures
    ]
    replaced = [post for signature in found.signatures for post in signature.instead_of]
    return Answer(found.rule, when_words(found.when), signatures, list(dict.fromkeys(replaced)))
