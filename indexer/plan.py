"""A plan: what a parsed query means for the index, as Whoosh query objects.

One query decides what matches, another how the matches rank; both are values, so the rules here
are tested without an index. Rule 4 of the house: accents fold one way. A query without any accent
is widened, every syllable matching whatever it may be the bare form of; in a query with an accent a
syllable matches only itself, except one that no text has as typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from whoosh.query import And, Not, NullQuery, Or, Query, Term
from whoosh.query import Sequence as Adjacent

from indexer.abbreviations import Alternative, alternatives
from indexer.engine.scorer import MostOf
from indexer.normalize import fold, syllables
from indexer.query import Parsed, Part, runs
from indexer.results import Widening
from indexer.schema import (
    CITED,
    PAIRS,
    TEXT_,
    TEXT_FOLDED,
    TITLE,
    TITLE_FOLDED,
    WORDS,
    cited_key,
    pairs,
)
from indexer.segment import words

# Weights of the evidence, chosen by benchmarks/relevance.py on the odd-numbered queries of both
# sets, with and without accents, from the middle of a plateau. Change none without that benchmark.
SYLLABLE = 0.8
WORD = 1.0
PAIR = 0.45
IN_TITLE = 0.5
AS_TYPED = 0.15
"""Where the bare syllable itself stands in the text, beside every spelling: exact comes first."""

ALL_REQUIRED = 2
"""A text must have all of at most so many syllables."""
ALL_WHERE_FOUND = 8
"""And of so many, where any text has all. A longer query is a sentence or a question: of that, and
where no text has all, SHARE_REQUIRED is enough, and the page says so."""
SHARE_REQUIRED = 0.45
"""Of the weight (see MostOf) that the best text has. Less finds hardly more answers but ten times
the texts; counting syllables instead of weighing them loses one answer in ten."""

SPELLINGS_SHOWN = 3
"""Spellings named beside each bare syllable of a widened query, the most frequent ones."""


@dataclass(slots=True)
class Targets:
    """What is marked in titles and snippets: keys as written, folded keys, and phrases of keys."""

    exact: set[str] = field(default_factory=set)
    folded: set[str] = field(default_factory=set)
    phrases: set[tuple[str, ...]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Plan:
    """What matches, what ranks (an Or of terms with boosts), what is marked, what was added.

    `complete` is matched by texts that have everything, `partial` by those that have enough of
    the plain words; it is None where all are required. `sentence` says that `partial` is to be
    taken even where some text is complete. Phrases, fields and exclusions are held to by both.
    """

    complete: Query
    partial: Query | None
    sentence: bool
    ranking: Query
    targets: Targets
    widenings: tuple[Widening, ...]


def plan(parsed: Parsed, literal: bool, spellings: Callable[[str], Sequence[str]]) -> Plan:
    """The plan of a query. `spellings` gives the attested keys of a folded key, frequent first."""
    return _Planner(parsed, literal, spellings).plan()


class _Planner:
    def __init__(
        self, parsed: Parsed, literal: bool, spellings: Callable[[str], Sequence[str]]
    ) -> None:
        self.parsed = parsed
        self.literal = literal
        self.spellings = spellings
        self.targets = Targets()
        self.terms: dict[tuple[str, str], float] = {}
        self.widenings: list[Widening] = []
        parts = [part for group in parsed.groups for part in group]
        keys = [key for part in (*parts, *parsed.excluded) for key in part.keys]
        self.bare = not literal and all(fold(key) == key for key in keys)

    def plan(self) -> Plan:
        required: list[Query] = [NullQuery] if self.parsed.wordless else []
        wished: list[Query] = []
        for unit, plain in self._units():
            (wished if plain else required).append(unit)
        for part in self.parsed.excluded:
            required.append(Not(self._matching(part)))
        for group in self.parsed.groups:
            self._widen(group)
        for start, end in runs(self.parsed.groups):
            self._rank_run([group[0] for group in self.parsed.groups[start:end]])
        ranking = Or([Term(name, text, boost) for (name, text), boost in self.terms.items()])
        wished = list(dict.fromkeys(wished))
        return Plan(
            complete=And([*required, *wished]),
            partial=self._partial(required, wished),
            sentence=len(wished) > ALL_WHERE_FOUND,
            ranking=ranking,
            targets=self.targets,
            widenings=tuple(self.widenings),
        )

    def _partial(self, required: list[Query], wished: list[Query]) -> Query | None:
        if self.literal or len(wished) <= ALL_REQUIRED:
            return None
        return MostOf(wished, And(required), SHARE_REQUIRED)

    def _units(self) -> Iterator[tuple[Query, bool]]:
        """A query for each group, abbreviated spans as one, and whether it is a plain word."""
        spans = {span.start: span for span in self._abbreviated()}
        position = 0
        while position < len(self.parsed.groups):
            group = self.parsed.groups[position]
            span = spans.get(position)
            if span:
                covered = self.parsed.groups[position : span.end]
                yield self._either([part for each in covered for part in each], span), True
                position = span.end
                continue
            for part in group:
                self._note(part)
            alternatives_ = [self._matching(part) for part in group]
            plain = not any(part.quoted or part.field for part in group)
            yield alternatives_[0] if len(group) == 1 else Or(alternatives_), plain
            position += 1

    def _abbreviated(self) -> list[Alternative]:
        """Spans of groups with another way to say them, the longest at each place, none inside
        another."""
        if self.literal:
            return []
        found: list[Alternative] = []
        for start, end in runs(self.parsed.groups):
            keys = [group[0].keys[0] for group in self.parsed.groups[start:end]]
            free = 0
            for each in sorted(alternatives(keys), key=lambda each: (each.start, -each.end)):
                if each.start >= free:
                    found.append(Alternative(start + each.start, start + each.end, each.keys))
                    free = each.end
        return found

    def _either(self, parts: Sequence[Part], span: Alternative) -> Query:
        """The words of a span as typed, or the phrase that says the same."""
        for part in parts:
            self._note(part)
        self.targets.phrases.add(span.keys)
        typed, meant = " ".join(part.typed for part in parts), " ".join(span.keys)
        self.widenings.append(Widening("abbreviation", typed, (meant,)))
        self._add(TEXT_, span.keys, SYLLABLE)
        self._rank_pairs(span.keys)
        self._add(WORDS, words(meant), WORD)
        return Or(
            [
                And([self._matching(part) for part in parts]),
                _phrase(Term(TEXT_, key) for key in span.keys),
            ]
        )

    def _matching(self, part: Part) -> Query:
        """What a part matches: the syllable, or its syllables side by side."""
        if part.field == "so":
            return Term(CITED, cited_key(part.typed))
        exact, folded = (TITLE, TITLE_FOLDED) if part.field == "tieude" else (TEXT_, TEXT_FOLDED)
        return _phrase(
            Term(folded, fold(key)) if self._is_folded(key) else Term(exact, key)
            for key in part.keys
        )

    def _is_folded(self, key: str) -> bool:
        """Whether the key stands for every spelling of its bare form."""
        if self.literal:
            return False
        return self.bare or key not in self.spellings(fold(key))

    def _note(self, part: Part) -> None:
        """Mark the part's syllables, and let them rank."""
        for key in part.keys:
            if self._is_folded(key):
                self.targets.folded.add(fold(key))
            else:
                self.targets.exact.add(key)
        self._rank(part.keys)

    def _rank(self, keys: Sequence[str]) -> None:
        for key in keys:
            if self._is_folded(key):
                self._add(TEXT_FOLDED, [fold(key)], SYLLABLE)
                self._add(TITLE_FOLDED, [fold(key)], IN_TITLE)
                self._add(TEXT_, [key], AS_TYPED)
            else:
                self._add(TEXT_, [key], SYLLABLE)
                self._add(TITLE, [key], IN_TITLE)
        self._rank_pairs(keys)

    def _rank_pairs(self, keys: Sequence[str]) -> None:
        self._add(PAIRS, pairs([fold(key) for key in keys]), PAIR)

    def _rank_run(self, parts: Sequence[Part]) -> None:
        """Words and neighbours of syllables in a row; a bare query has no words to segment."""
        self._rank_pairs([part.keys[0] for part in parts])
        if not self.bare:
            self._add(WORDS, words(" ".join(part.typed for part in parts)), WORD)

    def _add(self, name: str, texts: Iterable[str], boost: float) -> None:
        for text in texts:
            self.terms[name, text] = max(boost, self.terms.get((name, text), 0.0))

    def _widen(self, group: Sequence[Part]) -> None:
        """Say which spellings a folded syllable was widened to."""
        for part in group:
            for token, key in zip(syllables(part.typed), part.keys, strict=False):
                if part.field != "so" and self._is_folded(key):
                    others = [each for each in self.spellings(fold(key)) if each != key]
                    typed = part.typed[token.start : token.end]
                    if others:
                        shown = tuple(others[:SPELLINGS_SHOWN])
                        self.widenings.append(Widening("accents", typed, shown))


def _phrase(terms: Iterable[Term]) -> Query:
    """Terms side by side; a folded field has its keys in the same places as the exact one."""
    together = list(terms)
    return together[0] if len(together) == 1 else Adjacent(together)
