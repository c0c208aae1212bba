"""Documents that were made to break a reader of HTML, and a process to read them in."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable, Mapping
from datetime import datetime

from crawler.article import VIETNAM
from crawler.page import Page
from crawler.portals import Portal
from crawler.reading import read_page

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=VIETNAM)
PORTAL = Portal("p", "P", "W", "V", ("http://xa.example.vn/",), ("xa.example.vn",))
SECONDS, MEMORY = 5, 300 * 2**20
"""What one document may cost: processor time and address space, the interpreter included."""

WORDS = "phường tổ dân phố rác thải hội nghị người dân "
TITLE = "<h1>Bài mẫu: rác thải</h1>"
LINE = "<p>" + 4 * WORDS + "</p>"


def page(body: str, head: str = "") -> bytes:
    start = f"<html><head><title>Bài mẫu: rác thải - Cổng</title>{head}</head>"
    return f"{start}<body>{body}</body></html>".encode()


def noise(size: int) -> bytes:
    """Bytes that look random and are the same every time."""
    return b"".join((n * 2654435761 % 2**32).to_bytes(4) for n in range(size // 4))


DOCUMENTS: Mapping[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "white space": lambda: b" \n" * 500_000,
    "binary": lambda: noise(1_000_000),
    "binary that begins as a page": lambda: b"<html><body><p>" + noise(1_000_000),
    "nine megabytes in one line": lambda: page(
        TITLE + "<p>" + WORDS * (9 * 2**20 // len(WORDS.encode()))
    ),
    "a word of five megabytes": lambda: page(TITLE + "<p>" + "a" * 5_000_000),
    "five thousand divs in each other": lambda: page("<div>" * 5000 + LINE + "</div>" * 5000),
    "a thousand tables in each other": lambda: page("<table><tr><td>" * 1000 + LINE),
    "a hundred thousand paragraphs": lambda: page(TITLE + "<p>Một hai ba" * 100_000),
    "as many elements as are read": lambda: page(
        "<h1>Bài mẫu: rác thải</h1>" + "<p>Một hai" * 29_000
    ),
    "a hundred thousand line breaks": lambda: page(TITLE + "<p>" + "một<br>" * 100_000),
    "a hundred thousand links": lambda: page("<a href='/x'>Một</a> " * 100_000),
    "fifty thousand rows": lambda: page("<table>" + "<tr><td>Một<td>2" * 50_000),
    "ten thousand headings": lambda: page(TITLE * 10_000 + LINE),
    "twenty thousand open tags": lambda: page("<b><i><font>" * 7_000 + LINE),
    "broken tags": lambda: page("</div></p><b<i></b <<>>< p<p <p/><a href=<>" * 20_000 + LINE),
    "a charset that lies": lambda: page(LINE * 50, "<meta charset='utf-16'>") + b"\xff\xfe\x80",
    "odd bytes of UTF-16": lambda: page(LINE * 50).decode().encode("utf-16")[:-1],
    "NULs": lambda: page("\0" * 500_000 + LINE + "<p\0>\0" * 10_000),
    "an attribute of five megabytes": lambda: page(f"<p class='{'x ' * 2_500_000}'>{WORDS}</p>"),
    "a hundred thousand attributes": lambda: page(f"<p {'a=1 ' * 100_000}>{WORDS}</p>"),
    "entities that multiply": lambda: (
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
        + b"]>"
        + page("<p>&j;&j;</p>" + "&#7845;&amp;&lt;" * 100_000)
    ),
    "combining marks": lambda: page("<p>" + "a" + "\u0301\u0323" * 500_000),
    "combining marks of Hindi": lambda: page("<p>" + "a" + "\u094d\u093c" * 500_000),
    "a script that never ends": lambda: page(LINE + "<script>" + "var x = '<p>';" * 300_000),
    "a heading of a megabyte": lambda: page(f"<h1>{WORDS * 25_000}</h1>{LINE}"),
    "a million spaces in a date": lambda: page(
        TITLE + "<p>Ngày đăng:" + " \xa0" * 500_000 + "1/" * 50_000 + "</p>" + LINE
    ),
    "ten thousand counters": lambda: page("<p>Lượt xem: 1 2 3 |</p>" * 10_000 + LINE),
}


def cost_of(name: str) -> tuple[int, str]:
    """The wait status of a child that reads a document within the limits, and what it said."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _read(name, writer)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as said:
        outcome = said.read()
    return os.waitpid(child, 0)[1], outcome


def _read(name: str, answer: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    try:
        headers = {"content-type": "text/html"}
        reading = read_page(
            Page("http://xa.example.vn/a", NOW, 200, headers, DOCUMENTS[name]()), PORTAL
        )
        os.write(answer, reading.outcome.encode())
        os._exit(0)
    except BaseException as error:
        os.write(answer, repr(error).encode())
        os._exit(1)


if __name__ == "__main__":
    for document in sys.argv[1:] or DOCUMENTS:
        print(document, *cost_of(document), sep="\t", flush=True)
