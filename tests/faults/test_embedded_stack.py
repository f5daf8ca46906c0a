"""The embedded servers live exactly as long as somebody uses them, whatever is killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config import embedded
from config.embedded.locks import Lock
from config.embedded.lodging import find_lodging
from config.embedded.places import Place, private_folder

ROOT = Path(embedded.CHECKOUT)
SERVERS = ("pg", "redis")

# A management command in miniature: it answers SQL on its input until that ends.
COMMAND = """
import sys
from pathlib import Path
import environ, psycopg
from config import embedded

base, names = Path(sys.argv[1]), sys.argv[2].split(",")
try:
    with embedded.running(names, base=base):
        print("up", flush=True)
        for statement in sys.stdin:
            at = environ.Env.db_url_config(embedded.database_url(base))
            address = {"host": at["HOST"], "port": at["PORT"], "user": at["USER"], "dbname": at["NAME"]}
            with psycopg.connect(**address) as database:
                found = database.execute(statement)
                answer = found.fetchone()[0] if found.description else "done"
            print(answer, flush=True)
except embedded.ServerFailed as failure:
    sys.exit(str(failure))
"""


class Command:
    """A process that uses the servers of the checkout `base`."""

    def __init__(self, base: Path, *names: str) -> None:
        self.base = base
        self.process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, base, ",".join(names or SERVERS)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_until_up(self) -> Command:
        assert self.process.stdout.readline() == "up\n"
        return self

    def ask(self, statement: str) -> str:
        print(statement, file=self.process.stdin, flush=True)
        return self.process.stdout.readline().strip()

    def end(self) -> str:
        """Let it finish; returns what it complained of."""
        return self.process.communicate(timeout=30)[1]

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        self.process.send_signal(number)
        self.end()


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """A folder as fresh as a new clone; at the end of the test nothing may run for it or inside it."""
    base = tmp_path / "checkout"
    base.mkdir()
    yield base
    wait_for(lambda: not any(str(base) in line for _, line in process_files("cmdline")))
    for home in base.rglob(".jiedian"):
        shutil.rmtree(Place(home.parent).sockets)
        shutil.rmtree(Path("/var/tmp") / Place(home.parent).short_name, ignore_errors=True)


@pytest.fixture
def cluster(checkout: Path) -> Path:
    """PostgreSQL's folder in the checkout, for tests that meddle with it."""
    folder = Place(checkout).folder("pg")
    if find_lodging(Place(checkout), "pg").home != folder:
        pytest.skip("on this machine PostgreSQL keeps its data where root cannot meddle")
    return folder


@pytest.fixture
def run() -> Iterator[Callable[..., Command]]:
    commands = []

    def start(base: Path, *names: str) -> Command:
        commands.append(Command(base, *names))
        return commands[-1]

    yield start
    for command in commands:
        if command.process.returncode is None:
            command.kill()


def wait_for(condition: Callable[[], object], *, within: float = 30) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def keepers(base: Path, name: str = "") -> list[int]:
    """The keepers of a checkout's servers, by their command lines."""
    lines = process_files("cmdline")
    return [pid for pid, line in lines if "embedded.keeper" in line and f"{name}\0{base}\0" in line]


