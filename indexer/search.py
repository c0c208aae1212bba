"""Search: Query in, Results out, over one generation of the index.

A Searcher is opened once a process and answers until refreshed() gives a newer one. Its postings
are arrays kept for the next query, its facets columns read once at opening; both grow with the
number of articles, a query's time with the number of matches.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from crawler.article import VIETNAM
from crawler.attached import attached_to
from crawler.store import Store, Stored, open_readonly
from indexer.document import TYPES, Document
from indexer.document_numbers import DocumentNumber
from indexer.engine.columns import FacetColumn, Mask, facet_column
from indexer.engine.postings import PostingsReader
from indexer.engine.scorer import Scorer, Scores
from indexer.families import copies
from indexer.generations import (
    IndexDamaged,
    Manifest,
    is_served,
    newest_whole,
    open_generation,
)
from indexer.normalize import fold, syllables
from indexer.periods import Kind, Period
from indexer.plan import Plan, plan
from indexer.query import PAGE_SIZE, Query, parse
from indexer.results import FacetValue, Hit, Results
from indexer.schema import FACTS, FILES, NUMBER, TEXT_
from indexer.snippet import Mark, marks, snippet
from indexer.topics import TOPICS
from indexer.wards import load_gazetteer

FACETS = ("wards", "provinces", "topics", "sources", "types")
"""Fields of Query whose values are counted."""

QUERY_SECONDS = 5.0
"""Time for the matching and ranking of one query; checked between terms."""

UNDATED = np.iinfo(np.int64).min


LOOKED_THROUGH = 60_000
"""Characters of a file in which a passage is looked for: a tenth of a second at most."""


class IndexMissing(Exception):
    """There is no index that can be searched; the text names the command that makes one."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Per document of the generation: the store's number, publication, and what facets count.

    `published` is in seconds since 1970, UNDATED where no date is printed.
    """

    numbers: NDArray[np.int64]
    published: NDArray[np.int64]
    facets: Mapping[str, FacetColumn]


class Passage(NamedTuple):
    """A piece of an article's text, or of the file of that name; `marks` are [start, end)."""

    text: str
    marks: tuple[Mark, ...]
    file: str


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
    """Answers queries over one generation."""

    def __init__(self, index: Path, store: Path, manifest: Manifest) -> None:
        self.index = index
        self.store = store
        self.manifest = manifest
        self.gazetteer = load_gazetteer()
        opened = open_generation(index / manifest.generation)
        self.postings = PostingsReader(opened.reader())
        self.scorer = Scorer(self.postings)
        self.facts = self._facts()
        self.columns = self._columns()

    def refreshed(self) -> Searcher:
        """This searcher, or one over the newest generation that is whole. Raises IndexMissing."""
        own = self.manifest.generation
        if is_served(self.index, own) or _newest(self.index).generation == own:
            return self
        newer = open_searcher(self.index, self.store)
        self.close()
        return newer

    def close(self) -> None:
        """Close the files of the generation; nothing can be searched after."""
        self.postings.reader.close()

    def search(self, query: Query) -> Results:
        """What the query finds. Any text is answered; a page past the end has no hits.

        Raises TooSlow after QUERY_SECONDS. What was read by then is kept, so the same query asked
        again has less to do.
        """
        self.postings.deadline = monotonic() + QUERY_SECONDS
        parsed = parse(query.text)
        planned = plan(parsed, query.literal, self.spellings)
        found, partial = self._found(planned)
        chosen = self._chosen(query)
        dated = self._dated(query)
        everything = found & np.logical_and.reduce([*chosen.values(), np.ones_like(found)])
        matching = everything & dated
        scores = self._scores(query, planned)
        order = self._order(query, scores, np.flatnonzero(matching))
        first = (query.page - 1) * PAGE_SIZE
        undated = int(np.count_nonzero(self.columns.published[everything] == UNDATED))
        return Results(
            hits=self._hits(order[first : first + PAGE_SIZE], scores, planned),
            total=len(order),
            pages=math.ceil(len(order) / PAGE_SIZE),
            facets=self._facets(query, found & dated, chosen),
            undated=undated,
            widenings=planned.widenings,
            partial=partial,
            cut=parsed.cut,
            generation=self.manifest.generation,
        )

    def document(self, number: int) -> Document | None:
        """The document of an article by the store's number; None where it is not indexed."""
        row = self._row_of.get(number)
        with open_readonly(self.store) as store:
            stored = store.articles([number]).get(number)
        if row is None or stored is None:
            return None
        facts = self.facts[row]
        names = ("wards", "wards_then", "provinces", "topics", "type")
        numbers = (
            DocumentNumber(name, sign, issuer, kind, day and date.fromisoformat(day))
            for name, sign, issuer, kind, day in facts["numbers"]
        )
        return Document(
            id=number,
            article=stored.article,
            numbers=tuple(numbers),
            periods=tuple(_period(*each) for each in facts["periods"]),
            reports_on=facts["reports_on"] and _period(*facts["reports_on"]),
            **{name: facts[name] for name in names},
        )

    def spellings(self, folded: str) -> Sequence[str]:
        """Keys in the texts whose bare form this is, most frequent first."""
        return self._spellings.get(folded, ())

    @cached_property
    def _spellings(self) -> dict[str, list[str]]:
        """Folded key → keys, of all syllables in texts and files; made at the first query."""
        frequencies: Counter[str] = Counter()
        for name in (TEXT_, FILES):
            for term in self.postings.terms(name):
                frequencies[term] += self.postings.frequency(name, term)
        found = defaultdict(list)
        for term, _ in sorted(frequencies.items(), key=lambda item: (-item[1], item[0])):
            found[fold(term)].append(term)
        return dict(found)

    @cached_property
    def _row_of(self) -> dict[int, int]:
        live = np.flatnonzero(self.scorer.live)
        return {int(self.columns.numbers[row]): int(row) for row in live}

    def _facts(self) -> list[dict[str, Any]]:
        """The stored facts of every document, with its number; of deleted ones too."""
        return [
            {NUMBER: int(stored[NUMBER]), **stored[FACTS]}
            for leaf, _ in self.postings.reader.leaf_readers()
            for stored in (leaf.stored_fields(row) for row in range(leaf.doc_count_all()))
        ]

    def _columns(self) -> Columns:
        published = [facts["published"] for facts in self.facts]
        rows: dict[str, list[tuple[str, ...]]] = {
            "wards": [(*facts["wards"], *facts["wards_then"]) for facts in self.facts],
            "provinces": [facts["provinces"] for facts in self.facts],
            "topics": [facts["topics"] for facts in self.facts],
            "sources": [(facts["source"],) for facts in self.facts],
            "types": [(facts["type"],) for facts in self.facts],
        }
        return Columns(
            numbers=np.array([facts[NUMBER] for facts in self.facts], np.int64),
            published=np.array([UNDATED if at is None else at for at in published], np.int64),
            facets={name: facet_column(rows[name]) for name in FACETS},
        )

    def _found(self, planned: Plan) -> tuple[Mask, bool]:
        """Which documents match, filters aside, and whether some of them lack a word."""
        complete = self.scorer.matches(planned.complete) & self.scorer.live
        if planned.partial is None or (complete.any() and not planned.sentence):
            return complete, False
        found = self.scorer.matches(planned.partial) & self.scorer.live
        return found, bool((found & ~complete).any())

    def _chosen(self, query: Query) -> dict[str, Mask]:
        """For each facet with ticked values, which documents have one of them."""
        ticked = {name: getattr(query, name) for name in FACETS}
        return {
            name: self.columns.facets[name].holders(values, self.postings.document_count)
            for name, values in ticked.items()
            if values
        }

    def _dated(self, query: Query) -> Mask:
        """Which documents were published in the days asked for; all, where none are."""
        published = self.columns.published
        mask = np.ones(len(published), np.bool_)
        if query.since:
            mask &= published >= midnight(query.since)
        if query.until and query.until < date.max:
            mask &= published < midnight(query.until + timedelta(days=1))
        if query.since or query.until:
            mask &= published != UNDATED
        return mask

    def _scores(self, query: Query, planned: Plan) -> Scores | None:
        """The rank of every document, or None where the order is by date."""
        by_date = query.sort in ("newest", "oldest") or not planned.ranking.subqueries
        return None if by_date else self.scorer.scores(planned.ranking)

    def _order(
        self, query: Query, scores: Scores | None, rows: NDArray[np.intp]
    ) -> NDArray[np.intp]:
        """The matching rows as they are listed: undated last, equals by the store's number."""
        published = self.columns.published[rows]
        if scores is not None:
            key = -scores[rows]
        elif query.sort == "oldest":
            key = np.where(published == UNDATED, np.inf, published)
        else:
            key = -published.astype(np.float64)
        return rows[np.lexsort((self.columns.numbers[rows], key))]

    def _facets(
        self, query: Query, found: Mask, chosen: Mapping[str, Mask]
    ) -> dict[str, tuple[FacetValue, ...]]:
        """Every facet counted under the choices in the others, not in itself."""
        facets = {}
        for name in FACETS:
            others = [mask for other, mask in chosen.items() if other != name]
            counts = self.columns.facets[name].counts(np.logical_and.reduce([found, *others]))
            facets[name] = self._values(name, counts, getattr(query, name))
        return facets

    def _values(
        self, name: str, counts: Mapping[str, int], ticked: Sequence[str]
    ) -> tuple[FacetValue, ...]:
        """Values with their counts, the most frequent first; ticked ones even at none.

        Units that are no more are listed only where they are ticked: their articles stand under
        the units of today.
        """
        shown = {
            value: count
            for value, count in counts.items()
            if name != "wards" or value in ticked or self._is_current(value)
        }
        shown |= {value: counts.get(value, 0) for value in ticked}
        values = (
            FacetValue(value, self.label(name, value), count, value in ticked)
            for value, count in shown.items()
        )
        return tuple(sorted(values, key=lambda each: (-each.count, fold(each.label), each.value)))

    def _is_current(self, slug: str) -> bool:
        unit = self.gazetteer.unit(slug)
        return unit is not None and unit.current

    def label(self, name: str, value: str) -> str:
        """What people call the value of a facet; the value itself where it is unknown."""
        if name == "wards":
            unit = self.gazetteer.unit(value)
            return unit.label if unit else value
        if name == "provinces":
            province = self.gazetteer.province(value)
            return province.short if province else value
        labels = {"topics": TOPICS, "types": TYPES, "sources": self.manifest.sources}
        return labels[name].get(value, value)

    def _hits(
        self, rows: NDArray[np.intp], scores: Scores | None, planned: Plan
    ) -> tuple[Hit, ...]:
        """The hits of a page; texts come from the store."""
        numbers = [int(self.columns.numbers[row]) for row in rows]
        with open_readonly(self.store) as store:
            stored, others = store.articles(numbers), copies(store, numbers)
            passages = {id: passage(store, each, planned) for id, each in stored.items()}
        return tuple(
            replace(
                self._hit(stored[number], self.facts[row], planned, passages[number]),
                score=0.0 if scores is None else float(scores[row]),
                copies=others.get(number, 0),
            )
            for number, row in zip(numbers, rows, strict=True)
            if number in stored
        )

    def _hit(self, stored: Stored, facts: Mapping[str, Any], planned: Plan, shown: Passage) -> Hit:
        article = stored.article
        return Hit(
            id=stored.id,
            url=article.url,
            title=article.title,
            title_marks=marks(article.title, planned.targets),
            snippet=shown.text,
            snippet_marks=shown.marks,
            portal=article.portal,
            published=moment(facts["published"]),
            has_time=facts["has_time"],
            wards=facts["wards"],
            wards_then=facts["wards_then"],
            topics=facts["topics"],
            file=shown.file,
        )


