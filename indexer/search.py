"""Search: Query in, Results out, over one generation of the index.

A Searcher is opened once a process and answers until refreshed() gives a newer one. Opening reads
nothing of the documents; a query's time grows with the number of its matches.
"""

from __future__ import annotations

import gc
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from math import inf
from pathlib import Path
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from crawler.store import open_readonly
from indexer.document import Document
from indexer.engine.codec import segments_of
from indexer.engine.evaluator import Evaluator
from indexer.engine.generation import Array, Generation, Mask
from indexer.engine.sorting import first_by
from indexer.facet_values import FacetValues
from indexer.facts import document_at
from indexer.filters import Filters
from indexer.generations import IndexDamaged, Manifest, is_served, newest_whole
from indexer.hits import hits
from indexer.plan import FORMULA, Plan, Targets, in_title, plan
from indexer.publication import Publication
from indexer.query import PAGE_SIZE, Query, parse
from indexer.results import FacetValue, Hit, Listing, Results, Timeline
from indexer.schema import FACETS, FILES, PUBLISHED, TEXT_
from indexer.timeline import timeline
from indexer.wards import load_gazetteer

QUERY_SECONDS = 5.0
"""Time for the matching and ranking of one query; checked between terms."""

LISTED = 10_000
"""Articles of a search that can be paged through, the first ones; all are counted."""

FILTERS_KEPT = 32
"""Filters that stay in memory, each a byte an article."""

KEYS_KEPT = 4096
"""Bare syllables whose spellings stay in memory."""

READ_AT_ONCE = 100
"""Articles of a listing that are read together."""


class IndexMissing(Exception):
    """There is no index that can be searched; the text names the command that makes one."""


def open_searcher(index: Path, store: Path) -> Searcher:
    """The newest generation that is whole. Raises IndexMissing where there is none."""
    manifest = _newest(index)
    try:
        return Searcher(index, store, manifest)
    except FileNotFoundError:
        if (index / manifest.generation).exists():
            raise
        return open_searcher(index, store)  # deleted meanwhile, as newer ones were published


def _newest(index: Path) -> Manifest:
    try:
        manifest = newest_whole(index)
    except IndexDamaged as error:
        raise IndexMissing(f"{error}; run: tinphuong index --rebuild") from error
    if manifest is None:
        raise IndexMissing(f"there is no index at {index}; run: tinphuong index")
    return manifest


