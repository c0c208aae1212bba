"""What a bad server may cost: bombs, endless and dripping answers, broken HTTP, loops, no name.

One server plays all parts, told apart by the host asked for (127.0.13.x). The bombs are one crawl,
whose memory is measured; all else is another, with a deadline of two seconds, whose standard error
is looked at too. Cases of Nutch's TestBadServerResponses are marked with its issues (NUTCH-).
"""

from __future__ import annotations

import gzip
import os
import resource
import select
import socket
import time
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

import brotli
import pytest

from crawler import spider
from crawler.health import PortalState, portal_states
from crawler.portals import Portal
from crawler.spider import CrawlReport, crawl
from crawler.store import open_store
from crawler.urls import joined
from tests.test_spider import SPAWN, Reply, Site, article, listing, news, run

DEADLINE = 2
DRIPS = 40
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


def zstd_bomb() -> bytes:
    """A GiB of zeros: blocks of one repeated byte, 128 KiB each (RFC 8878, 3.1.1)."""
    size, repeated, last = 1 << 17, 1 << 1, 1
    blocks = [(size << 3 | repeated).to_bytes(3, "little") + b"\0"] * 8191
    end = (size << 3 | repeated | last).to_bytes(3, "little") + b"\0"
    return b"\x28\xb5\x2f\xfd\x00\x38" + b"".join(blocks) + end


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
        for number in range(DRIPS):
            connection.sendall(text[number : number + 1])
            if select.select([connection], [], [], 1.0)[0]:
                return

    return send


GZIPPED = gzip.compress(PAGE)
HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"

BOMBS: Mapping[str, Part] = {
    "gzip": answer(HEAD + bomb(), b"Content-Encoding: gzip"),
    "deflate": answer(b"\x78\xda" + bomb(), b"Content-Encoding: deflate"),
    "br": answer(brotli_bomb(), b"Content-Encoding: br"),
    "zstd": answer(zstd_bomb(), b"Content-Encoding: zstd"),
    "endless chunks": endless(
        OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + bytes(65536) + b"\r\n"
    ),
    "endless headers": endless(OK, b"X: " + b"x" * 1000 + b"\r\n"),
    "endless promises": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}
