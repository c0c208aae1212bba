"""The store: articles, their revisions and the state of the crawl, in one SQLite file.

It is the only source of truth; the index is made from it and may be thrown away. One crawler and
one indexer may write at the same time (write-ahead log, short transactions); the web only reads.

The tables, and how a file of an earlier version comes by them, stand in migrations.py.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Literal

from crawler.article import Article, Attachment, PrintedDate
from crawler.migrations import MIGRATIONS

Put = Literal["new", "changed", "same", "forgotten"]

CHECKPOINT = 4000
"""Pages of 4 KiB in the write-ahead log, some 300 of a portal's, before they are folded into the
file: that waits for the disk twice."""


class StoreMissing(Exception):
    """There is no store at that path yet. Raised by open_readonly()."""


class StoreTooNew(Exception):
    """The file was written by a later version of this program. Raised by open_store()."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An article with what the store knows of it."""

    id: int
    article: Article
    first_seen: datetime
    changed_at: datetime
    change: int
    withdrawn_at: datetime | None = None
    """Since when its portal no longer has it; then no more than title, date and link is shown."""


@dataclass(frozen=True, slots=True)
class Revision:
    """How an article read before `replaced_at`."""

    article: Article
    replaced_at: datetime


def _plain(value: Any) -> Any:
    """What JSON does not know: days and times, and records, by the names of their fields."""
    if isinstance(value, date | time):
        return value.isoformat()
    return {name: getattr(value, name) for name in value.__slots__}


RECORDS = json.JSONEncoder(ensure_ascii=False, default=_plain)


def to_record(article: Article) -> str:
    """The article as JSON, days and times in ISO 8601."""
    return RECORDS.encode(article)


def from_record(record: str | bytes) -> Article:
    """The inverse of to_record(). Bytes are its UTF-8."""
    fields: dict[str, Any] = json.loads(record)
    for name in ("published", "updated"):
        fields[name] = _printed_date(fields[name])
    for name in ("body", "captions", "pictures"):
        fields[name] = tuple(fields.get(name, ()))
    fields["attachments"] = tuple(Attachment(**each) for each in fields["attachments"])
    fields["fetched_at"] = datetime.fromisoformat(fields["fetched_at"])
    return Article(**fields)


def _sha256(record: bytes) -> str:
    return hashlib.sha256(record).hexdigest()


def _printed_date(fields: dict[str, Any] | None) -> PrintedDate | None:
    if fields is None:
        return None
    return PrintedDate(
        day=date.fromisoformat(fields["day"]),
        time=time.fromisoformat(fields["time"]) if fields["time"] else None,
        source=fields["source"],
        certainty=fields["certainty"],
    )


def open_store(path: Path) -> Store:
    """The store at `path`, made where there is none, brought to the newest schema.

    Raises StoreTooNew where the file is ahead of this program.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=60, isolation_level=None)
    # A kill loses nothing. A power cut may lose the last seconds, frontier and articles alike, so
    # they are fetched again; what the index is built of is put on the disk first: see sync().
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")
    connection.execute("PRAGMA foreign_keys = ON")
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # others may open it now; SQLite does not wait for these
        connection.execute("PRAGMA journal_mode = WAL")
        _migrate(connection, path)
    return Store(connection)


def open_readonly(path: Path) -> Store:
    """The store at `path` for reading, needing no write permission. Raises StoreMissing.

    A write-ahead log exists only while somebody writes; without one SQLite would have to create
    it, which a reader may not, so then the file is read as the unchanging file it is.
    """
    if not path.exists():
        raise StoreMissing(f"there is no store at {path}; run: tinphuong crawl")
    log = path.with_name(path.name + "-wal")
    mode = "mode=ro" if log.exists() else "mode=ro&immutable=1"
    uri = f"{path.resolve().as_uri()}?{mode}"
    return Store(
        sqlite3.connect(uri, uri=True, timeout=10, isolation_level=None, check_same_thread=False)
    )


def disk_is_full(error: OSError | sqlite3.OperationalError) -> bool:
    """Whether that is why something could not be written."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return error.sqlite_errorname in ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE")


def file_is_damaged(error: sqlite3.DatabaseError) -> bool:
    """Whether SQLite no longer understands its own file."""
    name = getattr(error, "sqlite_errorname", "")  # only what SQLite itself said has one
    return name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise StoreTooNew(
            f"{path} has schema {version}, this program knows {len(MIGRATIONS)}; update tinphuong"
        )
    connection.create_function("sha256", 1, _sha256)
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version={number}; COMMIT;")


