"""Reading what was typed or pasted into the fields of a channel; each raises ValueError with its words."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.conf import settings
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _

from notifications.channels.addresses import check_address
from notifications.plain_words import literal
from workflow.refusals import Invalid

# The hosts under which each vendor answers, besides what the operator says in VENDORS.
HOSTS = {
    "wecom": "qyapi.weixin.qq.com",
    "dingtalk": "oapi.dingtalk.com",
    "feishu": "open.feishu.cn",
    "lark": "open.larksuite.com",
}


def plain(typed: str) -> str:
    """Something to be copied, not written: it holds no spaces."""
    if re.search(r"\s", typed) or not typed.isprintable():
        raise ValueError(_("It must not hold spaces or line breaks."))
    if len(typed) > 500:
        raise ValueError(_("That is too long."))
    return typed


def wecom_key(typed: str) -> str:
    return _copied(_from_query(typed, "key", "wecom"), r"[0-9A-Za-z-]{16,80}")


def dingtalk_token(typed: str) -> str:
    return _copied(_from_query(typed, "access_token", "dingtalk"), r"[0-9A-Za-z]{16,128}")


def feishu_token(typed: str) -> str:
    if "://" in typed:
        _check_host(typed, "feishu", "lark")
        typed = _parts(typed).path.rpartition("/")[2]
    return _copied(typed, r"[0-9A-Za-z-]{16,80}")


def platform(typed: str) -> str:
    """The one whose address it is, "" where it is none."""
    try:
        host = _parts(typed).hostname
    except ValueError:
        return ""
    return next((name for name in ("feishu", "lark") if host and host in _hosts(name)), "")


def dingtalk_secret(typed: str) -> str:
    return _copied(typed, r"SEC[0-9A-Za-z]{8,128}")


def corporation(typed: str) -> str:
    return _copied(typed, r"[0-9A-Za-z_-]{4,64}")


def agent(typed: str) -> str:
    if not re.fullmatch(r"[0-9]{1,12}", typed):
        raise ValueError(_("It is a number, such as 1000002."))
    return typed


def keyword(typed: str) -> str:
    if len(literal(typed)) > 20:
        raise ValueError(_("That is too long."))
    return literal(typed)


def long_secret(typed: str) -> str:
    if len(plain(typed)) < 16:
        raise ValueError(_("It needs at least 16 characters."))
    return typed


def address(typed: str) -> str:
    """An address that may be called, as far as one can see now."""
    host = _parts(plain(typed)).hostname or ""
    try:
        typed = typed.replace(host, host.encode("idna").decode(), 1)
    except UnicodeError:
        raise ValueError(_("It does not look right: copy it anew from where it was made.")) from None
    return _callable(iri_to_uri(typed))


def service(typed: str) -> str:
    """The address of a service that Apprise serves and we let it."""
    from notifications.channels.services import service_at  # it takes a second to load

    for url in service_at(plain(typed)).addresses:
        _callable(url)
    return typed


def _callable(url: str) -> str:
    try:
        check_address(url)
    except Invalid as error:
        raise ValueError("; ".join(error.lines())) from None
    return url


def _from_query(typed: str, name: str, vendor: str) -> str:
    """What an address says of `name`, or what was typed where it is no address."""
    if "://" not in typed:
        return typed.rpartition(f"{name}=")[2]
    _check_host(typed, vendor)
    return parse_qs(_parts(typed).query).get(name, [""])[0]


def _check_host(typed: str, *vendors: str) -> None:
    hosts = {host for vendor in vendors for host in _hosts(vendor)}
    if _parts(typed).hostname not in hosts:
        raise ValueError(_("That is not an address of %(host)s.") % {"host": HOSTS[vendors[0]]})


def _parts(typed: str) -> SplitResult:
    try:
        return urlsplit(typed)
    except ValueError:
        raise ValueError(_("It does not look right: copy it anew from where it was made.")) from None


def _hosts(vendor: str) -> set[str | None]:
    return {HOSTS[vendor], urlsplit(settings.VENDORS[vendor]).hostname}


def _copied(found: str, pattern: str) -> str:
    if not re.fullmatch(pattern, found):
        raise ValueError(_("It does not look right: copy it anew from where it was made."))
    return found
