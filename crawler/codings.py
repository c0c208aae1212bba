"""Codings: a body as it was before it was packed for the way: all of it, or an error, never a part.

For what is fetched (Scrapy's own middleware hands on what it got of a packed body that breaks off,
as if it were whole) and for the archives of others, which keep bodies as they came.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping

import brotli

NOT_READ = frozenset({"zstd", "compress", "x-compress", "dcb", "dcz"})
"""Other codings; anything else in the header ("none", "utf-8") is a mistake of the server, which
sends the body as it is."""

GZIP = b"\x1f\x8b"
GZIP_BITS = 31
ZLIB_BITS = 15
"""The window bits that tell zlib the format; negative, none at all (zlib.h, inflateInit2)."""
MOST_MEMBERS = 100
STEP = 1024 * 1024
"""Bytes that are unpacked at once."""

CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")
"""Size and extensions of a chunk (RFC 9112, 7.1)."""


class NotUnpacked(OSError):
    """The body is not what its header says it is, or not all of it."""


class TooLarge(Exception):
    """The body is larger than it may be, or would be when unpacked."""


def unpacked(body: bytes, header: str, limit: int) -> bytes:
    """The body without what a Content-Encoding header names, at most `limit` bytes (RFC 9110, 8.4).

    Raises NotUnpacked where it is damaged, cut or packed in a way that is not read here, and
    TooLarge, having unpacked no more than the limit.

    >>> unpacked(zlib.compress(b"tin"), "deflate", 100), unpacked(b"tin", "utf-8", 100)
    (b'tin', b'tin')
    """
    for name in reversed([each.strip().lower() for each in header.split(",")]):
        if name in NOT_READ:
            raise NotUnpacked(f"packed as {name}")
        if name in CODINGS:  # the last named was put on last
            body = CODINGS[name](body, limit)
    if len(body) > limit:
        raise TooLarge("too large")
    return body


def archived(body: bytes, headers: Mapping[str, str], limit: int) -> bytes:
    """The body of an archived answer without its codings, at most `limit` bytes.

    Some archives take the codings off and leave the headers as they were, so what does not unpack
    is handed over as it is: if it is packed after all, it is no HTML. Raises TooLarge.

    >>> archived(b"3\\r\\nabc\\r\\n0\\r\\n\\r\\n", {"transfer-encoding": "chunked"}, 100)
    b'abc'
    >>> archived(b"abc", {"content-encoding": "gzip", "transfer-encoding": "chunked"}, 100)
    b'abc'
    """
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = _joined(body)
    try:
        return unpacked(body, headers.get("content-encoding", ""), limit)
    except NotUnpacked:
        return unpacked(body, "", limit)


def _joined(body: bytes) -> bytes:
    """The chunks put together; the body as it is where it is not in chunks."""
    pieces, at = list[bytes](), 0
    while head := CHUNK.match(body, at):
        size = int(head[1], 16)
        if size == 0:
            return b"".join(pieces)
        pieces.append(body[head.end() : head.end() + size])
        at = head.end() + size + 2
    return b"".join(pieces) if pieces and at >= len(body) else body


def _gunzipped(body: bytes, limit: int) -> bytes:
    """One member after the other (RFC 1952, 2.2); other bytes behind them are left."""
    parts, room = list[bytes](), limit
    for _ in range(MOST_MEMBERS):
        stream = zlib.decompressobj(GZIP_BITS)
        parts.append(_collected(_inflated(stream, body), room))
        room -= len(parts[-1])
        body = stream.unused_data
        if not body.startswith(GZIP):
            return b"".join(parts)
    raise NotUnpacked(f"more than {MOST_MEMBERS} packed parts")


def _deflated(body: bytes, limit: int) -> bytes:
    """With zlib's frame, as the standard has it, or without, as some servers send it."""
    try:
        return _collected(_inflated(zlib.decompressobj(ZLIB_BITS), body), limit)
    except NotUnpacked:
        return _collected(_inflated(zlib.decompressobj(-ZLIB_BITS), body), limit)


def _unbrotlied(body: bytes, limit: int) -> bytes:
    """Brotli (RFC 7932); we ask nobody for it, but some send it all the same."""
    return _collected(_brotli_pieces(body), limit)


def _collected(pieces: Iterable[bytes], limit: int) -> bytes:
    """The pieces put together. Raises TooLarge as soon as they are."""
    kept, size = list[bytes](), 0
    for piece in pieces:
        kept.append(piece)
        size += len(piece)
        if size > limit:
            kept.clear()  # the error keeps this frame alive, and many bombs may come at once
            raise TooLarge("too large")
    return b"".join(kept)


def _inflated(stream: zlib._Decompress, body: bytes) -> Iterator[bytes]:
    """One stream to its end."""
    while not stream.eof:
        try:
            piece = stream.decompress(body, STEP)
        except zlib.error as error:
            raise NotUnpacked(str(error)) from error
        body = stream.unconsumed_tail
        if not (piece or body or stream.eof):
            raise NotUnpacked("the packed body broke off")
        yield piece


def _brotli_pieces(body: bytes) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    while not stream.is_finished():
        try:
            piece = stream.process(body, output_buffer_limit=STEP)
        except brotli.error as error:
            raise NotUnpacked(str(error)) from error
        body = b""
        if not (piece or stream.is_finished()):
            raise NotUnpacked("the packed body broke off")
        yield piece


CODINGS: Mapping[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzipped,
    "x-gzip": _gunzipped,
    "deflate": _deflated,
    "br": _unbrotlied,
}
