"""WARC files (ISO 28500) of anybody: the records in them, however broken they are.

A gzipped file is a row of gzip members, each with a record as a rule; a plain one is a row of
records. Both are read member by member, so that a reader can go on after any of them. What is
broken is given out as a member with a fault, and reading goes on with what looks like the next.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

from warcio.statusandheaders import (
    StatusAndHeaders,
    StatusAndHeadersParser,
    StatusAndHeadersParserException,
)

BLOCK = 64 * 1024
LONGEST = 64 * 1024 * 1024
"""Bytes of a member, unpacked. A longer one is a fault: pages end at 10 MB, so it is no page, or it
is a whole file in one member, which nobody can read from the middle."""
LONGEST_HEAD = 64 * 1024

GZIP = zlib.MAX_WBITS + 16
"""What zlib is told for a gzip member instead of its own format."""
GZIP_START = b"\x1f\x8b\x08"
PLAIN_START = b"WARC/"

HEAD_END = re.compile(rb"\r?\n\r?\n")
LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)

WARC_HEAD = StatusAndHeadersParser(["WARC/1.1", "WARC/1.0", "WARC/0.18", "WARC/0.17"])
HTTP_HEAD = StatusAndHeadersParser([], verify=False)


@dataclass(frozen=True, slots=True)
class Member:
    """A stretch of a file: bytes from its start, bytes long there, and what it holds unpacked.

    `fault` is "" or why it cannot be read; then there is no data.
    """

    offset: int
    length: int
    data: bytes
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer as it was archived: header names small, repeated headers joined; `status` is
    0 where it is no number."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Record:
    """One WARC record; `type`, `url`, `date` and `truncated` (why the rest of it was not archived)
    in its own words, "" where it has none."""

    type: str
    url: str
    date: str
    truncated: str
    answer: Answer | None


class Broken(Exception):
    """These bytes are no WARC record. Raised by records_of()."""


def members(path: Path, offset: int = 0) -> Iterator[Member]:
    """The members of a file from `offset` (its start, or the end of a member) to its end.

    A fault reaches to where the next member may begin, unless its own end is known.
    """
    with path.open("rb") as file:
        gzipped = file.read(len(GZIP_START)) == GZIP_START
        read, start = (_gzipped, GZIP_START) if gzipped else (_plain, PLAIN_START)
        end = file.seek(0, 2)
        while offset < end:
            member = read(file, offset)
            if member.fault and not 0 < member.length <= end - offset:
                length = _find(file, start, offset + 1, end) - offset
                member = Member(offset, length, b"", member.fault)
            yield member
            offset += member.length


def _gzipped(file: IO[bytes], offset: int) -> Member:
    """The gzip member at `offset`, its checksum checked; its length is 0 where it has no end."""
    file.seek(offset)
    unpacker, pieces, size = zlib.decompressobj(GZIP), list[bytes](), 0
    while not unpacker.eof:
        packed = unpacker.unconsumed_tail or file.read(BLOCK)
        try:
            piece = unpacker.decompress(packed, BLOCK)
        except zlib.error:
            return Member(offset, 0, b"", "not gzip, or damaged")
        if not piece and not packed:
            return Member(offset, 0, b"", "cut short")
        size += len(piece)
        if size <= LONGEST:
            pieces.append(piece)
    length = file.tell() - len(unpacker.unused_data) - offset
    if size > LONGEST:
        return Member(offset, length, b"", "too long")
    return Member(offset, length, b"".join(pieces))


def _plain(file: IO[bytes], offset: int) -> Member:
    """The record at `offset`, with the two line ends after it."""
    file.seek(offset)
    head = file.read(LONGEST_HEAD)
    end, length = HEAD_END.search(head), LENGTH.search(head)
    if not head.startswith(PLAIN_START) or not end or not length or length.end() > end.end():
        return Member(offset, 0, b"", "not a WARC record")
    size = end.end() + int(length[1])
    if size > LONGEST:
        return Member(offset, size, b"", "too long")
    file.seek(offset)
    data = file.read(size)
    if len(data) < size:
        return Member(offset, 0, b"", "cut short")
    after = file.read(4)
    return Member(offset, size + 4 * (after == b"\r\n\r\n"), data)


def _find(file: IO[bytes], start: bytes, offset: int, end: int) -> int:
    """Where `start` stands next, from `offset` on; `end` where it does not."""
    kept = b""
    file.seek(offset)
    while block := file.read(BLOCK):
        found = (kept + block).find(start)
        if found >= 0:
            return offset - len(kept) + found
        offset += len(block)
        kept = (kept + block)[1 - len(start) :]
    return end


def records_of(data: bytes) -> Iterator[Record]:
    """The records of a member: one, or more where somebody packed several. Raises Broken."""
    stream = BytesIO(data)
    while stream.tell() < len(data):
        try:
            head = WARC_HEAD.parse(stream)
            length = int(head.get_header("Content-Length", ""))
        except EOFError:  # nothing but line ends
            return
        except (StatusAndHeadersParserException, ValueError) as error:
            raise Broken(str(error)) from error
        block = stream.read(length)
        if len(block) < length:
            raise Broken("the record is cut short")
        yield _record(head, block)
        stream.seek(stream.tell() + 4)  # two line ends


def _record(head: StatusAndHeaders, block: bytes) -> Record:
    url = head.get_header("WARC-Target-URI", "").strip("<>")  # as wget 1.19 writes it
    type = head.get_header("WARC-Type", "")
    truncated = head.get_header("WARC-Truncated", "")
    over_http = type == "response" and url.lower().startswith(("http:", "https:"))
    answer = _answer(block) if over_http else None
    return Record(type, url, head.get_header("WARC-Date", ""), truncated, answer)


def _answer(block: bytes) -> Answer | None:
    stream = BytesIO(block)
    try:
        head = HTTP_HEAD.parse(stream)
    except EOFError:  # a record without an answer
        return None
    headers: dict[str, str] = {}
    for name, value in head.headers:
        name = name.lower()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    code = head.get_statuscode()
    return Answer(int(code) if code.isdecimal() else 0, headers, stream.read())
