"""Slips: which syllables may have been meant where these letters were typed? Pure.

Telex and VNI are the two ways to type Vietnamese on a plain keyboard; where the program that turns
their keys into letters is off, the keys stay: "ngaan sachs", "nga6n sa1ch".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import product

from indexer.normalize import TONES, VOWELS, key, normalize

CIRCUMFLEX = dict(zip("aeo", "âêô", strict=True))
BREVE_OR_HORN = dict(zip("aou", "ăơư", strict=True))
TELEX_TONES = dict(zip("zfsrxj", TONES, strict=True))
VNI_TONES = dict(zip("021345", TONES, strict=True))

LETTERS = "bcdghklmnpqrstvxđ" + "".join(
    unicodedata.normalize("NFC", vowel + tone) for vowel, tone in product(VOWELS, TONES)
)
"""The letters of Vietnamese, each vowel with each tone."""
PLAIN = "abcdeghiklmnopqrstuvxy"
"""Those letters without marks."""


def telex(typed: str) -> str:
    """The syllable for which these are the keys of Telex; the same where they are none.

    >>> [telex(each) for each in ("ngaan", "sachs", "dduwowngf", "nguwowif", "nhaf", "thu")]
    ['ngân', 'sách', 'đường', 'người', 'nhà', 'thu']
    """
    letters: list[str] = []
    tone = ""
    for each in typed:
        vowels = [letter for letter in letters if letter in VOWELS]
        if each in TELEX_TONES and vowels:
            tone = TELEX_TONES[each]
        elif each in CIRCUMFLEX and each in letters:
            _replace_last(letters, each, CIRCUMFLEX[each])
        elif each == "w":
            _add_hook(letters)
        elif each == "d" and letters[:1] == ["d"]:
            letters[0] = "đ"
        else:
            letters.append(each)
    return _toned(letters, tone)


def vni(typed: str) -> str:
    """The syllable for which these are the keys of VNI; the same where they are none.

    >>> [vni(each) for each in ("nga6n", "sa1ch", "d9u7o7ng2", "ngu7o7i2", "nguo7i2", "19")]
    ['ngân', 'sách', 'đường', 'người', 'người', '19']
    """
    if not typed[:1].isalpha():
        return typed
    letters: list[str] = []
    tone = ""
    for each in typed:
        vowels = [letter for letter in letters if letter in VOWELS]
        if each in VNI_TONES and vowels:
            tone = VNI_TONES[each]
        elif each == "6" and (plain := [letter for letter in vowels if letter in CIRCUMFLEX]):
            _replace_last(letters, plain[-1], CIRCUMFLEX[plain[-1]])
        elif each in "78" and any(letter in BREVE_OR_HORN for letter in vowels):
            _add_hook(letters)
        elif each == "9" and letters[:1] == ["d"]:
            letters[0] = "đ"
        else:
            letters.append(each)
    return _toned(letters, tone)


def _replace_last(letters: list[str], old: str, new: str) -> None:
    letters[len(letters) - 1 - letters[::-1].index(old)] = new


def _add_hook(letters: list[str]) -> None:
    """Horn or breve on the vowel that takes it: both of uo, the u of ua; a lone key is ư."""
    text = "".join(letters)
    for plain, hooked in (("uo", "ươ"), ("ưo", "ươ"), ("ua", "ưa")):
        place = text.rfind(plain)
        if place >= 0 and text[place - 1 : place] != "q":
            letters[place : place + 2] = hooked
            return
    vowels = [letter for letter in letters if letter in BREVE_OR_HORN]
    if vowels:
        _replace_last(letters, vowels[-1], BREVE_OR_HORN[vowels[-1]])
    else:
        letters.append("ư")


def _toned(letters: list[str], tone: str) -> str:
    """The letters with the tone where it belongs (normalize() puts it there from beside)."""
    places = [place for place, letter in enumerate(letters) if letter in VOWELS]
    if len(places) > 1 and "".join(letters[:2]) in ("qu", "gi"):
        del places[0]
    if tone and places:
        marked = [place for place in places if letters[place] not in "aeiouy"]
        closed = places[-1] < len(letters) - 1
        middle = places[1] if len(places) > 2 else places[-1 if closed else 0]
        letters[marked[-1] if marked else middle] += tone
    return normalize(unicodedata.normalize("NFC", "".join(letters)))


def keyboard(typed: str) -> set[str]:
    """What the keys would have become, as keys of the index; not what was typed."""
    return {key(telex(typed)), key(vni(typed))} - {typed}


def swapped(typed: str) -> Iterator[str]:
    """The syllable with two neighbouring letters the other way round.

    >>> list(swapped("scáh"))
    ['csáh', 'sách', 'schá']
    """
    for place in range(len(typed) - 1):
        yield typed[:place] + typed[place + 1] + typed[place] + typed[place + 2 :]


def edited(typed: str, letters: str) -> Iterator[str]:
    """The syllable with one letter less, or with one of these more or in place of another."""
    for place in range(len(typed) + 1):
        head, tail = typed[:place], typed[place:]
        yield head + tail[1:]
        for letter in letters:
            yield head + letter + tail
            yield head + letter + tail[1:]
