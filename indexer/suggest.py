"""Suggest: how may what a reader has begun go on, and what did a query that finds little mean?

All is made of one generation of the index, each part at its first use in a process, and bounded:
phrases (phrases.py), in how many articles each syllable stands (spelling.py), and the wards that
have articles, under the names of today and before. What that takes is told by
`python benchmarks/suggestions.py`.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import Literal

from indexer.normalize import TONES, fold, keys, normalize
from indexer.phrases import Phrases, phrases
from indexer.query import Query
from indexer.results import Results
from indexer.search import Searcher
from indexer.spelling import Corrected, Speller
from indexer.topics import TOPICS
from indexer.wards import kind_and_key

MOST = 6
"""Completions at once (GOV.UK shows five)."""

SHORTEST = 2
"""Characters that must be typed: xã, y tế are short."""

MOST_QUERIES = 4
MOST_OF_A_KIND = 2
"""Of wards, topics and titles, where there are queries too."""

SYLLABLES_OF_A_TITLE = 3
"""Syllables from which on titles are looked for."""

FEW_ARTICLES = 5
"""A query that finds more, all its words in each, is taken to be meant (Blacklight's spell_max)."""

Kind = Literal["query", "ward", "topic", "title"]


@dataclass(frozen=True, slots=True)
class Completion:
    """How what was typed may go on. `value` is the slug of a ward or topic, the number of an
    article, or the query itself."""

    kind: Kind
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class _Name:
    """A name of a ward: folded, its kind, whole where it is one of before 2025 ("" else), and the
    unit of today with its articles."""

    folded: str
    kind: str
    text: str
    was: str
    slug: str
    articles: int


class Suggester:
    """Of the generation that a searcher reads. For one thread at a time."""

    def __init__(self, searcher: Searcher) -> None:
        self.searching = searcher

    @cached_property
    def speller(self) -> Speller:
        """What stands in the articles."""
        return Speller(self.searching.generation)

    @cached_property
    def phrases(self) -> Phrases:
        """What they say again and again."""
        return phrases(self.searching.generation)

    @cached_property
    def names(self) -> Sequence[_Name]:
        """Those of wards that have articles, in their order."""
        return sorted(_names(self.searching), key=lambda name: (name.folded, -name.articles))

    def completions(self, typed: str) -> list[Completion]:
        """At most MOST of them, the likeliest first; none for what cannot be completed."""
        text = " ".join(normalize(typed).lower().split())
        if len(text) < SHORTEST or not all(each.isalnum() or each in " .,-" for each in text):
            return []
        named = list(islice(self._wards(text), MOST_OF_A_KIND))
        others = [*islice(_topics(text), 1), *self._titles(text)]
        room = max(MOST_QUERIES, MOST - len(named) - len(others))
        queries = list(islice(self._queries(text), room))
        first = [*named, *queries] if kind_and_key(text)[0] else [*queries, *named]
        return [*first, *others][:MOST]

    def did_you_mean(self, query: Query, results: Results) -> Corrected | None:
        """The query as it may have been meant, where it finds few articles and the other finds
        more; never for one without accents that some article has with them."""
        if query.literal or (results.total > FEW_ARTICLES and not results.partial):
            return None
        corrected = self.speller.corrected(query.text)
        if corrected is None:
            return None
        found = self.searching.having_all(query)
        if found > FEW_ARTICLES or (found and fold(query.text) == query.text.lower()):
            return None
        meant = self.searching.having_all(replace(query, text=corrected.text))
        return corrected if meant > found else None

    def _queries(self, text: str) -> Iterator[Completion]:
        """Phrases that begin like the text, else like its end."""
        seen = {text}
        for head, tail in _cuts(text):
            for phrase in self.phrases.beginning(fold(tail)):
                whole = f"{head}{phrase}"
                if whole not in seen and _suits(tail, phrase):
                    seen.add(whole)
                    yield Completion("query", whole, whole)
            if len(seen) > 1:
                return

    def _wards(self, text: str) -> Iterator[Completion]:
        """Wards whose name of today or of before begins so, those with most articles first."""
        kind, key = kind_and_key(text)
        folded = fold(key)
        first = bisect_left(self.names, folded, key=lambda name: name.folded)
        last = bisect_left(self.names, f"{folded}\uffff", first, key=lambda name: name.folded)
        suiting = [
            name
            for name in self.names[first:last]
            if kind in ("", name.kind) and _suits(key, name.text)
        ]
        suiting.sort(key=lambda name: (name.folded != folded, bool(name.was), -name.articles))
        seen = set()
        for name in suiting:
            if name.slug not in seen:
                seen.add(name.slug)
                label = self.searching.values.label("wards", name.slug)
                yield Completion("ward", f"{label} ({name.was})" if name.was else label, name.slug)

    def _titles(self, text: str) -> Iterator[Completion]:
        """The newest articles whose title has all these syllables, the last one begun."""
        typed = [fold(key) for key in keys(text)]
        if len(typed) < SYLLABLES_OF_A_TITLE:
            return
        for hit in self.searching.titled(typed, MOST_OF_A_KIND):
            yield Completion("title", hit.title, str(hit.id))


def _names(searcher: Searcher) -> Iterator[_Name]:
    """The names of today and of before of all wards that have articles."""
    generation, gazetteer = searcher.generation, searcher.gazetteer
    column = generation.facet("wards")
    for slug, articles in column.named(column.of(generation.live.nonzero()[0])).items():
        unit = gazetteer.unit(slug)
        if unit and unit.current:
            before = [gazetteer.unit(each) for each in unit.predecessors]
            for each in (unit, *filter(None, before)):
                if each is unit or each.short != unit.short:
                    folded = fold(" ".join(keys(each.short)))
                    was = "" if each is unit else each.name
                    yield _Name(folded, each.kind, each.short.lower(), was, slug, articles)


def _topics(text: str) -> Iterator[Completion]:
    """Topics of whose name some word begins so."""
    for slug, label in TOPICS.items():
        words = label.lower().split()
        if any(_suits(text, " ".join(words[start:])) for start in range(len(words))):
            yield Completion("topic", label, slug)


def _cuts(text: str) -> Iterator[tuple[str, str]]:
    """The text as a beginning that stays and an end to go on from, the longest end first.

    >>> list(_cuts("công khai ngân s"))
    [('', 'công khai ngân s'), ('công ', 'khai ngân s'), ('công khai ', 'ngân s')]
    """
    syllables = text.split(" ")
    for cut in range(max(1, len(syllables) - 1)):
        head = " ".join(syllables[:cut])
        yield f"{head} " if head else "", " ".join(syllables[cut:])


def _suits(typed: str, text: str) -> bool:
    """Whether accents that were typed are those of the text; none need be typed, nor the tone of
    the last syllable yet.

    >>> [_suits(typed, "ngân sách") for typed in ("ngan s", "ngân sa", "ngân sạ", "ngần")]
    [True, True, False, False]
    """
    pairs = list(zip(typed.split(" "), text.split(" "), strict=False))
    *whole, (begun, last) = pairs
    return all(each in (other, fold(other)) for each, other in whole) and any(
        form.startswith(begun) for form in (last, _toneless(last), fold(last))
    )


def _toneless(text: str) -> str:
    return unicodedata.normalize(
        "NFC", unicodedata.normalize("NFD", text).translate(dict.fromkeys(map(ord, TONES[1:])))
    )
