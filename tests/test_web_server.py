"""The real server: several processes, new generations, slow and oversized clients, its metrics."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from flask import Flask

from crawler.store import open_store
from indexer.build import build
from indexer.document import Annotator
from indexer.wards import Gazetteer
from tests.small_site import configuration, make_article, served, sources, wait_for
from webui import HEADERS
from webui.connections import HEAD_SECONDS
from webui.limits import WAITING
from webui.server import LINE_BYTES, serve

ROOT = Path(__file__).parent.parent

NEW = "Xuân mẫu mới"
"""The title of an article that comes later."""


@pytest.fixture(scope="module")
def site(small_site: dict[str, Any]) -> Iterator[tuple[str, int]]:
    with served(small_site) as (address, process):
        yield address, process.pid


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def memory(pid: int) -> float:
    """Megabytes that a process and its children hold, shared ones counted once."""
    lines = [Path(f"/proc/{each}/smaps_rollup").read_text() for each in (pid, *children(pid))]
    return sum(int(re.findall(r"(?m)^Pss:\s+(\d+)", text)[0]) for text in lines) / 1000


def test_it_answers_many_at_once(site: tuple[str, int]) -> None:
    address, pid = site
    with ThreadPoolExecutor(WAITING) as pool:
        urls = [f"{address}/search?q=r%C3%A1c&page={1 + number % 2}" for number in range(40)]
        answers = list(pool.map(lambda url: urlopen(url, timeout=30).read(), urls))
    assert len({len(answer) for answer in answers}) == 2
    assert len(children(pid)) == 2


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_everything_it_started(small_site: dict[str, Any], signal_number: int) -> None:
    with served(small_site) as (address, process):
        assert urlopen(f"{address}/status", timeout=30).status == 200
        workers = children(process.pid)
        process.send_signal(signal_number)
        assert process.wait(30) == 0
        assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=rf"cannot listen at 127\.0\.0\.1, port {port}: "):
            serve(Flask, "127.0.0.1", port, 1)


# --- by the command, with a generation that is followed by another ----------------------------


class Answer(NamedTuple):
    status: int
    headers: Message
    text: str


@dataclass(frozen=True, slots=True)
class Running:
    """A server that `tinphuong serve` started: where it answers, and its process."""

    host: str
    port: int
    metrics: int
    pid: int
    complaints: Path

    def get(self, path: str, port: int = 0, **headers: str) -> Answer:
        with closing(HTTPConnection(self.host, port or self.port, timeout=30)) as connection:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode())


def free_port(host: str) -> int:
    with socket.create_server((host, 0)) as free:
        port: int = free.getsockname()[1]
    return port


@contextmanager
def serving(folder: Path, host: str, *options: str) -> Iterator[Running]:
    """What the operator starts, over the site in `folder`."""
    port, metrics, complaints = free_port(host), free_port(host), folder / "complaints"
    command = [sys.executable, ROOT / "tinphuong.py", "--portals", folder / "none.toml"]
    command += ["--index", folder, "serve", "--host", host, "--port", str(port)]
    command += ["--metrics", f"{host}:{metrics}", *options]
    with complaints.open("wb") as written:
        process = subprocess.Popen(command, stdout=written, stderr=written)
    try:
        wait_for(port, process, host)
        yield Running(host, port, metrics, process.pid, complaints)
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def folder(small_site: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of its own, that may be changed."""
    made = tmp_path_factory.mktemp("served")
    for name in ("store", "whoosh"):
        shutil.copytree(small_site["INDEX"].parent / name, made / name)
    return made


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Running]:
    with serving(folder, "127.0.61.1", "--rate", "0") as started:
        yield started


def publish(folder: Path, title: str, gazetteer: Gazetteer) -> str:
    """One more article, in a generation of its own; gives its name."""
    config = configuration(folder)
    article = make_article("bo-de", title, title, title, day=date(2026, 4, 1))
    with open_store(config["STORE"]) as store:
        store.put(article)
        build(store, config["INDEX"], Annotator(gazetteer, sources()).annotate, sources())
    return (config["INDEX"] / "current").read_text().strip()


def test_the_next_request_of_every_process_sees_a_new_generation(
    running: Running, folder: Path, gazetteer: Gazetteer
) -> None:
    """Many connections at once, so that each process answers some; none is of the old one."""

    def ask(_number: int) -> tuple[str, int]:
        generation = json.loads(running.get("/healthz").text)["generation"]
        return generation, json.loads(running.get(f"/search.json?q={quote(NEW)}").text)["total"]

    with ThreadPoolExecutor(WAITING) as pool:
        before = set(pool.map(ask, range(16)))
        published = publish(folder, NEW, gazetteer)
        after = set(pool.map(ask, range(16)))
    assert len(before) == 1
    assert before != after == {(published, 1)}
    assert all(open_files(pid, published) for pid in children(running.pid))


