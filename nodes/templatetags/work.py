"""How templates name a node's address, its light and its state."""

from __future__ import annotations

from typing import Any

from django import template

from nodes.addresses import node_url as address_of
from nodes.light import Light
from nodes.models import State, WorkNode

register = template.Library()


@register.simple_tag
def node_url(node: WorkNode, page: str = "node", *arguments: Any) -> str:
    return address_of(node, page, *arguments)


@register.inclusion_tag("nodes/_light.html")
def light(value: str) -> dict[str, Any]:
    """A light, always with its word."""
    return {"light": Light(value)}


@register.inclusion_tag("nodes/_state_bar.html")
def state_bar(node: WorkNode) -> dict[str, Any]:
    """The way of a node with the state it stands in marked; deferred is a branch beside it."""
    way: list[State] = [state for state in State if state != State.DEFERRED]
    reached = way.index(State(node.state)) if node.state in way else -1
    return {
        "way": [(state, place < reached, place == reached) for place, state in enumerate(way)],
        "deferred": State.DEFERRED,
        "aside": node.state == State.DEFERRED,
    }
