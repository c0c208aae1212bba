"""The schedule: with a clock, processes and days of the test; then the command itself."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from crawler.frontier import Frontier
from crawler.health import due_portals
from crawler.portals import Portal, Portals, PortalsError
from crawler.schedule import (
    BATCH,
    CRAWLS,
    INDEX_EVERY,
    LOOK_EVERY,
    REST,
    SLICE,
    STOPPING,
    PortalsFile,
    Schedule,
)
from crawler.store import Store, open_store
from tests.portals.server import CONTACT
from tests.replay_site import HOME, article, crawl, listing

ROOT = Path(__file__).parent.parent
HOUR = 3600.0
DAY = 24 * HOUR
PATIENCE = 120
"""Seconds for what takes a few on a machine that is not busy."""


@dataclass
class Work:
    """A process of the test: it ends when all is done, or when told to; a deaf one when killed.

    `ends` tells after how many seconds each portal is done; "" stands for the index.
    """

    world: World
    portals: tuple[Portal, ...]
    ends: dict[str, float]
    deaf: bool = False
    code: int = 0
    exitcode: int | None = None
    began: float = 0.0
    told: list[str] = field(default_factory=list)

    def advance(self) -> None:
        if self.exitcode is not None:
            return
        age = self.world.clock - self.began
        for name in [name for name, end in self.ends.items() if end <= age]:
            del self.ends[name]
            if name and not self.code:
                self.world.finished(next(each for each in self.portals if each.id == name))
        self.exitcode = None if self.ends else self.code

    def terminate(self) -> None:
        self.told.append("terminate")
        if self.exitcode is None and not self.deaf:
            self.exitcode = 0

    def kill(self) -> None:
        self.told.append("kill")
        if self.exitcode is None:
            self.exitcode = -signal.SIGKILL

    def join(self, timeout: float | None = None) -> None:
        if self.exitcode is None and timeout is not None:
            self.world.clock += timeout
        assert self.exitcode is not None or timeout is not None, "would wait for ever"


class World:
    """A store, a wall clock that may jump, one that never goes back, and processes that pretend.

    `takes` tells how many seconds the crawl of a portal takes, a minute where it does not.
    """

    def __init__(self, store: Store, portals: Sequence[Portal]) -> None:
        self.store, self.portals = store, portals
        self.wall, self.clock = 20_000 * DAY, 1000.0
        self.takes: dict[str, float] = {}
        self.made: list[Work] = []
        self.began = Counter[str]()
        self.ended = Counter[str]()
        self.told: list[str] = []
        self.waiting = 0
        self.code = 0
        self.deaf = False

    def schedule(self) -> Schedule:
        return Schedule(self.due, self.crawl, self.index, self.told.append, lambda: self.clock)

    def due(self) -> list[Portal]:
        return due_portals(self.store, self.portals, self.wall)

    def crawl(self, portals: Sequence[Portal]) -> Work:
        under_way = {each.id for work in self.running() for each in work.portals}
        assert under_way.isdisjoint(each.id for each in portals), "two crawls of one portal"
        for portal in portals:
            self.began[portal.id] += 1
            self.wall += 0.001  # one after the other
            with self.store.transaction():
                Frontier(self.store).begin(portal, self.wall)
        ends = {portal.id: self.takes.get(portal.id, 60.0) for portal in portals}
        return self._started(tuple(portals), ends)

    def index(self) -> Work | None:
        return self._started((), {"": 10.0}) if self.waiting else None

    def _started(self, portals: tuple[Portal, ...], ends: dict[str, float]) -> Work:
        work = Work(self, portals, ends, self.deaf, self.code, began=self.clock)
        self.made.append(work)
        return work

    def running(self) -> list[Work]:
        return [work for work in self.made if work.exitcode is None]

    def finished(self, portal: Portal) -> None:
        self.ended[portal.id] += 1
        due = self.wall + portal.interval.total_seconds()
        with self.store.transaction():
            self.store.connection.execute(
                "UPDATE addresses SET due = ? WHERE portal = ?", (due, portal.id)
            )
            Frontier(self.store).finish(portal, self.wall)
        self.waiting += 1

    def live(self, schedule: Schedule, seconds: float) -> None:
        """Let time pass, LOOK_EVERY by LOOK_EVERY."""
        for _ in range(int(seconds / LOOK_EVERY)):
            schedule.step()
            self.clock += LOOK_EVERY
            self.wall += LOOK_EVERY
            for work in self.made:
                work.advance()


def portals(count: int) -> list[Portal]:
    hosts = [f"127.0.15.{number + 1}" for number in range(count)]
    return [
        Portal(f"mau-{host.rpartition('.')[2]}", "Trang mẫu", "", "", (f"http://{host}/",), (host,))
        for host in hosts
    ]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "articles.db") as opened:
        yield opened


def test_every_portal_once_in_its_interval(store: Store) -> None:
    world = World(store, portals(5))
    world.live(world.schedule(), DAY)
    assert set(world.began.values()) == {4}
    assert world.began == world.ended


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_jump_of_the_clock_is_one_run_for_each(store: Store, jump: float) -> None:
    world = World(store, portals(5))
    schedule = world.schedule()
    world.live(schedule, HOUR)
    assert set(world.began.values()) == {1}
    world.wall += jump
    world.live(schedule, HOUR)
    assert set(world.began.values()) == {2}
    world.live(schedule, 5 * HOUR)  # then as ever: the next is six hours after the last
    assert set(world.began.values()) == {2}
    world.live(schedule, HOUR)
    assert set(world.began.values()) == {3}
    assert world.began == world.ended


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_jump_of_the_clock_during_a_crawl(store: Store, jump: float) -> None:
    world = World(store, portals(2))
    world.takes = dict.fromkeys(("mau-1", "mau-2"), SLICE - 120.0)
    schedule = world.schedule()
    world.live(schedule, SLICE / 2)
    world.wall += jump
    world.live(schedule, 4 * HOUR)
    assert (set(world.began.values()), world.began) == ({1}, world.ended)
    world.live(schedule, 4 * HOUR)
    assert (set(world.began.values()), world.began) == ({2}, world.ended)


def test_random_jumps_lose_no_run_and_double_none(store: Store) -> None:
    random_ = random.Random(43)
    world = World(store, portals(3))
    schedule = world.schedule()
    for runs in range(1, 21):
        world.live(schedule, HOUR)
        assert set(world.began.values()) == {runs}
        assert world.began == world.ended
        world.wall += random_.choice((DAY, -DAY, random_.uniform(8 * HOUR, 90 * DAY)))


def test_missed_runs_are_made_up_for_by_one(store: Store) -> None:
    world = World(store, portals(3))
    world.live(world.schedule(), HOUR)
    world.wall += 13 * HOUR  # nobody was there: two runs were missed
    world.clock += 13 * HOUR
    world.live(world.schedule(), 2 * HOUR)
    assert set(world.began.values()) == {2}


def test_slow_portals_hold_up_nobody(store: Store) -> None:
    """Three portals that take weeks, one in each process, and others that are due every hour."""
    world = World(store, [])
    slow, quick = portals(8)[:CRAWLS], portals(8)[CRAWLS:]
    world.takes = {portal.id: 30 * DAY for portal in slow}
    schedule = world.schedule()
    for portal in slow:
        world.portals = [*world.portals, portal]
        world.live(schedule, 2 * LOOK_EVERY)
    assert len(world.running()) == CRAWLS
    world.portals = [*slow, *(replace(portal, interval=timedelta(hours=1)) for portal in quick)]
    world.live(schedule, DAY)
    assert all(world.ended[portal.id] >= 24 * HOUR // (HOUR + SLICE) for portal in quick)
    assert all(work.told in ([], ["terminate"]) for work in world.made)
    under_way = {each.id for work in world.running() for each in work.portals}
    assert {portal.id for portal in slow} <= under_way


def test_many_slow_portals_take_turns(store: Store) -> None:
    world = World(store, portals(BATCH * CRAWLS + 40))
    world.takes = {portal.id: 30 * DAY for portal in world.portals}
    world.live(world.schedule(), 12 * SLICE)
    assert len(world.running()) <= CRAWLS
    assert max(len(work.portals) for work in world.made) == BATCH
    turns = [world.began[portal.id] for portal in world.portals]
    assert max(turns) - min(turns) <= 2
    assert min(turns) >= 8


def test_what_hangs_is_ended_and_then_killed(store: Store) -> None:
    world = World(store, portals(1))
    world.takes, world.deaf = {"mau-1": 99 * DAY}, True
    world.live(world.schedule(), SLICE + STOPPING + 4 * LOOK_EVERY)
    assert world.made[0].told == ["terminate", "kill"]
    assert world.began["mau-1"] == 2


def test_after_a_crawl_that_broke_its_portals_rest(store: Store) -> None:
    world = World(store, portals(2))
    world.code = 1
    schedule = world.schedule()
    world.live(schedule, REST)
    assert set(world.began.values()) == {1}
    assert world.told == ["mau-1, mau-2: ended with 1"]
    world.live(schedule, 5 * LOOK_EVERY)
    assert set(world.began.values()) == {2}


def test_indexing_goes_on_beside_a_long_crawl_but_not_all_the_time(store: Store) -> None:
    world = World(store, portals(1))
    world.takes, world.waiting = {"mau-1": DAY}, 5
    world.live(world.schedule(), 4 * INDEX_EVERY)
    assert sum(not work.portals for work in world.made) == 4
    assert len(world.running()) == 1


def test_nothing_to_index_starts_nothing(store: Store) -> None:
    world = World(store, [])
    world.live(world.schedule(), HOUR)
    assert world.made == []


def test_the_end_ends_all_even_the_deaf(store: Store) -> None:
    world = World(store, portals(1))
    world.deaf, world.waiting = True, 1
    schedule = world.schedule()
    schedule.step()
    assert len(world.running()) == 2
    schedule.end()
    assert world.running() == []


def test_a_mistake_in_the_file_is_told_once_and_the_last_good_one_used(tmp_path: Path) -> None:
    answers: list[Portals | PortalsError] = [
        good := Portals("", tuple(portals(1))),
        PortalsError("portals.toml:3: id: expected …"),
        PortalsError("portals.toml:3: id: expected …"),
        better := Portals("", tuple(portals(2))),
    ]

    def load(path: Path) -> Portals:
        answer = answers.pop(0)
        if isinstance(answer, PortalsError):
            raise answer
        return answer

    told: list[str] = []
    file = PortalsFile(tmp_path, load, told.append)
    assert [file.read() for _ in range(3)] == [good, good, better]
    assert told == ["portals.toml:3: id: expected …; the last good version is used", "mended"]


def test_the_first_version_of_the_file_must_be_good(tmp_path: Path) -> None:
    def load(path: Path) -> Portals:
        raise PortalsError("no")

    with pytest.raises(PortalsError):
        PortalsFile(tmp_path, load, print)


# --- the command -----------------------------------------------------------------------------


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts `tinphuong schedule` in a folder of its own; what still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        started.append(
            subprocess.Popen(
                [sys.executable, str(ROOT / "tinphuong.py"), "schedule"],
                cwd=tmp_path,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,  # so that its own Ctrl-C reaches nobody else
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def test_one_schedule_at_a_time_and_it_ends_cleanly(
    tmp_path: Path, command: Callable[[], subprocess.Popen[str]]
) -> None:
    """Row 43 in real processes: of three one stays; ended in the middle of a crawl of slow pages it
    leaves no process behind, all that was fetched, and the rest due."""
    with slow_site() as (url, asked):
        (tmp_path / "portals.toml").write_text(portals_toml(url))
        three = [command() for _ in range(3)]
        wait_until(lambda: sum(each.poll() is None for each in three) == 1)
        [one] = [each for each in three if each.poll() is None]
        others = [each for each in three if each is not one]
        assert [each.wait() for each in others] == [1, 1]
        assert all("at work" in each.communicate()[0] for each in others)
        wait_until(lambda: len(asked) > 6)  # the crawl is well under way
        children = children_of(one.pid)
        assert children
        one.send_signal(signal.SIGTERM)
        assert one.wait(timeout=PATIENCE) == 0
        assert "stopped" in one.communicate()[0]
        wait_until(lambda: not any(alive(pid) for pid in children))
        with open_store(tmp_path / "index" / "store" / "articles.db") as store:
            (fetched,) = store.connection.execute(
                "SELECT count(*) FROM addresses WHERE fetched_at NOT NULL"
            ).fetchone()
        assert fetched >= len(asked) - 3  # robots.txt, a sitemap, and what was under way
        assert len(set(asked)) == len(asked)  # one run, not three


def test_a_schedule_that_was_killed_leaves_no_second_crawl_of_a_portal(
    tmp_path: Path, command: Callable[[], subprocess.Popen[str]]
) -> None:
    """Row 43: what it had started goes on, and whoever comes after keeps away until it ends."""
    with slow_site() as (url, asked):
        (tmp_path / "portals.toml").write_text(portals_toml(url))
        first = command()
        wait_until(lambda: len(asked) > 4)
        [orphan] = crawls_of(first.pid)
        first.kill()
        second = command()
        try:
            wait_until(lambda: bool(crawls_of(second.pid)))
            wait_until(lambda: not crawls_of(second.pid))  # it found the portal taken, and went
            known = len(asked)
            wait_until(lambda: len(asked) > known)  # the first crawl is still at it
            assert len(set(asked)) == len(asked)
        finally:
            os.kill(orphan, signal.SIGTERM)
        second.send_signal(signal.SIGTERM)
        assert second.wait(timeout=PATIENCE) == 0


def test_what_waits_is_indexed_by_a_process_of_its_own(
    tmp_path: Path, command: Callable[[], subprocess.Popen[str]]
) -> None:
    """Nothing can be crawled: there is no contact."""
    (tmp_path / "portals.toml").write_text(portals_toml(f"{HOME}/").replace(CONTACT, ""))
    pages = {"/": listing("/bai-1"), "/bai-1": article("một")}
    path = tmp_path / "index" / "store" / "articles.db"
    with open_store(path) as store:
        crawl(store, path.parent / "pages", pages)
    running = command()
    wait_until(lambda: (tmp_path / "index" / "whoosh" / "current").exists())
    wait_until(lambda: not crawls_of(running.pid))
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=PATIENCE) == 0
    with open_store(path) as store:
        assert store.waiting() == 0
    assert "1 articles indexed" in running.communicate()[0]


def portals_toml(url: str) -> str:
    return (
        f'contact = "{CONTACT}"\n[[portal]]\nid = "mau"\nname = "Trang mẫu"\n'
        f'ward = {{ name = "", province = "Thành phố Hà Nội" }}\nstart = ["{url}"]\n'
        'delay = "0s"\nallow_private = true\n'
    )


@contextmanager
def slow_site() -> Iterator[tuple[str, list[str]]]:
    """A site of more articles than any test waits for, each after a moment; its address and the
    paths asked for. All stand on the start page, as a crawl ends twenty links away from it.
    """
    asked: list[str] = []
    links = "".join(f'<a href="/bai-mau-{number}">Bài mẫu</a>' for number in range(2000))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            time.sleep(0.3)
            page = article(str(len(asked)), links if self.path == "/" else "")
            found = self.path == "/" or self.path.startswith("/bai-mau")
            with suppress(ConnectionError):  # who asked has ended
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(page if found else b"")

        def log_message(self, format: str, *args: object) -> None:
            """The test looks at `asked`."""

    server = ThreadingHTTPServer(("127.0.15.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.15.1:{server.server_port}/", asked
    server.shutdown()
    server.server_close()


def wait_until(done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


def children_of(pid: int) -> list[int]:
    """Processes whose parent is this one (field 4 of /proc/PID/stat, after the name)."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(stat.parent.name))
    return found


def crawls_of(pid: int) -> list[int]:
    """Those of its children that crawl or index (multiprocessing has one more, that tidies up)."""
    return [child for child in children_of(pid) if "spawn_main" in command_line(child)]


def command_line(pid: int) -> str:
    with suppress(OSError):  # it has ended meanwhile
        return Path(f"/proc/{pid}/cmdline").read_text()
    return ""


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
