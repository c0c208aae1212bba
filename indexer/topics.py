"""Topics: what an article is about, by the weighted phrases of topics.toml."""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crawler.article import Article
from indexer.normalize import syllables

THRESHOLD = 6.0
"""A topic below this score is not the article's: two strong phrases, or one in the title."""

SHARE = 0.35
"""Nor is one below this part of the best topic's score: reports touch on everything."""

TITLE_WEIGHT = 6
"""A phrase in the title counts as often as this many in the text."""

MOST_OFTEN = 3
"""A phrase counts at most this often, so that no single word makes a topic."""

SECTION_SCORE = 6.0
"""What the portal's own section of that name adds."""


@dataclass(frozen=True, slots=True)
class TopicMatch:
    """A topic of an article, its score, and the phrases that speak for it, strongest first."""

    slug: str
    label: str
    score: float
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Topic:
    slug: str
    label: str
    sections: frozenset[str]
    phrases: Mapping[str, tuple[str, float]]
    """Keys of a phrase → the phrase as written, and its weight."""


def _keys(text: str) -> list[str]:
    return [token.key for token in syllables(text)]


def _load() -> tuple[_Topic, ...]:
    entries = tomllib.loads(Path(__file__).with_name("topics.toml").read_text(encoding="utf-8"))
    return tuple(
        _Topic(
            entry["slug"],
            entry["label"],
            frozenset(" ".join(_keys(name)) for name in entry["sections"]),
            {" ".join(_keys(each)): (each, weight) for each, weight in entry["phrases"].items()},
        )
        for entry in entries["topic"]
    )


_TOPICS = _load()
TOPICS: Mapping[str, str] = {topic.slug: topic.label for topic in _TOPICS}
"""Slug → label, in the order of topics.toml."""


def _starts(topics: Iterable[_Topic]) -> dict[str, list[tuple[str, ...]]]:
    """First syllable → the phrases that begin with it, longest first."""
    starts: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for topic in topics:
        for phrase in topic.phrases:
            keys = tuple(phrase.split())
            starts[keys[0]].add(keys)
    return {first: sorted(each, key=len, reverse=True) for first, each in starts.items()}


_STARTS = _starts(_TOPICS)


def topics_of(article: Article) -> tuple[TopicMatch, ...]:
    """The topics of an article, best first; none where nothing speaks clearly enough."""
    counts = Counter(_phrases(_keys(article.text)))
    counts = Counter({phrase: min(count, MOST_OFTEN) for phrase, count in counts.items()})
    for phrase in set(_phrases(_keys(article.title))):
        counts[phrase] += TITLE_WEIGHT
    section = " ".join(_keys(article.section))
    matches = [_match(topic, counts, section) for topic in _TOPICS]
    least = max(THRESHOLD, SHARE * max(match.score for match in matches))
    kept = [match for match in matches if match.score >= least]
    return tuple(sorted(kept, key=lambda match: -match.score))


def _phrases(keys: Sequence[str]) -> Iterator[str]:
    """The phrases in a text, from left to right, the longest where several begin."""
    position = 0
    while position < len(keys):
        for phrase in _STARTS.get(keys[position], ()):
            if tuple(keys[position : position + len(phrase)]) == phrase:
                yield " ".join(phrase)
                position += len(phrase) - 1
                break
        position += 1


def _match(topic: _Topic, counts: Mapping[str, int], section: str) -> TopicMatch:
    scores = {
        phrase: weight * counts[keys]
        for keys, (phrase, weight) in topic.phrases.items()
        if keys in counts
    }
    score = sum(scores.values()) + SECTION_SCORE * (section in topic.sections)
    phrases = sorted(scores, key=lambda phrase: -scores[phrase])
    return TopicMatch(topic.slug, topic.label, score, tuple(phrases))