ENDLESS: Mapping[str, Part] = {
    "raw deflate": answer(bomb(), b"Content-Encoding: deflate"),
    "gzip twice": answer(gzip.compress(HEAD + bomb()), b"Content-Encoding: gzip, gzip"),
    "endless body": endless(OK + b"\r\n", bytes(65536)),
    "endless line": endless(OK + b"X: ", b"x" * 65536),
    "80 headers of 10 kB": OK + b"X: %s\r\n" % (b"x" * 10_000) * 80 + b"\r\n" + PAGE,  # NUTCH-2561
    "announced": OK + b"Content-Length: 99999999999\r\n\r\n" + bytes(9999),
}
SLOW: Mapping[str, Part] = {
    "drips a header": drip(OK, b"X: " + bytes(99)),
    "drips a body": drip(answer(PAGE)[:300], PAGE),
    "drips chunks": drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 20),
    "says nothing": drip(b"", b""),
}
BROKEN: Mapping[str, Part] = {
    "length beyond the end": OK + b"Content-Length: 99999\r\n\r\n" + PAGE,  # http.partial.truncated
    "length is a word": OK + b"Content-Length: many\r\n\r\n" + PAGE,  # NUTCH-2564
    "length is negative": OK + b"Content-Length: -1\r\n\r\n" + PAGE,
    "two lengths": answer(PAGE, b"Content-Length: 3"),
    "no status line": b"Content-Type: text/html\r\n\r\n" + PAGE,
    "HTTP/0.9": PAGE,  # NUTCH-2558
    "a status and a colon": answer(PAGE).replace(b"200", b"200:"),  # NUTCH-2559
    "a redirect in no chunks": b"HTTP/1.1 302 Found\r\nLocation: /bai\r\n"  # NUTCH-2557
    b"Transfer-Encoding: chunked\r\n\r\nNot a valid chunk.",
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
    "a folded header": answer(PAGE, b"Set-Cookie: a=b;", b"  Version=1"),  # NUTCH-2560
    "a misspelt header": answer(PAGE, b"Client-Transfer-Encoding: chunked"),  # NUTCH-2563
    "no reason": answer(PAGE).replace(b"200 OK", b"200 "),  # NUTCH-2763
    "NUL in a header": answer(PAGE, b"X: a\0b"),
    "bytes in a header": answer(PAGE, b"X: \xff\xfe"),
    "100 first": b"HTTP/1.1 100 Continue\r\n\r\n" + answer(PAGE),
    "chunks": chunked(*[PAGE[at : at + 99] for at in range(0, len(PAGE), 99)]),  # NUTCH-2562
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
        self.diary: list[tuple[int, str]] = []
        Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def portal(self, number: int, name: str) -> Portal:
        host = f"127.0.13.{100 + number}:{self.port}"
        start, no_delay = (f"http://{host}/",), timedelta(0)
        return Portal(
            f"cong-{number}", name, "", "", start, (host,), delay=no_delay, allow_private=True
        )


class Player(StreamRequestHandler):
    server: Stage

    def handle(self) -> None:
        number = int(self.connection.getsockname()[0].rpartition(".")[2]) - 100
        path = self.rfile.readline().split()[1].decode()
        while self.rfile.readline().strip():
            pass
        good = {"/": listing("/hong", "/bai").body, "/bai": article("còn lại").body}
        self.server.diary.append((number, path))
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
        self.server.diary.append((number, "the end"))


# --- two crawls of it all -------------------------------------------------------------------


@dataclass
class World:
    """What a crawl left behind, by the name of the part. `diary` has the path of each request as it
    came, and the end of each part."""

    report: dict[str, str]
    titles: dict[str, set[str]]
    outcomes: dict[str, str]
    seconds: dict[str, float]
    diary: list[tuple[str, str]]
    growth: float
    complaints: str


def watched(
    portals: Sequence[Portal], folder: Path, deadline: int | None
) -> tuple[CrawlReport, float]:
    """crawl() with another deadline; megabytes by which its memory grew. Errors to a file."""
    os.dup2(os.open(folder / "stderr", os.O_WRONLY | os.O_CREAT), 2)
    if deadline:
        spider.SETTINGS["DOWNLOAD_TIMEOUT"] = deadline
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = crawl(portals, folder / "articles.db", folder, "x@example.vn")
    return report, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def played(parts: Mapping[str, Part], folder: Path, deadline: int | None) -> World:
    """A crawl of a portal for each part, in a process of its own."""
    names = [*parts]
    with Stage([*parts.values()]) as stage:
        portals = [stage.portal(number, name) for number, name in enumerate(names)]
        with ProcessPoolExecutor(1, SPAWN) as pool:
            report, growth = pool.submit(watched, portals, folder, deadline).result()
        stage.shutdown()
    titles: dict[str, set[str]] = {name: set() for name in names}
    by_id = {portal.id: portal.name for portal in portals}
    with open_store(folder / "articles.db") as store:
        for each in store.all_articles():
            titles[by_id[each.article.portal]].add(each.article.title)
        rows = store.connection.execute(
            "SELECT portal, outcome FROM addresses WHERE url LIKE '%/hong'"
        ).fetchall()
    return World(
        report={by_id[each.portal]: each.error for each in report.portals},
        titles=titles,
        outcomes={by_id[portal]: outcome for portal, outcome in rows},
        seconds={names[number]: seconds for number, seconds in stage.seconds.items()},
        diary=[(names[number], what) for number, what in stage.diary],
        growth=growth,
        complaints=(folder / "stderr").read_text(),
    )


@pytest.fixture(scope="module")
def bombed(tmp_path_factory: pytest.TempPathFactory) -> World:
    return played(BOMBS, tmp_path_factory.mktemp("bombs"), None)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    odd = {f"odd: {name}": part for name, part in ODD.items()}
    return played({**ENDLESS, **SLOW, **BROKEN, **odd}, tmp_path_factory.mktemp("bad"), DEADLINE)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_dropped_by_its_size_not_by_the_clock(name: str, bombed: World) -> None:
    assert bombed.report[name] == ""
    assert bombed.titles[name] == {"Bài mẫu còn lại"}
    assert bombed.outcomes[name] in (
        "the page is too large",
        "could not be unpacked",  # zstd, which is not read
        "connection failed",  # in its head
    )


def test_bombs_cost_little_memory(bombed: World) -> None:
    assert bombed.growth < 100


@pytest.mark.parametrize("name", [*ENDLESS, *SLOW, *BROKEN])
def test_a_bad_answer_is_dropped_and_the_crawl_goes_on(name: str, world: World) -> None:
    assert world.report[name] == ""
    assert world.titles[name] == {"Bài mẫu còn lại"}
    assert world.outcomes[name] not in ("article", None)


@pytest.mark.parametrize("name", ODD)
def test_an_odd_answer_that_is_whole_is_taken(name: str, world: World) -> None:
    assert world.titles[f"odd: {name}"] == {"Bài mẫu còn lại", "Bài mẫu hỏng"}


def test_an_address_may_lack_its_slash() -> None:
    assert joined("http://xa.example.vn", "?171") == "http://xa.example.vn/?171"  # NUTCH-2555


@pytest.mark.parametrize("name", SLOW)
def test_a_slow_answer_is_given_up_at_the_deadline(name: str, world: World) -> None:
    assert world.outcomes[name] == "no answer in time"
    assert world.seconds[name] < DRIPS / 4  # it would have gone on for DRIPS seconds


@pytest.mark.parametrize("name", SLOW)
def test_other_hosts_do_not_wait_for_a_slow_one(name: str, world: World) -> None:
    began, ended = world.diary.index((name, "/hong")), world.diary.index((name, "the end"))
    others = {other for other, _ in world.diary[began:ended]} - {*SLOW}
    assert len(others) > len(BROKEN) / 2


def test_nothing_is_unhandled(world: World, bombed: World) -> None:
    assert world.complaints == bombed.complaints == ""


# --- loops ----------------------------------------------------------------------------------


def looping(path: str) -> Reply | None:
    """Redirects and refreshes that never end, and one article."""
    name, _, number = path.partition("?n=")
    ways = ("/chuoi", "/minh", "/qua", "/lai", "/banh-quy", "/refresh-minh", "/refresh-chuoi")
    onward = {
        "/chuoi": f"/chuoi?n={int(number or 0) + 1}",  # ever other addresses
        "/minh": "/minh",  # itself
        "/qua": "/lai",  # there and back
        "/lai": "/qua",
        "/banh-quy": "/banh-quy",  # until the reader takes a cookie
    }
    if path == "/":
        return listing(*ways, "/bai")
    if name in onward:
        return Reply(b"", 302, {"Location": onward[name], "Set-Cookie": "a=b"})
    if name.startswith("/refresh"):
        url = name if name == "/refresh-minh" else f"{name}?n={int(number or 0) + 1}"
        refresh = f'<meta http-equiv="refresh" content="0; url={url}">'
        return Reply(f"<html><head>{refresh}</head><body>x</body></html>".encode())
    return article("còn lại") if path == "/bai" else None


def test_loops_end_after_a_few_requests(tmp_path: Path) -> None:
    site = Site("127.0.13.60", looping)
    try:
        [report] = run([site.portal("vong")], tmp_path).portals
    finally:
        site.stop()
    asked = Counter(path.partition("?")[0] for path in site.pages())
    assert {*asked} == {"/", "/bai", *("/chuoi", "/minh", "/qua", "/lai", "/banh-quy")} | {
        "/refresh-minh",
        "/refresh-chuoi",
    }
    assert asked["/minh"] <= 6
    assert asked["/banh-quy"] <= 6
    assert asked["/chuoi"] <= 6  # in all, whatever the number behind
    assert asked["/qua"] + asked["/lai"] <= 2 * 6  # each was linked
    assert asked["/refresh-minh"] == asked["/refresh-chuoi"] == 1  # never followed
    assert (report.new, report.error) == (1, "")


# --- a name that vanishes and comes back ------------------------------------------------------


def crawl_later(
    hours: float, address: str, portal: Portal, folder: Path
) -> tuple[CrawlReport, PortalState]:
    """crawl() some hours from now, where the portal's name stands for `address`, or for nothing."""
    look_up, clock = socket.getaddrinfo, time.time

    def found(host: str, *more: Any, **options: Any) -> Any:
        if not address:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return look_up(address, *more, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", found)
        patch.setattr(time, "time", lambda: clock() + hours * 3600)
        report = crawl([portal], folder / "articles.db", folder, "x@example.vn")
        with open_store(folder / "articles.db") as store:
            [state] = portal_states(store, [portal], time.time())
    return report, state


FLAPPING = [
    # hours from now, address of the name, error, hours until the next try
    (0, "127.0.13.61", "", 6),
    (240, "", "5 failures in a row: no such host", 1),  # the articles are due as well
    (270, "127.0.13.62", "", 6),  # the portal has moved
]


def test_a_name_that_vanishes_costs_no_article_and_is_asked_again(tmp_path: Path) -> None:
    pages = news(8)
    old = Site("127.0.13.61", pages.get)
    new = Site("127.0.13.62", pages.get, old.server_port)
    host = f"phuong-mau.example.vn:{old.server_port}"
    portal = replace(old.portal("mau"), start=(f"http://{host}/",), hosts=(host,))
    try:
        with ProcessPoolExecutor(1, SPAWN, max_tasks_per_child=1) as pool:
            for hours, address, error, rest in FLAPPING:
                asked = len(old.asked) + len(new.asked)
                task = pool.submit(crawl_later, hours, address, portal, tmp_path)
                report, state = task.result()
                assert report.portals[0].error == error
                assert (len(old.asked) + len(new.asked) == asked) == bool(error)
                assert (state.articles, report.portals[0].hidden) == (8, 0)
                assert state.due is not None
                assert state.finished is not None
                assert (state.due - state.finished).total_seconds() > rest * 3600 - 60
            assert "/" in new.pages()
    finally:
        old.stop()
        new.stop()
