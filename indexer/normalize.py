"""Text to keys: spellings that mean the same become one; what a reader sees stays as it was.

Vietnamese has two ways to place a tone mark (hoà, hòa), two letters for one final sound (kỹ, kĩ)
and, in Unicode, several ways to write each letter. NFC joins only the last. The neutral forms
here are the traditional placement (hòa, ủy, khỏe) and, in keys alone, i for y.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
"""Level, huyền, sắc, hỏi, ngã, nặng, as combining marks."""

INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
ROMAN = "\u2160-\u217f"
MARKS = "\u0300-\u036f"


def _toned(letters: str, tone: str) -> str:
    return unicodedata.normalize("NFC", letters + tone)


def _character_table() -> dict[str, str]:
    table = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    for neutral, variants in {
        " ": "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000",
        "-": "\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d",
        "/": "\u2044\u2215",
        '"': "\u201c-\u201f\u00ab\u00bb\u2033\uff02",
        "'": "\u2018-\u201b\u2032\u2039\u203a\u02bc\uff07",
        "Đ": "\u00d0\u0189",
        "đ": "\u00f0\u0256",
        "I": "\u0130",  # the one letter that grows when lower-cased
        "2": "\u00b2",
        "3": "\u00b3",
        "": INVISIBLE,
    }.items():
        table.update(dict.fromkeys(_characters(variants), neutral))
    table.update((each, unicodedata.normalize("NFKC", each)) for each in _characters(ROMAN))
    return table


def _characters(variants: str) -> list[str]:
    """Those of a character class, written without its brackets."""
    ranges = re.findall("(.)(?:-(.))?", variants)
    return [
        chr(code) for first, last in ranges for code in range(ord(first), ord(last or first) + 1)
    ]


CHARACTERS = _character_table()
_VARIANTS = re.compile(f"[{''.join(CHARACTERS)}]")

VOWELS = "aăâeêioôơuưy"


def _either_case(letters: str) -> str:
    return letters + letters.upper()


def _all_toned(vowels: str) -> str:
    """The vowels of a character class with each of the five marks, in both cases."""
    return "".join(_toned(*pair) for pair in product(_either_case(vowels), TONES[1:]))


def _tone_table() -> dict[str, str]:
    """Pairs of vowels, the tone on the second → on the first, and the other way round."""
    return {
        one + _toned(two, tone): _toned(one, tone) + two
        for one, two, tone in product(_either_case(VOWELS), _either_case(VOWELS), TONES[1:])
    }


EARLY = _tone_table()
"""hoà → hòa: the tone of an open syllable goes on the first vowel."""
LATE = {early: late for late, early in EARLY.items()}
"""hòan → hoàn, qúy → quý: that of a closed one, and of one with qu, on the second."""

_LETTER = rf"(?=[^\W\d_]|[{MARKS}])"
_NO_LETTER = _LETTER.replace("?=", "?!")
_TONED = _all_toned(VOWELS)
_MARKED = _either_case("ăâêôơ")
# Each begins with one class of characters, which the regex engine looks for fastest.
_EARLY_PLACED = re.compile(
    rf"[{_all_toned('iouưy')}](?:"
    rf"[{_MARKED}]"  # đựơc, hịên: a marked vowel has the tone
    rf"|(?<=[{_all_toned('o')}])[aeAE]{_LETTER}"  # hòan
    rf"|(?<=[{_all_toned('u')}])(?:[yY]{_LETTER}|(?<=[qQ].)[aeiyAEIY])(?![{_MARKED}])"  # hùynh, qủa
    rf"|(?<=\b[gG][{_all_toned('i')}])[aeouưAEOUƯ](?![aeyAEY{_MARKED}]))"  # gía
    rf"(?![^\W\d_]{{0,7}}[{_TONED}])"  # no second tone in the word
)
_LATE_PLACED = re.compile(
    rf"[{_all_toned('aeiouy')}](?<=[{_either_case('aâeêioôơuư')}].){_NO_LETTER}(?:"
    rf"(?<=[oO][{_all_toned('aei')}])"  # hoà, noí
    rf"|(?<=[uU][{_all_toned('aiy')}])(?<![qQ]..)"  # cuả, muĩ, uỷ
    rf"|(?<=[iI][{_all_toned('au')}])(?<![gG]..)"  # điạ, chiụ
    rf"|(?<=[ưƯ][{_all_toned('aiu')}])"  # đưá
    rf"|(?<=[aA][{_all_toned('iouy')}])"  # đaị
    rf"|(?<=[âÂ][{_all_toned('uy')}])"
    rf"|(?<=[eE][{_all_toned('o')}])|(?<=[êÊ][{_all_toned('u')}])"
    rf"|(?<=[ôơÔƠ][{_all_toned('i')}]))"  # đôị
)
"""The second of two vowels, where it has the tone of the first."""
_SYLLABLE = re.compile(rf"\w[\w{MARKS}]*")
_SYLLABLES_AND_REST = re.compile(f"({_SYLLABLE.pattern})")
_UNEVEN = re.compile(f"[{INVISIBLE}{ROMAN}]")
"""What a text must not have for its normalised form to be as long."""


_Y_OR_I = (*product("hklmstv", ("",)), *product(("qu",), ("", "nh", "t")))
_KEYS = {
    initial + _toned("y", tone) + final: initial + _toned("i", tone) + final
    for (initial, final), tone in product(_Y_OR_I, TONES)
}
"""Syllables that dictionaries write with y or i alike: kỹ = kĩ, quý = quí, quýt = quít."""

MOST_MARKS = 30
"""Combining marks kept in a row (UAX #15, D4: no language needs more); putting n of them in order
takes n² steps."""


def normalize(text: str) -> str:
    """NFC, tone marks in their traditional place, plain spaces, dashes and quotes, Đ for Ð.

    Invisible characters go and "Ⅱ" becomes "II"; nothing else changes length, so where `text` is
    NFC and has none of these, offsets into the result are offsets into `text`.

    >>> normalize("Uỷ ban, hoà bình, khoẻ, thuý, quý, qúy, hòan, tuỳ — “Ðảng”")
    'Ủy ban, hòa bình, khỏe, thúy, quý, quý, hoàn, tùy - "Đảng"'
    """
    text = _composed(text)
    text = _EARLY_PLACED.sub(lambda match: LATE[match[0]], text)
    parts: list[str] = []
    end = 0
    for match in _LATE_PLACED.finditer(text):
        start, after = match.start() - 1, match.end()
        parts += text[end:start], EARLY[text[start:after]]
        end = after
    return "".join((*parts, text[end:]))


def _composed(text: str) -> str:
    """NFC of plain characters, long rows of marks cut."""
    text = _VARIANTS.sub(lambda match: CHARACTERS[match[0]], text)
    if unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", _long_rows().sub(r"\1", text))


@cache
def _long_rows() -> re.Pattern[str]:
    """Marks, and what comes apart into marks alone."""
    apart = ((each, unicodedata.normalize("NFD", each)) for each in _every_character())
    marks = "".join(each for each, parts in apart if unicodedata.combining(parts[0]))
    return re.compile(f"([{marks}]{{{MOST_MARKS}}})[{marks}]+")


@cache
def _clusters() -> re.Pattern[str]:
    """A character with all that NFC might join to it, and invisible ones."""
    joined = {
        mark for each in _every_character() for mark in unicodedata.normalize("NFD", each)[1:]
    }
    joined.update(filter(unicodedata.combining, _every_character()))
    return re.compile(f".[{''.join(joined)}{INVISIBLE}]*", re.DOTALL)


def _every_character() -> Iterator[str]:
    """Those among which are all marks and all that have some; made of them only when needed."""
    return map(chr, range(0xC0, 0x1F000))


def _fold_table() -> dict[int, str | None]:
    table: dict[int, str | None] = {ord("đ"): "d", ord("Đ"): "d"}
    table.update(dict.fromkeys(map(ord, _characters(MARKS)), None))
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


def key(syllable: str) -> str:
    """The key of one normalised syllable: lower case, i for y where both are written.

    >>> key("Kỹ"), key("quý"), key("thúy"), key("y")
    ('kĩ', 'quí', 'thúy', 'y')
    """
    lower = syllable.lower()
    return _KEYS.get(lower, lower)


_WITH_Y = {
    key(each): each
    for each in (
        *("hy", "ky", "kỳ", "ký", "kỷ", "kỹ", "kỵ", "ly", "lý", "mỹ", "ty", "tỷ", "quy", "quỳ"),
        *("quý", "quỷ", "quỹ", "quỵ", "quynh", "quýnh", "quỳnh", "quýt"),
    )
}


def written(key: str) -> str:
    """A key as it is mostly written: with y where newspapers write y.

    >>> written("kĩ"), written("quí"), written("vì"), written("sĩ")
    ('kỹ', 'quý', 'vì', 'sĩ')
    """
    return _WITH_Y.get(key, key)


class Token(NamedTuple):
    """A syllable or number: its key, and text[start:end] as it stands in the text."""

    key: str
    start: int
    end: int


def syllables(text: str) -> list[Token]:
    """Runs of letters and digits with their keys, in order; offsets count in `text` as given.

    Everything else separates: "154-KH/TU" is 154 · kh · tu and "1.234,5" is 1 · 234 · 5, found as
    neighbours however they are dashed or spaced, while "K1" and "81m" are one token, as typed.

    >>> [token.key for token in syllables("UBND ph\\u01b0\\u01a1\\u0300ng, 07/2022, 81m, 144%")]
    ['ubnd', 'phường', '07', '2022', '81m', '144']
    """
    normal, places = aligned(text)
    found = syllables_in(normal)
    if places is None:
        return found
    return [Token(token.key, places[token.start][0], places[token.end - 1][1]) for token in found]


def aligned(text: str) -> tuple[str, list[tuple[int, int]] | None]:
    """normalize(text), and where in `text` each of its characters begins and ends; None for where
    it does in the result.

    >>> aligned("a\\u0300!"), aligned("uỷ")
    (('à!', [(0, 2), (2, 3)]), ('ủy', None))
    """
    if unicodedata.is_normalized("NFC", text) and not _UNEVEN.search(text):
        return normalize(text), None
    spans = [match.span() for match in _clusters().finditer(text)]
    pieces = [_composed(text[start:end]) for start, end in spans]
    places = [span for span, piece in zip(spans, pieces, strict=True) for _ in piece]
    return normalize("".join(pieces)), places


def keys(text: str) -> list[str]:
    """The keys of syllables(text) alone, in a third of the time.

    >>> keys("UBND phường, 07/2022")
    ['ubnd', 'phường', '07', '2022']
    """
    return keys_in(normalize(text))


def keys_in(normal: str) -> list[str]:
    """keys() of a text that is normalised already."""
    written = written_in(normal)
    return list(map(_KEYS.get, written, written))


def written_in(normal: str) -> list[str]:
    """The syllables of a text that is normalised already, in small letters."""
    return _SYLLABLE.findall(_lower(normal))


def written_and_lengths(text: str) -> tuple[list[str], NDArray[np.int64]]:
    """The syllables of a text, normalised and in small letters; by turns how many characters of it
    as given lie before one and in it.

    >>> written_and_lengths("UBND phường Mỹ Lý.")
    (['ubnd', 'phường', 'mỹ', 'lý'], array([0, 4, 1, 6, 1, 2, 1, 2]))
    """
    normal, places = aligned(text)
    written, lengths = written_and_lengths_in(normal)
    if places is None:
        return written, lengths
    bounds = lengths.cumsum().reshape(-1, 2).tolist()
    given = [(places[start][0], places[end - 1][1]) for start, end in bounds]
    return written, np.diff(np.array(given, np.int64).ravel(), prepend=0)


def written_and_lengths_in(normal: str) -> tuple[list[str], NDArray[np.int64]]:
    """written_and_lengths() of a text that is normalised already."""
    pieces = _SYLLABLES_AND_REST.split(_lower(normal))
    return pieces[1::2], np.fromiter(map(len, pieces), np.int64, len(pieces) - 1)


def syllables_in(normal: str) -> list[Token]:
    """syllables() of a text that is normalised already."""
    written, lengths = written_and_lengths_in(normal)
    bounds = lengths.cumsum().tolist()
    return list(map(Token, map(_KEYS.get, written, written), bounds[::2], bounds[1::2]))


def _lower(normal: str) -> str:
    return normal.lower().replace("_", " ")
