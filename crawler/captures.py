"""Captures: where in the archive the answer of an address lies, as rows of the store.

The files are the truth and the rows an index of them. A row is written in the transaction of its
page, so a record without one was under way when its process was killed.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crawler.archive import Capture, files, is_written, read_captures, started
from crawler.page import Page
from crawler.portals import Keep
from crawler.store import Store


@dataclass(frozen=True, slots=True)
class Captured:
    """An address of a portal and where its answer lies."""

    portal: str
    url: str
    capture: Capture


def note(connection: sqlite3.Connection, portal: str, page: Page, capture: Capture) -> None:
    """Record where a page of a portal lies. Call it in the transaction of the page."""
    connection.execute(
        "INSERT OR REPLACE INTO captures VALUES (?, ?, ?, ?, ?, ?)",
        (
            portal,
            page.url,
            page.fetched_at.timestamp(),
            capture.file,
            capture.offset,
            capture.length,
        ),
    )


def is_noted(connection: sqlite3.Connection, portal: str, page: Page) -> bool:
    """Whether this very capture, by address and time, is in the archive already."""
    row = connection.execute(
        "SELECT 1 FROM captures WHERE portal = ? AND url = ? AND fetched_at = ?",
        (portal, page.url, page.fetched_at.timestamp()),
    ).fetchone()
    return row is not None


def count(store: Store) -> int:
    """Addresses of which something lies in the archive."""
    query = "SELECT count(*) FROM (SELECT DISTINCT portal, url FROM captures)"
    return int(store.connection.execute(query).fetchone()[0])


def newest_first(store: Store) -> Iterator[Captured]:
    """The newest capture of every address, the most recent first."""
    rows = store.connection.execute(
        "SELECT portal, url, file, offset, length, max(fetched_at) AS newest FROM captures"
        " GROUP BY portal, url ORDER BY newest DESC, url"
    )
    for portal, url, file, offset, length, _ in rows:
        yield Captured(portal, url, Capture(file, offset, length))


def catalogue(store: Store, folder: Path, portal_of: Callable[[str], str | None]) -> int:
    """Note the captures in files that the store does not know at all; how many those are.

    Such are files from before there was this table, and those put back from a copy. `portal_of`
    gives the portal's id of an address; what has none is left out, and so is what was forgotten.
    """
    found = 0
    for path in files(folder):
        if _is_known(store, path.name):
            continue
        with store.transaction() as connection:
            for capture, page in read_captures(path):
                portal = portal_of(page.url)
                if portal and not store.is_forgotten(portal, page.url, page.url):
                    note(connection, portal, page, capture)
                    found += 1
    return found


def _is_known(store: Store, file: str) -> bool:
    query = "SELECT 1 FROM captures WHERE file = ? LIMIT 1"
    return store.connection.execute(query, (file,)).fetchone() is not None


def trim(store: Store, folder: Path) -> None:
    """Cut off what killed processes wrote at the ends of their files and never committed.

    It may be half a record, or pages that were going to be fetched or imported again anyway.
    """
    ends = store.connection.execute(
        "SELECT file, max(offset + length) FROM captures GROUP BY file"
    ).fetchall()
    for file, end in ends:
        path = folder / file
        if path.exists() and path.stat().st_size > end and not is_written(path):
            os.truncate(path, end)


def prune(folder: Path, store: Store, keep: Keep, now: datetime) -> int:
    """Delete the oldest files until the rest is as young and as small as `keep` says; how many.

    A file is as old as its beginning. Whole files go, except one that a process is writing. The
    text of their pages stays in the store, and cannot be extracted anew from then on.
    """
    sizes = {path: path.stat().st_size for path in files(folder)}
    rest, dropped = sum(sizes.values()), 0
    for path, size in sizes.items():
        old = keep.age is not None and now - started(path) > keep.age
        much = keep.size is not None and rest > keep.size
        if not (old or much):
            break
        if is_written(path):
            continue
        with store.transaction() as connection:
            connection.execute("DELETE FROM captures WHERE file = ?", (path.name,))
        path.unlink()
        rest -= size
        dropped += 1
    return dropped
