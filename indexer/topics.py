"""Topics: what an article is about, by the weighted phrases of topics.toml."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from pathlib import Path

import numpy as np

from crawler.article import Article
from indexer.engine.numbering import Numbering
from indexer.normalize import keys
from indexer.syllable_table import ArticleTable, SyllableTable, article_table

THRESHOLD = 10.0
"""A topic below this score is not the article's: four strong phrases, or one in the title."""

SHARE = 0.5
"""Nor is one below this part of the best topic's score: reports touch on everything."""

TITLE_WEIGHT = 5
"""A phrase in the title counts as often as this many in the text."""

MOST_OFTEN = 3
"""A phrase counts at most this often in the text, so that no usual word makes a topic."""

SECTION_SCORE = 10.0
"""What the portal's own section of that name adds; "Kinh tế - Đô thị" adds half to each of two."""

MOST_SECTIONS = 1_000
"""Names of sections that are remembered."""

_SECTION_ENDS = re.compile(r"\s*[-–,;/&|]\s*|\s+và\s+")


@dataclass(frozen=True, slots=True)
class TopicMatch:
    """A topic of an article, its score, and what each phrase adds to it, strongest first.

    What `score` has beyond its phrases comes from the portal's section.
    """

    slug: str
    label: str
    score: float
    phrases: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Topic:
    slug: str
    label: str
    sections: frozenset[str]
    phrases: Mapping[str, tuple[str, float]]
    """Keys of a phrase → the phrase as written, and its weight."""


def _load() -> tuple[tuple[_Topic, ...], _Topic]:
    """The topics, and what is none of them."""
    entries = tomllib.loads(Path(__file__).with_name("topics.toml").read_text(encoding="utf-8"))
    return tuple(_topic(**entry) for entry in entries["topic"]), _topic(**entries["outside"])


def _topic(
    phrases: Mapping[str, float], slug: str = "", label: str = "", sections: Sequence[str] = ()
) -> _Topic:
    return _Topic(
        slug,
        label,
        frozenset(" ".join(keys(name)) for name in sections),
        {" ".join(keys(each)): (each, weight) for each, weight in phrases.items()},
    )


_TOPICS, _OUTSIDE = _load()
_ALL = (*_TOPICS, _OUTSIDE)
TOPICS: Mapping[str, str] = {topic.slug: topic.label for topic in _TOPICS}
"""Slug → label, in the order of topics.toml."""


def _starts(topics: Iterable[_Topic]) -> dict[str, dict[str, list[tuple[list[str], str]]]]:
    """First syllable → second one → the phrases that may begin there, longest first, as syllables
    and as keys.

    Those of one syllable stand under every second one, and under "" for any other.
    """
    starts: dict[str, dict[str, list[tuple[list[str], str]]]] = defaultdict(dict)
    phrases = {phrase for topic in topics for phrase in topic.phrases}
    for phrase in sorted(phrases, key=lambda phrase: -phrase.count(" ")):
        syllables = phrase.split()
        seconds = starts[syllables[0]]
        places = [syllables[1]] if len(syllables) > 1 else [*seconds, ""]
        for second in places:
            seconds.setdefault(second, []).append((syllables, phrase))
    return dict(starts)


def _named() -> dict[str, list[tuple[int, str, float]]]:
    """Keys of a phrase → the topics it speaks for by number, as it is written, its weight."""
    named = defaultdict(list)
    for number, topic in enumerate(_ALL):
        for phrase, (written, weight) in topic.phrases.items():
            named[phrase].append((number, written, weight))
    return dict(named)


_STARTS = _starts(_ALL)
_FIRST = frozenset(_STARTS)
_SECOND = frozenset(second for seconds in _STARTS.values() for second in seconds)
_SINGLE = frozenset(first for first, seconds in _STARTS.items() if "" in seconds)
_NAMED = _named()


