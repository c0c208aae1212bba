"""Spellings of Vietnamese made one: keys for matching, while readers see the original.

The order of steps is part of the index's format (facts: normalise, then segment, then lower-case,
then fold): one character set (NFC), one placement of tones (hoà = hòa, uỷ = ủy), one of i and y
where a syllable ends in that vowel alone (kĩ = kỹ, lí = lý), one đ.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import product
from typing import NamedTuple

TONES = "\u0300\u0301\u0309\u0303\u0323"  # huyền, sắc, hỏi, ngã, nặng

INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
"""Soft hyphen, zero-width spaces and joiners, byte order mark: they stand inside words."""

SYLLABLE = re.compile(rf"[^\W_](?:[^\W_]|[\u0300-\u036f{INVISIBLE}])*")

SPACES = re.compile(r"[^\S\n]+")

PUNCTUATION = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("“”„«»", '"'),
        **dict.fromkeys("‘’‚", "'"),
        **dict.fromkeys("\u00d0\u0189", "Đ"),  # Ð (eth) and Ɖ look like Đ and are typed for it
        **dict.fromkeys("\u00f0\u0256", "đ"),
        **dict.fromkeys(INVISIBLE),
        **{chr(0xFF01 + offset): chr(0x21 + offset) for offset in range(94)},  # full-width forms
    }
)


class Token(NamedTuple):
    """A syllable or number: its key, and where it stands in the text it was taken from."""

    key: str
    start: int
    end: int


def _moved_tones() -> dict[str, str]:
    """Every open oa, oe, uy with the tone on its second vowel → with the tone on the first."""

    def nfc(text: str) -> str:
        return unicodedata.normalize("NFC", text)

    return {
        first + nfc(second + tone): nfc(first + tone) + second
        for pair in ("oa", "oe", "uy")
        for first, second in product(*zip(pair, pair.upper(), strict=True))
        for tone in TONES
    }


MOVED_TONES = _moved_tones()
NEW_STYLE = re.compile(rf"(?<![qQ])(?:{'|'.join(MOVED_TONES)})(?!\w)")
"""Not after q (in "quý" the u belongs to the consonant); not before a letter ("hoàn", "toán")."""

LONE_I = re.compile(r"(h|k|l|m|s|t|qu)([iíìỉĩị])")
Y_FOR_I = dict(zip("iíìỉĩị", "yýỳỷỹỵ", strict=True))


def normalize(text: str) -> str:
    """The text in one spelling, case and lines kept; what the segmenter reads.

    >>> normalize("Uỷ ban\\u00a0xã Hoà Ða – “thuý”, quý, hoàn")
    'Ủy ban xã Hòa Đa - "thúy", quý, hoàn'
    """
    text = unicodedata.normalize("NFC", text).translate(PUNCTUATION)
    return NEW_STYLE.sub(lambda found: MOVED_TONES[found[0]], SPACES.sub(" ", text))


@lru_cache(maxsize=1 << 17)
def key(syllable: str) -> str:
    """The one form under which spellings of a syllable or number meet.

    >>> [key(each) for each in ("Uỷ", "Kĩ", "quí", "HOÀ", "81M", "m²")]
    ['ủy', 'kỹ', 'quý', 'hòa', '81m', 'm2']
    """
    plain = normalize(unicodedata.normalize("NFKC", syllable)).lower()
    found = LONE_I.fullmatch(plain)
    return found[1] + Y_FOR_I[found[2]] if found else plain


@lru_cache(maxsize=1 << 17)
def fold(key: str) -> str:
    """The key without accents: what a reader types who types none. đ has no decomposition.

    >>> fold("đường Mỹ Đình")
    'duong my dinh'
    """
    bare = unicodedata.normalize("NFD", key.lower().replace("đ", "d"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def syllables(text: str) -> list[Token]:
    """The syllables and numbers of a text in order, with offsets into the text as given.

    Everything else separates, so "07/2022", "1.234,5" and "154-KH/TU" are two or three tokens
    each; a query that joins them in the same way asks for them side by side.

    >>> syllables("Tổ 5, K1: 144%")
    [Token(key='tổ', start=0, end=2), Token(key='5', start=3, end=4), \
Token(key='k1', start=6, end=8), Token(key='144', start=10, end=13)]
    """
    return [Token(key(found[0]), *found.span()) for found in SYLLABLE.finditer(text)]
