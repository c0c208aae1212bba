"""A plan: what a parsed query means for the index, as Whoosh query objects.

One query decides what matches, another how the matches rank; both are values, so the rules here
are tested without an index. Rule 4 of the house: accents fold one way. A query without any accent
is widened, every syllable matching whatever it may be the bare form of; in a query with an accent a
syllable matches only itself, except one that no text has as typed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from whoosh.query import And, Not, NullQuery, Or, Prefix, Query, Term
from whoosh.query import Sequence as Adjacent

from indexer.abbreviations import Alternative, alternatives
from indexer.document_numbers import asked_numbers, number_key
from indexer.engine.formula import Formula
from indexer.engine.queries import Having, MostOf
from indexer.filters import Filters, Followed
from indexer.normalize import fold, syllables
from indexer.query import FILTERS, Parsed, Part, runs
from indexer.results import Widening
from indexer.schema import (
    CITED,
    FILES,
    FILES_FOLDED,
    PAIRS,
    TEXT_,
    TEXT_FOLDED,
    TITLE,
    TITLE_FOLDED,
    WORDS,
    pairs,
    spelled,
)
from indexer.segment import words

# Weights of the evidence, all chosen by benchmarks/relevance.py on the odd-numbered queries of both
# sets, with and without accents, from the middle of a plateau. Change none without that benchmark.
FORMULA = Formula(k1=1.15, b=0.84, k1_of={WORDS: 0.5, PAIRS: 0.5})
"""Of BM25; settings near it rank as well. Words and neighbours gain little by standing again and
again: two of them side by side once is what a text is about."""
SYLLABLE = 0.8
WORD = 1.0
PAIR = 0.45
IN_TITLE = 0.7
IN_FILE = 0.2
"""In a file that the article links; not weighed by that benchmark, whose texts link none."""
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


@dataclass(slots=True)
class Span:
    """Groups of a query up to `end` (not included), and what says the same: other words, keys of
    a document's number, and the units of today where they are a ward's old name."""

    end: int
    others: list[Alternative] = field(default_factory=list)
    cited: list[str] = field(default_factory=list)
    followed: list[Followed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Unit:
    """A group or a span: what a text matches that has the whole of it, and a query for each of its
    plain words, to weigh what has most of them."""

    whole: Query
    wished: Sequence[Query]


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


def plan(
    parsed: Parsed, literal: bool, spellings: Callable[[str], Sequence[str]], filters: Filters
) -> Plan:
    """The plan of a query. `spellings` gives the attested keys of a folded key, frequent first;
    `filters` knows names of wards and sources."""
    return _Planner(filters.joined(parsed), literal, spellings, filters).plan()


def in_title(begun: Sequence[str]) -> Query:
    """Matches titles with all of these folded keys, the last of which is only begun."""
    whole = [Term(TITLE_FOLDED, key) for key in begun[:-1]]
    return And([*whole, Prefix(TITLE_FOLDED, begun[-1])])


class _Planner:
    def __init__(
        self,
        parsed: Parsed,
        literal: bool,
        spellings: Callable[[str], Sequence[str]],
        filters: Filters,
    ) -> None:
        self.parsed = parsed
        self.literal = literal
        self.spellings = spellings
        self.filters = filters
        self.targets = Targets()
        self.terms: dict[tuple[str, str], float] = {}
        self.widenings: list[Widening] = []
        parts = [part for group in parsed.groups for part in group]
        words = [part for part in (*parts, *parsed.excluded) if part.field not in FILTERS]
        keys = [key for part in words for key in part.keys]
        self.bare = not literal and all(fold(key) == key for key in keys)

    def plan(self) -> Plan:
        required: list[Query] = [NullQuery] if self.parsed.wordless else []
        plain: list[Unit] = []
        for unit in self._units():
            if unit.wished:
                plain.append(unit)
            else:
                required.append(unit.whole)
        for part in self.parsed.excluded:
            required.append(Not(self._matching(part)))
            if part.field in FILTERS:
                said = self.filters.said(part, self.literal)
                self.widenings.append(replace(said, kind=f"-{said.kind}"))
        for group in self.parsed.groups:
            self._widen(group)
        for start, end in runs(self.parsed.groups):
            self._rank_run([group[0] for group in self.parsed.groups[start:end]])
        ranking = Or([Term(name, text, boost) for (name, text), boost in self.terms.items()])
        wished = list(dict.fromkeys(each for unit in plain for each in unit.wished))
        return Plan(
            complete=And([*required, *dict.fromkeys(unit.whole for unit in plain)]),
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

    def _units(self) -> Iterator[Unit]:
        """A unit for each group, and one for each span."""
        spans = self._spans()
        position = 0
        while position < len(self.parsed.groups):
            group = self.parsed.groups[position]
            span = spans.get(position)
            if span:
                yield self._either(self.parsed.groups[position : span.end], span)
                position = span.end
                continue
            for part in group:
                self._note(part)
            alternatives_ = [self._matching(part) for part in group]
            whole = alternatives_[0] if len(group) == 1 else Or(alternatives_)
            yield Unit(whole, [whole] if all(part.plain for part in group) else [])
            position += 1

    def _spans(self) -> Mapping[int, Span]:
        """Spans with another way to say them by their starts, the longest at each, none inside
        another."""
        spans: dict[int, Span] = {}
        for start, end in runs(self.parsed.groups, joined=True) if not self.literal else ():
            found = self._said_otherwise(start, end)
            free = 0
            for first, last in sorted(found, key=lambda ends: (ends[0], -ends[1])):
                if first >= free:
                    spans[first] = found[first, last]
                    free = last
        return spans

    def _said_otherwise(self, start: int, end: int) -> Mapping[tuple[int, int], Span]:
        """The spans of a run of groups, by their ends."""
        parts = [group[0] for group in self.parsed.groups[start:end]]
        keys = [key for part in parts for key in part.keys]
        bounds = list(accumulate((len(part.keys) for part in parts), initial=0))
        groups = {bound: start + number for number, bound in enumerate(bounds)}
        found: dict[tuple[int, int], Span] = defaultdict(lambda: Span(0))
        for each in alternatives(keys):
            if each.start in groups and each.end in groups:
                found[groups[each.start], groups[each.end]].others.append(each)
        for first, last, number in asked_numbers(keys):
            until = min(bound for bound in bounds if bound >= last)  # 123/UBND-VP-TH: to its end
            if first in groups:
                cited = number_key(" ".join(keys[number:until]))
                found[groups[first], groups[until]].cited.append(cited)
        for name in self.filters.followed(keys):
            if name.start in groups and name.end in groups:
                found[groups[name.start], groups[name.end]].followed.append(name)
        for (_, last), span in found.items():
            span.end = last
        return found

    def _either(self, groups: Sequence[Sequence[Part]], span: Span) -> Unit:
        """The words of a span as typed, or other words that say the same, or the number it is."""
        parts = [part for group in groups for part in group]
        for part in parts:
            self._note(part)
        typed = " ".join(part.typed for part in parts)
        for other in span.others:
            self._note_other(typed, other)
        for name in span.followed:
            self.widenings.append(Widening("ward", typed, name.labels))
        self._add(CITED, span.cited, WORD)
        phrases = [
            _phrase(Term(name, spelled(key)) for key in other.keys)
            for other in span.others
            for name in (TEXT_, FILES)
        ]
        numbers = [Term(CITED, number) for number in span.cited]
        wards = [Having("wards", name.slugs) for name in span.followed]
        others = [*phrases, *numbers, *wards]
        words_ = [self._matching(part) for part in parts]
        return Unit(Or([And(words_), *others]), [Or([each, *others]) for each in words_])

    def _note_other(self, typed: str, other: Alternative) -> None:
        """Mark what is searched beside what was typed, let it rank, and say so."""
        self.targets.phrases.add(other.keys)
        self.widenings.append(Widening("abbreviation", typed, (other.text,)))
        self._add(TEXT_, map(spelled, other.keys), SYLLABLE)
        self._add(FILES, map(spelled, other.keys), IN_FILE)
        self._rank_pairs(other.keys)
        self._add(WORDS, words(other.text), WORD)

    def _matching(self, part: Part) -> Query:
        """What a part matches: the syllable, or its syllables side by side, in text or files.

        That they are a word of the text, or that no bare ones are side by side, is known sooner.
        """
        if part.field in FILTERS:
            return self.filters.query(part, self.literal)
        if part.field == "so":
            return Term(CITED, number_key(part.typed))
        if part.field == "tieude":
            return self._within(part, TITLE, TITLE_FOLDED)
        within = [self._within(part, TEXT_, TEXT_FOLDED), self._within(part, FILES, FILES_FOLDED)]
        if len(part.keys) > 1 and not any(map(self._is_folded, part.keys)):
            within[0] = And([*(Term(PAIRS, pair) for pair in _neighbours(part.keys)), within[0]])
            within.insert(0, Term(WORDS, "_".join(part.keys)))
        return Or(within)

    def _within(self, part: Part, exact: str, folded: str) -> Query:
        return _phrase(
            Term(folded, fold(key)) if self._is_folded(key) else Term(exact, spelled(key))
            for key in part.keys
        )

    def _is_folded(self, key: str) -> bool:
        """Whether the key stands for every spelling of its bare form."""
        if self.literal:
            return False
        return self.bare or key not in self.spellings(fold(key))

    def _note(self, part: Part) -> None:
        """Mark the part's syllables, and let them rank; those of a filter are no words."""
        if part.field in FILTERS:
            self.widenings.append(self.filters.said(part, self.literal))
            return
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
                self._add(TEXT_, [spelled(key)], AS_TYPED)
                self._add(FILES_FOLDED, [fold(key)], IN_FILE)
            else:
                self._add(TEXT_, [spelled(key)], SYLLABLE)
                self._add(TITLE, [spelled(key)], IN_TITLE)
                self._add(FILES, [spelled(key)], IN_FILE)
        self._rank_pairs(keys)

    def _rank_pairs(self, keys: Sequence[str]) -> None:
        self._add(PAIRS, _neighbours(keys), PAIR)

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
                if part.field in ("", "tieude") and self._is_folded(key):
                    others = [each for each in self.spellings(fold(key)) if each != key]
                    typed = part.typed[token.start : token.end]
                    if others:
                        shown = tuple(others[:SPELLINGS_SHOWN])
                        self.widenings.append(Widening("accents", typed, shown))


def _neighbours(keys: Sequence[str]) -> list[str]:
    """What stands in the field of pairs wherever these keys stand side by side."""
    return pairs([fold(key) for key in keys])


def _phrase(terms: Iterable[Term]) -> Query:
    """Terms side by side; a folded field has its keys in the same places as the exact one."""
    together = list(terms)
    return together[0] if len(together) == 1 else Adjacent(together)
