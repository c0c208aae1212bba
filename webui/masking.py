"""Masking: numbers of persons are hidden wherever a text is shown.

What is hidden: identity cards (nine digits to 2021, twelve since: Decree 137/2015/NĐ-CP), phone
numbers, and bank accounts where the text calls them so. What stays: sums of money, numbers of
documents, dates, short service numbers (113, 1022). Each hidden digit becomes one "•", so that
marks of a snippet keep their places; the last two stay, enough to tell two numbers apart.
"""

from __future__ import annotations

import re

SHOWN = 2
"""Digits left at the end of a hidden number."""

_START = r"(?<![\d/.,•-])"
_UNIT = r"\s*(?:đồng|đ\b|VNĐ|VND|tỷ|triệu|nghìn|USD|%|m2|m²|ha\b)"
_END = rf"(?![\d/•]|[.,-]\d|{_UNIT})"

NUMBERS_OF_PERSONS = re.compile(
    rf"""
    # bank account: only after its name; spaces, dots and hyphens may stand between
    (?: \bsố\ tài\ khoản | \btài\ khoản\ số | \bsố\ TK | \bSTK ) \s*:?\s*
    (?P<account> \d (?:[ .-]?\d){{5,18}} )
    # identity card after its name, in groups or not
  | (?: \bCCCD | \bCMND | \bcăn\ cước(?:\ công\ dân)? | \bchứng\ minh(?:\ nhân\ dân|\ thư)? )
    (?:\s+(?:mang\s+)?số)? \s*:?\s*
    (?P<card> \d(?:[ .]?\d){{11}} | \d(?:[ .]?\d){{8}} )
    # identity card by its length alone
  | {_START} (?P<bare> \d{{12}} | \d{{9}} ) {_END}
    # mobile phone: 0912345678, 0912 345 678, 091.234.5678, 0912.34.56.78, +84 912 345 678
  | {_START} (?P<mobile> (?:\+?84[ .-]?|0) [35789]
      (?: \d{{8}} | \d{{2}}[ .-]\d{{6}}
        | \d{{1,2}} (?P<gap>[ .-]) \d{{3}} (?P=gap) \d{{3,4}}
        | \d{{2}} (?P<gaps>[ .-]) \d{{2}} (?P=gaps) \d{{2}} (?P=gaps) \d{{2}} )
    ) {_END}
    # land line: (024) 3825 3536, 0243.8253536, 02438253536
  | {_START} (?P<line> (?: \(02\d{{1,2}}\) | 02\d{{1,2}} ) [ .-]?\d{{3,4}}[ .-]?\d{{3,4}} ) {_END}
    """,
    re.VERBOSE | re.IGNORECASE,
)


def masked(text: str) -> str:
    """The text, as long as before, with the numbers of persons hidden but for two digits.

    >>> masked("Liên hệ ông A: 0912.345.678, CCCD 001086012345")
    'Liên hệ ông A: ••••.•••.•78, CCCD ••••••••••45'
    >>> masked("Tổng chi 7.950.000.000 đồng theo Quyết định 1234/QĐ-UBND ngày 06/10/2022")
    'Tổng chi 7.950.000.000 đồng theo Quyết định 1234/QĐ-UBND ngày 06/10/2022'
    """
    return NUMBERS_OF_PERSONS.sub(_hide, text)


def _hide(match: re.Match[str]) -> str:
    """The match with the digits of its number hidden; words before it stay."""
    start = match.start(match.lastgroup or 0) - match.start()
    words, number = match[0][:start], match[0][start:]
    hidden = sum(map(str.isdigit, number)) - SHOWN
    return words + re.sub(r"\d", "•", number, count=hidden)
