"""Families: articles with nearly the same text, on whatever portal they stand.

Kept in the store and found as articles arrive: those that share a key are compared word by word. An
article joins the family of the first that is its copy, else it begins one. Families never merge, so
a new article changes no older one, and the index need not know them.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time

import numpy as np
from numpy.typing import NDArray

from crawler.store import Store, Stored
from indexer.resemblance import Words, is_copy, sketch_of, words_of

HOLDERS = 20
"""Articles under one key. A phrase that as many share is everybody's and finds nothing."""

SHARED, COMPARED = 2, 5
"""Keys that an article must share with a family to be compared with its first article, word by
word, and families it is compared with, those that share the most first."""

BATCH = 100
"""Articles placed in one transaction, so that a crawl never waits long."""

Key = NDArray[np.int64]
Holders = Mapping[int, Sequence[tuple[int, int]]]
"""Key → (article, family) of those who have it."""


def place(store: Store, articles: Sequence[int]) -> None:
    """Find the family of each article that is new or whose text is another than before."""
    families = _Families(store)
    for start in range(0, len(articles), BATCH):
        with store.transaction():
            for stored in store.articles(articles[start : start + BATCH]).values():
                families.place(stored)


def clear(store: Store) -> None:
    """Forget all families; place() finds them again."""
    with store.transaction() as connection:
        connection.execute("DELETE FROM family_keys")
        connection.execute("DELETE FROM families")


def family_of(store: Store, article: int) -> tuple[Stored, ...]:
    """An article and its copies in the order they were published, the first publisher first.

    One that names no hour comes after those of its day that do; one that names no day stands
    where it was first seen. Those that were withdrawn are among them.
    """
    rows = store.connection.execute(
        "SELECT article FROM families WHERE family ="
        " (SELECT family FROM families WHERE article = ?1) UNION SELECT ?1",
        (article,),
    )
    members = store.articles([id for (id,) in rows]).values()
    return tuple(sorted(members, key=_published))


def copies(store: Store, articles: Iterable[int]) -> dict[int, int]:
    """How many other articles of its family stand, for each article that has some."""
    rows = store.connection.execute(
        "SELECT one.article, count(*) FROM families AS one JOIN families AS other"
        " ON other.family = one.family AND other.article <> one.article"
        " JOIN articles ON articles.id = other.article AND withdrawn_at IS NULL"
        " WHERE one.article IN (SELECT value FROM json_each(?)) GROUP BY one.article",
        (json.dumps(list(articles)),),
    )
    return dict(rows.fetchall())


def _published(stored: Stored) -> tuple[date, time, datetime]:
    printed = stored.article.published
    if printed is None:
        return stored.first_seen.date(), time.max, stored.first_seen
    return printed.day, printed.time or time.max, stored.first_seen


class _Families:
    """The rows of families and their keys. Its methods are called inside a transaction."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.connection: sqlite3.Connection = store.connection

    def place(self, stored: Stored) -> None:
        """Find the family of one article; nothing is done where its text is as it was."""
        words = words_of(stored.article.text)
        sketch = sketch_of(words)
        row = self.connection.execute(
            "SELECT family, sketch FROM families WHERE article = ?", (stored.id,)
        ).fetchone()
        if row and row[1] == sketch.tobytes():
            return
        if row:
            self._leave(stored.id, *row)
        if len(sketch):
            self._join(stored, words, sketch)

    def _join(self, stored: Stored, words: Words, sketch: Key) -> None:
        holders = self._holders(sketch)
        family = self._copied(words, holders) or stored.change  # a number no other article had
        self.connection.execute(
            "INSERT INTO families VALUES (?, ?, ?)", (stored.id, family, sketch.tobytes())
        )
        self._register(stored.id, family, holders)

    def _leave(self, article: int, family: int, sketch: bytes) -> None:
        """Take an article out; what it alone held for its family, the others hold from now on."""
        keys = np.frombuffer(sketch, np.int64).tolist()
        self.connection.execute("DELETE FROM families WHERE article = ?", (article,))
        self.connection.executemany(
            "DELETE FROM family_keys WHERE key = ? AND article = ?", [(k, article) for k in keys]
        )
        rows = self.connection.execute(
            "SELECT article, sketch FROM families WHERE family = ? ORDER BY article", (family,)
        )
        for other, held in rows.fetchall():
            self._register(other, family, self._holders(np.frombuffer(held, np.int64)))

    def _holders(self, sketch: Key) -> Holders:
        found: dict[int, list[tuple[int, int]]] = defaultdict(list)
        rows = self.connection.execute(
            "SELECT key, article, family FROM family_keys JOIN families USING (article)"
            " WHERE key IN (SELECT value FROM json_each(?))",
            (json.dumps(sketch.tolist()),),
        )
        for key, article, family in rows:
            found[key].append((article, family))
        return {key: found[key] for key in sketch.tolist()}

    def _copied(self, words: Words, holders: Holders) -> int | None:
        """The family that these words are a copy of."""
        telling = (each for each in holders.values() if len(each) < HOLDERS)
        shared = Counter(family for each in telling for _, family in each)
        for family, keys in shared.most_common(COMPARED):
            first = self._first(family) if keys >= SHARED else None
            if first and is_copy(words, first):
                return family
        return None

    def _first(self, family: int) -> Words | None:
        """The text that stands for a family, which so does not drift from copy to copy; None where
        it is damaged."""
        query = "SELECT min(article) FROM families WHERE family = ?"
        (article,) = self.connection.execute(query, (family,)).fetchone()
        stored = self.store.articles([article]).get(article)
        return words_of(stored.article.text) if stored else None

    def _register(self, article: int, family: int, holders: Holders) -> None:
        """Put an article under those of its keys that nobody of its family has."""
        rows = [
            (key, article)
            for key, held in holders.items()
            if len(held) < HOLDERS and family not in {family for _, family in held}
        ]
        self.connection.executemany("INSERT INTO family_keys VALUES (?, ?)", rows)