def topics_of(article: Article) -> tuple[TopicMatch, ...]:
    """The topics of an article, best first; none where nothing speaks clearly enough.

    Nor has one a topic that is rather about the world, science or gadgets than about any.
    """
    *added, outside = _added(article_table(article))
    by_section = _by_section(article.section)
    scores = [sum(each.values()) + more for each, more in zip(added, by_section, strict=True)]
    if sum(outside.values()) > max(scores):
        return ()
    floor = max(THRESHOLD, SHARE * max(scores))
    kept = (each for each in zip(_TOPICS, scores, added, strict=True) if each[1] >= floor)
    matches = [TopicMatch(t.slug, t.label, score, _strongest(each)) for t, score, each in kept]
    return tuple(sorted(matches, key=lambda match: -match.score))


def _added(read: ArticleTable) -> list[dict[str, float]]:
    """What each phrase, as written, adds to each topic, in the order of _ALL."""
    counts: dict[str, int] = {}
    in_title: set[str] = set()
    for start, phrase in _phrases(read):
        if start < read.in_title:
            in_title.add(phrase)
        else:
            counts[phrase] = min(counts.get(phrase, 0) + 1, MOST_OFTEN)
    for phrase in in_title:
        counts[phrase] = counts.get(phrase, 0) + TITLE_WEIGHT
    added: list[dict[str, float]] = [{} for _ in _ALL]
    for phrase, often in counts.items():
        for number, written, weight in _NAMED[phrase]:
            added[number][written] = weight * often
    return added


def _strongest(phrases: Mapping[str, float]) -> dict[str, float]:
    return dict(sorted(phrases.items(), key=lambda each: (-each[1], each[0])))


def topics_of_section(section: str) -> frozenset[str]:
    """Slugs of the topics that a portal's section is wholly about; none for "Tin tức"."""
    name = " ".join(keys(section))
    return frozenset(topic.slug for topic in _TOPICS if name in topic.sections)


def _phrases(read: ArticleTable) -> Iterator[tuple[int, str]]:
    """The phrases in title and text and where each begins, the longest where several begin; none
    reaches from the title into the text."""
    keys, end = read.table.keys, 0
    for start, phrases in _begun(read.table):
        if start < end:
            continue
        last = read.in_title if start < read.in_title else len(keys)
        for phrase, key in phrases:
            if start + len(phrase) <= last and keys[start : start + len(phrase)] == phrase:
                yield start, key
                end = start + len(phrase)
                break


def _begun(table: SyllableTable) -> Iterator[tuple[int, list[tuple[list[str], str]]]]:
    """Where a phrase may begin, and those that may."""
    numbering = table.numbering
    numbers = np.append(table.numbers, numbering.numbers([""]))
    begins = numbering.are_among(numbers[:-1], _FIRST)
    begins &= numbering.are_among(numbers[1:], _SECOND) | numbering.are_among(numbers[:-1], _SINGLE)
    places = np.flatnonzero(begins)
    pairs = numbers[places].astype(np.uint64) << np.uint64(32) | numbers[places + 1]
    phrases = list(map(_possible(numbering).__getitem__, pairs.tolist()))
    return zip(compress(places.tolist(), phrases), filter(None, phrases), strict=True)


class _Possible(dict[int, list[tuple[list[str], str]]]):
    """The numbers of two syllables in one → the phrases that may begin with them."""

    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering

    def __missing__(self, pair: int) -> list[tuple[list[str], str]]:
        first, second = (self.numbering.keys[each] for each in divmod(pair, 1 << 32))
        seconds = _STARTS[first]
        possible = self[pair] = seconds.get(second) or seconds.get("", [])
        return possible


_possible = lru_cache(1)(_Possible)


@lru_cache(MOST_SECTIONS)
def _by_section(section: str) -> tuple[float, ...]:
    """What the name of a section, or else its parts, adds to each topic."""
    name = " ".join(keys(section))
    parts = [name]
    if not any(name in topic.sections for topic in _TOPICS):
        parts = [" ".join(keys(part)) for part in _SECTION_ENDS.split(section)]
    score = SECTION_SCORE / len(parts)
    return tuple(score * len(topic.sections.intersection(parts)) for topic in _TOPICS)
