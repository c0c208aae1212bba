"""Topic model: topics told by the words of an article, learned from the sections of portals.

One logistic regression a topic over syllables and pairs of neighbours, trained by stochastic
gradient descent (Bottou, Large-scale machine learning with stochastic gradient descent, 2010). It
speaks only for topics that it tells better than the phrases of topics.toml, on articles it was not
trained on.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crawler.article import Article
from indexer.syllable_table import article_table
from indexer.topics import THRESHOLD, TOPICS, TopicMatch, topics_of, topics_of_section

LEAST = 100
"""Articles of sections of a topic below which it is not learned."""

SET_ASIDE = 5
"""Every fifth article, by its hash, is only for comparing."""

MARGIN = 0.02
"""By so much the F1 of the model must be better than that of the phrases."""

MOST_ARTICLES, LONGEST = 20_000, 400
"""Articles that are learned from, and syllables of each that are looked at."""

RAREST, MOST_WORDS = 3, 30_000
"""Articles that a word must be in, and words that are learned."""

ROUNDS, RATE, SEED = 8, 4.0, 1
SHOWN = 8
"""Words that tell why."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One topic: its articles, the F1 of phrases and model on those set aside, and who won."""

    slug: str
    articles: int
    phrases: float
    model: float

    @property
    def used(self) -> bool:
        return self.model >= self.phrases + MARGIN


@dataclass(frozen=True, slots=True)
class TopicModel:
    """Slug → word → weight, for the topics it speaks for; "" is the weight of any article."""

    weights: Mapping[str, Mapping[str, float]]

    def topics_of(self, article: Article) -> tuple[TopicMatch, ...]:
        """As topics.topics_of(), but its own topics by its words, from THRESHOLD for even odds."""
        by_phrases = topics_of(article)
        found = [each for each in by_phrases if each.slug not in self.weights]
        found += self._matches(_words_of(article))
        return tuple(sorted(found, key=lambda match: -match.score))

    def _matches(self, named: frozenset[str]) -> Iterator[TopicMatch]:
        for slug, weights in self.weights.items():
            share = 1 / np.sqrt(len(named) or 1)
            added = {word: weights[word] * share for word in named & weights.keys()}
            odds = weights[""] + sum(added.values())
            if odds >= 0:
                strongest = sorted(added, key=lambda word: (-added[word], word))[:SHOWN]
                phrases = {word: round(float(added[word]), 1) for word in strongest}
                yield TopicMatch(slug, TOPICS[slug], THRESHOLD + float(odds), phrases)

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(self.weights, ensure_ascii=False), encoding="utf-8")


def load_model(path: Path) -> TopicModel | None:
    """The model that was saved there; None where none was."""
    return TopicModel(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def train(articles: Iterable[Article]) -> tuple[TopicModel, tuple[Comparison, ...]]:
    """A model of the articles whose section names a topic, and how it did against the phrases."""
    sectioned = ((each, topics_of_section(each.section)) for each in articles)
    known = list(islice((each for each in sectioned if each[1]), MOST_ARTICLES))
    counts = Counter(slug for _, topics in known for slug in topics)
    slugs = [slug for slug in TOPICS if counts[slug] >= LEAST]
    learned = _learn([each for each in known if not _is_set_aside(each[0])], slugs)
    aside = [each for each in known if _is_set_aside(each[0])]
    compared = tuple(_compare(slug, counts[slug], aside, learned) for slug in slugs)
    return TopicModel({each.slug: learned[each.slug] for each in compared if each.used}), compared


Known = Sequence[tuple[Article, frozenset[str]]]
"""Articles and the topics of their sections."""


def _is_set_aside(article: Article) -> bool:
    digest = sha256(f"{article.portal} {article.identity}".encode()).digest()
    return digest[0] % SET_ASIDE == 0


def _words_of(article: Article) -> frozenset[str]:
    """The first syllables of a text, and pairs of them."""
    syllables = article_table(article).table.keys[:LONGEST]
    return frozenset([*syllables, *(" ".join(pair) for pair in pairwise(syllables))])


def _learn(known: Known, slugs: Sequence[str]) -> dict[str, dict[str, float]]:
    """The weights of each topic's words."""
    frequency = Counter(word for article, _ in known for word in _words_of(article))
    words = [word for word, count in frequency.most_common(MOST_WORDS) if count >= RAREST]
    numbers = {word: number for number, word in enumerate(words)}
    rows, shares = [], []
    for article, _ in known:
        named = _words_of(article)
        rows.append(np.array([numbers[w] for w in named if w in numbers], dtype=np.intp))
        shares.append(1 / np.sqrt(len(named) or 1))
    wanted = np.zeros((len(known), len(slugs)))
    for row, (_, topics) in enumerate(known):
        wanted[row] = [slug in topics for slug in slugs]
    weights, bias = _descend(rows, shares, wanted, len(words))
    return {
        slug: {"": float(bias[column])} | dict(zip(words, weights[:, column].tolist(), strict=True))
        for column, slug in enumerate(slugs)
    }


def _descend(
    rows: Sequence[NDArray[np.intp]],
    shares: Sequence[float],
    wanted: NDArray[np.float64],
    words: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights (words × topics) and biases that stochastic gradient descent comes to."""
    weights, bias = np.zeros((words, wanted.shape[1])), np.zeros(wanted.shape[1])
    order = np.random.default_rng(SEED)
    for turn in range(ROUNDS):
        for row in order.permutation(len(rows)):
            odds = bias + shares[row] * weights[rows[row]].sum(axis=0)
            step = RATE / (1 + turn) * (wanted[row] - 1 / (1 + np.exp(-odds)))
            weights[rows[row]] += shares[row] * step
            bias += step / 10
    return weights, bias


def _compare(
    slug: str, articles: int, aside: Known, learned: Mapping[str, Mapping[str, float]]
) -> Comparison:
    model = TopicModel({slug: learned[slug]})
    # the section is what is asked for, so the phrases must do without it
    blind = [(replace(article, section=""), topics) for article, topics in aside]
    by_phrases = _f1(slug, ((topics_of(article), topics) for article, topics in blind))
    by_model = _f1(slug, ((model.topics_of(article), topics) for article, topics in blind))
    return Comparison(slug, articles, by_phrases, by_model)


def _f1(slug: str, told: Iterable[tuple[Sequence[TopicMatch], frozenset[str]]]) -> float:
    right = found = wanted = 0
    for matches, topics in told:
        says = slug in {match.slug for match in matches}
        right += says and slug in topics
        found += says
        wanted += slug in topics
    return 2 * right / (found + wanted) if found + wanted else 0.0
