"""Long runs of the web (`make soak`): queries of death over many articles, crowds, killed runs."""

from __future__ import annotations

import os
import random
import resource
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from http.client import HTTPConnection
from pathlib import Path
from threading import Event
from urllib.parse import urlencode

import pytest

from crawler.store import Stored, open_store
from indexer.build import build
from indexer.document import Annotator, Document
from indexer.query import Query
from indexer.search import open_searcher
from indexer.topics import TOPICS
from indexer.wards import Gazetteer, load_gazetteer
from tests.killers import COMMON, fuzzed, killers
from tests.small_site import configuration, make_article, opened, sources
from tests.test_spider import SPAWN
from tests.test_web_server import Running, serving
from webui.limits import WAITING

pytestmark = pytest.mark.soak

ARTICLES = 10_000
QUERIES = 10_000

SECONDS = 1.5
"""Of processor time that any answer may take."""

MEGABYTES = 50
"""That memory may grow by, once everything was asked for once."""


def stored(folder: Path, count: int) -> None:
    """So many articles of common syllables, the rarer the later they stand in the list."""
    chance, weights = random.Random(1), [1 / place for place in range(1, len(COMMON) + 1)]
    with open_store(configuration(folder)["STORE"]) as store, store.transaction():
        for number in range(count):
            text = " ".join(chance.choices(COMMON, weights, k=200))
            day = date(2021, 1, 1) + timedelta(days=number % 1800)
            store.put(make_article("bo-de", str(number), text[:60], f"bài mẫu {text}", day=day))


class Drawn:
    """Documents with wards and topics by chance: to understand ten thousand takes long."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.units = [unit for unit in gazetteer if unit.current][:300]

    def __call__(self, stored: Stored) -> Document:
        chance = random.Random(stored.id)
        unit = chance.choice(self.units)
        return Document(
            id=stored.id,
            article=stored.article,
            wards=(unit.slug,),
            wards_then=(unit.slug,),
            provinces=(unit.province_slug,),
            topics=tuple(chance.sample(list(TOPICS), 2)),
            type="tin-tuc",
            numbers=(),
            periods=(),
        )


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory, gazetteer: Gazetteer) -> Path:
    """The folder of a site of ARTICLES."""
    folder = tmp_path_factory.mktemp("big")
    stored(folder, ARTICLES)
    config = configuration(folder)
    with open_store(config["STORE"]) as store:
        build(store, config["INDEX"], Drawn(gazetteer), sources())
    return folder


def test_no_query_takes_long_or_grows_the_process(big: Path) -> None:
    slow, failed = [], []
    with opened(configuration(big)) as app:
        client = app.test_client()

        def ask(asked: str) -> None:
            began = time.process_time()
            status = client.get("/search", environ_overrides={"QUERY_STRING": asked}).status_code
            if time.process_time() - began > SECONDS:
                slow.append(asked)
            if status not in (200, 400, 404):
                failed.append((status, asked))

        for asked in (*(asked for _, asked in killers()), *fuzzed(200, seed=2)):
            ask(asked)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for asked in (*(asked for _, asked in killers()), *fuzzed(QUERIES)):
            ask(asked)
    assert slow == []
    assert failed == []
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < MEGABYTES


# --- a crowd ----------------------------------------------------------------------------------

KILLERS, CLIENTS, ASKED = 20, 5, 40


@pytest.fixture(scope="module")
def crowded(big: Path) -> Iterator[Running]:
    with serving(big, "127.0.64.1", "--rate", "0") as running:
        for _ in range(10):  # every process has opened the index
            get(running, running.host, "q=a")
        yield running


def get(running: Running, address: str, asked: str) -> tuple[int, str | None]:
    """Status and Retry-After of the page that this address asks for."""
    connection = HTTPConnection(running.host, running.port, timeout=60, source_address=(address, 0))
    try:
        connection.request("GET", f"/search?{asked}")
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers["Retry-After"]
    finally:
        connection.close()


def test_many_killers_do_not_hold_up_others(crowded: Running) -> None:
    """All killers come from one address, as often as they are answered."""
    asked, done, refused = [asked for _, asked in killers() if len(asked) < 7000], Event(), []

    def kill(number: int) -> None:
        chance = random.Random(number)
        while not done.is_set():
            status, later = get(crowded, "127.0.64.2", chance.choice(asked))
            assert status in (200, 400, 404, 503)
            assert (status == 503) == (later is not None)
            refused.extend([status] * (status == 503))

    def visit(number: int) -> list[float]:
        seconds = []
        for turn in range(ASKED):
            began = time.monotonic()
            status, _ = get(crowded, f"127.0.64.{10 + number}", urlencode({"q": COMMON[turn]}))
            seconds.append(time.monotonic() - began if status == 200 else 60.0)
            time.sleep(0.2)
        return seconds

    with ThreadPoolExecutor(KILLERS + CLIENTS) as pool:
        killing = [pool.submit(kill, number) for number in range(KILLERS)]
        visits = [pool.submit(visit, number) for number in range(CLIENTS)]
        try:
            seconds = sorted(each for visit in visits for each in visit.result())
        finally:
            done.set()
        for each in killing:
            each.result()
    assert len(refused) > WAITING  # there were too many, and some were told so
    assert seconds[int(0.95 * len(seconds))] <= 2, seconds[-20:]


# --- an indexer that is killed again and again -------------------------------------------------


def bytes_of(folder: Path) -> int:
    """What the files of a folder take, those with several names once."""
    files = {each.stat().st_ino: each.stat() for each in folder.rglob("*") if each.is_file()}
    return sum(each.st_blocks * 512 for each in files.values())


def index_all(folder: Path) -> None:
    """Index what is not indexed yet, in a group of processes of its own."""
    os.setsid()
    config, annotator = configuration(folder), Annotator(load_gazetteer(), sources())
    with open_store(config["STORE"]) as store:
        build(store, config["INDEX"], annotator.annotate, sources())


def indexed(folder: Path) -> None:
    process = SPAWN.Process(target=index_all, args=(folder,))
    process.start()
    process.join()
    assert process.exitcode == 0


@pytest.mark.parametrize(("kills", "seconds"), [(60, 1.0)])
def test_an_indexer_killed_every_second_leaves_little_and_catches_up(
    tmp_path: Path, kills: int, seconds: float
) -> None:
    """Three thousand articles; another one comes before each run, which is killed with all that it
    started."""
    stored(tmp_path, 3000)
    indexed(tmp_path)
    whole = bytes_of(tmp_path / "whoosh")
    most = 0
    for number in range(kills):
        with open_store(configuration(tmp_path)["STORE"]) as store:
            title = f"Bài mẫu thêm {number}"
            store.put(make_article("bo-de", f"t{number}", title, title, day=date(2026, 1, 1)))
        process = SPAWN.Process(target=index_all, args=(tmp_path,))
        process.start()
        time.sleep(seconds)
        assert process.pid
        with suppress(ProcessLookupError):  # it has ended, or not come so far
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.join()
        most = max(most, bytes_of(tmp_path / "whoosh"))
    indexed(tmp_path)
    assert max(most, bytes_of(tmp_path / "whoosh")) < 2 * whole
    searcher = open_searcher(tmp_path / "whoosh", configuration(tmp_path)["STORE"])
    assert searcher.search(Query()).total == 3000 + kills
