"""Families: articles of the same text, on whatever portal they stand."""

from __future__ import annotations

import hashlib

from crawler.article import Article
from indexer.normalize import fold, syllables

SHORTEST = 20
"""Words. Shorter texts ("Lịch tiếp công dân") are alike by chance, so each is its own family."""


def family_of(article: Article) -> int:
    """63 bits that two articles share where their titles and texts have the same words in order.

    Case, accents, numbers and punctuation do not count.
    """
    tokens = syllables(f"{article.title}\n{article.text}")
    words = [token.key for token in tokens if not token.key.isdigit()]
    if len(words) < SHORTEST:
        words = [article.portal, article.identity]
    digest = hashlib.blake2b(fold(" ".join(words)).encode(errors="replace"), digest_size=8)
    return int.from_bytes(digest.digest()) >> 1
