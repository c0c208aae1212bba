"""Forget: what must never be shown again is taken out of every place where it stands.

In this order, so that the same call completes one that was killed: the tombstones and the rows of
the store in one transaction; then, led by the tombstones, the records of the archive; then the free
room of the store's file. Attachments go with the only article that links them. What an imported
file holds outside our folders, and titles on listing pages of the archive, stay.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from crawler.archive import Capture, erase, files, is_written
from crawler.captures import trim
from crawler.layouts import identity_in
from crawler.portals import Portal
from crawler.store import Store, from_record
from crawler.urls import canonical, site
from crawler.warc import Broken, Member, members, records_of

AGAIN = "nothing of it is shown or fetched any more; for the rest run the same command again"

SHORTEST = 64
"""Bytes; a shorter stretch of a file holds no text, and is too short to be blanked."""


class Unfinished(Exception):
    """Something still holds what is to be forgotten; the text says what to do. Raised by forget().

    Nothing of it is shown or fetched any more.
    """


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was taken out by this call. `records` are those of the archive."""

    articles: int
    addresses: int
    attachments: int
    records: int


def forget(store: Store, folder: Path, portal: Portal, url: str | None, reason: str) -> Forgotten:
    """Take out one article by any of its addresses, or (`url` None) all of a portal.

    `folder` is the archive's, `url` canonical. The ids of the articles stand in the table
    `deletions` until the index is built without them. Raises Unfinished.
    """
    store.connection.execute("PRAGMA secure_delete = ON")
    with store.transaction() as connection:
        rows = _Rows(connection, portal.id, reason)
        done = rows.forget_article(url) if url else rows.forget_portal()
    trim(store, folder)
    records = sum(_purge(store, path, portal) for path in files(folder))
    _clear_free_room(store.connection)
    return Forgotten(*done, records)


class _Rows:
    """The rows of one portal in the store."""

    def __init__(self, connection: sqlite3.Connection, portal: str, reason: str) -> None:
        self.connection = connection
        self.portal = portal
        self.reason = reason

    def forget_portal(self) -> tuple[int, int, int]:
        """Everything of it; how many articles, addresses and attachments."""
        self._bury("", "", "")
        ids = self._column("SELECT id FROM articles WHERE portal = ?", self.portal)
        self._remove(ids)
        attachments = self._remove_addresses("kind = 'attachment'")
        addresses = self._remove_addresses("true")
        for table in ("crawls", "shapes", "samples", "attachments"):
            self.connection.execute(f"DELETE FROM {table} WHERE portal = ?", (self.portal,))
        return len(ids), addresses, attachments

    def forget_article(self, url: str) -> tuple[int, int, int]:
        """The article with all its addresses, and the attachments that no other article links."""
        key = identity_in(url) or url
        ids = self._column(
            "SELECT article FROM addresses WHERE portal = ?1 AND (url = ?2 OR key = ?3)"
            " AND article NOT NULL UNION SELECT id FROM articles"
            " WHERE portal = ?1 AND (identity IN (?2, ?3) OR url = ?2)",
            self.portal,
            url,
            key,
        )
        identities = self._among("SELECT identity FROM articles WHERE id IN", ids)
        urls, linked = self._addresses_of(ids, {key, *identities})
        self._remove(ids)
        addresses = self._bury_all({url, *urls}, next(iter(identities), ""))
        attachments = self._bury_all({each for each in linked if not self._is_linked(each)}, "")
        return len(ids), addresses, attachments

    def _addresses_of(self, ids: Iterable[int], keys: Iterable[str]) -> tuple[set[str], set[str]]:
        """Under which addresses the articles stand and stood, and which files they link."""
        urls = {
            *self._among("SELECT url FROM addresses WHERE article IN", ids),
            *self._among(f"{_OF_PORTAL} AND key IN", keys, self.portal),
        }
        records = [
            *self._among("SELECT record FROM articles WHERE id IN", ids),
            *self._among("SELECT record FROM revisions WHERE article IN", ids),
        ]
        versions = [from_record(record) for record in records]
        files = {each.url for version in versions for each in version.attachments}
        return urls | {version.url for version in versions}, {
            canonical(url) or url for url in files
        }

    def _is_linked(self, url: str) -> bool:
        """Whether an article that stays, or a former text of one, links this file."""
        return bool(
            self._column(
                "SELECT 1 FROM articles LEFT JOIN revisions ON article = id WHERE portal = ?1 AND"
                " (instr(articles.record, ?2) OR instr(revisions.record, ?2)) LIMIT 1",
                self.portal,
                json.dumps(url, ensure_ascii=False),
            )
        )

    def _remove(self, ids: list[int]) -> None:
        rows = [(id,) for id in ids]
        self.connection.executemany("INSERT OR IGNORE INTO deletions VALUES (?)", rows)
        self._remove_families(ids)
        self.connection.executemany("DELETE FROM revisions WHERE article = ?", rows)
        self.connection.executemany("DELETE FROM articles WHERE id = ?", rows)

    def _remove_families(self, ids: list[int]) -> None:
        """Whole families, which the index that must be made anew finds again without these."""
        families = self._among("SELECT family FROM families WHERE article IN", ids)
        members = self._among("SELECT article FROM families WHERE family IN", families)
        for table in ("family_keys", "families"):
            self._among(f"DELETE FROM {table} WHERE article IN", members)

    def _remove_addresses(self, which: str, *parameters: object) -> int:
        return self.connection.execute(
            f"DELETE FROM addresses WHERE portal = ? AND {which}", (self.portal, *parameters)
        ).rowcount

    def _bury_all(self, urls: set[str], identity: str) -> int:
        """Tombstones in place of addresses; how many addresses there were."""
        for url in urls:
            for variant in _variants(url):
                self._bury(variant, identity_in(variant) or variant, identity)
            self.connection.execute(
                "DELETE FROM attachments WHERE portal = ? AND url = ?", (self.portal, url)
            )
        return sum(self._remove_addresses("url = ?", url) for url in urls)

    def _bury(self, url: str, key: str, identity: str) -> None:
        """A tombstone; the first one stays as it is."""
        self.connection.execute(
            "INSERT OR IGNORE INTO tombstones VALUES (?, ?, ?, ?, ?, ?)",
            (self.portal, url, key, identity, time.time(), self.reason),
        )

    def _column(self, query: str, *parameters: object) -> list[int]:
        return [value for (value,) in self.connection.execute(query, parameters)]

    def _among(self, query: str, values: Iterable[object], *parameters: object) -> set[str]:
        """The one column of a query that ends in IN."""
        query = f"{query} (SELECT value FROM json_each(?))"
        rows = self.connection.execute(query, (*parameters, json.dumps(list(values))))
        return {value for (value,) in rows}


