"""Which addresses may be called: those of the public internet, and what `OUTGOING_ALLOWED` names."""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from threading import Thread
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from workflow.refusals import Invalid

LOOK_UP_SECONDS = 5.0

IP = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# What is not the public internet: https://www.iana.org/assignments/iana-ipv4-special-registry/ and its
# sibling; 168.63.129.16 is where a cloud's own machines answer.
_NOT_PUBLIC = [
    ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24"),
        *("192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "3fff::/20"),
    )
]
_PUBLIC_6 = ip_network("2000::/3")
# IPv4 inside IPv6, and how many bits stand behind it: mapped, compatible, translated, NAT64, 6to4.
_CARRIERS = [
    (ip_network("::ffff:0:0/96"), 0),
    (ip_network("::/96"), 0),
    (ip_network("::ffff:0:0:0/96"), 0),
    (ip_network("64:ff9b::/96"), 0),
    (ip_network("2002::/16"), 80),
]


class Forbidden(Exception):
    """An address that must not be called; `str()` says why, for whoever set it up."""


class NotReached(Exception):
    """No answer came: `code` is dns, connect, tls, timeout or protocol."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


def check_address(url: str) -> None:
    """Raises Invalid, in words for whoever typed it, unless `url` may be called as far as one can see now."""
    try:
        secure, host, port = target(url)
        permitted(host, port, secure)
    except Forbidden as error:
        raise Invalid(str(error)) from None
    except NotReached as error:
        raise Invalid(_("The name %(host)s is not known: check the spelling.") % {"host": host}) from error


def target(url: str) -> tuple[bool, str, int]:
    """Whether `url` is https, its host and its port. Raises Forbidden where it is no address to call."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip(".").encode("idna").decode(), parts.port
    except ValueError:
        raise Forbidden(_("This is no address: it begins with https:// and names a host.")) from None
    if parts.scheme not in ("https", "http") or not host:
        raise Forbidden(_("This is no address: it begins with https:// and names a host."))
    if parts.username is not None or parts.password is not None:
        raise Forbidden(_("The address must not hold a user name or a password."))
    return parts.scheme == "https", host, port or (443 if parts.scheme == "https" else 80)


def permitted(host: str, port: int, secure: bool) -> list[str]:
    """The addresses of `host` that may be connected to. Raises Forbidden, or NotReached for an unknown name.

    One address that may not be called spoils the name: whoever serves it might want us to take that one.
    """
    named = _allowed().names(host, port)
    found = look_up(host, port)
    if named:
        return found
    inside = [address for address in found if not _allowed().holds(address)]
    if inside and not secure:
        raise Forbidden(_("Only https:// is called, but for hosts that the operator allowed."))
    if any(not is_public(ip_address(address.partition("%")[0])) for address in inside):
        words = _("%(host)s lies in an internal network: the operator may allow it in OUTGOING_ALLOWED.")
        raise Forbidden(words % {"host": host})
    return found


def look_up(host: str, port: int) -> list[str]:
    """The addresses of `host`, an odd way to write one included. Raises NotReached where there is none, or
    none comes in time: a name service that is silent would keep us for half a minute."""
    found: list[str] = []

    def ask() -> None:
        with suppress(OSError, UnicodeError):
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(answer[4][0]) for answer in answers))

    asking = Thread(target=ask, daemon=True)
    asking.start()
    asking.join(LOOK_UP_SECONDS)
    if not found:
        raise NotReached("dns", f"no address found for {host}")
    return list(found)


def is_public(address: IP) -> bool:
    """Whether `address` is one of the public internet, and so is the IPv4 address that it may carry."""
    if isinstance(address, IPv6Address):
        for network, behind in _CARRIERS:
            if address in network:
                return is_public(IPv4Address(int(address) >> behind & 0xFFFFFFFF))
        if address not in _PUBLIC_6:
            return False
    return not any(address in network for network in _NOT_PUBLIC)


@dataclass(frozen=True)
class Allowed:
    """What the operator lets offices call although it is inside: hosts, `host:port`s and networks."""

    hosts: frozenset[str]
    networks: tuple[Network, ...]

    def names(self, host: str, port: int) -> bool:
        host = host.lower()
        return host in self.hosts or f"{host}:{port}" in self.hosts or f"[{host}]:{port}" in self.hosts

    def holds(self, address: str) -> bool:
        return any(ip_address(address.partition("%")[0]) in network for network in self.networks)


def _allowed() -> Allowed:
    return _read(tuple(settings.OUTGOING_ALLOWED))


@cache
def _read(entries: tuple[str, ...]) -> Allowed:
    hosts, networks = set(), []
    for entry in (entry.strip().lower() for entry in entries):
        try:
            networks.append(ip_network(entry, strict=False))
        except ValueError:
            hosts.add(entry)
    return Allowed(frozenset(hosts - {""}), tuple(networks))