def passage(store: Store, stored: Stored, planned: Plan) -> Passage:
    """What is shown of an article: of its text or, where that has fewer of the words asked for, of
    a file it links."""
    article, targets = stored.article, planned.targets
    if article.nosnippet or stored.withdrawn_at:
        return Passage("", (), "")
    best = Passage(*snippet(article.text, targets), "")
    if _told(best) < len(targets.exact) + len(targets.folded):
        for file in attached_to(store, article):
            found = Passage(*snippet(file.text[:LOOKED_THROUGH], targets), file.name)
            best = max(best, found, key=_told)
    return best


def _told(shown: Passage) -> int:
    """How many different words of a passage are marked."""
    marked = " ".join(shown.text[start:end] for start, end in shown.marks)
    return len({token.key for token in syllables(marked)})


def midnight(day: date) -> int:
    """The beginning of a day in Vietnam, in seconds since 1970."""
    return int(datetime.combine(day, time(), VIETNAM).timestamp())


def _period(kind: Kind, since: str, until: str, words: str, certainty: float) -> Period:
    """What schema.facts_of() made of a period, as it was."""
    return Period(kind, date.fromisoformat(since), date.fromisoformat(until), words, certainty)


def moment(seconds: int | None) -> datetime | None:
    """The instant in Vietnam's time."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).astimezone(VIETNAM)