def process_files(name: str) -> Iterator[tuple[int, str]]:
    """What /proc says in the file `name` of each process."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            yield int(folder.name), (folder / name).read_text(errors="replace")
        except OSError:
            continue  # it has just ended


def children(parent: int) -> list[int]:
    """Process numbers of those whom `parent` started and who have not ended."""
    rows = [(pid, text.rpartition(")")[2].split()) for pid, text in process_files("stat")]
    return [pid for pid, (state, mother, *_) in rows if int(mother) == parent and state != "Z"]


def processes(base: Path) -> list[int]:
    """All that runs for a checkout: its keepers and their servers."""
    return [pid for keeper in keepers(base) for pid in (keeper, *children(keeper))]


def all_gone(base: Path) -> bool:
    """Whether no server process is left: each holds the lock `server` to its end."""
    locks = [Lock(Place(base).folder(name) / "server.lock") for name in SERVERS]
    free = [lock.try_take() for lock in locks]
    for lock in locks:
        lock.close()
    return all(free)


def test_commands_share_the_servers_and_the_last_one_ends_them(checkout, run):
    first = run(checkout).wait_until_up()
    second = run(checkout).wait_until_up()
    assert len(keepers(checkout)) == len(SERVERS)

    first.end()
    assert second.ask("select 40 + 2") == "42"

    second.end()
    assert not processes(checkout)
    assert all_gone(checkout)


def test_many_commands_may_start_at_the_same_moment(checkout, run):
    commands = [run(checkout) for _ in range(4)]
    for command in commands:
        command.wait_until_up()
    assert len(keepers(checkout)) == len(SERVERS)
    for command in commands:
        command.end()
    assert all_gone(checkout)


def test_a_command_may_follow_on_the_heels_of_the_last(checkout, run):
    run(checkout).wait_until_up().ask("create table notes (word text)")
    for _ in range(5):
        leaving, coming = run(checkout).wait_until_up(), run(checkout)
        leaving.end()
        assert coming.wait_until_up().ask("select count(*) from notes") == "0"
        coming.kill()


def test_interrupting_a_command_leaves_nothing(checkout, run):
    command = run(checkout).wait_until_up()
    command.kill(signal.SIGINT)
    assert not processes(checkout)
    assert all_gone(checkout)


def test_interrupting_a_first_start_leaves_nothing(checkout, cluster, run):
    command = run(checkout)
    wait_for((cluster / "data.draft/PG_VERSION").exists)
    command.kill(signal.SIGINT)
    assert not processes(checkout)
    assert all_gone(checkout)


def test_killing_the_only_command_ends_the_servers(checkout, run):
    run(checkout).wait_until_up().kill()
    wait_for(lambda: all_gone(checkout))


def test_killing_a_keeper_ends_its_server_and_the_next_start_finds_the_data(checkout, run):
    command = run(checkout).wait_until_up()
    command.ask("create table notes (word text)")
    for keeper in keepers(checkout):
        os.kill(keeper, signal.SIGKILL)
    wait_for(lambda: all_gone(checkout))
    command.kill()

    assert run(checkout).wait_until_up().ask("select count(*) from notes") == "0"


def test_a_server_that_dies_is_started_again(checkout, run):
    run(checkout).wait_until_up()
    (keeper,) = keepers(checkout, "pg")
    (server,) = children(keeper)
    os.kill(server, signal.SIGKILL)
    wait_for(lambda: children(keeper) not in ([], [server]))
    # One that comes while it is still starting is refused, and may come again.
    wait_for(lambda: run(checkout).wait_until_up().ask("select 1") == "1")


def test_what_a_killed_server_noted_down_does_not_stop_the_next(checkout, cluster, run):
    command = run(checkout).wait_until_up()
    for pid in processes(checkout):
        os.kill(pid, signal.SIGKILL)
    command.kill()
    wait_for(lambda: all_gone(checkout))
    note = cluster / "data/postmaster.pid"
    note.write_text(note.read_text().replace(note.read_text().split()[0], str(os.getpid()), 1))

    assert run(checkout).wait_until_up().ask("select 1") == "1"


def test_a_first_start_cut_short_does_not_spoil_the_next(checkout, cluster, run):
    command = run(checkout)
    wait_for((cluster / "data.draft/PG_VERSION").exists)
    (keeper,) = keepers(checkout, "pg")
    os.kill(keeper, signal.SIGKILL)
    assert "keeper died" in command.end()

    assert run(checkout).wait_until_up().ask("select current_database()") == "jiedian"


def test_a_server_that_cannot_start_says_why_in_one_line_and_leaves_nothing(checkout, cluster, run):
    run(checkout).wait_until_up().end()
    (cluster / "data/PG_VERSION").write_text("9.6\n")

    command = run(checkout)
    complaint = command.end()
    assert command.process.returncode == 1
    assert complaint.startswith("PostgreSQL did not start: ")
    assert complaint.endswith(f"(more in {cluster}/log)\n")
    assert not processes(checkout)


def test_a_deep_checkout_with_an_awkward_name_works(checkout, run):
    deep = checkout / "外事办 的 文件夹" / ("很深" * 20) / "节点"
    deep.mkdir(parents=True)
    assert run(deep).wait_until_up().ask("select lower('ÄÖÜ') || '节点'") == "äöü节点"


def test_two_checkouts_run_at_once(checkout, run):
    here, there = checkout / "a", checkout / "b"
    here.mkdir()
    there.mkdir()
    one, other = run(here), run(there)
    one.wait_until_up().ask("create table only_here ()")
    assert other.wait_until_up().ask("select to_regclass('only_here') is null") == "True"


def test_only_the_wanted_server_runs(checkout, run):
    run(checkout, "redis").wait_until_up()
    assert len(keepers(checkout, "redis")) == 1
    assert not keepers(checkout, "pg")


def test_the_application_is_no_superuser(checkout, run):
    assert run(checkout).wait_until_up().ask("select current_setting('is_superuser')") == "off"


def test_a_folder_somebody_else_made_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    (tmp_path / "theirs").mkdir()
    with pytest.raises(embedded.ServerFailed, match="belongs to another user"):
        private_folder(tmp_path / "theirs")


def test_the_local_secret_is_made_once_and_private(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: embedded.local_secret(tmp_path), range(32)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert (tmp_path / ".jiedian/secret-key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / ".jiedian").iterdir()] == ["secret-key"]


@pytest.mark.parametrize(
    ("line", "servers"),
    [
        ("migrate", ["pg", "redis"]),
        ("check --database default", ["pg", "redis"]),
        ("check", []),
        ("help migrate", []),
        ("migrate --help", []),
        ("--version", []),
        ("", []),
        ("makemessages -a", []),
    ],
)
def test_a_command_gets_the_servers_it_needs(line, servers, monkeypatch, settings):
    settings.PRODUCTION = False
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    assert embedded.needed(["manage.py", *line.split()]) == servers


def test_a_server_with_an_address_is_not_started(monkeypatch, settings):
    settings.PRODUCTION = False
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/jiedian")
    monkeypatch.delenv("REDIS_URL", raising=False)
    assert embedded.needed(["manage.py", "migrate"]) == ["redis"]
    settings.PRODUCTION = True
    assert embedded.needed(["manage.py", "migrate"]) == []
