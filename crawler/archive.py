"""The archive: every fetched page as it came, in WARC files (ISO 28500), one record gzipped each.

Bodies are kept decompressed, and the headers that told how they were packed are left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.page import Page

LARGEST = 1_000_000_000
"""Bytes after which a new file is begun: what the WARC standard advises."""

PACKING = frozenset({"content-encoding", "transfer-encoding", "content-length"})


class Archive:
    """Writes pages into a folder; the file is made with the first of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file: BinaryIO | None = None

    def write(self, page: Page) -> None:
        """Append one page and hand it to the operating system."""
        if self.file is None or self.file.tell() > LARGEST:
            self.close()
            self.file = self._open()
        writer = WARCWriter(self.file, gzip=True)
        headers = [(name, value) for name, value in page.headers.items() if name not in PACKING]
        headers.append(("content-length", str(len(page.body))))
        record = writer.create_warc_record(
            page.url,
            "response",
            payload=BytesIO(page.body),
            length=len(page.body),
            http_headers=StatusAndHeaders(str(page.status), headers, protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": _warc_date(page.fetched_at)},
        )
        writer.write_record(record)
        self.file.flush()

    def close(self) -> None:
        """Put what was written on the disk."""
        if self.file is not None:
            os.fsync(self.file.fileno())
            self.file.close()
            self.file = None

    def _open(self) -> BinaryIO:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{os.getpid()}.warc.gz"
        file = (self.folder / name).open("xb")
        writer = WARCWriter(file, gzip=True)
        writer.write_record(writer.create_warcinfo_record(name, {"software": "Tin Phường"}))
        return file


def read_pages(path: Path) -> Iterator[Page]:
    """The pages of one WARC file, in the order they were written."""
    with path.open("rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type == "response":
                yield Page(
                    url=record.rec_headers.get_header("WARC-Target-URI"),
                    fetched_at=datetime.fromisoformat(record.rec_headers.get_header("WARC-Date")),
                    status=int(record.http_headers.get_statuscode()),
                    headers={name.lower(): value for name, value in record.http_headers.headers},
                    body=record.content_stream().read(),
                )


def _warc_date(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
