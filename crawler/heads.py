"""The head of an answer, bounded: Twisted reads header lines as long as they come, and keeps them.

Thirty seconds of them took 400 MB. What follows the head, Scrapy bounds (DOWNLOAD_MAXSIZE).
"""

from __future__ import annotations

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.crawler import Crawler
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress
from twisted.python.failure import Failure
from twisted.web.iweb import IResponse

LONGEST_HEAD = 256 * 1024
"""Bytes of status line and headers, and of "100 Continue" before them. Browsers take as much."""


class Http(HTTP11DownloadHandler):
    """Scrapy's handler of http; an answer whose head is too long fails as a connection does."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = Connections


class Connection(_LenientHTTP11ClientProtocol):
    """Scrapy's connection; it counts what comes before the body of each answer."""

    head = 0

    def request(self, request: object) -> Deferred[IResponse]:
        """As Twisted's, which uses a connection for one request after the other."""
        self.head = 0
        return super().request(request)  # type: ignore[arg-type]

    def dataReceived(self, data: bytes) -> None:
        """As Twisted's, up to LONGEST_HEAD."""
        if self._parser is not None and self._parser.state in ("STATUS", "HEADER"):
            self.head += len(data)
        if self.head > LONGEST_HEAD:
            error = ConnectionError("the head of the answer is too long")
            self._giveUp(Failure(error))  # type: ignore[no-untyped-call]
        else:
            super().dataReceived(data)  # type: ignore[no-untyped-call]


class Connections(_LenientHTTP11ClientFactory):
    """Makes a Connection where Scrapy's makes its own."""

    def buildProtocol(self, addr: IAddress | None) -> Connection:
        """A new one."""
        return Connection(self._quiescentCallback)  # type: ignore[no-untyped-call]
