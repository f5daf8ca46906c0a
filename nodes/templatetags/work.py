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
    """The five states with the current one marked."""
    return {"states": State, "state": node.state}