class Store:
    """Articles and revisions. The frontier reads and writes its own tables on `connection`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    @property
    def path(self) -> Path:
        """Where its file lies."""
        row = self.connection.execute("SELECT file FROM pragma_database_list WHERE name = 'main'")
        return Path(row.fetchone()[0])

    def copy(self, path: Path) -> None:
        """Write a copy of the file, all of one moment, while others write on."""
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as copied:
            self.connection.backup(copied)

    def close(self) -> None:
        """Close the file. A writer's last close folds the write-ahead log into it."""
        self.connection.close()

    def sync(self) -> None:
        """Put all that was committed on the disk."""
        self.connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing of what is written inside; takes the write lock at once."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:  # where the disk is full, SQLite rolls back itself
                self.connection.execute("ROLLBACK")
            raise

    def put(self, article: Article) -> Put:
        """Store an article. An edited one keeps its id and leaves a revision behind.

        One that was withdrawn stands again, one that was damaged is whole again. One that was
        forgotten on request stays so. Call it inside transaction().
        """
        found = self.connection.execute(
            "SELECT id, sha256, CAST(record AS BLOB), checksum, withdrawn_at FROM articles"
            " WHERE portal = ? AND identity = ?",
            (article.portal, article.identity),
        ).fetchone()
        if found is None:
            return self._new(article)
        number, old_digest, old_record, checksum, withdrawn_at = found
        digest, now = article.sha256, article.fetched_at.isoformat()
        sound = _sha256(old_record) == checksum
        if digest == old_digest and withdrawn_at is None and sound:
            return "same"
        if digest != old_digest and sound:
            self.connection.execute(
                "INSERT INTO revisions SELECT id, ?, sha256, record, checksum FROM articles"
                " WHERE id = ?",
                (now, number),
            )
        record = to_record(article)
        self.connection.execute(
            "UPDATE articles SET sha256 = ?, record = ?, checksum = ?, changed_at = ?,"
            " withdrawn_at = NULL, change = (SELECT max(change) + 1 FROM articles) WHERE id = ?",
            (digest, record, _sha256(record.encode()), now, number),
        )
        return "changed"

    def _new(self, article: Article) -> Put:
        if self.is_forgotten(article.portal, article.url, article.identity):
            return "forgotten"
        record, now = to_record(article), article.fetched_at.isoformat()
        self.connection.execute(
            "INSERT INTO articles"
            " (portal, identity, url, sha256, record, checksum, first_seen, changed_at, change)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7,"
            "   (SELECT ifnull(max(change), 0) + 1 FROM articles))",
            (
                article.portal,
                article.identity,
                article.url,
                article.sha256,
                record,
                _sha256(record.encode()),
                now,
            ),
        )
        return "new"

    def audit(self) -> tuple[int, ...]:
        """The ids of articles whose record, or a former one, is not what was written.

        The disk did that. put() makes an article whole again; a former record stays lost.
        """
        rows = self.connection.execute(
            "SELECT id, CAST(record AS BLOB), checksum FROM articles"
            " UNION ALL SELECT article, CAST(record AS BLOB), checksum FROM revisions"
        )
        return tuple(sorted({id for id, record, checksum in rows if _sha256(record) != checksum}))

    def withdraw(self, article: int, now: datetime) -> None:
        """Its portal no longer has the article. Call it inside transaction()."""
        self.connection.execute(
            "UPDATE articles SET withdrawn_at = ?, change = (SELECT max(change) + 1 FROM articles)"
            " WHERE id = ? AND withdrawn_at IS NULL",
            (now.isoformat(), article),
        )

    def touch(self, articles: Iterable[int]) -> None:
        """These are to be indexed again, as what they link has changed. Inside transaction()."""
        self.connection.executemany(
            "UPDATE articles SET change = (SELECT max(change) + 1 FROM articles) WHERE id = ?",
            [(id,) for id in articles],
        )

    def identity(self, article: int) -> str:
        """What tells the article apart within its portal. Raises KeyError."""
        return self._told(article)[0]

    def url(self, article: int) -> str:
        """Its address, which stands outside its record. Raises KeyError."""
        return self._told(article)[1]

    def _told(self, article: int) -> tuple[str, str]:
        row = self.connection.execute("SELECT identity, url FROM articles WHERE id = ?", (article,))
        if (found := row.fetchone()) is None:
            raise KeyError(article)
        return str(found[0]), str(found[1])

    def is_forgotten(self, portal: str, url: str, key: str) -> bool:
        """Whether this was forgotten on request, by its address, its key or identity, or with its
        whole portal: then it is not fetched and not stored again. Empty ones are not looked for, so
        ("", "") asks for the whole portal."""
        row = self.connection.execute(
            "SELECT 1 FROM tombstones WHERE portal = ?1"
            " AND (url IN (?2, '') OR (?3 <> '' AND ?3 IN (key, identity))) LIMIT 1",
            (portal, url, key),
        ).fetchone()
        return row is not None

    def articles(self, ids: Iterable[int]) -> dict[int, Stored]:
        """The articles of these ids; one that is not in the store, or is damaged, is left out."""
        wanted = json.dumps(list(ids))
        rows = self.connection.execute(
            f"{_SELECT} WHERE id IN (SELECT value FROM json_each(?))", (wanted,)
        )
        return {stored.id: stored for stored in _whole(rows)}

    def ids(self, unindexed: bool) -> tuple[int, ...]:
        """Every article by its id, or those that are new or changed since they were last indexed,
        the oldest first."""
        where = "indexed < change" if unindexed else "true"
        rows = self.connection.execute(f"SELECT id FROM articles WHERE {where}")
        return tuple(sorted(id for (id,) in rows))  # SQLite would read all records to sort them

    def all_articles(self) -> Iterator[Stored]:
        """Every article in the order of ids, those that were withdrawn too; no damaged one."""
        return _whole(self.connection.execute(f"{_SELECT} ORDER BY id"))

    def indexed(self) -> Iterator[tuple[int, str]]:
        """Id and SHA-256 of the articles that the published index holds as they are now."""
        return self.connection.execute(
            "SELECT id, sha256 FROM articles WHERE indexed >= change AND withdrawn_at IS NULL"
        )

    def deleted(self) -> tuple[int, ...]:
        """The ids of articles that are no more, which the published index may still hold."""
        return tuple(id for (id,) in self.connection.execute("SELECT article FROM deletions"))

    def mark_indexed(self, changes: Iterable[tuple[int, int]], deleted: Iterable[int] = ()) -> None:
        """Note that the published index holds these (id, change), and the deleted no more."""
        with self.transaction() as connection:
            connection.executemany(
                "UPDATE articles SET indexed = ?2 WHERE id = ?1 AND indexed < ?2", changes
            )
            connection.executemany(
                "DELETE FROM deletions WHERE article = ?", [(id,) for id in deleted]
            )

    def revisions(self, article: int) -> tuple[Revision, ...]:
        """How an article read before, newest first; what is damaged is left out."""
        rows = self.connection.execute(
            "SELECT CAST(record AS BLOB), checksum, replaced_at FROM revisions WHERE article = ?"
            " ORDER BY replaced_at DESC, rowid DESC",
            (article,),
        )
        return tuple(
            Revision(from_record(record), _when(at))
            for record, checksum, at in rows
            if _sha256(record) == checksum
        )

    def counts(self) -> dict[str, int]:
        """Articles per portal, those that were withdrawn aside."""
        rows = self.connection.execute(
            "SELECT portal, count(*) FROM articles WHERE withdrawn_at IS NULL GROUP BY portal"
        )
        return dict(rows.fetchall())

    def waiting(self) -> int:
        """How many articles the published index does not hold as they are."""
        row = self.connection.execute(
            "SELECT (SELECT count(*) FROM articles WHERE indexed < change)"
            " + (SELECT count(*) FROM deletions)"
        )
        return int(row.fetchone()[0])


_SELECT = (
    "SELECT id, CAST(record AS BLOB), checksum, first_seen, changed_at, change, withdrawn_at"
    " FROM articles"
)


def _whole(rows: Iterable[tuple[int, bytes, str, str, str, int, str | None]]) -> Iterator[Stored]:
    """The rows of _SELECT whose record is what was written: of others no word can be trusted."""
    for number, record, checksum, first_seen, changed_at, change, withdrawn_at in rows:
        if _sha256(record) == checksum:
            yield Stored(
                number,
                from_record(record),
                _when(first_seen),
                _when(changed_at),
                change,
                _when(withdrawn_at) if withdrawn_at else None,
            )


def _when(iso: str) -> datetime:
    return datetime.fromisoformat(iso)
