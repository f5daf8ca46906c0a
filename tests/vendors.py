"""A server for tests that answers as WeCom, DingTalk, Feishu, Slack and a webhook's receiver document it.

It knows one robot (or application) of each, checks keys and signatures, and throttles as the vendors do. It
keeps what arrived, when, and what it answered; it can be told to answer otherwise, or not at all.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import socket
import struct
import threading
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import inf
from typing import Any
from urllib.parse import parse_qs, urlsplit

HOST = "127.0.0.1"

WECOM_KEY = "693a91f6-7aaa-4bc4-97a0-0ec2f1fa5aaa"
CORP_ID, AGENT_ID, CORP_SECRET = "ww1234567890abcdef", "1000002", "corpsecret-0123456789-abcdefghijklmno"
DINGTALK_TOKEN = "566cc69da782ec33e42541b09b08551f09fbe864eb8008112e994b43887f1234"
DINGTALK_SECRET = "SEC8c2a5f0e5d4b4b0f8d0c7a6e1f3d5b79a1c3e5f70819"
FEISHU_TOKEN = "0d1f7a54-51b2-4c0b-8f57-4a9f5be61234"
FEISHU_SECRET = "t3sTs3cr3tOfFeishuRobot"
SLACK_PATH = "/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
HOOK_PATH = "/hook/0123456789abcdef"
HOOK_SECRET = "a-webhook-secret-of-this-office"

# How many messages in how many seconds each vendor takes from one robot.
LIMITS = {"wecom": [(20, 60.0)], "dingtalk": [(20, 60.0)], "feishu": [(5, 1.0), (100, 60.0)]}


@dataclass(frozen=True)
class Answer:
    """What is sent back: `body` as JSON, or as it is when it is text."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


# No answers at all: one waits until the caller gives up, the other cuts the line.
SILENCE, CUT = Answer(None, 0), Answer(None, -1)


@dataclass(frozen=True)
class Arrival:
    """One call: `at` is seconds since 1970, `query` is decoded, `raw` the body and `said` the same read."""

    vendor: str
    at: float
    path: str
    query: dict[str, str]
    raw_query: str
    headers: dict[str, str]
    raw: bytes
    said: Any
    answer: Answer

    @property
    def robot(self) -> str:
        """Which of the vendor's robots it is for."""
        return self.query.get("key") or self.query.get("access_token") or self.path

    @property
    def text(self) -> str:
        """The words of the message, whoever's format it is in."""
        said = self.said if isinstance(self.said, dict) else {}
        found = said.get("text") or said.get("content") or said.get("textcard") or said.get("message") or ""
        if isinstance(found, dict):
            found = found.get("content") or found.get("text") or found.get("description") or ""
        return str(found)

    @property
    def taken(self) -> bool:
        """Whether the vendor said that it has the message."""
        body = self.answer.body
        if isinstance(body, dict) and ("errcode" in body or "code" in body):
            return body.get("errcode", body.get("code")) == 0
        return 200 <= self.answer.status < 300


