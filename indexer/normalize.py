"""Text to keys: spellings that mean the same become one; what a reader sees stays as it was.

Vietnamese has two ways to place a tone mark (hoà, hòa), two letters for one final sound (kỹ, kĩ)
and, in Unicode, several ways to write each letter. NFC joins only the last. The neutral forms
here are the traditional placement (hòa, ủy, khỏe) and, in keys alone, i for y.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import product
from typing import NamedTuple

TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
"""Level, huyền, sắc, hỏi, ngã, nặng, as combining marks."""

INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
MARKS = "\u0300-\u036f"


def _toned(letters: str, tone: str) -> str:
    return unicodedata.normalize("NFC", letters + tone)


def _character_table() -> dict[int, str | None]:
    table: dict[int, str | None] = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    for neutral, variants in {
        " ": "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000",
        "-": "\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d",
        '"': "\u201c-\u201f\u00ab\u00bb\u2033\uff02",
        "'": "\u2018-\u201b\u2032\u02bc\uff07",
        "Đ": "\u00d0\u0189",
        "đ": "\u00f0\u0256",
        "I": "\u0130",  # the one letter that grows when lower-cased
        "2": "\u00b2",
        "3": "\u00b3",
        "": INVISIBLE,
    }.items():
        table.update(dict.fromkeys(_codes(variants), neutral or None))
    return table


def _codes(variants: str) -> list[int]:
    """Code points of a character class, written without its brackets."""
    ranges = re.findall("(.)(?:-(.))?", variants)
    return [code for first, last in ranges for code in range(ord(first), ord(last or first) + 1)]


def _tone_table() -> dict[str, str]:
    """Pairs of vowels, the tone on the second → on the first, and the other way round."""
    table = {}
    for pair, tone in product(("oa", "oe", "uy"), TONES[1:]):
        first, second = pair[0], pair[1]
        for one, two in product((first, first.upper()), (second, second.upper())):
            table[one + _toned(two, tone)] = _toned(one, tone) + two
    return table


CHARACTERS = _character_table()
EARLY = _tone_table()
"""hoà → hòa: the tone of an open syllable goes on the first vowel."""
LATE = {early: late for late, early in EARLY.items()}
"""hòan → hoàn, qúy → quý: that of a closed one, and of one with qu, on the second."""

_LATER_LETTER = rf"(?=[^\W\d_]|[{MARKS}])"
_LATE_PLACED = re.compile(
    r"(?:[oO][àáảãạÀÁẢÃẠèéẻẽẹÈÉẺẼẸ]|(?<![qQ])[uU][ỳýỷỹỵỲÝỶỸỴ])" + _LATER_LETTER.replace("?=", "?!")
)
_EARLY_PLACED = re.compile(
    rf"[òóỏõọÒÓỎÕỌ][aeAE]{_LATER_LETTER}"
    rf"|[ùúủũụÙÚỦŨỤ][yY]{_LATER_LETTER}"
    r"|(?<=[qQ])[ùúủũụÙÚỦŨỤ][yY]"
)
_SYLLABLE = re.compile(rf"\w[\w{MARKS}]*")
_CLUSTER = re.compile(rf".[{MARKS}{INVISIBLE}]*", re.DOTALL)
_LOOSE = re.compile(f"[{INVISIBLE}]")

_KEYS = {
    initial + _toned("y", tone): initial + _toned("i", tone)
    for initial, tone in product(("h", "k", "l", "m", "qu", "s", "t", "v"), TONES)
}
"""Syllables that dictionaries write with y or i alike: kỹ = kĩ, quý = quí, công ty = công ti."""


def normalize(text: str) -> str:
    """NFC, tone marks in their traditional place, plain spaces, dashes and quotes, Đ for Ð.

    Invisible characters go; nothing else changes length, so where `text` is NFC and has none of
    them, offsets into the result are offsets into `text`.

    >>> normalize("Uỷ ban, hoà bình, khoẻ, thuý, quý, qúy, hòan, tuỳ — “Ðảng”")
    'Ủy ban, hòa bình, khỏe, thúy, quý, quý, hoàn, tùy - "Đảng"'
    """
    text = unicodedata.normalize("NFC", text.translate(CHARACTERS))
    text = _EARLY_PLACED.sub(lambda match: LATE[match[0]], text)
    return _LATE_PLACED.sub(lambda match: EARLY[match[0]], text)


def _fold_table() -> dict[int, str | None]:
    table: dict[int, str | None] = {ord("đ"): "d", ord("Đ"): "d"}
    table.update(dict.fromkeys(_codes(MARKS), None))
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii():
            table[code] = base.lower()
    return table


_FOLDED = _fold_table()


def fold(text: str) -> str:
    """Lower case without accents, đ as d. Of a key, the key of the unaccented word.

    >>> fold("Đường Hoàng Hoa Thám")
    'duong hoang hoa tham'
    """
    return text.lower().translate(_FOLDED)


class Token(NamedTuple):
    """A syllable or number: its key, and text[start:end] as it stands in the text."""

    key: str
    start: int
    end: int


def key(syllable: str) -> str:
    """The key of one normalised syllable: lower case, i for y where both are written.

    >>> key("Kỹ"), key("quý"), key("thúy"), key("y")
    ('kĩ', 'quí', 'thúy', 'y')
    """
    lower = syllable.lower()
    return _KEYS.get(lower, lower)


def syllables(text: str) -> list[Token]:
    """Runs of letters and digits with their keys, in order; offsets count in `text` as given.

    Everything else separates: "154-KH/TU" is 154 · kh · tu and "1.234,5" is 1 · 234 · 5, found as
    neighbours however they are dashed or spaced, while "K1" and "81m" are one token, as typed.

    >>> [token.key for token in syllables("UBND ph\\u01b0\\u01a1\\u0300ng, 07/2022, 81m, 144%")]
    ['ubnd', 'phường', '07', '2022', '81m', '144']
    """
    if unicodedata.is_normalized("NFC", text) and not _LOOSE.search(text):
        return _tokens(normalize(text))
    spans = [match.span() for match in _CLUSTER.finditer(text)]
    pieces = [_cluster(text[start:end]) for start, end in spans]
    # where each character of the joined pieces begins and ends in the text
    starts = [start for (start, _), piece in zip(spans, pieces, strict=True) for _ in piece]
    ends = [end for (_, end), piece in zip(spans, pieces, strict=True) for _ in piece]
    return [
        Token(token.key, starts[token.start], ends[token.end - 1])
        for token in _tokens(normalize("".join(pieces)))
    ]


def _tokens(normal: str) -> list[Token]:
    keys = _KEYS
    return [
        Token(keys.get(word := match[0], word), *match.span())
        for match in _SYLLABLE.finditer(normal.lower().replace("_", " "))
    ]


def _cluster(text: str) -> str:
    return unicodedata.normalize("NFC", text.translate(CHARACTERS))
