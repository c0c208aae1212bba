"""Portals on loopback that answer at once: generated pages, served by a process of their own.

What a crawl costs shows only where the portal is not what it waits for, so an answer here costs a
tenth of what fetching it does. All texts are written for this purpose ("bài mẫu").
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from multiprocessing import get_context
from multiprocessing.connection import Connection

SPAWN = get_context("spawn")

SIZES = 30_000, 60_000
"""Bytes of a page: what the portals of wards send, their menus and scripts included."""

BODIES = 40
"""Different pages; an address is printed into each, so no two that are served are the same."""

SPOKEN = """
    ủy ban nhân dân phường mẫu tổ chức hội nghị công tác quý tuyên truyền vận động người dân
    thực hiện kế hoạch vệ sinh môi trường thu gom rác trồng cây khu phố tổ dân cư họp bàn
    ngân sách giám sát cải cách hành chính hồ sơ dịch vụ trực tuyến tiếp nhận kết quả bài mẫu
"""


def page(number: int) -> tuple[bytes, bytes]:
    """A page in two parts; between them its address is printed. The same number, the same page."""
    chance = random.Random(number)
    size, words = chance.randint(*SIZES), SPOKEN.split()

    def said(count: int) -> str:
        return " ".join(chance.choices(words, k=count))

    def item() -> str:
        slug = "-".join(f"{chance.randrange(36**3):x}" for _ in range(5))
        picture = f'<img src="/anh/{chance.randrange(10**6)}.jpg" alt="{said(4)}" width="120">'
        return f'<li class="news-item"><a href="/tin/{slug}.html">{picture}{said(12)}</a></li>\n'

    paragraphs = "".join(f"<p>{said(60).capitalize()}.</p>\n" for _ in range(8))
    head = f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Bài mẫu {number}'
    tail = f"</div>\n<article><h1>{said(9)}</h1>\n{paragraphs}</article>\n<ul>\n"
    while len(tail.encode()) < size:
        tail += item()
    return (f"{head}</title></head><body><div>".encode(), f"{tail}</ul></body></html>".encode())


@cache
def _ready() -> list[tuple[bytes, bytes]]:
    return [page(number) for number in range(BODIES)]


class Answers(asyncio.Protocol):
    """Answers `/bai-<number>` with a page, everything else with 404; connections stay open."""

    def __init__(self, host: str) -> None:
        self.host = host.encode()
        self.heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        *requests, self.heard = (self.heard + data).split(b"\r\n\r\n")
        for request in requests:
            self.transport.writelines(self.answer(request.split(b" ", 2)[1]))

    def answer(self, path: bytes) -> tuple[bytes, ...]:
        number = path.removeprefix(b"/bai-")
        if not number.isdigit():
            return (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",)
        head, tail = _ready()[int(number) % BODIES]
        address = self.host + path
        size = len(head) + len(address) + len(tail)
        fields = b"Content-Type: text/html; charset=utf-8\r\nServer: mau\r\nContent-Length: %d"
        return (b"HTTP/1.1 200 OK\r\n", fields % size, b"\r\n\r\n", head, address, tail)


async def _serve(addresses: list[str], told: Connection) -> None:
    loop = asyncio.get_running_loop()
    _ready()
    hosts = []
    for address in addresses:
        server = await loop.create_server(partial(Answers, address), address, 0)
        hosts.append(f"{address}:{server.sockets[0].getsockname()[1]}")
    told.send(hosts)
    await asyncio.Event().wait()


def _main(addresses: list[str], told: Connection) -> None:
    asyncio.run(_serve(addresses, told))


@contextmanager
def portals_on(addresses: list[str]) -> Iterator[list[str]]:
    """Serve on these addresses; the hosts, `address:port`."""
    here, there = SPAWN.Pipe()
    process = SPAWN.Process(target=_main, args=(addresses, there), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        process.kill()
        process.join()
