"""Who reads what is said about a node, and who keeps an eye on it."""

from __future__ import annotations

from django.db.models import Q

from nodes.mentions import called
from nodes.models import WorkNode
from nodes.selectors import today
from workflow import people
from workflow.models import Post, User


def readers(node: WorkNode) -> list[User]:
    """Everybody who works with the node today, as `nodes.selectors.works_with` would say of each."""
    concerned = [node.lead_division_id, *(division.pk for division in node.supporting_divisions.all())]
    posts = Post.objects.filter(office=node.office_id)
    posts = posts.filter(Q(kind__in=people.OVERSEERS) | Q(division__in=concerned))
    found = {user.pk: user for user in people.acting_for(posts, today(node.office)) if user.is_active}
    return list(found.values())


def called_in(text: str, node: WorkNode) -> list[User]:
    """Readers whom `text` calls by name or username; the longest name of the office that fits is meant."""
    everybody = User.objects.filter(office=node.office_id, is_active=True).values_list("name", "username")
    found = called(text, {name for names in everybody for name in names})
    return [user for user in readers(node) if found & {user.name, user.username}] if found else []


def watchers(node: WorkNode) -> list[User]:
    """Who watches the node, the longest first."""
    return list(User.objects.filter(watches__node=node, is_active=True).order_by("watches__id"))
