"""Audit: is the store still what was written? A disk forgets bits, and no program notices.

What is damaged is known by the SHA-256 that is kept beside every record.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from crawler.store import Store


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found: `file` is what SQLite says of its own file ("ok" where nothing is wrong),
    `damaged` the addresses of articles whose text, or a former one, is not what was written."""

    articles: int
    file: str
    damaged: tuple[str, ...]


def audit(store: Store) -> Audit:
    """Read the whole store. Raises sqlite3.DatabaseError where the file cannot even be read."""
    lines = [line for (line,) in store.connection.execute("PRAGMA quick_check(10)")]
    (articles,) = store.connection.execute("SELECT count(*) FROM articles").fetchone()
    return Audit(articles, "; ".join(lines), tuple(store.url(id) for id in store.audit()))


def give_up(store: Store) -> Counter[str]:
    """Give up what the archive could not mend, after all of it was read again; counts, in words.

    A damaged text is fetched again at the next crawl, whole: no validator is sent with the
    request. A damaged former text is nowhere else, and is dropped.
    """
    counts = Counter[str]()
    with store.transaction() as connection:
        dropped = connection.execute(
            "DELETE FROM revisions WHERE sha256(CAST(record AS BLOB)) <> checksum"
        )
        counts["former texts lost to the disk"] = dropped.rowcount
        for article in store.audit():
            counts["damaged, to be fetched again"] += 1
            connection.execute(
                "UPDATE addresses SET due = 0, etag = NULL, last_modified = NULL, sha256 = NULL,"
                " content = NULL WHERE article = ?",
                (article,),
            )
    return +counts
