"""No channel calls into the house, however the address is written."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from notifications.channels import addresses, outgoing
from notifications.channels.addresses import Forbidden, check_address, is_public, permitted
from notifications.channels.outgoing import Line, NotReached
from tests.vendors import Vendors, open_vendors
from workflow.refusals import Invalid

INSIDE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "100.100.100.200", "0.0.0.0", "224.0.0.1", "255.255.255.255", "240.0.0.1"),
    *("192.0.0.8", "198.18.0.1", "168.63.129.16", "::1", "::", "fe80::1", "fc00::1", "fd12::1", "fec0::1"),
    *("ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1"),
    *("64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a00:1::", "2002:c0a8:101::"),
    *("2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1"),
]
OUTSIDE = [
    *("8.8.8.8", "114.114.114.114", "172.32.0.1", "100.128.0.1", "2400:3200::1"),
    *("::ffff:8.8.8.8", "64:ff9b::808:808"),
]


@pytest.fixture
def vendors(settings):
    with open_vendors() as vendors:
        settings.OUTGOING_ALLOWED = vendors.allowed
        yield vendors


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """What a name service of our own answers, one list after the other, the last for ever."""
    known: dict[str, list[list[str]]] = {}
    plain = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in known:
            return plain(host, port, *args, **kwargs)
        answers = known[host]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where a connection was tried; none is made."""
    tried: list[str] = []

    def connect_tcp(_self: Any, host: str, *_args: Any, **_kwargs: Any) -> Any:
        tried.append(host)
        raise outgoing.httpcore.ConnectError("nobody there")

    monkeypatch.setattr(outgoing.httpcore.SyncBackend, "connect_tcp", connect_tcp)
    return tried


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_inside_is_not_public(address: str):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_outside_is(address: str):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://localhost./",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://017700000001/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/latest/meta-data/",
        "http://8.8.8.8/",
        "ftp://8.8.8.8/",
        "file:///etc/passwd",
        "https://user:password@8.8.8.8/",
        "https://8.8.8.8:99999/",
        "https:///nowhere",
        "https://[::1",
        "gopher://127.0.0.1:6379/_FLUSHALL",
    ],
)
def test_an_address_inside_or_not_secure_is_refused_when_it_is_saved(url: str):
    with pytest.raises(Invalid):
        check_address(url)


def test_an_unknown_name_is_refused_when_it_is_saved(names, monkeypatch):
    def nobody(*_args: Any, **_kwargs: Any) -> Any:
        raise socket.gaierror("unknown")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with pytest.raises(Invalid, match="spelling"):
        check_address("https://nosuch.example/")


@pytest.mark.parametrize(
    "allowed", ["10.1.2.3", "10.0.0.0/8", "robot.office.example", "robot.office.example:443"]
)
def test_the_operator_may_allow_a_host_of_the_office(settings, names, allowed: str):
    names["robot.office.example"] = [["10.1.2.3"]]
    with pytest.raises(Invalid):
        check_address("https://robot.office.example/")
    settings.OUTGOING_ALLOWED = [allowed]
    check_address("https://robot.office.example/")
    with pytest.raises(Invalid):
        check_address("https://192.168.0.1/")


def test_an_allowed_port_is_only_that_port(settings):
    settings.OUTGOING_ALLOWED = ["127.0.0.1:8080"]
    check_address("http://127.0.0.1:8080/")
    with pytest.raises(Invalid):
        check_address("http://127.0.0.1:6379/")


def test_one_address_inside_spoils_the_name(names):
    names["mixed.example"] = [["8.8.8.8", "10.0.0.1"]]
    with pytest.raises(Forbidden):
        permitted("mixed.example", 443, True)


def test_what_was_checked_is_what_is_connected_to(names, connected):
    """The name answers otherwise the second time; nobody asks a second time."""
    names["rebinding.example"] = [["8.8.8.8"], ["127.0.0.1"]]
    with pytest.raises(NotReached):
        Line().call("https://rebinding.example/")
    assert connected == ["8.8.8.8"]


def test_a_name_that_turned_inward_since_it_was_saved_is_not_called(names, connected):
    names["rebinding.example"] = [["8.8.8.8"], ["169.254.169.254"]]
    check_address("https://rebinding.example/")
    with pytest.raises(Forbidden):
        Line().call("https://rebinding.example/")
    assert connected == []


def test_a_redirect_is_not_followed(vendors: Vendors):
    vendors.answer("json", "", 302, Location=f"{vendors.url}/hook/elsewhere")
    assert Line().call(f"{vendors.url}/json").status == 302
    assert len(vendors.arrivals) == 1


def test_of_an_endless_answer_only_the_beginning_is_read(vendors: Vendors):
    vendors.answer("json", "x" * 10_000_000)
    assert len(Line().call(f"{vendors.url}/json").body) == outgoing.MOST_BYTES


def test_who_does_not_answer_is_not_waited_for(vendors: Vendors, monkeypatch):
    monkeypatch.setitem(outgoing.TIMES, "read", 0.2)
    vendors.gates["json"].clear()
    began = time.monotonic()
    with pytest.raises(NotReached) as failed:
        Line().call(f"{vendors.url}/json")
    assert failed.value.code == "timeout"
    assert time.monotonic() - began < 5


def test_who_answers_drop_by_drop_is_left(settings, monkeypatch):
    monkeypatch.setattr(outgoing, "LONGEST", 0.5)
    with serving(drip) as port:
        settings.OUTGOING_ALLOWED = [f"127.0.0.1:{port}"]
        with pytest.raises(NotReached) as failed:
            Line().call(f"http://127.0.0.1:{port}/")
    assert failed.value.code == "timeout"


def test_a_closed_door_is_told(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.OUTGOING_ALLOWED = ["127.0.0.1"]
    with pytest.raises(NotReached) as failed:
        Line().call(f"http://127.0.0.1:{port}/")
    assert failed.value.code == "connect"


def test_a_certificate_that_nobody_vouches_for_is_not_accepted(settings, tmp_path: Path):
    settings.OUTGOING_ALLOWED = ["127.0.0.1"]
    with secured(tmp_path) as port, pytest.raises(NotReached) as failed:
        Line().call(f"https://127.0.0.1:{port}/")
    assert failed.value.code == "tls"


def test_a_silent_name_service_is_not_waited_for(monkeypatch):
    ever = threading.Event()
    monkeypatch.setattr(addresses, "LOOK_UP_SECONDS", 0.1)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: ever.wait(10) and [])
    with pytest.raises(NotReached) as failed:
        Line().call("https://silent.example/")
    ever.set()
    assert failed.value.code == "dns"


def test_an_environment_proxy_is_not_asked(vendors: Vendors, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert Line().call(f"{vendors.url}/json").status == 200


@contextmanager
def serving(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server for one caller; `serve` must end when the caller has hung up."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(10)

        def answer() -> None:
            with suppress(OSError), door.accept()[0] as caller:
                serve(caller)

        thread = threading.Thread(target=answer)
        thread.start()
        yield door.getsockname()[1]
        thread.join(10)


def drip(caller: socket.socket) -> None:
    """Send a byte of a header now and then, until nobody is there."""
    caller.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        caller.sendall(b"x")
        time.sleep(0.05)


@contextmanager
def secured(folder: Path) -> Iterator[int]:
    """A server that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    kept = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.pem").write_bytes(kept + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    with serving(lambda caller: context.wrap_socket(caller, server_side=True).close()) as port:
        yield port
