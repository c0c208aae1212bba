"""The crawl survives what machines do to it: a kill while it writes, a full disk, flipped bits."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from io import FileIO
from pathlib import Path
from unittest import mock

import pytest

from crawler.archive import Archive, Capture, Damaged, files, read_capture, read_captures
from crawler.article import VIETNAM
from crawler.page import Page
from crawler.portals import Portal
from crawler.spider import crawl
from crawler.store import Store, disk_is_full, open_readonly, open_store
from tests.test_spider import SPAWN, Reply, Site, article, fixed, listing, news, run
from tests.test_store import ARTICLE

FLIPS = 200

ENTRY = """
[[portal]]
id = "mau"
name = "Trang mẫu"
ward = {{ name = "", province = "Hà Nội" }}
start = ["http://{host}/"]
delay = "0s"
allow_private = true
"""

PAGE = Page("http://127.0.17.40/bai", datetime(2026, 1, 5, tzinfo=VIETNAM), 200, {}, b"")


def captures(store: Store) -> list[Capture]:
    rows = store.connection.execute("SELECT file, offset, length FROM captures ORDER BY file, url")
    return [Capture(*row) for row in rows]


# --- a kill while the archive is written -----------------------------------------------------


class Torn(FileIO):
    """A file whose process is killed half-way through its tenth write."""

    writes = 0

    def write(self, data: memoryview) -> int:  # type: ignore[override]
        self.writes += 1
        if self.writes == 10:
            super().write(data[: len(data) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        return super().write(data)


def crawl_and_be_killed(portal: Portal, folder: Path) -> None:
    with mock.patch("crawler.archive.FileIO", Torn):
        crawl([portal], folder / "articles.db", folder, "")


def test_a_kill_amid_a_record_of_the_archive_costs_that_record(tmp_path: Path) -> None:
    """Its page is fetched again; all that the store says is archived can be read."""
    count, kills = 30, 2
    site = Site("127.0.17.41", fixed(news(count)))
    portal = site.portal("mau")
    try:
        for _ in range(kills):
            process = SPAWN.Process(target=crawl_and_be_killed, args=(portal, tmp_path))
            process.start()
            process.join()
            assert process.exitcode == -signal.SIGKILL
        [report] = run([portal], tmp_path).portals
    finally:
        site.stop()
    assert report.error == ""
    with open_store(tmp_path / "articles.db") as store:
        assert store.counts() == {"mau": count}
        kept = captures(store)
    assert len(kept) == count + 1
    assert all(read_capture(tmp_path, each).body for each in kept)
    assert len(files(tmp_path)) == kills + 1
    assert sum(len(list(read_captures(path))) for path in files(tmp_path)) == count + 1


# --- a full disk -----------------------------------------------------------------------------


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of so many MB; skips where none may be mounted."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root may mount the small disk that this test fills")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def bulky(number: int) -> Reply:
    """An article of which 20 kB are left when it is packed."""
    chance = random.Random(number)
    page = article(str(number))
    return replace(page, body=page.body + b"<!-- %s -->" % chance.randbytes(20_000).hex().encode())


def command(portals: Path, index: Path) -> subprocess.CompletedProcess[str]:
    program = "from tinphuong import main; main()"
    where = ["--portals", str(portals), "--index", str(index)]
    return subprocess.run(
        [sys.executable, "-c", program, *where, "crawl", "--all"],
        capture_output=True,
        text=True,
        timeout=120,
    )


def records(store: Path) -> dict[str, str]:
    with open_readonly(store) as opened:
        assert opened.connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        assert opened.audit() == ()
        return dict(opened.connection.execute("SELECT url, record FROM articles").fetchall())


@pytest.mark.parametrize(
    ("megabytes", "count"), [(8, 80), pytest.param(20, 450, marks=pytest.mark.soak)]
)
def test_a_full_disk_stops_the_crawl_and_costs_nothing(
    megabytes: int, count: int, tmp_path: Path
) -> None:
    """What was committed stays, the reason is said, and with room again the crawl goes on."""
    pages = {f"/bai-{number}": bulky(number) for number in range(count)}
    site = Site("127.0.17.42", fixed({"/": listing(*pages), **pages}))
    portals = tmp_path / "portals.toml"
    portals.write_text(ENTRY.format(host=site.host), encoding="utf-8")
    with small_disk(tmp_path / "disk", megabytes) as disk:
        ballast, store = disk / "ballast", disk / "index" / "store" / "articles.db"
        ballast.write_bytes(bytes(megabytes * 600_000))
        try:
            stopped = command(portals, disk / "index")
            before = records(store)
            ballast.unlink()
            resumed = command(portals, disk / "index")
        finally:
            site.stop()
        after = records(store)
        with open_readonly(store) as opened:
            assert all(read_capture(store.parent / "pages", each) for each in captures(opened))
    assert stopped.returncode == 1
    assert "the disk is full" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert resumed.returncode == 0
    assert 0 < len(before) < len(after) == count
    assert before.items() <= after.items()


def test_a_transaction_too_large_for_the_disk_is_rolled_back(tmp_path: Path) -> None:
    """It spills before its end, and SQLite rolls back by itself; the store is usable still."""
    chance = random.Random(22)
    with small_disk(tmp_path / "disk", 4) as disk, open_store(disk / "articles.db") as store:
        with store.transaction():
            store.put(ARTICLE)
        with pytest.raises(sqlite3.OperationalError) as raised, store.transaction():
            for number in range(2000):
                body = (chance.randbytes(3000).hex(),)
                store.put(replace(ARTICLE, identity=str(number), body=body))
        assert disk_is_full(raised.value)
        with store.transaction():
            store.put(replace(ARTICLE, identity="bai-2"))
        assert store.counts() == {"mau": 2}
        assert store.connection.execute("PRAGMA quick_check").fetchone() == ("ok",)


# --- flipped bits ----------------------------------------------------------------------------


def test_every_flipped_bit_of_a_record_is_found(tmp_path: Path) -> None:
    """Each flip alone, somewhere in the file where a record lies."""
    chance = random.Random(23)
    path = tmp_path / "articles.db"
    with open_store(path) as store, store.transaction():
        for number in range(20):
            body = tuple(chance.randbytes(300).hex() for _ in range(10))
            store.put(replace(ARTICLE, identity=str(number), body=body))
    with open_readonly(path) as store:
        assert store.audit() == ()
        rows = [row[0] for row in store.connection.execute("SELECT record FROM articles")]
    found, whole = 0, path.read_bytes()
    for _ in range(FLIPS):
        damaged, place = bytearray(whole), -1
        while place < 0:  # a passage that lies across two pages of the file is not found
            record = chance.choice(rows)
            start = chance.randrange(len(record) - 40)
            place = whole.find(record[start : start + 40].encode())
        damaged[place + chance.randrange(40)] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        with open_readonly(path) as store:
            found += len(store.audit()) == 1
    assert found == FLIPS


def test_no_flipped_bit_of_the_archive_changes_a_page_unnoticed(tmp_path: Path) -> None:
    """A few bits of gzip mean nothing: the time in its head, what fills the last byte."""
    archive = Archive(tmp_path)
    kept = [archive.write(replace(PAGE, body=bulky(number).body)) for number in range(5)]
    archive.close()
    pages = {capture: read_capture(tmp_path, capture) for capture in kept}
    chance, [path] = random.Random(24), files(tmp_path)
    whole, found = path.read_bytes(), 0
    for _ in range(FLIPS):
        damaged, capture = bytearray(whole), chance.choice(kept)
        damaged[capture.offset + chance.randrange(capture.length)] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        try:
            assert read_capture(tmp_path, capture) == pages[capture]
        except Damaged:
            found += 1
    assert found > FLIPS * 0.95
