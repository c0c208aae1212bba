"""Reading: the index and the store as one web process reads them. Nothing here writes."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from threading import Lock

from flask import current_app

from crawler.store import Store, open_readonly
from indexer.document import Document
from indexer.generations import Manifest
from indexer.query import Query
from indexer.results import Hit, Listing, Results
from indexer.search import READ_AT_ONCE, Searcher, open_searcher
from indexer.similar import similar
from indexer.spelling import Corrected
from indexer.suggest import Completion, Suggester


class Reading:
    """Opens the index at the first request, so that it may be made after the start of the server
    and no open file crosses a fork; every request sees the newest generation.

    Searching is bound to the processor, so threads of one process take turns; workers do not.
    """

    def __init__(self, index: Path, store: Path) -> None:
        self._index = index
        self._store = store
        self._searcher: Searcher | None = None
        self._suggester: Suggester | None = None
        self._turn = Lock()
        self._suggesting = Lock()
        self._opening = Lock()

    def search(self, query: Query) -> Results:
        """What the newest generation finds. Raises IndexMissing."""
        with self._turn:
            return self._newest().search(query)

    def listing(self, query: Query, limit: int, passages: bool = True) -> Listing:
        """The first articles of what the newest generation finds. Raises IndexMissing."""
        with self._turn:
            found = self._newest().listing(query, limit, passages)
        return Listing(found.total, self._in_turns(found.hits))

    def _in_turns(self, hits: Iterator[Hit]) -> Iterator[Hit]:
        """The hits; while they are sent others may search."""
        while some := self._next(hits):
            yield from some

    def _next(self, hits: Iterator[Hit]) -> list[Hit]:
        with self._turn:
            return list(islice(hits, READ_AT_ONCE))

    def manifest(self) -> Manifest:
        """What the newest generation is, and since when. Waits behind no search. Raises
        IndexMissing."""
        return self._newest().manifest

    def document(self, number: int) -> Document | None:
        """What is known of an article; None where it is not indexed (yet). Raises IndexMissing."""
        with self._turn:
            return self._newest().document(number)

    def similar(self, document: Document, but: Container[int], most: int) -> list[Hit]:
        """Articles about the same as this one, none of `but`. Raises IndexMissing."""
        with self._turn:
            return similar(self._newest(), document, but, most)

    def newest(self, field: str) -> Mapping[str, datetime]:
        """When the newest article was published, by value of one of the facets of Query. Raises
        IndexMissing."""
        with self._turn:
            return self._newest().publication.newest(field)

    def completions(self, typed: str) -> list[Completion]:
        """How what was typed may go on. Raises IndexMissing."""
        with self._suggesting:
            return self._suggests().completions(typed)

    def did_you_mean(self, query: Query, results: Results) -> Corrected | None:
        """Another query, where this one finds next to nothing. Raises IndexMissing."""
        with self._suggesting:
            return self._suggests().did_you_mean(query, results)

    def days(self) -> tuple[date, date] | None:
        """The first and the last day that an article was published. Raises IndexMissing."""
        return self._newest().publication.first_and_last_day

    def label(self, field: str, value: str) -> str:
        """What people call a value of one of the facets of Query. Raises IndexMissing."""
        return (self._searcher or self._newest()).values.label(field, value)

    def store(self) -> Store:
        """The store, to be closed by the caller. Raises StoreMissing."""
        return open_readonly(self._store)

    def _suggests(self) -> Suggester:
        """One over a searcher of its own: nobody's search waits until it has learned."""
        if self._suggester is None:
            self._suggester = Suggester(open_searcher(self._index, self._store))
        newest = self._suggester.searching.refreshed()
        if newest is not self._suggester.searching:
            self._suggester = Suggester(newest)
        return self._suggester

    def _newest(self) -> Searcher:
        with self._opening:
            if self._searcher is None:
                self._searcher = open_searcher(self._index, self._store)
            else:
                self._searcher = self._searcher.refreshed()
            return self._searcher


def reading() -> Reading:
    """The Reading of the application that serves this request."""
    found = current_app.extensions["reading"]
    assert isinstance(found, Reading)
    return found