class Vendors:
    """`answers[vendor]` are answers for the next calls, in order, `troubles[vendor]` what all others hear;
    while `gates[vendor]` is closed there is none. `unknown_people` are accounts that the WeCom application
    does not know. `clock_off` is how many seconds the vendors' clocks are ahead."""

    def __init__(self, throttles: bool = True, limits: dict[str, list[tuple[int, float]]] = LIMITS) -> None:
        self.arrivals: list[Arrival] = []
        self.answers: dict[str, list[Answer]] = defaultdict(list)
        self.troubles: dict[str, Answer] = {}
        self.limits = limits
        self.gates: dict[str, threading.Event] = defaultdict(_open)
        self.unknown_people: set[str] = set()
        self.clock_off = 0.0
        self.throttles = throttles
        self.tokens: list[str] = []
        self.token_seconds = 7200
        self.port = 0
        self._times: dict[str, list[float]] = defaultdict(list)
        self._blocked_until: dict[str, float] = {}
        self._lock = threading.Lock()

    # For whoever sets a channel up.

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def addresses(self) -> dict[str, str]:
        """For `settings.VENDORS`; `settings.OUTGOING_ALLOWED` needs `allowed`."""
        return dict.fromkeys(("wecom", "dingtalk", "feishu", "lark"), self.url)

    @property
    def allowed(self) -> list[str]:
        return [f"{HOST}:{self.port}"]

    @property
    def environment(self) -> dict[str, str]:
        """For processes of their own, such as workers."""
        vendors = ",".join(f"{name}={url}" for name, url in self.addresses.items())
        return {"VENDORS": vendors, "OUTGOING_ALLOWED": ",".join(self.allowed)}

    def particulars(self, kind: str, number: int | None = None) -> tuple[dict[str, str], dict[str, str]]:
        """`Channel.settings` and secrets of the channel of `kind` that this server knows.

        Of robots of groups it knows any `number`.
        """
        n = "" if number is None else f"x{number}"
        feishu = {"platform": "feishu", "keyword": ""}
        return {
            "wecom_robot": ({}, {"key": WECOM_KEY + n}),
            "wecom_app": ({"corp_id": CORP_ID, "agent_id": AGENT_ID}, {"secret": CORP_SECRET}),
            "dingtalk_robot": ({"keyword": ""}, {"token": DINGTALK_TOKEN + n, "secret": DINGTALK_SECRET}),
            "feishu_robot": (feishu, {"token": FEISHU_TOKEN + n, "secret": FEISHU_SECRET}),
            "webhook": ({}, {"url": f"{self.url}{HOOK_PATH}", "secret": HOOK_SECRET}),
            "apprise": ({}, {"url": f"json://{HOST}:{self.port}/json"}),
        }[kind]

    # For whoever looks at what came of it.

    def of(self, vendor: str, *, taken: bool | None = None) -> list[Arrival]:
        """What arrived for `vendor`: wecom, wecom_app, token, dingtalk, feishu, slack, webhook or json."""
        return [one for one in self.arrivals if one.vendor == vendor and taken in (None, one.taken)]

    def most_in(self, vendor: str, seconds: float) -> int:
        """The most messages to one robot that arrived within any `seconds`."""
        by_robot: dict[str, list[float]] = defaultdict(list)
        for one in sorted(self.of(vendor), key=lambda one: one.at):
            by_robot[one.robot].append(one.at)
        counts = [
            n - bisect_right(times, at - seconds)
            for times in by_robot.values()
            for n, at in enumerate(times, 1)
        ]
        return max(counts, default=0)

    def answer(self, vendor: str, body: Any, status: int = 200, times: int = 1, **headers: str) -> None:
        """Say this to the next `times` calls; underscores in names of headers stand for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[vendor] += [Answer(body, status, named)] * times

    # What the vendors do.

    def take(self, vendor: str, call: Callable[[Answer], Arrival], usual: Callable[[], Answer]) -> Answer:
        self.gates[vendor].wait(30)
        with self._lock:
            arrived = call(TAKEN)
            answer = self._told(vendor) or self._too_much(vendor, arrived.robot) or usual()
            self._times[arrived.robot].append(arrived.at)
            self.arrivals.append(replace(arrived, answer=answer))
        return answer

    def _told(self, vendor: str) -> Answer | None:
        return told.pop(0) if (told := self.answers[vendor]) else self.troubles.get(vendor)

    def _too_much(self, vendor: str, robot: str) -> Answer | None:
        if not self.throttles or vendor not in self.limits:
            return None
        now, times = time.time(), self._times[robot]
        full = any(
            len(times) - bisect_right(times, now - span) >= count for count, span in self.limits[vendor]
        )
        if vendor == "dingtalk":
            if full:
                self._blocked_until[robot] = now + 600
            full = now < self._blocked_until.get(robot, -inf)
        return TOO_MUCH[vendor] if full else None

    def now(self) -> float:
        return time.time() + self.clock_off


TOO_MUCH = {
    "wecom": Answer({"errcode": 45009, "errmsg": "api freq out of limit"}),
    "dingtalk": Answer({"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}),
    "feishu": Answer({"code": 11232, "msg": "frequency limited psm[lark.oapi.app_platform_runtime]"}),
}
TAKEN = Answer({"errcode": 0, "errmsg": "ok"})


def wecom(vendors: Vendors, call: _Call) -> Answer:
    if not _known(call.query.get("key", ""), WECOM_KEY):
        hint = "invalid webhook url, hint: [1690000000123456], more info at https://open.work.weixin.qq.com"
        return Answer({"errcode": 93000, "errmsg": hint})
    text = _in(call.said, "text", "content")
    if call.said.get("msgtype") != "text" or not isinstance(text, str) or len(text.encode()) > 2048:
        return Answer({"errcode": 40058, "errmsg": "invalid Request Parameter"})
    return TAKEN


def token(vendors: Vendors, call: _Call) -> Answer:
    if call.query.get("corpid") != CORP_ID:
        return Answer({"errcode": 40013, "errmsg": "invalid corpid"})
    if call.query.get("corpsecret") != CORP_SECRET:
        return Answer({"errcode": 40001, "errmsg": "invalid credential"})
    vendors.tokens.append(f"token-{len(vendors.tokens) + 1}-of-the-application")
    found = {"access_token": vendors.tokens[-1], "expires_in": vendors.token_seconds}
    return Answer(TAKEN.body | found)


def wecom_app(vendors: Vendors, call: _Call) -> Answer:
    if call.query.get("access_token") not in vendors.tokens[-1:]:
        return Answer({"errcode": 40014, "errmsg": "invalid access_token"})
    people = str(call.said.get("touser", "")).split("|")
    unknown = [name for name in people if name in vendors.unknown_people]
    if not any(people):
        return Answer({"errcode": 82001, "errmsg": "All touser & totag & toparty are invalid"})
    said = {"errcode": 0, "errmsg": "ok", "msgid": f"msg{len(vendors.arrivals)}"}
    return Answer({**said, "invaliduser": "|".join(unknown)} if unknown else said)


def dingtalk(vendors: Vendors, call: _Call) -> Answer:
    if not _known(call.query.get("access_token", ""), DINGTALK_TOKEN):
        return Answer({"errcode": 300001, "errmsg": "token is not exist"})
    stamp = call.query.get("timestamp", "")
    if not stamp.isdigit() or abs(int(stamp) / 1000 - vendors.now()) > 3600:
        return Answer({"errcode": 310000, "errmsg": "invalid timestamp"})
    signed = hmac.new(DINGTALK_SECRET.encode(), f"{stamp}\n{DINGTALK_SECRET}".encode(), hashlib.sha256)
    if call.query.get("sign") != base64.b64encode(signed.digest()).decode():
        return Answer({"errcode": 310000, "errmsg": "sign not match"})
    text, called = _in(call.said, "text", "content"), _in(call.said, "at", "atMobiles") or []
    if not text or any(f"@{number}" not in text for number in called):
        return Answer({"errcode": 40035, "errmsg": "缺少参数 text or at"})
    return TAKEN


def feishu(vendors: Vendors, call: _Call) -> Answer:
    if not _known(call.path.rpartition("/")[2], FEISHU_TOKEN):
        return Answer({"code": 19001, "msg": "param invalid: incoming webhook access token invalid"})
    if len(call.raw) > 20 * 1024 or not isinstance(_in(call.said, "content", "text"), str):
        return Answer({"code": 9499, "msg": "Bad Request", "data": {}})
    stamp = str(call.said.get("timestamp", ""))
    signed = hmac.new(f"{stamp}\n{FEISHU_SECRET}".encode(), digestmod=hashlib.sha256).digest()
    off = abs(int(stamp) - vendors.now()) if stamp.isdigit() else inf
    if off > 3600 or call.said.get("sign") != base64.b64encode(signed).decode():
        words = "sign match fail or timestamp is not within one hour from current time"
        return Answer({"code": 19021, "msg": words})
    return Answer({"code": 0, "msg": "success", "data": {}, "StatusCode": 0, "StatusMessage": "success"})


def slack(vendors: Vendors, call: _Call) -> Answer:
    return Answer("ok") if call.path == SLACK_PATH else Answer("no_service", 404)


def webhook(vendors: Vendors, call: _Call) -> Answer:
    stamp = call.headers.get("x-jiedian-timestamp", "")
    signed = hmac.new(HOOK_SECRET.encode(), stamp.encode() + b"." + call.raw, hashlib.sha256).hexdigest()
    if call.headers.get("x-jiedian-signature") != f"sha256={signed}":
        return Answer("bad signature", 403)
    return Answer("too old", 403) if abs(int(stamp) - vendors.now()) > 300 else Answer("", 204)


def plain_json(vendors: Vendors, call: _Call) -> Answer:
    return Answer("", 200)


PLACES: list[tuple[str, str, Callable[[Vendors, _Call], Answer]]] = [
    ("/cgi-bin/webhook/send", "wecom", wecom),
    ("/cgi-bin/gettoken", "token", token),
    ("/cgi-bin/message/send", "wecom_app", wecom_app),
    ("/robot/send", "dingtalk", dingtalk),
    ("/open-apis/bot/v2/hook/", "feishu", feishu),
    ("/services/", "slack", slack),
    ("/hook/", "webhook", webhook),
    ("/json", "json", plain_json),
]


@dataclass(frozen=True)
class _Call:
    """What a vendor sees of a call."""

    path: str
    query: dict[str, str]
    raw_query: str
    headers: dict[str, str]
    raw: bytes
    said: Any


def _known(name: str, robot: str) -> bool:
    return re.fullmatch(rf"{robot}(x\d+)?", name) is not None


def _in(said: Any, outer: str, inner: str) -> Any:
    found = said.get(outer)
    return found.get(inner) if isinstance(found, dict) else None


def _open() -> threading.Event:
    gate = threading.Event()
    gate.set()
    return gate


def _read_json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return {}


@contextmanager
def open_vendors(*, throttles: bool = True, limits: dict[str, Any] = LIMITS) -> Iterator[Vendors]:
    """The server, for as long as the block lasts."""
    vendors = Vendors(throttles, limits)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            call = _Call(parts.path, query, parts.query, headers, raw, _read_json(raw))
            place = next((one for one in PLACES if parts.path.startswith(one[0])), None)
            vendor, usual = (place[1], place[2]) if place else ("nobody", lambda *_: Answer("not found", 404))
            at = time.time()
            answer = vendors.take(
                vendor,
                lambda answer: Arrival(vendor, at, answer=answer, **vars(call)),
                lambda: usual(vendors, call),
            )
            self._say(answer)

        do_GET = do_PUT = do_POST

        def _say(self, answer: Answer) -> None:
            if answer in (SILENCE, CUT):
                return self._leave(answer)
            said = (
                answer.body if isinstance(answer.body, str) else json.dumps(answer.body, ensure_ascii=False)
            )
            body = said.encode()
            try:
                self.send_response(answer.status)
                for name, value in {"Content-Length": str(len(body)), **answer.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True  # whoever asked has given up by now

        def _leave(self, answer: Answer) -> None:
            self.close_connection = True
            if answer == SILENCE:
                with suppress(OSError):
                    self.connection.recv(1)  # until whoever asked has given up
            else:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()

        def log_message(self, *_args: Any) -> None:
            """Nothing: a test says itself what went wrong."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    server.daemon_threads = True
    vendors.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield vendors
    finally:
        for gate in list(vendors.gates.values()):
            gate.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
