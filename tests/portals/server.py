"""Servers for the sample portals: each on its own loopback address, all on one port."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from email.message import Message
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread

from tests.portals.frames import MARK
from tests.portals.pages import Answer, answer, routes
from tests.portals.sites import Site, load_sites

POLL = 0.05
"""Seconds until a server notices that it shall end."""

CONTACT = "mau@tinphuong.invalid"
"""For the demo's portals.toml; .invalid is reserved, so that it is nobody's (RFC 2606)."""


class Server(ThreadingHTTPServer):
    """The server of one portal; it counts its requests for the counters of its pages."""

    def __init__(self, site: Site, port: int) -> None:
        super().__init__((site.host, port), Handler)
        self.site = site
        self.routes = routes(site)
        self.requests = count(1)
        self.base = f"http://{site.host}:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """GET and HEAD, with conditional requests (RFC 9110, section 13)."""

    server: Server

    def do_GET(self) -> None:
        found = self._answer()
        if not self._unchanged(found):
            self.wfile.write(found.body)

    def do_HEAD(self) -> None:
        self._unchanged(self._answer())

    def _answer(self) -> Answer:
        server = self.server
        return answer(server.routes, server.site, self.path, server.base, next(server.requests))

    def _unchanged(self, answer: Answer) -> bool:
        """Send the head of the answer; true where it is a 304, which has no body."""
        unchanged = _matches(answer, self.headers)
        self.send_response(HTTPStatus.NOT_MODIFIED if unchanged else answer.status)
        if answer.modified:
            self.send_header("ETag", answer.tag)
            self.send_header("Last-Modified", _http_date(answer.modified))
        if not unchanged:
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        return unchanged

    def log_message(self, format: str, *args: object) -> None:
        """The portals are silent; who asks for pages tells what came back."""


def _matches(answer: Answer, headers: Message) -> bool:
    """If-None-Match counts alone where it is given (RFC 9110, section 13.1.3)."""
    if answer.modified is None:
        return False
    if tag := headers.get("If-None-Match"):
        return tag.removeprefix("W/") == answer.tag
    return headers.get("If-Modified-Since") == _http_date(answer.modified)


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


@contextmanager
def serve(port: int = 0, sites: Sequence[Site] | None = None) -> Iterator[dict[str, str]]:
    """Serve the sample portals; gives the base URL of each by its id.

    Port 0: one that is free. OSError where the port is taken.
    """
    with ExitStack() as stack:
        servers: list[Server] = []
        for site in load_sites() if sites is None else sites:
            servers.append(Server(site, servers[0].server_port if servers else port))
            stack.callback(servers[-1].server_close)
        for server in servers:
            Thread(target=server.serve_forever, args=(POLL,), daemon=True).start()
            stack.callback(server.shutdown)
        yield {server.site.id: server.base for server in servers}


def portals_toml(port: int) -> str:
    """The text of a portals.toml that crawls the sample portals served on `port`."""
    entries = (_entry(site, port) for site in load_sites())
    return f'# {MARK}\ncontact = "{CONTACT}"\n' + "".join(entries)


def _entry(site: Site, port: int) -> str:
    return f"""
[[portal]]
id = "{site.id}"
name = "{site.name}"
ward = {{ name = "{site.ward}", province = "{site.province}" }}
start = ["http://{site.host}:{port}/"]
interval = "6h"
delay = "0s"
layout = "auto"
allow_private = true
show = "full"
"""
