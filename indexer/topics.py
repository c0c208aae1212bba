"""Topics: what an article is about, by the weighted phrases of topics.toml."""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crawler.article import Article
from indexer.normalize import keys

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
TOPICS: Mapping[str, str] = {topic.slug: topic.label for topic in _TOPICS}
"""Slug → label, in the order of topics.toml."""


def _starts(topics: Iterable[_Topic]) -> dict[str, list[list[str]]]:
    """First syllable → the phrases that begin with it, longest first."""
    starts: dict[str, list[list[str]]] = defaultdict(list)
    for phrase in {phrase for topic in topics for phrase in topic.phrases}:
        syllables = phrase.split()
        starts[syllables[0]].append(syllables)
    return {first: sorted(each, key=len, reverse=True) for first, each in starts.items()}


_STARTS = _starts((*_TOPICS, _OUTSIDE))


def topics_of(article: Article) -> tuple[TopicMatch, ...]:
    """The topics of an article, best first; none where nothing speaks clearly enough.

    Nor has one a topic that is rather about the world, science or gadgets than about any.
    """
    counts = {
        phrase: min(count, MOST_OFTEN) for phrase, count in Counter(_phrases(article.text)).items()
    }
    for phrase in set(_phrases(article.title)):
        counts[phrase] = counts.get(phrase, 0) + TITLE_WEIGHT
    sections = _sections(article.section)
    matches = [_match(topic, counts, sections) for topic in _TOPICS]
    best = max(match.score for match in matches)
    if _match(_OUTSIDE, counts, {}).score > best:
        return ()
    kept = [match for match in matches if match.score >= max(THRESHOLD, SHARE * best)]
    return tuple(sorted(kept, key=lambda match: -match.score))


def topics_of_section(section: str) -> frozenset[str]:
    """Slugs of the topics that a portal's section is wholly about; none for "Tin tức"."""
    name = " ".join(keys(section))
    return frozenset(topic.slug for topic in _TOPICS if name in topic.sections)


def _phrases(text: str) -> Iterator[str]:
    """The phrases in a text, from left to right, the longest where several begin."""
    syllables = keys(text)
    position = 0
    for start, first in enumerate(syllables):
        if start < position or first not in _STARTS:
            continue
        for phrase in _STARTS[first]:
            if syllables[start : start + len(phrase)] == phrase:
                yield " ".join(phrase)
                position = start + len(phrase)
                break


def _sections(section: str) -> dict[str, float]:
    """Keys of a section's name, or else of its parts → what each adds."""
    name = " ".join(keys(section))
    if any(name in topic.sections for topic in _TOPICS):
        return {name: SECTION_SCORE}
    parts = [" ".join(keys(part)) for part in _SECTION_ENDS.split(section)]
    return {part: SECTION_SCORE / len(parts) for part in parts}


def _match(topic: _Topic, counts: Mapping[str, int], sections: Mapping[str, float]) -> TopicMatch:
    named = counts.keys() & topic.phrases.keys()
    found = ((*topic.phrases[each], counts[each]) for each in named)
    scores = {phrase: weight * count for phrase, weight, count in found}
    in_sections = sum(sections[each] for each in sections.keys() & topic.sections)
    strongest = dict(sorted(scores.items(), key=lambda each: (-each[1], each[0])))
    return TopicMatch(topic.slug, topic.label, sum(scores.values()) + in_sections, strongest)
