"""Words: Vietnamese writes a space after every syllable, pyvi says which of them belong together.

Words rank ("ngân hàng" is not "hàng ngân"); they do not decide what matches, since the segmentation
depends on case and context ("phường Mỹ Đình" has the word Mỹ Đình, "phường mỹ đình" has not).
"""

from __future__ import annotations

from functools import cache
from types import ModuleType

from indexer.normalize import normalize, syllables


@cache
def _segmenter() -> ModuleType:
    """pyvi's own module. Loaded at first use: it takes 0.8 s, and most commands never segment."""
    from pyvi import ViTokenizer

    module: ModuleType = ViTokenizer
    return module


def words(text: str) -> list[str]:
    """The words of a text as keys, syllables joined by "_"; punctuation is left out.

    Segmented with case kept, since case tells names, and lower-cased after.

    >>> words("Uỷ ban nhân dân phường Mỹ Đình họp.")
    ['ủy_ban', 'nhân_dân', 'phường', 'mỹ_đình', 'họp']
    """
    segmented = _segmenter().tokenize(normalize(text))
    found = (
        "_".join(token.key for token in syllables(word.replace("_", " ")))
        for word in segmented.split()
    )
    return [word for word in found if word]
