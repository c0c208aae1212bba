"""Spelling: what may a query have been meant to say, by what stands in the index?

A noisy channel: of all ways to undo slips in its syllables, the one whose syllables stand side by
side most often in the articles, weighed against how rarely such a slip is made (Kernighan, Church,
Gale 1990; Viterbi over syllables). Nothing is learned but from the index: how many articles hold
each syllable is read once for a generation; neighbours are looked up as they are asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engine.generation import Generation, places
from indexer.normalize import Token, fold, normalize, written
from indexer.query import word_runs
from indexer.schema import PAIRS, TEXT_, spelled
from indexer.slips import LETTERS, PLAIN, edited, keyboard, swapped

RAREST = 2
"""Articles that a syllable must stand in to be what was meant."""

LONGEST_SYLLABLE = 8
"""Letters of a syllable; nghiêng has seven."""

LONGEST_ROW = 10
"""Syllables in a row that are looked at; more are a sentence, which is partly found anyway."""

CANDIDATES = 5
"""Syllables that are considered in place of one, the best of them by themselves."""

KEYS_OF_A_KEYBOARD = 2.0
ACCENTS_MISSING = 3.0
ACCENTS_OTHER = 5.0
SWAPPED = 5.0
EDITED = 7.0
"""How rarely slips are made: minus their log-probability for a syllable."""

SURER = 2.0
"""By so much (log-probability) the other reading must be better than the one typed."""

BEFORE = 50.0
"""Articles of its first syllable from which on a pair says more than its second syllable alone."""

SAMPLED = 32
"""Articles with two neighbours, accents aside, of which those with their accents are counted."""

PAIRS_KEPT = 1 << 14
"""Pairs of syllables whose counts stay in memory."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """The query as it may have been meant; text[start:end] of each span is what changed."""

    text: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A syllable that may have been meant, and what it costs to say so."""

    key: str
    cost: float


class Lexicon:
    """In how many articles each syllable stands, and two side by side: with accents or bare."""

    def __init__(
        self, articles: int, counts: Mapping[str, int], pair: Callable[[str, str], float]
    ) -> None:
        self.articles = articles
        self.counts = counts
        self.total = sum(counts.values()) + 1
        self.pair = lru_cache(PAIRS_KEPT)(pair)

    def alone(self, key: str) -> float:
        """Log-probability of a syllable."""
        return log((self.counts.get(key, 0) or 0.1) / self.total)

    def sure(self, keys: Sequence[str]) -> list[bool]:
        """Which of the syllables stand beside a neighbour of theirs in more articles than would
        hold both by chance."""
        together = [self._go_together(*pair) for pair in pairwise(keys)]
        return [before or behind for before, behind in pairwise([False, *together, False])]

    def _go_together(self, first: str, second: str) -> bool:
        by_chance = self.counts.get(first, 0) * self.counts.get(second, 0) / self.articles
        return self.pair(first, second) >= max(RAREST, by_chance)

    def after(self, first: str, second: str) -> float:
        """Log-probability of a syllable behind another."""
        alone = (self.counts.get(second, 0) or 0.1) / self.total
        return log(
            (self.pair(first, second) + BEFORE * alone) / (self.counts.get(first, 0) + BEFORE)
        )


