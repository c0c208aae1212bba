"""Period forms: how days and spans of time are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

HEAD = 60
"""Characters before the digits of a form in which the rest of it stands."""


Pair = tuple[re.Match[str], re.Match[str]]


@dataclass(frozen=True, slots=True)
class Form:
    """Digits behind such words as begin many sentences: looked for by the digits, which are rare.

    `digits` begins with digits, `words` ends with "$".
    """

    words: re.Pattern[str]
    digits: re.Pattern[str]

    def matches(self, text: str, numbers: Iterable[int]) -> Iterator[Pair]:
        """The words and the digits behind them, from left to right; where `numbers` begin."""
        for start in numbers:
            digits = self.digits.match(text, start)
            words = digits and self.words.search(text, max(0, start - HEAD), start)
            if digits and words:
                yield words, digits


NUMBERS = {
    "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10,
    "mười một": 11,
}  # fmt: skip
QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}

_YEAR = r"(?P<year>(?:19|20)\d\d)\b"
_WRITTEN_YEAR = rf"(?:[\s,]*(?i:năm|/|-)\s*{_YEAR})"
_COUNT = rf"(?P<count>\d{{1,2}}|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"
_LUNAR = r"(?!\s*\(?(?:âm\ lịch|ÂL\b))"
EVENT = Form(
    re.compile(
        r"""
        (?: (?:\b[Ss]áng|\b[Tt]rưa|\b[Cc]hiều|\b[Tt]ối|\b[Đđ]êm|\b[Hh]ôm\ nay)
            (?:\ (?:nay|qua|tối))? (?:,?\ (?:[Tt]hứ\ \w+|[Cc]hủ\ nhật))? [,\s(]* (?:ngày\s+)?
          | \b\d{1,2}\s?(?:h|g|giờ|:)\s?(?:\d\d)?(?:\ phút)?,?\ ngày\s+
          | \b(?:diễn\ ra|khai\ mạc)\ (?:vào\ )?ngày\s+
          | \bNgày\s+ ) $                          # at the head of a sentence only: a document's
        """,  # date is written "ngày 13/10/2021"
        re.VERBOSE,
    ),
    re.compile(
        rf"""
        (?P<day>[0-9]\d?) (?: \s*[/.-]\s* | \s+tháng\s+ ) (?P<month>\d\d?) (?!\d)
        (?: \s*(?:năm|[/.-])\s* {_YEAR} | (?!\s*[/.-]\s*\d) )
        (?!\s*(?:-|đến)\s*\d) {_LUNAR}
        """,
        re.VERBOSE,
    ),
)
DAYS = Form(
    re.compile(r"(?:\b[Tt]ừ\s+(?:ngày\s+)?|\b[Nn]gày\s+)$"),
    re.compile(
        rf"""
        (?P<first>[0-9]\d?) (?:\s?[/.-]\s?(?P<first_month>\d\d?))?
        (?:\s?[/.-]\s?(?P<first_year>(?:19|20)\d\d))?
        \s*(?:đến|tới|và|-)\s*(?:hết\s+)?(?:ngày\s+)?
        (?P<day>\d\d?)\s?[/.-]\s?(?P<month>\d\d?)(?!\d)
        (?: \s?[/.-]\s?{_YEAR} | (?!\s?[/.-]\s?\d) ) {_LUNAR}
        """,
        re.VERBOSE,
    ),
)
SCHOOL_YEAR = Form(
    re.compile(r"\bnăm học\s+$", re.IGNORECASE),
    re.compile(rf"(?P<first>(?:19|20)\d\d)\s*-\s*{_YEAR}"),
)
SPAN = Form(
    re.compile(
        r"\b(?P<kind>nhiệm k[ỳì](?:\s+[IVXL]+)?|giai đoạn|từ năm|\d{1,2} năm)[\s,(]*"
        r"(?:từ\s+)?(?:năm\s+)?$",
        re.IGNORECASE,
    ),
    re.compile(rf"(?P<first>(?:19|20)\d\d)\s*(?:-|[Đđ][Ếế][Nn])\s*(?:[Nn][Ăă][Mm]\s+)?{_YEAR}"),
)
PART_OF_YEAR = re.compile(
    rf"\b(?:{_COUNT} tháng|(?P<half>nửa)) (?P<end>đầu|cuối) năm\b(?! học)(?:\s+{_YEAR})?"
    rf"|(?<!ngày )\b(?P<months>\d{{1,2}}) tháng(?: của)?(?: năm |/){_YEAR.replace('year', 'of')}",
    re.IGNORECASE,
)
QUARTER = re.compile(
    rf"\b(?i:qu[ýí])\s+(?:(?P<quarter>I{{1,3}}|IV|i{{1,3}}|iv|[1-4])\b{_WRITTEN_YEAR}"
    r"|(?P<bare>I{1,3}|IV)\b)"
)
# These begin with a class of characters, which the regex engine looks for fastest.
MONTH = re.compile(
    rf"[Tt]háng(?<=\b.{{5}})(?<!\d .{{5}})(?<![Mm]ạng .{{5}})(?<![Rr]ằm .{{5}})"
    rf"\s+(?P<month>\d{{1,2}})\b(?:{_WRITTEN_YEAR}|(?!\s*[/.-]\s*\d)){_LUNAR}"
)
WEEK = re.compile(
    r"[Tt]uần(?<=\b.{4})\s+(?:thứ\s+)?"
    rf"(?:(?P<week>[1-5])\s+tháng\s+(?P<month>\d{{1,2}})\b{_WRITTEN_YEAR}?"
    r"|(?P<of_year>\d{1,2})(?:\s+năm\s+|\s*/\s*)(?P<iso>(?:19|20)\d\d)\b)"
)
SAME_TIME = re.compile(
    rf"\bcùng k[ỳì](?: của)?,? năm (?:{_YEAR}|trước|ngoái)|\bso với năm (?:trước|ngoái)\b",
    re.IGNORECASE,
)
PART_OF_PERIOD = re.compile(r"(đầu|cuối|tháng|tuần|kỳ|kì|\d|\b[IV]+),? $", re.IGNORECASE)
"""What stands before a year that belongs to a day, month, quarter or part of the year."""
COMPARED = re.compile(r"\b(?:so với|cùng k[ỳì])(?: cùng k[ỳì])?(?: của)? $", re.IGNORECASE)
COUNTED = re.compile(r"(?:số liệu|tính|thống kê|báo cáo|kỳ)[^.;\n]{0,12}$", re.IGNORECASE)
"""What stands before days that figures were gathered in, and nothing took place."""