def open_files(pid: int, generation: str) -> bool:
    """Whether the process has files of a generation mapped."""
    return f"/whoosh/{generation}/" in Path(f"/proc/{pid}/maps").read_text()


def test_health_tells_the_generation_and_is_not_kept(running: Running, folder: Path) -> None:
    answer = running.get("/healthz")
    current = (folder / "whoosh" / "current").read_text().strip()
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
    assert json.loads(answer.text) == {"generation": current, "store": True}


def test_metrics_are_told_at_their_own_address_only(running: Running) -> None:
    assert running.get("/metrics").status == 404
    with ThreadPoolExecutor(WAITING) as pool:  # several processes
        list(pool.map(lambda _: running.get("/status"), range(12)))
    host = f"{running.host}:{running.metrics}"  # what a client says of itself changes nothing
    assert running.get("/metrics", Host=host).status == 404
    told = running.get("/metrics", running.metrics).text
    assert running.get("/search", running.metrics).text.startswith("# HELP")
    samples = dict(re.findall(r"(?m)^(tinphuong_\S+) (\S+)$", told))
    asked = [float(value) for name, value in samples.items() if '_total{route="/status"' in name]
    assert sum(asked) == 12
    assert float(samples['tinphuong_answer_seconds_count{route="/status"}']) == 12
    assert float(samples['tinphuong_answer_seconds_bucket{le="+Inf",route="/status"}']) == 12
    assert 'tinphuong_answers_total{route="none",status="404"}' in samples
    assert float(samples["tinphuong_generation_age_seconds"]) >= 0


def test_row_49_nothing_is_written_of_who_asked_for_what(running: Running) -> None:
    for path in ("/search?q=bimat", "/none?q=bimat", "/search.json?q=bimat&page=x"):
        running.get(path)
    send(running, b"GET /search?q=bimat HTTP/9.9\r\n\r\n")
    send(running, b"bimat\r\n\r\n")
    said = running.complaints.read_text()
    assert "bimat" not in said
    assert said.count(running.host) == 1, said  # where it serves


# --- what is no request, or too much of one ---------------------------------------------------


def send(
    running: Running, raw: bytes, then: Callable[[socket.socket], None] | None = None
) -> bytes:
    """What the server answers to these bytes until it closes."""
    with socket.create_connection((running.host, running.port), timeout=30) as connection:
        connection.sendall(raw)
        if then:
            then(connection)
        pieces = []
        with suppress(ConnectionResetError):
            while piece := connection.recv(65536):
                pieces.append(piece)
    return b"".join(pieces)


def hundred_megabytes(connection: socket.socket) -> None:
    try:
        for _ in range(1600):
            connection.sendall(bytes(65536))
    except OSError:
        return
    pytest.fail("the server took it all")


CLOSE = b"Host: a.vn\r\nConnection: close\r\n"

OVERSIZED = {
    "a line beyond the limit": (b"GET /search?q=%s HTTP/1.1\r\n%s\r\n", b"x" * 8192, 414),
    "a line of 100 kB": (b"GET /search?q=%s HTTP/1.1\r\n%s\r\n", b"x" * 100_000, 414),
    "a line without an end": (b"GET /%s", b"x" * 40_000, 414),
    "a field beyond the limit": (b"GET / HTTP/1.1\r\nX: %s\r\n%s\r\n", b"x" * 9000, 431),
    "many fields": (b"GET / HTTP/1.1\r\n%s%s\r\n", b"X-A: b\r\n" * 100, 431),
    "10,000 parameters": (b"GET /search?%s HTTP/1.1\r\n%s\r\n", b"a=1&" * 10_000, 414),
    "1,000 parameters": (b"GET /search?%s HTTP/1.1\r\n%s\r\n", b"a=1&" * 1000, 400),
    "1,000 parameters of JSON": (b"GET /search.json?%s HTTP/1.1\r\n%s\r\n", b"a=1&" * 1000, 400),
    "a long body announced": (
        b"GET /search HTTP/1.1\r\nContent-Length: %s\r\n%s\r\n",
        b"104857600",
        413,
    ),
    "a length that is none": (b"GET / HTTP/1.1\r\nContent-Length: %s\r\n%s\r\n", b"-1", 400),
    "two lengths": (
        b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: %s\r\n%s\r\n",
        b"2",
        400,
    ),
    "a length and chunks": (
        b"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: %s\r\n%s\r\n",
        b"chunked",
        400,
    ),
    "no HTTP": (b"%s\r\n%s\r\n", b"\x16\x03\x01\x02", 400),
    "NUL in a field": (b"GET / HTTP/1.1\r\nX: a%sb\r\n%s\r\n", b"\0", 400),
}


