"""The services of others to which Apprise may take messages, and nothing else that Apprise could do.

Its plugins call through `requests`; in those offered here that name stands for our own guarded calls.
"""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from apprise import AppriseAsset
from apprise.plugins.bark import NotifyBark
from apprise.plugins.base import NotifyBase
from apprise.plugins.custom_json import NotifyJSON
from apprise.plugins.gotify import NotifyGotify
from apprise.plugins.ntfy import NotifyNtfy
from apprise.plugins.slack import NotifySlack
from apprise.plugins.workflows import NotifyWorkflows
from django.utils.translation import gettext as _

from notifications.channels.outgoing import Forbidden, Line, NotReached, Reply

OFFERED: dict[str, type[NotifyBase]] = {
    "slack": NotifySlack,
    "workflow": NotifyWorkflows,
    "workflows": NotifyWorkflows,
    "ntfy": NotifyNtfy,
    "ntfys": NotifyNtfy,
    "gotify": NotifyGotify,
    "gotifys": NotifyGotify,
    "bark": NotifyBark,
    "barks": NotifyBark,
    "json": NotifyJSON,
    "jsons": NotifyJSON,
}
# Whose own webhook addresses may be pasted as they are.
PASTED = (NotifySlack, NotifyWorkflows, NotifyNtfy)
# Apprise reports what these refuse as sent, and signs DingTalk's messages wrongly.
OURS = ("wecom", "wecombot", "wechat", "dingtalk", "feishu", "lark", "pushplus")
OUR_HOSTS = ("qyapi.weixin.qq.com", "oapi.dingtalk.com", "open.feishu.cn", "open.larksuite.com")
# What may stand behind the question mark. Others read files, fetch templates or loosen the connection.
PARAMETERS = frozenset({"to", "mode", "priority", "tags", "channel", "token"})
PASTED_PARAMETERS = frozenset({"api-version", "sp", "sv", "sig"})

# It says everything it does, addresses and all.
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True)
class Service:
    """A service at one address; `addresses` are those that it names itself, to be checked."""

    plugin: NotifyBase
    addresses: tuple[str, ...]


