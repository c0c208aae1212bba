"""A second look at pages that did not change costs next to nothing (RFC 9110, section 13)."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.store import open_store
from tests.test_spider import USUAL, Handler, Reply, Site, article, listing, run

PAGES = 200
DAY = "Mon, 03 Nov 2025 08:00:00 GMT"

VALIDATORS: list[dict[str, str]] = [
    {"ETag": '"mau"'},
    {"Last-Modified": DAY},
    {"ETag": '"mau"', "Last-Modified": DAY},
    {"ETag": '"mau"', "Cache-Control": "no-cache"},
    {"ETag": 'W/"mau"'},
    {"Last-Modified": DAY, "Cache-Control": "no-store, must-revalidate", "Pragma": "no-cache"},
]


class Conditional(Handler):
    """Counts what it sends, and answers 304 by either validator."""

    sent: list[tuple[int, int]] = []  # noqa: RUF012 (the server makes a handler a request)

    def do_GET(self) -> None:
        reply = self.server.routes(self.path) or Reply(b"", 404)
        tag, day = self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")
        wanted = reply.headers.get("ETag" if tag else "Last-Modified")
        same = wanted is not None and wanted == (tag or day)
        if same:
            reply = Reply(status=304, headers=reply.headers)
        if self.path not in USUAL:
            self.sent.append((reply.status, len(reply.body)))
        self.send_response(reply.status)
        for name, value in ({"Content-Type": "text/html; charset=utf-8"} | reply.headers).items():
            self.send_header(name, value)
        if not same:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)


@pytest.fixture
def conditional(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, Reply]], Site]:
    def make(pages: dict[str, Reply]) -> Site:
        site = Site("127.0.3.80", pages.get)
        site.RequestHandlerClass = Conditional
        return site

    monkeypatch.setattr(Conditional, "sent", [])
    return make


def test_a_second_pass_is_answered_304(
    conditional: Callable[[dict[str, Reply]], Site], tmp_path: Path
) -> None:
    names = [f"/bai-{number}" for number in range(PAGES)]
    pages = {
        path: article(path[1:], headers=VALIDATORS[number % len(VALIDATORS)])
        for number, path in enumerate(names)
    }
    start = Reply(listing(*names).body, headers={"ETag": '"dau"'})
    site = conditional({"/": start, **pages})
    try:
        portal = site.portal("mau")
        [first] = run([portal], tmp_path).portals
        sent, Conditional.sent = Conditional.sent, []
        with open_store(tmp_path / "articles.db") as store:
            store.connection.execute("UPDATE addresses SET due = ?", (time.time(),))
        [second] = run([portal], tmp_path).portals
        again = Conditional.sent
    finally:
        site.stop()
    assert (first.new, second.new, second.changed) == (PAGES, 0, 0)
    assert len(sent) == len(again) == PAGES + 1
    assert sum(status == 304 for status, _ in again) >= 0.99 * len(again)
    assert sum(size for _, size in again) <= 0.05 * sum(size for _, size in sent)