_OF_PORTAL = "SELECT url FROM addresses WHERE portal = ?"


def _variants(url: str) -> Iterator[str]:
    """By http and https, with and without www.

    >>> sorted(_variants("http://xa.example.vn/"))[:2]
    ['http://www.xa.example.vn/', 'http://xa.example.vn/']
    """
    scheme, _, rest = url.partition("://")
    rest = rest.removeprefix("www.")
    for scheme in ("http", "https"):
        yield f"{scheme}://{rest}"
        yield f"{scheme}://www.{rest}"


def _purge(store: Store, path: Path, portal: Portal) -> int:
    """Erase from a file of the archive what has a tombstone; how many records that were."""
    rows = store.connection.execute(
        "SELECT portal, url, offset, length FROM captures WHERE file = ?", (path.name,)
    ).fetchall()
    doomed = {
        offset: Capture(path.name, offset, length)
        for owner, url, offset, length in rows
        if owner == portal.id and _has_tombstone(store, portal, url)
    }
    known = {offset: length for _, _, offset, length in rows}
    emptied = bool(known) and known.keys() == doomed.keys() and not is_written(path)
    for member in _unknown(path, known):
        if _is_doomed(store, path, member, portal):
            doomed[member.offset] = Capture(path.name, member.offset, member.length)
    for capture in doomed.values():
        erase(path.parent, capture)
    with store.transaction() as connection:
        connection.executemany(
            "DELETE FROM captures WHERE file = ? AND offset = ?",
            [(path.name, offset) for offset in doomed],
        )
    if emptied:
        path.unlink()
    return len(doomed)


def _unknown(path: Path, known: Mapping[int, int]) -> Iterator[Member]:
    """What has no row: its process was killed, or the file is older than the rows."""
    offset, end = 0, path.stat().st_size
    while offset < end:
        if offset in known:
            offset += known[offset]
        else:
            member = next(members(path, offset))
            yield member
            offset += member.length


def _is_doomed(store: Store, path: Path, member: Member, portal: Portal) -> bool:
    """Whether it holds what has a tombstone; so may what nobody can read, if none writes it yet."""
    if member.fault:
        return member.length >= SHORTEST and not is_written(path)
    try:
        urls = [record.url for record in records_of(member.data)]
    except Broken:
        return True
    return any(site(url) in portal.hosts and _has_tombstone(store, portal, url) for url in urls)


def _has_tombstone(store: Store, portal: Portal, url: str) -> bool:
    return store.is_forgotten(portal.id, url, identity_in(url) or url)


def _clear_free_room(connection: sqlite3.Connection) -> None:
    """Write the store's file anew, and nothing into its log."""
    try:
        connection.execute("VACUUM")
    except sqlite3.OperationalError as error:
        raise Unfinished(f"{error}: {AGAIN}") from error
    (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise Unfinished(f"the store is being read: {AGAIN}")
