"""Families: articles whose text is the same, the press release that many portals print.

Equal texts only, however they are spaced, punctuated, spelled or dated by their portals.
"""

from __future__ import annotations

import hashlib

from crawler.article import Article
from indexer.normalize import fold, syllables

HASH_BYTES = 7
"""56 bits: a million articles meet by chance with a likelihood of one in 140,000."""


def family_of(article: Article) -> int:
    """A number below 2**56 that articles of equal title and text share."""
    keys = (fold(token.key) for token in syllables(f"{article.title}\n{article.text}"))
    digest = hashlib.blake2b(" ".join(keys).encode(), digest_size=HASH_BYTES).digest()
    return int.from_bytes(digest)
