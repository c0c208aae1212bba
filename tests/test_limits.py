"""What a bad server may cost: bombs, endless and dripping answers, broken HTTP, names that vanish.

One server plays all parts, told apart by the host asked for (127.0.13.x), in one crawl in a process
of its own, with a deadline of two seconds; what it writes to its standard error is looked at too.
"""

from __future__ import annotations

import gzip
import os
import resource
import select
import socket
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

import brotli
import pytest

from crawler import spider
from crawler.portals import Portal
from crawler.spider import CrawlReport, crawl
from crawler.store import open_store
from tests.test_spider import SPAWN, article, listing

DEADLINE = 2
MEGABYTE = 1 << 20
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
PAGE = article("hỏng").body

Part = bytes | Callable[[socket.socket], None]


def answer(body: bytes, *headers: bytes) -> bytes:
    lines = [b"Content-Length: %d" % len(body), *headers, b"", body]
    return OK + b"\r\n".join(lines)


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return OK + b"Transfer-Encoding: chunked\r\n\r\n" + body + end


# --- what the server says -------------------------------------------------------------------


def bomb() -> bytes:
    """A GiB of zeros as raw deflate: one packed megabyte, a thousand times."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    once = packer.compress(bytes(MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    return once * 1024 + b"\x03\x00"


def brotli_bomb() -> bytes:
    packer = brotli.Compressor(quality=1)
    parts = [packer.process(bytes(16 * MEGABYTE)) for _ in range(64)]
    return b"".join([*parts, packer.finish()])


def endless(start: bytes, piece: bytes) -> Callable[[socket.socket], None]:
    def send(connection: socket.socket) -> None:
        connection.sendall(start)
        for _ in range(300 * MEGABYTE // len(piece)):  # an end for a crawler that takes it all
            connection.sendall(piece)

    return send


def drip(start: bytes, text: bytes) -> Callable[[socket.socket], None]:
    """A byte a second, until the other side has enough."""

    def send(connection: socket.socket) -> None:
        connection.sendall(start)
        for number in range(20 * DEADLINE):
            connection.sendall(text[number : number + 1])
            if select.select([connection], [], [], 1.0)[0]:
                return

    return send


GZIPPED = gzip.compress(PAGE)
HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"

BOMBS: Mapping[str, Part] = {
    "gzip": answer(HEAD + bomb(), b"Content-Encoding: gzip"),
    "deflate": answer(b"\x78\xda" + bomb(), b"Content-Encoding: deflate"),
    "raw deflate": answer(bomb(), b"Content-Encoding: deflate"),
    "br": answer(brotli_bomb(), b"Content-Encoding: br"),
    "zstd": answer(b"\x28\xb5\x2f\xfd" + bytes(MEGABYTE), b"Content-Encoding: zstd"),
    "gzip twice": answer(gzip.compress(HEAD + bomb()), b"Content-Encoding: gzip, gzip"),
    "endless chunks": endless(
        OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + bytes(65536) + b"\r\n"
    ),
    "endless body": endless(OK + b"\r\n", bytes(65536)),
    "endless headers": endless(OK, b"X: " + b"x" * 1000 + b"\r\n"),
    "endless line": endless(OK + b"X: ", b"x" * 65536),
    "endless promises": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "announced": OK + b"Content-Length: 99999999999\r\n\r\n" + bytes(9999),
}
SLOW: Mapping[str, Part] = {
    "drips a header": drip(OK, b"X: " + bytes(99)),
    "drips a body": drip(answer(PAGE)[:300], PAGE),
    "drips chunks": drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 20),
    "says nothing": drip(b"", b""),
}
BROKEN: Mapping[str, Part] = {
    "length beyond the end": OK + b"Content-Length: 99999\r\n\r\n" + PAGE,
    "length is a word": OK + b"Content-Length: many\r\n\r\n" + PAGE,
    "length is negative": OK + b"Content-Length: -1\r\n\r\n" + PAGE,
    "two lengths": answer(PAGE, b"Content-Length: 3"),
    "no status line": b"Content-Type: text/html\r\n\r\n" + PAGE,
    "HTTP/0.9": PAGE,
    "status is a word": answer(PAGE).replace(b"200", b"good"),
    "an overlong header": answer(PAGE, b"X: " + b"x" * 100_000),
    "ends in a header": OK + b"X-Mau: m",
    "ends in a chunk": chunked(PAGE, end=b"ffff\r\n<p>"),
    "no last chunk": chunked(PAGE, end=b""),
    "chunk of no size": chunked(PAGE, end=b"-5\r\nxx\r\n0\r\n\r\n"),
    "not gzip": answer(PAGE, b"Content-Encoding: gzip"),
    "half a gzip": answer(GZIPPED[: len(GZIPPED) // 2], b"Content-Encoding: gzip"),
    "gzip without its sum": answer(GZIPPED[:-4], b"Content-Encoding: gzip"),
    "damaged gzip": answer(GZIPPED[:-8] + bytes(8), b"Content-Encoding: gzip"),
    "nothing": b"",
    "status 999": answer(PAGE).replace(b"200", b"999"),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(30),
    "only NUL": bytes(3000),
}
ODD: Mapping[str, Part] = {
    "no length": OK + b"\r\n" + PAGE,
    "a header without a colon": answer(PAGE, b"hello"),
    "a folded header": answer(PAGE, b"X: a", b"  b"),
    "NUL in a header": answer(PAGE, b"X: a\0b"),
    "bytes in a header": answer(PAGE, b"X: \xff\xfe"),
    "100 first": b"HTTP/1.1 100 Continue\r\n\r\n" + answer(PAGE),
    "chunks": chunked(PAGE[:99], PAGE[99:]),
    "bare line feeds": answer(PAGE).replace(b"\r\n", b"\n"),
    "gzip": answer(GZIPPED, b"Content-Encoding: x-gzip"),
    "deflate": answer(zlib.compress(PAGE), b"Content-Encoding: deflate"),
    "two gzips": answer(
        gzip.compress(PAGE[:99]) + gzip.compress(PAGE[99:]), b"Content-Encoding: gzip"
    ),
    "packed as a charset": answer(PAGE, b"Content-Encoding: utf-8"),
}
"""Bad manners that leave no doubt about what the page is."""


class Stage(ThreadingTCPServer):
    """Plays `parts`, each at a host of its own, and a good article beside each."""

    daemon_threads = True
    request_queue_size = 200

    def __init__(self, parts: Sequence[Part]) -> None:
        super().__init__(("0.0.0.0", 0), Player)
        self.port = self.server_address[1]
        self.parts = parts
        self.seconds: dict[int, float] = {}

    def host(self, number: int) -> str:
        return f"127.0.13.{100 + number}:{self.port}"


class Player(StreamRequestHandler):
    server: Stage

    def handle(self) -> None:
        number = int(self.connection.getsockname()[0].rpartition(".")[2]) - 100
        path = self.rfile.readline().split()[1].decode()
        while self.rfile.readline().strip():
            pass
        good = {"/": listing("/hong", "/bai").body, "/bai": article("còn lại").body}
        if path == "/hong":
            self.play(number)
        elif path in good:
            self.connection.sendall(answer(good[path], b"Connection: close"))
        else:
            self.connection.sendall(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")

    def play(self, number: int) -> None:
        came, part = time.monotonic(), self.server.parts[number]
        try:
            if isinstance(part, bytes):
                self.connection.sendall(part)
            else:
                part(self.connection)
        except OSError:  # the other side has had enough
            pass
        self.server.seconds[number] = time.monotonic() - came


# --- one crawl of it all --------------------------------------------------------------------


@dataclass
class World:
    """What the crawl left behind, by the name of the part."""

    report: dict[str, str]
    titles: dict[str, set[str]]
    outcomes: dict[str, str]
    seconds: dict[str, float]
    growth: float
    complaints: str


def watched(portals: Sequence[Portal], folder: Path) -> tuple[CrawlReport, float]:
    """crawl() with the short deadline; megabytes by which its memory grew. Errors to a file."""
    os.dup2(os.open(folder / "stderr", os.O_WRONLY | os.O_CREAT), 2)
    spider.SETTINGS["DOWNLOAD_TIMEOUT"] = DEADLINE
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = crawl(portals, folder / "articles.db", folder, "x@example.vn")
    return report, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("limits")
    parts = {**BOMBS, **SLOW, **BROKEN, **{f"odd: {name}": part for name, part in ODD.items()}}
    names = [*parts]
    with Stage([*parts.values()]) as stage:
        Thread(target=stage.serve_forever, args=(0.05,), daemon=True).start()
        portals = [
            Portal(
                f"cong-{number}",
                name,
                "",
                "",
                (f"http://{stage.host(number)}/",),
                (stage.host(number),),
                delay=timedelta(0),
                allow_private=True,
            )
            for number, name in enumerate(names)
        ]
        with ProcessPoolExecutor(1, SPAWN) as pool:
            report, growth = pool.submit(watched, portals, folder).result()
        stage.shutdown()
        titles: dict[str, set[str]] = {name: set() for name in names}
        by_id = {portal.id: portal.name for portal in portals}
        with open_store(folder / "articles.db") as store:
            for each in store.all_articles():
                titles[by_id[each.article.portal]].add(each.article.title)
            rows = store.connection.execute(
                "SELECT portal, outcome FROM addresses WHERE url LIKE '%/hong'"
            ).fetchall()
        print(sorted((round(s, 2), names[n]) for n, s in stage.seconds.items()), growth, report)
        yield World(
            report={by_id[each.portal]: each.error for each in report.portals},
            titles=titles,
            outcomes={by_id[portal]: outcome for portal, outcome in rows},
            seconds={names[number]: seconds for number, seconds in stage.seconds.items()},
            growth=growth,
            complaints=(folder / "stderr").read_text(),
        )


@pytest.mark.parametrize("name", [*BOMBS, *SLOW, *BROKEN])
def test_a_bad_answer_is_dropped_and_the_crawl_goes_on(name: str, world: World) -> None:
    assert world.report[name] == ""
    assert world.titles[name] == {"Bài mẫu còn lại"}
    assert world.outcomes[name] not in ("article", None)


@pytest.mark.parametrize("name", ODD)
def test_an_odd_answer_that_is_whole_is_taken(name: str, world: World) -> None:
    assert world.titles[f"odd: {name}"] == {"Bài mẫu còn lại", "Bài mẫu hỏng"}


def test_bombs_cost_little_memory(world: World) -> None:
    assert world.growth < 100


@pytest.mark.parametrize("name", [*BOMBS, *SLOW])
def test_no_answer_takes_longer_than_the_deadline(name: str, world: World) -> None:
    assert world.seconds[name] < DEADLINE * 2


@pytest.mark.parametrize("name", SLOW)
def test_a_slow_answer_is_given_up_at_the_deadline(name: str, world: World) -> None:
    assert world.outcomes[name] == "no answer in time"


def test_nothing_is_unhandled(world: World) -> None:
    assert world.complaints == ""