class Searcher:
    """Answers queries over one generation. For one thread at a time."""

    def __init__(self, index: Path, store: Path, manifest: Manifest) -> None:
        self.index = index
        self.store = store
        self.manifest = manifest
        self.gazetteer = load_gazetteer()
        self.filters = Filters(self.gazetteer, manifest.sources)
        folder = index / manifest.generation
        self.generation = Generation(folder, segments_of(folder))
        self.evaluator = Evaluator(self.generation, FORMULA)
        self.publication = Publication(self.generation)
        self.values = FacetValues(self.generation, self.gazetteer, manifest.sources)
        self.spellings: Callable[[str], Sequence[str]] = lru_cache(KEYS_KEPT)(self._spellings)
        self._having: Callable[[str, tuple[str, ...]], Mask] = lru_cache(FILTERS_KEPT)(
            lambda name, values: self.generation.facet(name).holders(values)
        )

    def refreshed(self) -> Searcher:
        """This searcher, or one over the newest generation that is whole. Raises IndexMissing.

        Who still searches with this one goes on undisturbed.
        """
        own = self.manifest.generation
        if is_served(self.index, own) or _newest(self.index).generation == own:
            return self
        gc.collect()  # what a former one had mapped lies in cycles
        return open_searcher(self.index, self.store)

    def search(self, query: Query) -> Results:
        """What the query finds. Any text is answered; a page past the end has no hits.

        Raises TooSlow after QUERY_SECONDS. What was read by then is kept, so the same query asked
        again has less to do.
        """
        with self._in_time():
            return self._answer(query)

    def listing(self, query: Query, limit: int, passages: bool = True) -> Listing:
        """The first articles of a search, whatever its page, without counts of facets; without
        `passages` nothing is read of their texts and files.

        Raises TooSlow as search() does; the articles are read as they are taken.
        """
        with self._in_time():
            planned = plan(parse(query.text), query.literal, self.spellings, self.filters)
            matching = _under(self._found(planned)[0], self._filters(query))
            rows, scores = self._first(query, planned, matching, limit)
        targets = planned.targets if passages else None
        return Listing(len(matching), self._read(rows, scores, targets))

    def having_all(self, query: Query) -> int:
        """How many articles have all the words of a query. Raises TooSlow as search() does."""
        with self._in_time():
            planned = plan(parse(query.text), query.literal, self.spellings, self.filters)
            rows = self.evaluator.matching.rows(planned.complete)
            return len(_under(rows, self._filters(query)))

    def titled(self, begun: Sequence[str], limit: int) -> Iterator[Hit]:
        """The newest articles whose title has these folded keys, the last of which is only begun.
        Raises TooSlow."""
        with self._in_time():
            rows = self.evaluator.matching.rows(in_title(begun))
            listed = first_by(self.generation, PUBLISHED, rows, limit, True)
        return self._read(listed, [0.0] * len(listed), None)

    def _read(
        self, rows: NDArray[np.intp], scores: Sequence[float], targets: Targets | None
    ) -> Iterator[Hit]:
        """The documents as hits, some at a time."""
        for start in range(0, len(rows), READ_AT_ONCE):
            some = slice(start, start + READ_AT_ONCE)
            yield from hits(self.generation, self.store, rows[some], scores[some], targets)

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """What is done within may take QUERY_SECONDS."""
        self.generation.deadline = monotonic() + QUERY_SECONDS
        try:
            yield
        finally:
            self.generation.deadline = inf

    def _answer(self, query: Query) -> Results:
        parsed = parse(query.text)
        planned = plan(parsed, query.literal, self.spellings, self.filters)
        found, partial = self._found(planned)
        filters = self._filters(query)
        matching = _under(found, filters)
        others = {name: _under(found, filters, but=name) for name in filters}
        rows, scores = self._page(query, planned, matching)
        anytime = others.get(PUBLISHED, matching)
        days = self.publication.days(anytime)
        in_time = monotonic() < self.generation.deadline
        return Results(
            hits=hits(self.generation, self.store, rows, scores, planned.targets),
            total=len(matching),
            pages=math.ceil(min(len(matching), LISTED) / PAGE_SIZE),
            facets=self._facets(query, matching, others) if in_time else {},
            timeline=timeline(days, query.since, query.until) if in_time else Timeline("day", ()),
            counted=in_time,
            undated=days.undated,
            widenings=planned.widenings,
            partial=partial,
            cut=parsed.cut,
            generation=self.manifest.generation,
        )

    def document(self, number: int) -> Document | None:
        """The document of an article by the store's number; None where it is not indexed."""
        rows = np.flatnonzero((self.generation.numbers == number) & self.generation.live)
        with open_readonly(self.store) as store:
            stored = store.articles([number]).get(number)
        if not len(rows) or stored is None:
            return None
        return document_at(self.generation, int(rows[0]), stored)

    def _spellings(self, folded: str) -> Sequence[str]:
        """Keys in the texts whose bare form this is, most frequent first."""
        frequencies: Counter[str] = Counter()
        for name in (TEXT_, FILES):
            for term in self.generation.terms(name, f"{folded} "):
                frequencies[term] += self.generation.frequency(name, term)
        found = sorted(frequencies.items(), key=lambda item: (-item[1], item[0]))
        return [term.removeprefix(f"{folded} ") for term, _ in found]

    def _found(self, planned: Plan) -> tuple[Array, bool]:
        """Which documents match, filters aside, and whether some of them lack a word."""
        complete = self.evaluator.matching.rows(planned.complete)
        if planned.partial is None or (len(complete) and not planned.sentence):
            return complete, False
        found = self.evaluator.matching.rows(planned.partial)
        return found, len(found) > len(complete)

    def _filters(self, query: Query) -> dict[str, Mask]:
        """By the name of a facet with ticked values, which documents have one of them; and which
        were published in the days asked for."""
        ticked = {name: getattr(query, name) for name in FACETS}
        filters = {name: self._having(name, values) for name, values in ticked.items() if values}
        if query.since or query.until:
            filters[PUBLISHED] = self.publication.within(query.since, query.until)
        return filters

    def _page(
        self, query: Query, planned: Plan, rows: Array
    ) -> tuple[NDArray[np.intp], Sequence[float]]:
        """The documents of the page asked for and their scores."""
        first = (query.page - 1) * PAGE_SIZE
        limit = min(first + PAGE_SIZE, LISTED) if first < LISTED else 0
        listed, scores = self._first(query, planned, rows, limit)
        return listed[first:], scores[first:]

    def _first(
        self, query: Query, planned: Plan, rows: Array, limit: int
    ) -> tuple[NDArray[np.intp], Sequence[float]]:
        """The first of the documents in the order asked for, and their scores, which are 0 where
        it is by date."""
        if query.sort in ("newest", "oldest") or not planned.ranking.subqueries:
            newest = query.sort != "oldest"
            listed = first_by(self.generation, PUBLISHED, rows, limit, newest)
            return listed, [0.0] * len(listed)
        listed, scores = self.evaluator.best(planned.ranking, rows, limit)
        return listed, scores.tolist()

    def _facets(
        self, query: Query, matching: Array, others: Mapping[str, Array]
    ) -> dict[str, tuple[FacetValue, ...]]:
        """Every facet counted under the choices in the others, not in itself."""
        counts = dict(self.evaluator.counts([x for x in FACETS if x not in others], matching))
        for name in others.keys() & set(FACETS):
            counts |= self.evaluator.counts([name], others[name])
        return {name: self.values.of(name, counts[name], getattr(query, name)) for name in FACETS}


def _under(rows: Array, filters: Mapping[str, Mask], but: str = "") -> Array:
    """Those of the documents that pass all filters, but for the one so named."""
    for name, mask in filters.items():
        if name != but:
            rows = rows[mask[rows]]
    return rows
