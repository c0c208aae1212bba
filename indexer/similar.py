"""Similar: which articles are about the same? Those that share the words that tell this one."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Container
from math import inf
from time import monotonic

from whoosh.query import Or, Term

from indexer.document import Document
from indexer.hits import hits
from indexer.plan import Targets
from indexer.results import Hit, TooSlow
from indexer.schema import WORDS
from indexer.search import Searcher
from indexer.segment import words

SECONDS = 0.5
"""Time that is taken to look for them; after that none are shown."""

TELLING = 12
"""Words that stand for an article: those that are rarest in the index and most frequent in it."""

FEWEST = 3
"""Words that an article must share with others: by one or two nothing is told."""

READ = 3000
"""Characters of a text in which they are looked for."""

TITLE = 3
"""A word of the title counts as one that stands as many times more in the text."""

OFTEN = 4
"""Times after which a word of the text counts no more."""

ALIKE = 0.4
"""Share of the best score, which is the article's own or a copy's, that a similar one reaches."""


def similar(searcher: Searcher, document: Document, but: Container[int], most: int) -> list[Hit]:
    """Articles that share most of what tells this one, the nearest first, without those of `but`.

    None where too few words tell it, or looking for them takes too long.
    """
    generation = searcher.generation
    told = telling_words(document, lambda word: generation.frequency(WORDS, word))
    if len(told) < FEWEST:
        return []
    query = Or([Term(WORDS, word) for word in told])
    generation.deadline = monotonic() + SECONDS
    try:
        rows = searcher.evaluator.matching.rows(query)
        best, scores = searcher.evaluator.best(query, rows, 2 * most)
    except TooSlow:
        return []
    finally:
        generation.deadline = inf
    near = scores >= ALIKE * scores.max(initial=0)
    found = hits(generation, searcher.store, best[near], scores[near].tolist(), Targets())
    return [hit for hit in found if hit.id not in but][:most]


def telling_words(document: Document, frequency: Callable[[str], int]) -> list[str]:
    """The words that tell the article, the most telling first; numbers tell nothing.

    `frequency` gives how many articles have a word; one that no other has finds nothing.
    """
    article = document.article
    counts = Counter(words(article.text[:READ]))
    times = {word: min(count, OFTEN) for word, count in counts.items()}
    for word in set(words(article.title)):
        times[word] = times.get(word, 0) + TITLE
    weights = {
        word: count / math.log1p(holders)
        for word, count in times.items()
        if word[0].isalpha() and (holders := frequency(word)) > 1
    }
    return sorted(weights, key=lambda word: (-weights[word], word))[:TELLING]
