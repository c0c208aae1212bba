"""Codings: the body of an archived HTTP answer as it was before it was packed (RFC 9110, 8.4).

For answers from the archives of others: Scrapy unpacks what is fetched. Some archives keep bodies
as they came, others unpack them and leave the headers; so what a header says is tried, not trusted.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping

import brotli

LARGEST = 10 * 1024 * 1024
"""Bytes of an unpacked body, as in a crawl."""

STEP = 64 * 1024

CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")
"""Size and extensions of a chunk (RFC 9112, 7.1)."""


class Unpackable(Exception):
    """The body is larger than LARGEST, or packed in a way unknown here; the text says which."""


def unpacked(body: bytes, headers: Mapping[str, str]) -> bytes:
    """The body without its codings, whatever of them is still there. Raises Unpackable.

    >>> unpacked(b"3\\r\\nabc\\r\\n0\\r\\n\\r\\n", {"transfer-encoding": "chunked"})
    b'abc'
    >>> unpacked(b"abc", {"content-encoding": "gzip", "transfer-encoding": "chunked"})
    b'abc'
    """
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = _joined(body)
    codings = headers.get("content-encoding", "").lower().replace(",", " ").split()
    for coding in reversed(codings):  # the last named was put on last
        if coding not in ("identity", "utf-8", "none"):
            body = _decoded(body, coding)
    if len(body) > LARGEST:
        raise Unpackable("too large")
    return body


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


def _decoded(body: bytes, coding: str) -> bytes:
    """The body without one coding; as it is where it does not bear it."""
    if coding not in CODINGS:
        raise Unpackable(f"packed as {coding}")
    try:
        return CODINGS[coding](body)
    except (zlib.error, brotli.error):  # unpacked before it was archived
        return body


def _gunzipped(body: bytes) -> bytes:
    return _inflated(body, zlib.MAX_WBITS + 32)  # with the head of gzip or of zlib


def _deflated(body: bytes) -> bytes:
    """With zlib's head, as the standard has it, or without, as some servers do."""
    try:
        return _inflated(body, zlib.MAX_WBITS)
    except zlib.error:
        return _inflated(body, -zlib.MAX_WBITS)


def _inflated(body: bytes, wbits: int) -> bytes:
    unpacker = zlib.decompressobj(wbits)
    data = unpacker.decompress(body, LARGEST + 1)
    if not unpacker.eof and len(data) <= LARGEST:
        raise zlib.error("cut short")
    return data


def _unbrotlied(body: bytes) -> bytes:
    unpacker, pieces, size = brotli.Decompressor(), list[bytes](), 0
    piece = unpacker.process(body, output_buffer_limit=STEP)
    while piece and size <= LARGEST:
        pieces.append(piece)
        size += len(piece)
        piece = unpacker.process(b"", output_buffer_limit=STEP)
    if not unpacker.is_finished() and size <= LARGEST:
        raise brotli.error("cut short")
    return b"".join(pieces)


CODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": _gunzipped,
    "x-gzip": _gunzipped,
    "deflate": _deflated,
    "br": _unbrotlied,
}
