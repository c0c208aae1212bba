"""Fonts: Vietnamese that is Latin-1 letters under a font which draws others, made Unicode.

TCVN3 (.VnTime) and VNI (VNI-Times) are no charsets: a page may hold them beside Unicode text, in
one paragraph that was pasted from Word, and no label says so. What tells them is the name of the
font where the page gives it, and always that the letters make Vietnamese syllables once they are
converted, and more than before. The tables are in fonts.toml.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from lxml.html import HtmlElement

FONTS = Path(__file__).with_name("fonts.toml")

SHARE = 0.8
"""Of the accented words of a text in one of the encodings, so many are syllables once converted
(names of persons and places abroad are not)."""
FEWEST = 10
"""Syllables by which an encoding is told where no font is named; half of them, at most, make sense
as they are."""
MUCH = 100_000
"""Characters of a text that are enough to tell by, however long it is."""
LONGEST = 7
"""Letters of the longest syllable, "nghiêng"."""

FAMILY = re.compile(r"(?<![\w-])font(?:-family)?\s*:\s*([^;}]*)", re.I)
BEFORE_NAME = r"(?:face\s*=|font(?:-family)?\s*:)[\s\"']*"
UNSHOWN = frozenset({"script", "style", "noscript", "textarea"})
TAG = re.compile(r"<[^<>]*>")

WORD = re.compile(r"(?:[^\W\d_]|[\u00a1-\u00bf×÷])+")
"""With what is a sign in Latin-1 and a letter in TCVN3."""
BEYOND_LATIN_1 = re.compile(r"[\u0100-\u1eff]")
TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
SYLLABLE = re.compile(
    r"(?:ngh?|nh|gh?|gi|kh|ph|th|tr|ch|qu|[bcdđhklmnprstvx])?"
    r"(?:(?:[aeêioôơuưy]|i[aê]|y[aê]|u[aâêôơy]|uy[aêu]?|ư[aơ]|o[aăeo]|ă|â)(?:ch?|m|ng?|nh|p|t)"
    r"|[aeêioôơuưy]|ia|ya|u[aêơy]|uya|uyu|ưa|o[ae]"
    r"|[aoôơuư]i|[aeoêi][ou]|â[uy]|ay|ưu|oa[iyo]|oeo|i?êu|yêu|u?ôi|ươ[iu]|u[âa]y)"
)
"""Vietnamese without tones: a wide net, as it only has to tell sense from nonsense."""
STOPPED = re.compile(r".*(?:c|ch|p|t)")
STOPPED_TONES = (["\u0301"], ["\u0323"])
"""Syllables that end in a stop have one of two tones."""
VOWELLESS = re.compile(r"[b-df-hj-np-tv-xzđ]+", re.I)


@dataclass(frozen=True, slots=True, eq=False)
class Encoding:
    """One entry of fonts.toml, ready for use."""

    name: str
    fonts: re.Pattern[str]
    capital_fonts: re.Pattern[str]
    letters: Mapping[str, str]
    written: re.Pattern[str]

    def unicode_of(self, text: str) -> str:
        """The text that a font of this encoding shows, in NFC.

        >>> tcvn3, vni = load_encodings()
        >>> tcvn3.unicode_of("Uû ban nh©n d©n ph­êng"), vni.unicode_of("Ñaûng uûy phöôøng")
        ('Uỷ ban nhân dân phường', 'Đảng ủy phường')
        """
        return self.written.sub(lambda match: self.letters[match[0]], text)


@cache
def load_encodings() -> tuple[Encoding, ...]:
    """The encodings of fonts.toml, in its order."""
    with FONTS.open("rb") as file:
        entries = tomllib.load(file)
    return tuple(_encoding(name, **entry) for name, entry in entries.items())


def _encoding(
    name: str, fonts: str, capital_fonts: str, capitals_alike: bool, letters: dict[str, str]
) -> Encoding:
    every = dict(letters)
    for written, letter in letters.items() if capitals_alike else ():
        every[written.capitalize()] = every[written.upper()] = letter.upper()
    longest_first = sorted(map(re.escape, every), key=len, reverse=True)
    written_forms = re.compile("|".join(longest_first))
    return Encoding(name, re.compile(fonts), re.compile(capital_fonts), every, written_forms)


def encoding_of(markup: str) -> Encoding | None:
    """The encoding that the text of a page, read as Latin-1, is in; None for ordinary text."""
    named = any(
        re.search(BEFORE_NAME + each.fonts.pattern, markup, re.I) for each in load_encodings()
    )
    return _told(TAG.sub(" ", markup), named)


def respell(root: HtmlElement) -> None:
    """Make Unicode of every text of a page that is in one of the encodings. Changes the tree.

    A name of a font is believed if what stands under it makes sense as its encoding: pages that
    were made Unicode later often keep it. Texts under no such font are told by their words.
    """
    runs = [run for run in _runs(root) if not BEYOND_LATIN_1.search(run.text)]
    believed = [
        each
        for each in load_encodings()
        if _told(" ".join(run.text for run in runs if run.encoding is each), named=True) is each
    ]
    others = [run for run in runs if run.encoding not in believed]
    guess = _told(" ".join(run.text for run in others), named=False)
    for run in runs:
        if run.encoding in believed:
            run.replace(run.encoding, sure=True)
        elif guess or believed:
            run.replace(guess or believed[0], sure=guess is not None)


Font = tuple[Encoding | None, bool]
"""The encoding that a font is, if it is one, and whether it has capitals only."""
NO_FONT: Font = (None, False)


@dataclass(frozen=True, slots=True)
class _Run:
    """The text before an element's first child, or behind the element; the font that is named."""

    element: HtmlElement
    behind: bool
    text: str
    encoding: Encoding | None
    capitals: bool

    def replace(self, encoding: Encoding, sure: bool) -> None:
        """Convert the text where it then has more syllables; where it is sure, as many."""
        text = encoding.unicode_of(self.text)
        more = _syllables(_accented(text)) - _syllables(_accented(self.text))
        if more > 0 or (sure and more == 0):
            place = "tail" if self.behind else "text"
            setattr(self.element, place, text.upper() if self.capitals else text)


