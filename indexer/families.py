"""Families: articles with nearly the same text, on whatever portal they stand.

Kept in the store and found as articles arrive: those that share a key are compared word by word. An
article joins the family of the first that is its copy, else it begins one. Families never merge, so
a new article changes no older one, and the index need not know them.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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

BATCH = 500
"""Articles placed in one transaction: a crawl waits a third of a second at most."""

Key = NDArray[np.int64]


def place(store: Store, articles: Sequence[int]) -> None:
    """Find the family of each article that is new or whose text is another than before."""
    for start in range(0, len(articles), BATCH):
        with store.transaction():
            read = store.articles(articles[start : start + BATCH])
            _Families(store).place([_Text.of(read[id]) for id in sorted(read)])


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


@dataclass(frozen=True, slots=True, eq=False)
class _Text:
    """The text of an article, `number` the one that its family has if it begins one."""

    article: int
    number: int
    words: Words
    sketch: Key

    @classmethod
    def of(cls, stored: Stored) -> _Text:
        words = words_of(stored.article.text)
        return cls(stored.id, stored.change, words, sketch_of(words))


class _Families:
    """The rows of families and their keys, for texts that come together: all keys are looked up at
    once, and written at once. To be used inside a transaction."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.connection: sqlite3.Connection = store.connection
        self.held: dict[int, list[tuple[int, int]]] = {}
        """Key → (article, family) of those who have it."""
        self.keys: list[tuple[int, int]] = []
        self.members: list[tuple[int, int, bytes]] = []
        """Rows that are to be written."""
        self.first: dict[int, int] = {}
        """Family → the lowest of its articles that are to be written."""

    def place(self, texts: Sequence[_Text]) -> None:
        """Find the families of these; nothing is done where a text is as it was."""
        rows = self.connection.execute(
            "SELECT article, sketch FROM families"
            " WHERE article IN (SELECT value FROM json_each(?))",
            (json.dumps([text.article for text in texts]),),
        )
        known = dict(rows.fetchall())
        changed = [text for text in texts if known.get(text.article) != text.sketch.tobytes()]
        for text in changed:
            if text.article in known:
                self._leave(text.article)
        comparable = [text for text in changed if len(text.sketch)]
        self._look_up([text.sketch for text in comparable])
        for text in comparable:
            self._join(text)
        self._write()

    def _join(self, text: _Text) -> None:
        keys = text.sketch.tolist()
        family = self._copied(text.words, keys) or text.number  # a number no other article had
        self.members.append((text.article, family, text.sketch.tobytes()))
        self.first[family] = min(text.article, self.first.get(family, text.article))
        self._register(text.article, family, keys)

    def _leave(self, article: int) -> None:
        """Take an article out; what it alone held for its family, the others hold from now on."""
        (family, sketch) = self.connection.execute(
            "DELETE FROM families WHERE article = ? RETURNING family, sketch", (article,)
        ).fetchone()
        keys = np.frombuffer(sketch, np.int64).tolist()
        self.connection.executemany(
            "DELETE FROM family_keys WHERE key = ? AND article = ?", [(k, article) for k in keys]
        )
        rows = self.connection.execute(
            "SELECT article, sketch FROM families WHERE family = ? ORDER BY article", (family,)
        ).fetchall()
        sketches = [np.frombuffer(held, np.int64) for _, held in rows]
        self._look_up(sketches)
        for (other, _), held in zip(rows, sketches, strict=True):
            self._register(other, family, held.tolist())
        self._write()

    def _look_up(self, sketches: Sequence[Key]) -> None:
        """Learn who has these keys."""
        keys = np.unique(np.concatenate([np.empty(0, np.int64), *sketches])).tolist()
        self.held = {key: [] for key in keys}
        rows = self.connection.execute(
            "SELECT key, article, family FROM family_keys JOIN families USING (article)"
            " WHERE key IN (SELECT value FROM json_each(?))",
            (json.dumps(keys),),
        )
        for key, article, family in rows:
            self.held[key].append((article, family))

    def _copied(self, words: Words, keys: Sequence[int]) -> int | None:
        """The family that these words are a copy of."""
        telling = (held for held in map(self.held.__getitem__, keys) if len(held) < HOLDERS)
        shared = Counter(family for held in telling for _, family in held)
        for family, count in shared.most_common(COMPARED):
            first = self._first(family) if count >= SHARED else None
            if first and is_copy(words, first):
                return family
        return None

    def _first(self, family: int) -> Words | None:
        """The text that stands for a family, which so does not drift from copy to copy; None where
        it is damaged."""
        query = "SELECT min(article) FROM families WHERE family = ?"
        (written,) = self.connection.execute(query, (family,)).fetchone()
        article = min(each for each in (written, self.first.get(family)) if each is not None)
        stored = self.store.articles([article]).get(article)
        return words_of(stored.article.text) if stored else None

    def _register(self, article: int, family: int, keys: Sequence[int]) -> None:
        """Put an article under those of its keys that nobody of its family has."""
        for key in keys:
            held = self.held[key]
            if len(held) < HOLDERS and family not in {family for _, family in held}:
                held.append((article, family))
                self.keys.append((key, article))

    def _write(self) -> None:
        """Write who has keys now, in the order of keys, so that neighbours lie on one page."""
        self.connection.executemany("INSERT INTO families VALUES (?, ?, ?)", self.members)
        self.connection.executemany("INSERT INTO family_keys VALUES (?, ?)", sorted(self.keys))
        self.members.clear()
        self.keys.clear()
