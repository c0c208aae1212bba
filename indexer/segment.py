"""Words: pyvi's segmentation. The only module that knows pyvi."""

from __future__ import annotations

import re

from indexer.normalize import key, normalize

LONGEST_RUN = 200
"""Characters without a space; longer runs are cut, as pyvi's patterns take quadratic time there."""

LONGEST_PIECE = 5_000
"""Characters segmented at once; pyvi holds about 2 kB for each syllable."""

_PIECES = re.compile(rf"[^\n]{{1,{LONGEST_PIECE}}}(?!\S)|[^\n]{{1,{LONGEST_PIECE}}}")
_RUNS = re.compile(rf"\S{{{LONGEST_RUN}}}")


def words(text: str) -> list[str]:
    """The words of `text` in order, as keys with "_" between syllables; no punctuation.

    Line by line, with the case of letters kept until pyvi has seen it.

    >>> words("Uỷ ban nhân dân phường Mỹ Đình họp, chi 2.317,8 tỷ.")
    ['ủy_ban', 'nhân_dân', 'phường', 'mĩ_đình', 'họp', 'chi', '2.317,8', 'tỉ']
    """
    # pyvi loads scikit-learn, 0.8 s that nothing else of the program needs.
    from pyvi.ViTokenizer import tokenize

    encodable = normalize(text).encode(errors="replace").decode()  # pyvi fails on lone surrogates
    spaced = _RUNS.sub(r"\g<0> ", encodable)
    tokens = (token for piece in _PIECES.findall(spaced) for token in tokenize(piece).split())
    return [_key(token) for token in tokens if any(map(str.isalnum, token))]


def _key(token: str) -> str:
    """pyvi leaves the point of an abbreviation on it, and underscores as it finds them."""
    return "_".join(key(part) for part in token.strip("._").split("_") if part)