class Speller:
    """Of one generation. Reads its dictionary when it is made."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        exact, bare = _counts(generation)
        self.spellings: dict[str, list[str]] = defaultdict(list)
        for each in exact:
            self.spellings[fold(each)].append(each)
        articles = max(1, generation.document_count)
        self.exact = Lexicon(articles, exact, self._exact_pair)
        self.bare = Lexicon(articles, bare, self._bare_pair)

    def corrected(self, text: str) -> Corrected | None:
        """What the query may have been meant to say; None where it is likely as it is."""
        normal, runs = word_runs(text)
        rows = [run for run in runs if len(run) <= LONGEST_ROW]
        changes = [change for row in rows for change in self._changes(row)]
        return _rewritten(normal, changes) if changes else None

    def _changes(self, run: Sequence[Token]) -> list[tuple[Token, str]]:
        """Which syllables of a row are to be which others."""
        typed = [token.key for token in run]
        if all(fold(key) == key for key in typed):
            readings = [
                self._read(typed, self.bare, self._bare_choices),
                self._read(typed, self.exact, self._keyboard_choices),
            ]
        else:
            readings = [self._read(typed, self.exact, self._choices)]
        gain, meant = max(readings)
        pairs = zip(run, typed, meant, strict=True)
        return [(token, new) for token, old, new in pairs if new != old] if gain > SURER else []

    def _read(
        self, typed: Sequence[str], lexicon: Lexicon, choices: Callable[[str], list[Choice]]
    ) -> tuple[float, tuple[str, ...]]:
        """The likeliest reading of syllables in a row and by how much it is likelier than the one
        typed (Viterbi). Only for those that do not go with a neighbour others are tried."""
        sure = lexicon.sure(typed)
        as_typed = 0.0
        paths: dict[str, tuple[float, tuple[str, ...]]] = {"": (0.0, ())}
        for number, key in enumerate(typed):
            step = lexicon.after if number else lambda _, second: lexicon.alone(second)
            as_typed += step(typed[number - 1], key)
            paths = {
                choice.key: max(
                    (score + step(last, choice.key) - choice.cost, (*path, choice.key))
                    for last, (score, path) in paths.items()
                )
                for choice in [Choice(key, 0.0), *(() if sure[number] else choices(key))]
            }
        score, meant = max(paths.values(), default=(0.0, ()))
        return score - as_typed, meant

    def _choices(self, typed: str) -> list[Choice]:
        """Syllables with accents that may have been meant; keys of a keyboard mean one."""
        meant = self._keyboard_choices(typed)
        if meant and typed not in self.exact.counts:
            return meant
        costs: dict[str, float] = {}
        _offer(costs, edited(typed, LETTERS), EDITED)
        _offer(costs, map(normalize, swapped(typed)), SWAPPED)
        for each in self.spellings.get(fold(typed), ()):
            _offer(costs, [each], _accent_cost(typed, each))
        _offer(costs, keyboard(typed), KEYS_OF_A_KEYBOARD)
        return _best(typed, costs, self.exact)

    def _keyboard_choices(self, typed: str) -> list[Choice]:
        """Syllables for which these are the keys: a query without accents is no slip in itself."""
        return _best(typed, dict.fromkeys(keyboard(typed), KEYS_OF_A_KEYBOARD), self.exact)

    def _bare_choices(self, typed: str) -> list[Choice]:
        """Bare syllables that may have been meant."""
        costs: dict[str, float] = {}
        _offer(costs, edited(typed, PLAIN), EDITED)
        _offer(costs, map(normalize, swapped(typed)), SWAPPED)
        return _best(typed, costs, self.bare)

    def _bare_pair(self, first: str, second: str) -> float:
        return float(len(self.generation.postings(PAIRS, f"{first} {second}").documents))

    def _exact_pair(self, first: str, second: str) -> float:
        """Articles with both side by side, told by some of those that have them but for accents."""
        generation = self.generation
        together = generation.postings(PAIRS, f"{fold(first)} {fold(second)}").documents
        step = max(1, len(together) // SAMPLED)
        sample = together[::step].astype(np.intp)
        terms = [spelled(each) for each in (first, second)]
        for term in terms:
            holding = generation.postings(TEXT_, term)
            if not len(holding.documents) or not len(sample):
                return 0.0
            sample = sample[places(holding, sample)[1]]
        one, other = (_places(*generation.positions(TEXT_, term, sample)) for term in terms)
        behind = np.intersect1d(one + 1, other, assume_unique=True)
        return float(step * len(np.unique(behind >> 32)))


def _places(documents: NDArray[np.intp], positions: NDArray[Any]) -> NDArray[np.int64]:
    """A number for each place in some documents; the next place has the next number."""
    return documents.astype(np.int64) << 32 | positions.astype(np.int64)


def _counts(generation: Generation) -> tuple[dict[str, int], dict[str, int]]:
    """In how many articles each syllable stands, and at least in how many its bare form does."""
    exact: dict[str, int] = defaultdict(int)
    for term, count in generation.frequencies(TEXT_):
        folded, _, key = term.partition(" ")
        if count >= RAREST and len(folded) <= LONGEST_SYLLABLE and folded.isalpha():
            exact[key] += count
    bare: dict[str, int] = defaultdict(int)
    for key, count in exact.items():
        bare[fold(key)] = max(bare[fold(key)], count)
    return dict(exact), dict(bare)


def _offer(costs: dict[str, float], keys: Iterable[str], cost: float) -> None:
    costs.update(dict.fromkeys(keys, cost))


def _accent_cost(typed: str, meant: str) -> float:
    """Of one accent missing, or of others than were typed."""
    differing = [(a, b) for a, b in zip(typed, meant, strict=False) if a != b]
    missing = len(typed) == len(meant) and all(fold(b) == a for a, b in differing)
    return (ACCENTS_MISSING if missing else ACCENTS_OTHER) + max(0, len(differing) - 1)


def _best(typed: str, costs: Mapping[str, float], lexicon: Lexicon) -> list[Choice]:
    """The likeliest of the syllables that there are, by themselves."""
    known = [
        Choice(key, cost) for key, cost in costs.items() if key in lexicon.counts and key != typed
    ]
    known.sort(key=lambda choice: choice.cost - lexicon.alone(choice.key))
    return known[:CANDIDATES]


def _rewritten(text: str, changes: Sequence[tuple[Token, str]]) -> Corrected:
    pieces: list[str] = []
    spans, end, length = [], 0, 0
    for token, key in changes:
        new = written(key)
        length += token.start - end
        spans.append((length, length + len(new)))
        length += len(new)
        pieces += [text[end : token.start], new]
        end = token.end
    return Corrected("".join((*pieces, text[end:])), tuple(spans))
