"""What is archived comes back as it was; what others read of it is plain WARC."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

import crawler.archive
from crawler.archive import Archive, read_pages
from crawler.page import Page


def page(url: str, body: bytes = b"<p>b\xc3\xa0i m\xe1\xba\xabu</p>", **headers: str) -> Page:
    return Page(url, datetime(2026, 1, 2, 3, 4, 5, 678, UTC), 200, headers, body)


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.warc.gz"))


@pytest.mark.parametrize(
    "body",
    [b"", b"x", "bài mẫu".encode("utf-16"), bytes(range(256)) * 1000, b"\r\n\r\nWARC/1.0\r\n"],
)
def test_round_trip(body: bytes, tmp_path: Path) -> None:
    written = page("http://127.0.0.2/b%C3%A0i?x=1", body, etag='W/"1"', server="m")
    archive = Archive(tmp_path / "pages")
    archive.write(written)
    archive.close()
    [path] = files(tmp_path / "pages")
    [read] = read_pages(path)
    assert {**read.headers} == {**written.headers, "content-length": str(len(body))}
    assert (read.url, read.fetched_at, read.status, read.body) == (
        written.url,
        written.fetched_at,
        200,
        body,
    )


def test_headers_of_the_packing_are_left_out(tmp_path: Path) -> None:
    packing = {"content-encoding": "gzip", "transfer-encoding": "chunked", "content-length": "3"}
    archive = Archive(tmp_path)
    archive.write(page("http://127.0.0.2/", b"unpacked", **packing))
    archive.close()
    [read] = read_pages(files(tmp_path)[0])
    assert read.headers == {"content-length": "8"}


def test_each_record_is_readable_as_soon_as_it_is_written(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for number in range(3):
        archive.write(page(f"http://127.0.0.2/{number}"))
        [path] = files(tmp_path)
        assert [each.url[-1] for each in read_pages(path)] == list("012")[: number + 1]
    archive.close()
    assert gzip.decompress(path.read_bytes()).startswith(b"WARC/1.0\r\nWARC-Type: warcinfo")


def test_a_torn_last_record_leaves_the_others(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for number in range(2):
        archive.write(page(f"http://127.0.0.2/{number}", bytes(range(256)) * 100))
    archive.close()
    [path] = files(tmp_path)
    path.write_bytes(path.read_bytes()[:-300])
    assert next(read_pages(path)).url == "http://127.0.0.2/0"


def test_a_full_file_is_followed_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawler.archive, "LARGEST", 100)
    archive = Archive(tmp_path)
    for number in range(3):
        archive.write(page(f"http://127.0.0.2/{number}"))
    archive.close()
    assert [[each.url[-1] for each in read_pages(path)] for path in files(tmp_path)] == [
        ["0"],
        ["1"],
        ["2"],
    ]


def test_nothing_fetched_makes_no_file(tmp_path: Path) -> None:
    Archive(tmp_path / "pages").close()
    assert not (tmp_path / "pages").exists()