@pytest.mark.parametrize("name", OVERSIZED)
def test_what_is_too_much_is_refused(running: Running, name: str) -> None:
    pattern, value, status = OVERSIZED[name]
    raw = pattern % ((value, CLOSE) if pattern.count(b"%s") == 2 else value)
    head = send(running, raw).decode("latin-1").split("\r\n\r\n", 1)[0]
    assert head.startswith(f"HTTP/1.1 {status} "), head
    for header, expected in HEADERS.items():
        assert re.search(rf"(?mi)^{header}: ({re.escape(expected)}|cross-origin)\r?$", head), header


def test_oversized_requests_cost_little_memory(running: Running) -> None:
    body = b"GET /search HTTP/1.1\r\nHost: a.vn\r\nContent-Length: 104857600\r\n\r\n"
    post = body.replace(b"GET", b"POST")
    for raw in (body, post):
        send(running, raw, hundred_megabytes)
    before = memory(running.pid)
    for _ in range(10):
        for raw in (body, post):
            send(running, raw, hundred_megabytes)
        for pattern, value, _status in OVERSIZED.values():
            send(running, pattern % ((value, CLOSE) if pattern.count(b"%s") == 2 else value))
    assert memory(running.pid) - before < 20


def test_the_longest_query_that_is_searched_fits_into_a_line(running: Running) -> None:
    text = "ộ" * 512
    wards = "&".join(f"ward=phuong-mau-{number}" for number in range(50))
    path = f"/search?q={quote(text)}&{wards}"
    assert len(path) < LINE_BYTES
    assert running.get(path).status == 200


@pytest.mark.parametrize("body", [b"q=1", b"x" * 5000])
def test_a_short_body_is_not_read_and_the_answer_arrives(running: Running, body: bytes) -> None:
    head = b"POST /search HTTP/1.1\r\nHost: a.vn\r\nContent-Length: %d\r\n\r\n" % len(body)
    answer = send(running, head + body)
    assert answer.startswith(b"HTTP/1.1 405 ")
    assert answer.rstrip().endswith(b"</html>")
    assert b"Connection: close" in answer


# --- slow clients -----------------------------------------------------------------------------


def test_requests_in_pieces_and_in_a_row_are_answered(running: Running) -> None:
    request = b"GET /static/icon.svg HTTP/1.1\r\nHost: a.vn\r\n\r\n"

    def rest(connection: socket.socket) -> None:
        for at in range(10, len(request), 7):
            time.sleep(0.01)
            connection.sendall(request[at : at + 7])
        connection.sendall(request + request.replace(b"a.vn", b"a.vn\r\nConnection: close"))

    assert send(running, request[:10], rest).count(b"HTTP/1.1 200 OK") == 3


def slow(running: Running, count: int) -> list[socket.socket]:
    """Connections that begin a request, or a body, or say nothing, or never close."""
    beginnings = (
        b"",
        b"GET /search HTTP/1.1\r\nX: ",
        b"POST /search HTTP/1.1\r\nContent-Length: 1000\r\n\r\nx",
        b"GET /none HTTP/1.0\r\n\r\n",
    )
    opened = []
    for number in range(count):
        connection = socket.create_connection((running.host, running.port), timeout=30)
        connection.sendall(beginnings[number % 4])
        opened.append(connection)
    return opened


def drip(connections: list[socket.socket]) -> None:
    """One more byte of each."""
    for connection in connections:
        with suppress(OSError):  # given up by the server
            connection.sendall(b"x")


def test_slow_clients_hold_up_nobody(running: Running) -> None:
    connections = slow(running, 120)
    try:
        for _ in range(3):
            drip(connections)
            began = time.monotonic()
            assert running.get("/healthz").status == 200
            assert running.get("/search").status == 200
            assert time.monotonic() - began < HEAD_SECONDS / 2  # it did not wait for them
    finally:
        for connection in connections:
            connection.close()


@pytest.mark.soak
def test_500_slow_clients_and_a_health_check(running: Running) -> None:
    connections, seconds = slow(running, 500), []
    for _ in range(60):
        drip(connections)
        began = time.monotonic()
        assert running.get("/healthz").status == 200
        seconds.append(time.monotonic() - began)
        time.sleep(0.5)
    for connection in connections:
        connection.close()
    assert sorted(seconds)[57] <= 1
