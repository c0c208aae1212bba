"""Hits: what a page shows of the articles that were found.

Texts come from the store. Which syllables of a text were asked for is known by the positions in the
index, and where they stand by the offsets kept there; where the text was edited since, it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crawler.article import VIETNAM, Article
from crawler.attached import attached_to
from crawler.store import Store, Stored, open_readonly
from indexer.engine.generation import Generation, places
from indexer.facts import facts_at
from indexer.families import copies
from indexer.offsets import unpacked
from indexer.plan import Targets
from indexer.results import Hit
from indexer.schema import DIGEST, OFFSETS, TEXT_, TEXT_FOLDED, digest_of, spelled
from indexer.snippet import Asked, Mark, Passage, asked_of, marks, passage

LOOKED_THROUGH = 60_000
"""Characters of a file in which a passage is looked for: a tenth of a second at most."""

Places = NDArray[np.int64]
"""Where syllables stand in documents: the number of the document among some rows in the upper half,
the position in the lower."""

HALF = np.int64(32)
"""Bits of half a place."""


@dataclass(frozen=True, slots=True)
class Found:
    """An article on a page of results: its number and score, and what is known of it."""

    number: int
    score: float
    facts: Mapping[str, Any]
    digest: int
    positions: NDArray[np.int64]
    """Of the syllables asked for, title and text counted through; ascending."""


def hits(
    generation: Generation,
    store: Path,
    rows: NDArray[np.intp],
    scores: Sequence[float],
    targets: Targets | None,
) -> tuple[Hit, ...]:
    """The hits that these documents are, in this order; articles gone from the store left out.

    Without targets nothing is marked and no passage is shown: neither text nor files are read.
    """
    found = list(_found(generation, rows, scores, targets or Targets()))
    numbers = [each.number for each in found]
    with open_readonly(store) as opened:
        articles, others = opened.articles(numbers), copies(opened, numbers)
        return tuple(
            _hit(opened, articles[each.number], each, targets, others.get(each.number, 0))
            for each in found
            if each.number in articles
        )


def _found(
    generation: Generation, rows: NDArray[np.intp], scores: Sequence[float], targets: Targets
) -> Iterator[Found]:
    order = np.argsort(rows)
    asked = asked_for(generation, rows[order], targets)
    bounds = np.searchsorted(asked >> HALF, np.arange(len(rows) + 1))
    rank = np.argsort(order)
    for place, row, score in zip(rank, rows.tolist(), scores, strict=True):
        yield Found(
            number=int(generation.numbers[row]),
            score=score,
            facts=facts_at(generation, row),
            digest=int(generation.sorts(DIGEST)[row]),
            positions=asked[bounds[place] : bounds[place + 1]] & 0xFFFF_FFFF,
        )


def asked_for(generation: Generation, rows: NDArray[np.intp], targets: Targets) -> Places:
    """Where the targets stand in the texts of these documents, which ascend."""
    exact = [_places(generation, TEXT_, spelled(key), rows) for key in targets.exact]
    folded = [_places(generation, TEXT_FOLDED, key, rows) for key in targets.folded]
    phrases = [_phrase_places(generation, phrase, rows) for phrase in targets.phrases]
    return np.unique(np.concatenate([np.empty(0, np.int64), *exact, *folded, *phrases]))


def _phrase_places(generation: Generation, phrase: Iterable[str], rows: NDArray[np.intp]) -> Places:
    places = [_places(generation, TEXT_, spelled(key), rows) for key in phrase]
    starts = places[0]
    for distance, others in enumerate(places[1:], 1):
        starts = np.intersect1d(starts, others - distance, assume_unique=True)
    return (starts[:, np.newaxis] + np.arange(len(places))).ravel()


def _places(generation: Generation, field: str, term: str, rows: NDArray[np.intp]) -> Places:
    postings = generation.postings(field, term)
    if not len(postings.documents):
        return np.empty(0, np.int64)
    holders = np.flatnonzero(places(postings, rows)[1])
    owners, positions = generation.positions(field, term, rows[holders])
    return (holders[owners] << HALF) | positions


def _hit(store: Store, stored: Stored, found: Found, targets: Targets | None, copies: int) -> Hit:
    article, facts = stored.article, found.facts
    in_title, shown, file = _shown(store, stored, found, targets)
    return Hit(
        id=stored.id,
        url=article.url,
        title=article.title,
        title_marks=in_title,
        snippet=shown.text,
        snippet_marks=shown.marks,
        portal=article.portal,
        published=_moment(facts["published"]),
        has_time=facts["has_time"],
        wards=tuple(facts["wards"]),
        wards_then=tuple(facts["wards_then"]),
        topics=tuple(facts["topics"]),
        score=found.score,
        file=file,
        copies=copies,
    )


def _shown(
    store: Store, stored: Stored, found: Found, targets: Targets | None
) -> tuple[tuple[Mark, ...], Passage, str]:
    """The marks of the title, and what shown_of() shows."""
    if targets is None:
        return (), Passage("", (), 0), ""
    title, text = texts(stored.article, found, targets)
    return marks(title), *shown_of(store, stored, text, targets)


def texts(article: Article, found: Found, targets: Targets) -> tuple[Asked, Asked]:
    """Title and text of an article, with what was asked for in them."""
    if found.digest != digest_of(article.sha256):
        return asked_of(article.title, targets), asked_of(article.text, targets)
    in_title, in_text = map(unpacked, found.facts[OFFSETS])
    behind = len(in_title.starts) + 1  # TITLE_END stands between
    bounds = np.searchsorted(found.positions, [behind, behind + len(in_text.starts)])
    hits = found.positions[: bounds[0]], found.positions[bounds[0] : bounds[1]] - behind
    return Asked(article.title, in_title, hits[0]), Asked(article.text, in_text, hits[1])


def shown_of(store: Store, stored: Stored, text: Asked, targets: Targets) -> tuple[Passage, str]:
    """The passage shown of an article and the name of the file that it is of: of the article's text
    or, where that has fewer of the words asked for, of a file it links."""
    article = stored.article
    if article.nosnippet or stored.withdrawn_at:
        return Passage("", (), 0), ""
    best = passage(text), ""
    if article.attachments and best[0].words < len(targets.exact) + len(targets.folded):
        for file in attached_to(store, article):
            other = passage(asked_of(file.text[:LOOKED_THROUGH], targets)), file.name
            best = max(best, other, key=lambda shown: shown[0].words)
    return best


def _moment(seconds: int | None) -> datetime | None:
    """The instant in Vietnam's time."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).astimezone(VIETNAM)