def _runs(root: HtmlElement) -> Iterator[_Run]:
    """The texts of a page that may need converting: accented ones, and those of fonts that do."""
    fonts: dict[HtmlElement | None, Font] = {}
    for element in root.iter("*"):
        around = fonts.get(element.getparent(), NO_FONT)
        own = _font(element) or around
        if own is not NO_FONT:
            fonts[element] = own
        if element.text and element.tag not in UNSHOWN and (own[0] or not element.text.isascii()):
            yield _Run(element, False, element.text, *own)
        if element.tail and (around[0] or not element.tail.isascii()):
            yield _Run(element, True, element.tail, *around)


def _font(element: HtmlElement) -> Font | None:
    """What the font is that an element names; None where it names none."""
    styled = FAMILY.search(element.get("style") or "")
    names = styled[1] if styled else element.get("face") or ""
    name = names.partition(",")[0].strip(" \t\r\n\"'").lower()
    for encoding in load_encodings():
        if encoding.fonts.match(name):
            return encoding, bool(encoding.capital_fonts.search(name))
    return NO_FONT if name else None


def _told(text: str, named: bool) -> Encoding | None:
    """The encoding under which a text makes more sense than as it is; where a font is named for it,
    a little more is enough."""
    text = text[:MUCH]
    before = _syllables(_accented(text))
    best, most = None, before if named else max(FEWEST - 1, 2 * before)
    for encoding in load_encodings():
        words = _accented(encoding.unicode_of(text))
        found = _syllables(words)
        if found > most and found >= SHARE * len(words):
            best, most = encoding, found
    return best


def _accented(text: str) -> list[str]:
    """The words that tell something: with a letter beyond ASCII, and a vowel ("HĐND" has none), and
    no sign that stands alone."""
    words = (word for word in WORD.findall(text) if len(word) > 1 and not word.isascii())
    return [word for word in words if not VOWELLESS.fullmatch(word)]


def _syllables(words: Iterable[str]) -> int:
    return sum(len(word) <= LONGEST and _is_syllable(word) for word in words)


@lru_cache(maxsize=1 << 14)
def _is_syllable(word: str) -> bool:
    apart = unicodedata.normalize("NFD", word.lower())
    tones = TONES.findall(apart)
    letters = unicodedata.normalize("NFC", TONES.sub("", apart))
    if len(tones) > 1 or not SYLLABLE.fullmatch(letters):
        return False
    return not STOPPED.fullmatch(letters) or tones in STOPPED_TONES
