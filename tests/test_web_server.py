"""The real server: several processes, connections that say nothing, an orderly end."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from flask import Flask

from tests.small_site import served
from webui.server import serve


@pytest.fixture(scope="module")
def site(small_site: dict[str, Any]) -> Iterator[tuple[str, int]]:
    with served(small_site) as (address, process):
        yield address, process.pid


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_it_answers_many_at_once(site: tuple[str, int]) -> None:
    address, pid = site
    with ThreadPoolExecutor(8) as pool:
        urls = [f"{address}/search?q=r%C3%A1c&page={1 + number % 2}" for number in range(40)]
        answers = list(pool.map(lambda url: urlopen(url, timeout=30).read(), urls))
    assert len({len(answer) for answer in answers}) == 2
    assert len(children(pid)) == 2


def test_connections_that_say_nothing_do_not_stop_others(site: tuple[str, int]) -> None:
    parts = urlsplit(site[0])
    idle = [socket.create_connection((parts.hostname, parts.port)) for _ in range(20)]
    try:
        assert urlopen(f"{site[0]}/search", timeout=30).status == 200
    finally:
        for connection in idle:
            connection.close()


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
