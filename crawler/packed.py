"""What a packed answer holds: all of it, of a bounded size, or an error; never a part.

Scrapy's own middleware hands on what it got of a packed body that breaks off, as if it were whole.
Only gzip and deflate are asked for, which every server knows and Python unpacks by itself; one that
sends br or zstd to somebody who did not offer it is not read.
"""

from __future__ import annotations

import zlib

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError
from scrapy.http import Response

ACCEPTED = b"gzip, deflate"
PACKED = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""The window bits that tell zlib the format (RFC 9110, 8.4.1)."""
NOT_READ = frozenset({"br", "zstd", "compress", "x-compress", "dcb", "dcz"})
"""Other packings; anything else in the header ("none", "utf-8") is a mistake of the server, which
sends the body as it is."""
GZIP = b"\x1f\x8b"
MOST_MEMBERS = 100


class NotUnpacked(OSError):
    """The body is not what its header says it is, or not all of it."""


class Packed:
    """Scrapy middleware: answers leave it unpacked, within DOWNLOAD_MAXSIZE.

    A request may have a limit of its own in meta["download_maxsize"].
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Packed:
        """As Scrapy makes a middleware."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        """Say what can be unpacked."""
        request.headers.setdefault("Accept-Encoding", ACCEPTED)

    def process_response(self, request: Request, response: Response) -> Response:
        """The answer unpacked. Raises NotUnpacked, or DownloadCancelledError for a bomb."""
        header = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        if not header or not response.body:
            return response
        limit = request.meta.get("download_maxsize", self.limit)
        headers = response.headers.copy()
        del headers["Content-Encoding"]
        return Response(
            response.url,
            response.status,
            headers,
            unpacked(response.body, header, limit),
            request=request,
            ip_address=response.ip_address,
        )


def unpacked(body: bytes, header: str, limit: int) -> bytes:
    """The body without the packings that a Content-Encoding header names, at most `limit` bytes.

    Raises NotUnpacked where it is damaged, cut or packed in a way that is not read here, and
    DownloadCancelledError where it is too large.

    >>> unpacked(zlib.compress(b"tin"), "deflate", 100), unpacked(b"tin", "utf-8", 100)
    (b'tin', b'tin')
    """
    for name in reversed([each.strip().lower() for each in header.split(",")]):
        if name in NOT_READ:
            raise NotUnpacked(f"packed as {name}")
        if name in PACKED:
            body = _unpacked(body, PACKED[name], limit)
    return body


def _unpacked(body: bytes, bits: int, limit: int) -> bytes:
    try:
        return _members(body, bits, limit)
    except zlib.error as error:
        if bits != PACKED["deflate"]:
            raise NotUnpacked(str(error)) from error
    try:
        return _members(body, -bits, limit)  # without zlib's frame, as some servers send it
    except zlib.error as error:
        raise NotUnpacked(str(error)) from error


def _members(body: bytes, bits: int, limit: int) -> bytes:
    """One stream after the other, as gzip allows (RFC 1952, 2.2); other bytes behind are left."""
    parts, room = [_member(stream := zlib.decompressobj(bits), body, limit)], limit
    for _ in range(MOST_MEMBERS):
        room -= len(parts[-1])
        if not stream.unused_data.startswith(GZIP):
            return b"".join(parts)
        body = stream.unused_data
        parts.append(_member(stream := zlib.decompressobj(bits), body, room))
    raise NotUnpacked(f"more than {MOST_MEMBERS} packed parts")


def _member(stream: zlib._Decompress, body: bytes, room: int) -> bytes:
    """One stream to its end."""
    whole = stream.decompress(body, room + 1)
    if len(whole) > room:
        raise DownloadCancelledError("too large when unpacked")
    if not stream.eof:
        raise NotUnpacked("the packed body broke off")
    return whole