def service_at(url: str) -> Service:
    """The service at the Apprise address `url`. Raises ValueError with words where it is not offered."""
    try:
        parts = urlsplit(url)
        asked = {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
    except ValueError:
        raise ValueError(_("This is no address of a service.")) from None
    scheme = parts.scheme.lower()
    if scheme in OURS or parts.hostname in OUR_HOSTS:
        words = _(
            "WeCom, DingTalk and Feishu have kinds of their own here, which read the answer: choose one."
        )
        raise ValueError(words)
    if excess := sorted(asked - PARAMETERS - (PASTED_PARAMETERS if scheme == "https" else set())):
        raise ValueError(
            _("These parameters are not supported: %(names)s") % {"names": ", ".join(excess)[:100]}
        )
    plugin = _pasted(url) if scheme == "https" else _written(scheme, url)
    return Service(_tamed(plugin), _addresses(plugin))


def _written(scheme: str, url: str) -> NotifyBase:
    if scheme not in OFFERED:
        words = _("This service is not offered: %(name)s. It may be one of: %(offered)s")
        raise ValueError(words % {"name": scheme[:30] or "–", "offered": ", ".join(OFFERED)})
    return _made(OFFERED[scheme], OFFERED[scheme].parse_url(url))


def _pasted(url: str) -> NotifyBase:
    for plugin in PASTED:
        if found := plugin.parse_native_url(url):
            return _made(plugin, found)
    raise ValueError(
        _("For an address of your own choose the signed webhook; for services see the examples.")
    )


def _made(plugin: type[NotifyBase], found: dict[str, Any] | None) -> NotifyBase:
    if not found:
        raise ValueError(_("The address of the service is not complete."))
    try:
        return plugin(**{**found, "asset": ASSET})
    except Exception:  # plugins raise what they like, and their words hold the address
        raise ValueError(_("The address of the service is not complete.")) from None


def _tamed(plugin: NotifyBase) -> NotifyBase:
    """`plugin` with a connection as secure as ours, whatever its address says."""
    plugin.verify_certificate, plugin.redirects = True, False
    vars(sys.modules[type(plugin).__module__])["requests"] = GUARDED
    return plugin


def _addresses(plugin: NotifyBase) -> tuple[str, ...]:
    host = getattr(plugin, "host", "")
    if isinstance(plugin, NotifySlack) or not host:
        return ()
    secure = plugin.secure or isinstance(plugin, NotifyWorkflows)
    return (f"{'https' if secure else 'http'}://{host}{f':{plugin.port}' if plugin.port else ''}/",)


class _Asset(AppriseAsset):
    app_id = "Jiedian"
    app_desc = "Jiedian"
    app_url = ""
    image_url_mask = ""
    image_url_logo = ""


ASSET = _Asset()


class Session(requests.Session):
    """Calls over `line`, remembering what came of them; it follows no redirect and asks no proxy."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self.trust_env = False
        self.headers["Accept-Encoding"] = "identity"
        self.heard: list[Reply | Exception] = []
        for scheme in ("http://", "https://"):
            self.mount(scheme, _Calls(line, self.heard))

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        return super().request(*args, **{**kwargs, "allow_redirects": False})

    def __enter__(self) -> Session:
        self._before = _current.set(self)
        return self

    def __exit__(self, *_args: Any) -> None:
        _current.reset(self._before)
        self.close()


class _Calls(requests.adapters.BaseAdapter):
    """The guarded line as `requests` wants to see it."""

    def __init__(self, line: Line, heard: list[Reply | Exception]) -> None:
        super().__init__()
        self._line, self._heard = line, heard

    def send(self, request: requests.PreparedRequest, *_args: Any, **_kwargs: Any) -> requests.Response:  # type: ignore[override]
        body = request.body if isinstance(request.body, str | bytes) else b""
        try:
            reply = self._line.call(
                str(request.url),
                method=str(request.method),
                headers={name: str(value) for name, value in request.headers.items()},
                body=body.encode() if isinstance(body, str) else body,
            )
        except (Forbidden, NotReached) as error:
            self._heard.append(error)
            raise requests.ConnectionError("not reached") from None
        self._heard.append(reply)
        return _response(request, reply)

    def close(self) -> None:
        """The line is its owner's."""


def _response(request: requests.PreparedRequest, reply: Reply) -> requests.Response:
    response = requests.Response()
    response.status_code, response.url, response.request = reply.status, str(request.url), request
    response.headers.update(reply.headers)
    response.raw = io.BytesIO(reply.body)
    response.encoding = "utf-8"
    return response


_current: ContextVar[Session] = ContextVar("session")


class _Guarded:
    """Stands for `requests` in a plugin: its calls are those of the session in force, or none at all."""

    ACTS = frozenset({"request", "get", "post", "put", "patch", "delete", "head", "options"})
    CLOSED = frozenset({"Session", "session", "sessions", "api", "adapters"})

    def __getattr__(self, name: str) -> Any:
        if name in self.CLOSED:
            raise AttributeError(name)
        return getattr(_current.get() if name in self.ACTS else requests, name)


GUARDED = _Guarded()


def said_by(heard: list[Reply | Exception]) -> Reply | Exception | None:
    """What came of several calls: the first that went wrong, else the last."""
    for one in heard:
        if isinstance(one, Exception) or not 200 <= one.status < 300:
            return one
    return heard[-1] if heard else None


def error_of(reply: Reply) -> str:
    """The service's own word for what went wrong, "" where it has none."""
    found: Mapping[str, Any] = reply.json()
    word = str(found.get("error") or "") if found else reply.text().strip()
    return word if word.replace("_", "").isalnum() and len(word) <= 40 else ""
