"""The fields of the index, each named once, and the keys that a document puts into them.

Whoosh analyses nothing: every field is given its keys as a list, so that documents and queries go
through one and the same tokeniser (normalize.syllables) and segmenter (segment.words).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from whoosh.analysis import IDTokenizer
from whoosh.fields import ID, STORED, TEXT, Schema

from indexer.document import Document
from indexer.document_numbers import number_key
from indexer.normalize import fold, syllables
from indexer.periods import Period
from indexer.segment import words

NUMBER = "number"
"""The store's number of the article, unique."""
CITED = "cited"
"""Numbers of documents that the text cites, folded and without signs ("154 kh tu")."""
TITLE = "title"
TITLE_FOLDED = "title_folded"
TEXT_ = "text"
"""Syllables of title and text, with positions: matching, phrases, and part of the rank."""
TEXT_FOLDED = "text_folded"
WORDS = "words"
"""Words as pyvi finds them in title and text: the main part of the rank."""
PAIRS = "pairs"
"""Folded syllables that stand side by side, joined by a space: nearness as part of the rank.

Folded for queries of both kinds: two neighbours have few homographs, and a second field of pairs
with accents doubled the time of building and the size of the index for no better rank.
"""
FILES = "files"
FILES_FOLDED = "files_folded"
"""Syllables of the files that an article links: matching, phrases, and little of the rank. Apart,
so that a long file makes no article's own words weigh less."""
FACTS = "facts"
"""What the hits show and the facets count, as stored (see facts_of())."""

TITLE_END = "\x1f"
"""Stands between title and text, and behind each file, so that no phrase reaches across."""


def _given(phrase: bool) -> TEXT:
    return TEXT(analyzer=IDTokenizer(), phrase=phrase)


SCHEMA = Schema(
    **{
        NUMBER: ID(stored=True, unique=True),
        CITED: _given(phrase=False),
        TITLE: _given(phrase=True),
        TITLE_FOLDED: _given(phrase=True),
        TEXT_: _given(phrase=True),
        TEXT_FOLDED: _given(phrase=True),
        WORDS: _given(phrase=False),
        PAIRS: _given(phrase=False),
        FILES: _given(phrase=True),
        FILES_FOLDED: _given(phrase=True),
        FACTS: STORED,
    }
)


def pairs(keys: Sequence[str]) -> list[str]:
    """Neighbours as one key each.

    >>> pairs(["thu", "ngân", "sách"])
    ['thu ngân', 'ngân sách']
    """
    return [f"{first} {second}" for first, second in pairwise(keys)]


def fields_of(document: Document, files: Iterable[str] = ()) -> dict[str, Any]:
    """The keys of a document and of the texts of its files, field by field: for the writer."""
    article = document.article
    title = [token.key for token in syllables(article.title)]
    captions = "\n".join(article.captions)
    text = [token.key for token in syllables(f"{article.text}\n{captions}\n{article.byline}")]
    both = [*title, TITLE_END, *text]
    folded = [fold(key) for key in both]
    linked = [key for file in files for key in (*(each.key for each in syllables(file)), TITLE_END)]
    return {
        NUMBER: str(document.id),
        CITED: [number_key(str(number)) for number in document.numbers],
        TITLE: title,
        TITLE_FOLDED: folded[: len(title)],
        TEXT_: both,
        TEXT_FOLDED: folded,
        WORDS: words(f"{article.title}\n{article.text}"),
        PAIRS: pairs(folded),
        FILES: linked,
        FILES_FOLDED: [fold(key) for key in linked],
        FACTS: facts_of(document),
    }


def facts_of(document: Document) -> dict[str, Any]:
    """Plain values only (Whoosh stores them pickled): the columns, and what the page shows."""
    published = document.article.published
    return {
        "source": document.article.portal,
        "published": int(published.moment.timestamp()) if published else None,
        "has_time": bool(published and published.time is not None),
        "wards": document.wards,
        "wards_then": document.wards_then,
        "provinces": document.provinces,
        "topics": document.topics,
        "type": document.type,
        "numbers": tuple(
            (each.number, each.sign, each.issuer, each.kind, each.day and each.day.isoformat())
            for each in document.numbers
        ),
        "periods": tuple(map(_period_facts, document.periods)),
        "reports_on": document.reports_on and _period_facts(document.reports_on),
    }


def _period_facts(period: Period) -> tuple[str, str, str, str, float]:
    since, until = period.since.isoformat(), period.until.isoformat()
    return period.kind, since, until, period.words, period.certainty
