"""The archive: every fetched page as it came, in WARC files (ISO 28500), one record gzipped each.

Bodies are kept decompressed, and the headers that told how they were packed are left out. Each
process writes files of its own, holding a lock on the one it writes. A process that is killed may
leave half a record at the end of its file; readers skip it.
"""

from __future__ import annotations

import fcntl
import logging
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO, FileIO
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.article import VIETNAM
from crawler.page import Page
from crawler.warc import GZIP, Broken, members, records_of

LARGEST = 1_000_000_000
"""Bytes after which a new file is begun: what the WARC standard advises."""

LEVEL = 3
"""Of zlib. For a page of 24 kB 1 takes 0.14 ms, 3 0.26 and 9 2.7; 9 saves a tenth of the bytes."""

NAMED_GZIP = b"\x1f\x8b\x08\x08" + bytes(5) + b"\xff"
"""Head of a gzip member with a name and without a time (RFC 1952, 2.3)."""

PACKING = frozenset({"content-encoding", "transfer-encoding", "content-length"})

SUFFIX = ".warc.gz"
STARTED = "%Y%m%dT%H%M%S%f"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Capture:
    """Where an answer lies: file of the archive's folder, bytes from its start, bytes long."""

    file: str
    offset: int
    length: int


class Damaged(Exception):
    """The archive does not hold what it should. Raised by read_capture()."""


class Archive:
    """Writes pages into a folder; the file is made with the first of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file: FileIO | None = None
        self.name = ""

    def write(self, page: Page) -> Capture:
        """Append one page and say where it lies."""
        return self.append(gzipped(record(page)))

    def append(self, member: bytes) -> Capture:
        """Append one record, gzipped, hand it to the operating system, and say where it lies.

        A write that fails (a full disk) raises OSError and leaves no half record behind.
        """
        if self.file is None or self.file.tell() > LARGEST:
            self.close()
            self.file = self._open()
        offset = self.file.tell()
        _append(self.file, member)
        return Capture(self.name, offset, len(member))

    def sync(self) -> None:
        """Put what was written on the disk."""
        if self.file is not None:
            os.fsync(self.file.fileno())

    def close(self) -> None:
        """Put what was written on the disk and let go of the file."""
        self.sync()
        if self.file is not None:
            self.file.close()
            self.file = None

    def _open(self) -> FileIO:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.name = f"{datetime.now(UTC):{STARTED}}-{os.getpid()}{SUFFIX}"
        file = FileIO(self.folder / self.name, "xb")
        fcntl.flock(file, fcntl.LOCK_EX)
        buffer = BytesIO()
        writer = WARCWriter(buffer, gzip=False)
        writer.write_record(writer.create_warcinfo_record(self.name, {"software": "Tin Phường"}))
        _append(file, gzipped(buffer.getvalue()))
        return file


def record(page: Page) -> bytes:
    """The page as a WARC record."""
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=False)  # its own is zlib's level 9
    headers = [(name, value) for name, value in page.headers.items() if name not in PACKING]
    headers.append(("content-length", str(len(page.body))))
    response = writer.create_warc_record(
        page.url,
        "response",
        payload=BytesIO(page.body),
        length=len(page.body),
        http_headers=StatusAndHeaders(str(page.status), headers, protocol="HTTP/1.1"),
        warc_headers_dict={"WARC-Date": _warc_date(page.fetched_at)},
    )
    writer.write_record(response)
    return buffer.getvalue()


def gzipped(data: bytes) -> bytes:
    """A gzip member of its own. Other threads go on meanwhile."""
    return zlib.compress(data, LEVEL, GZIP)


def _append(file: FileIO, data: bytes) -> None:
    offset, rest = file.tell(), memoryview(data)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError:
        file.truncate(offset)
        file.seek(offset)
        raise


def read_capture(folder: Path, capture: Capture) -> Page:
    """The page that lies there. Raises Damaged, with the reason."""
    try:
        with (folder / capture.file).open("rb") as file:
            file.seek(capture.offset)
            data = zlib.decompress(file.read(capture.length), GZIP)
        page = next(_pages_of(data), None)
    except (OSError, zlib.error, Broken) as error:
        raise Damaged(f"{capture.file} at {capture.offset}: {error}") from error
    if page is None:
        raise Damaged(f"{capture.file} at {capture.offset}: no page")
    return page


def read_captures(path: Path) -> Iterator[tuple[Capture, Page]]:
    """The pages of one file in the order they were written; what is broken is logged."""
    for member in members(path):
        if member.fault:
            log.warning("%s: skipped at byte %d: %s", path, member.offset, member.fault)
            continue
        for page in _pages_of(member.data):
            yield Capture(path.name, member.offset, member.length), page


def read_pages(path: Path) -> Iterator[Page]:
    """The pages of one file in the order they were written."""
    return (page for _, page in read_captures(path))


def _pages_of(data: bytes) -> Iterator[Page]:
    """The pages in a member of our own."""
    for record in records_of(data):
        if record.answer:
            yield Page(
                url=record.url,
                fetched_at=datetime.fromisoformat(record.date).astimezone(VIETNAM),
                status=record.answer.status,
                headers=record.answer.headers,
                body=record.answer.body,
            )


def files(folder: Path) -> list[Path]:
    """The archive's files, oldest first."""
    return sorted(folder.glob(f"*{SUFFIX}"))


def started(path: Path) -> datetime:
    """When a file of the archive was begun."""
    return datetime.strptime(path.name.partition("-")[0], STARTED).replace(tzinfo=UTC)


def is_written(path: Path) -> bool:
    """Whether a process is still writing this file."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def erase(folder: Path, capture: Capture) -> None:
    """Overwrite a record with an empty member of the same length, and put that on the disk.

    The other records stay where they are, so nothing else has to be rewritten, a process may go on
    appending, and an erasure that was cut short is simply made again.
    """
    with (folder / capture.file).open("r+b") as file:
        file.seek(capture.offset)
        file.write(_blank(capture.length))
        file.flush()
        os.fsync(file.fileno())


def _blank(length: int) -> bytes:
    """A gzip member of so many bytes that holds nothing: its name takes up the room."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    tail = b"\0" + packer.flush() + bytes(8)  # checksum and size of nothing
    return NAMED_GZIP + b"-" * (length - len(NAMED_GZIP) - len(tail)) + tail


def _warc_date(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
