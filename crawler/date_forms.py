"""The forms in which days, clocks and zones are printed, and the words around them.

Groups are named: year, month (or named), day; hour, minute, half; many, unit. Months by name are
the keys of MONTHS, units of time those of UNITS.
"""

from __future__ import annotations

import re
from typing import Literal

Label = Literal["", "published", "updated"]

MONTH_NAMES = (
    ("một", "giêng", "january", "jan"),
    ("hai", "february", "feb"),
    ("ba", "march", "mar"),
    ("tư", "april", "apr"),
    ("năm", "may"),
    ("sáu", "june", "jun"),
    ("bảy", "july", "jul"),
    ("tám", "august", "aug"),
    ("chín", "september", "sept", "sep"),
    ("mười", "october", "oct"),
    ("mười một", "november", "nov"),
    ("mười hai", "chạp", "december", "dec"),
)
MONTHS = {name: number for number, names in enumerate(MONTH_NAMES, 1) for name in names}
NAMED = "|".join(sorted(MONTHS, key=len, reverse=True))
ENGLISH = "|".join(
    name for name in NAMED.split("|") if name.isascii() and name not in ("hai", "ba")
)

YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"
DAYS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"(?<![\d/.-])(?P<year>(?:19|20)\d\d)(?P<mark>[/.-])(?P<month>\d{1,2})(?P=mark)"
        r"(?P<day>\d{1,2})(?!\d|[/.-]\w)",
        r"(?<![\w/.-])(?P<day>\d{1,2})(?P<mark> ?[/.-] ?)(?P<month>\d{1,2})(?P=mark)"
        rf"{YEAR}(?!/|-\w)",
        r"(?<![\w/.-])(?P<day>\d\d)(?P<mark>[/-])(?P<month>\d\d)(?P=mark)(?P<year>\d\d)"
        r"(?![\w/]|[.-]\w)",
        r"(?<!\w)(?P<day>\d{1,2}),? +th(?:[áa]ng|\.)? *(?P<month>\d{1,2})"
        rf"(?: ?[,/-] ?| +)(?:n[ăa]m +)?{YEAR}",
        rf"(?<!\w)(?P<day>\d{{1,2}}),? +th[áa]ng +(?P<named>{NAMED})"
        rf"(?: ?, ?| +)(?:n[ăa]m +)?(?<!tháng năm ){YEAR}",
        rf"(?<!\w)th[áa]ng +(?P<named>{NAMED}|\d{{1,2}}) +(?P<day>\d{{1,2}}), +{YEAR}",
        rf"(?<!\w)(?P<named>{ENGLISH})\.? +(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? +{YEAR}",
        rf"(?<![\w/.-])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ /-] *(?P<named>{ENGLISH})\.?,?[ /-] *"
        rf"{YEAR}",
        rf"(?<!\S)(?P<day>\d\d) (?P<month>\d\d) {YEAR}(?!\S)",
    )
)
CLOCK = (
    r"(?P<hour>\d{1,2}) ?(?:(?::|h|g|giờ) ?(?P<minute>\d{2})(?: ?phút|p\b|['’]"
    r"|:\d{2}(?:[.,]\d+)?)?|(?:h|g|giờ)(?! *trước))"
    r"(?: ?(?P<half>[ap]\.?m\.?|SA|CH|sáng|chiều|tối))?(?=Z?(?:[^\w:]|$))"
)
CLOCK_AFTER = re.compile(rf"[\s,;|(·•–—-]*(?:T|lúc|vào lúc|vào hồi|at)?[\s:]*{CLOCK}", re.I)
CLOCK_BEFORE = re.compile(
    rf"(?<![\d:]){CLOCK}(?:[\s,;|()·•–—-]|ngày|thứ \w+|chủ nhật|\b\w+day\b|GMT\+0?7)*$", re.I
)
ZONE = re.compile(
    r"\s*\(?(?:(?:(?:GMT|UTC) ?|(?=[+-]\d\d:?\d\d))(?P<sign>[+-])(?P<hours>1[0-4]|0?\d)"
    r"(?::?(?P<minutes>[0-5]\d))?|GMT|UTC|Z)(?!\w)\)?"
)
DIGIT = re.compile(r"\d")
EPOCH = re.compile(r"(?:/Date\()?(?P<seconds>[12]\d{9})(?:\d{3})?(?:[+-]\d{4})?(?:\)/)?")
SPAN = (
    re.compile(r"\d[/.-]\d{4} *(?:[-–—]|đến(?: ngày)?) *$"),
    re.compile(r" *(?:[-–—]|đến(?: ngày)?) *\d{1,2}[/.-]\d{1,2}[/.-]\d"),
)
"""A day beside another is an end of a span: an anniversary, a term, a consultation."""
LUNAR = (
    re.compile(r"\b(?:m[ùồ]ng|rằm)\s*$", re.I),
    re.compile(r"[\s,]*\(?(?:âm lịch|tức ngày)\b", re.I),
)
"""Before or after a day of the moon's calendar, which is another of the sun's."""

LABELS: tuple[tuple[Label, re.Pattern[str]], ...] = (
    (
        "updated",
        re.compile(
            r"\b(?:(?:ngày |thời gian |lần )?cập nhật(?: lần cuối| ngày| lúc| cuối)?"
            r"|last (?:updated|modified)|updated(?: on)?|sửa đổi)\b",
            re.I,
        ),
    ),
    (
        "published",
        re.compile(
            r"\b(?:ngày (?:đăng|xuất bản|tạo|viết|phát hành)(?: tin| bài)?|đăng (?:ngày|lúc|vào)"
            r"|thời gian đăng|(?:tin |bài )?đăng|xuất bản|publish(?:ed)?(?: date| on)?"
            r"|posted(?: on)?|created(?: on)?)\b",
            re.I,
        ),
    ),
)
WEEKDAY = re.compile(
    r"\b(?:thứ (?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ nhật|T[2-7]|CN"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun)\b",
    re.I,
)
UNIT_NAMES = {
    "seconds": ("giây", "second"),
    "minutes": ("phút", "minute", "min"),
    "hours": ("h", "giờ", "tiếng", "hour"),
    "days": ("ngày", "day"),
    "weeks": ("tuần", "week"),
}
UNITS = {name: unit for unit, names in UNIT_NAMES.items() for name in names}
ALONE = r"(?=\s*(?:$|[^\w\s]))"
AGO = tuple(
    re.compile(rf"(?<![\w./-])(?:{pattern}){ALONE}", re.I)
    for pattern in (
        r"(?P<many>\d{1,3}) ?(?P<unit>giây|phút|h|giờ|tiếng|ngày|tuần)"
        r"(?: (?P<minutes>\d\d?) ?phút)? trước",
        r"cách đây (?P<many>\d{1,3}) (?P<unit>phút|giờ|tiếng|ngày|tuần)",
        r"(?P<many>\d{1,3}|an?) (?P<unit>second|min(?:ute)?|hour|day|week)s? ago",
    )
)
"""Followed by another word ("3 ngày trước khi nộp") it is no time of publication."""
NEAR = re.compile(
    r"\b(?P<word>vừa xong|hôm nay|hôm qua|hôm kia|today|yesterday)\b"
    rf"(?:[\s,|–-]*(?:(?:vào )?lúc |at )?{CLOCK}|(?!\s*[:=]?\s*\d))",
    re.I,
)
BACK = {"hôm qua": 1, "yesterday": 1, "hôm kia": 2}
FILLING = re.compile(r"\b(?:ngày|lúc|vào|date|on)\b", re.I)
PUNCTUATION = re.compile(r"[\s,;:|/()\[\]·•–—-]+")
