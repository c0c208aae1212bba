"""The fields of the index, each named once, and the keys that a document puts into them.

Whoosh analyses nothing: every field is given its keys as a list, so that documents and queries go
through one and the same tokeniser (normalize.syllables) and segmenter (segment.words).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from whoosh.fields import Schema

from indexer.document import Document
from indexer.document_numbers import number_key
from indexer.engine.fields import Keys, PairsOf
from indexer.engine.invert import Entry, Form
from indexer.engine.numbering import Numbered
from indexer.engine.sorting import MISSING
from indexer.normalize import fold, keys, normalize, written_in
from indexer.offsets import packed
from indexer.periods import Period
from indexer.syllable_table import ArticleTable, article_table

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
FACETS = ("wards", "provinces", "topics", "sources", "types")
"""Fields of Query whose values are counted."""
PUBLISHED = "published"
"""A sort column: seconds since 1970, MISSING where no date is printed."""
DIGEST = "digest"
"""A sort column: says whether the article is still the one that was indexed."""
OFFSETS = "offsets"
"""Beside what facts_of() gives: where the syllables of title and text stand (see offsets.py)."""

TITLE_END = "\x1f"
"""Stands between title and text, and behind each file, so that no phrase reaches across."""


SCHEMA = Schema(
    **{
        CITED: Keys(positions=False),
        TITLE: Keys(positions=True),
        TITLE_FOLDED: Keys(positions=True),
        TEXT_: Keys(positions=True),
        TEXT_FOLDED: Keys(positions=True),
        WORDS: Keys(positions=False),
        PAIRS: PairsOf(TEXT_FOLDED),
        FILES: Keys(positions=True),
        FILES_FOLDED: Keys(positions=True),
    }
)


def pairs(keys: Sequence[str]) -> list[str]:
    """Neighbours as one key each.

    >>> pairs(["thu", "ngân", "sách"])
    ['thu ngân', 'ngân sách']
    """
    return [f"{first} {second}" for first, second in pairwise(keys)]


def spelled(key: str) -> str:
    """A key as it stands in the exact fields: behind its bare form, so that all spellings of one
    lie side by side among the terms.

    >>> spelled("đường")
    'duong đường'
    """
    return f"{fold(key)} {key}"


def digest_of(sha256: str) -> int:
    """As much of an article's hash as a sort column holds."""
    return int(sha256[:15], 16)


FORMS = {
    TITLE: Form(TITLE, spelled),
    TITLE_FOLDED: Form(TITLE, fold),
    TEXT_: Form(TEXT_, spelled),
    TEXT_FOLDED: Form(TEXT_, fold),
    FILES: Form(FILES, spelled),
    FILES_FOLDED: Form(FILES, fold),
}
"""Fields with accents and without are made of the same keys."""


def entry_of(document: Document, words: Numbered, files: Iterable[str]) -> Entry:
    """What is indexed of a document, the words of its title and text, and the texts of its files;
    for a batch with FORMS."""
    article = document.article
    read = article_table(article)
    numbering, numbers = read.table.numbering, read.table.numbers
    title, text = numbers[: read.in_title], numbers[read.in_title :]
    captions = written_in(normalize("\n".join((*article.captions, article.byline))))
    between, beside = numbering.numbers([TITLE_END]), numbering.numbers(captions)
    published = article.published
    return Entry(
        number=document.id,
        keys={
            CITED: [number_key(str(number)) for number in document.numbers],
            TITLE: Numbered(numbering, title),
            TEXT_: Numbered(numbering, np.concatenate((title, between, text, beside))),
            WORDS: words,
            FILES: [key for file in files for key in (*keys(file), TITLE_END)],
        },
        values={
            "wards": (*document.wards, *document.wards_then),
            "provinces": document.provinces,
            "topics": document.topics,
            "sources": (article.portal,),
            "types": (document.type,),
        },
        sorts={
            PUBLISHED: int(published.moment.timestamp()) if published else MISSING,
            DIGEST: digest_of(article.sha256),
        },
        stored=_json(facts_of(document) | {OFFSETS: _offsets(article.title, read)}),
    )


def _offsets(title: str, read: ArticleTable) -> list[str]:
    """Where the syllables of title and text stand, each by itself."""
    of_title, of_text = np.split(read.lengths.copy(), [2 * read.in_title])
    of_text[:1] += of_title.sum() - len(title) - 1
    return [packed(of_title), packed(of_text)]


def _json(facts: Mapping[str, Any]) -> bytes:
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()


def facts_of(document: Document) -> dict[str, Any]:
    """What hits show and document() gives back, as plain values."""
    published = document.article.published
    return {
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
