"""Dates as pages print them. This module owns every printed form; what they mean is the caller's.

Days come first, as Vietnam writes them: 06/10/2022 is the sixth of October. A day without a year
("Sáng ngày 11/5") is never a date of publication and is not read here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

from crawler.article import VIETNAM, DateSource, PrintedDate

Label = Literal["", "published", "updated"]

EARLIEST, LATEST = 1990, 2100
"""Years between which a printed date is believed; Vietnam's first portals are of the late 1990s."""

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

DAYS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"(?<![\d/.-])(?P<year>(?:19|20)\d\d)-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d|[/-]\w)",
        r"(?<![\w/.-])(?P<day>\d{1,2})(?P<mark> ?[/.-] ?)(?P<month>\d{1,2})(?P=mark)"
        r"(?P<year>(?:19|20)\d\d)(?![\d/]|-\w)",
        r"(?<!\w)(?P<day>\d{1,2}),? +th(?:[áa]ng|\.)? *(?P<month>\d{1,2})"
        r"(?: ?[,/-] ?| +)(?:n[ăa]m +)?(?P<year>(?:19|20)\d\d)(?!\d)",
        rf"(?<!\w)(?P<day>\d{{1,2}}),? +th[áa]ng +(?P<named>{NAMED})"
        r"(?: ?, ?| +)(?:n[ăa]m +)?(?P<year>(?:19|20)\d\d)(?!\d)",
        rf"(?<!\w)th[áa]ng +(?P<named>{NAMED}|\d{{1,2}}) +(?P<day>\d{{1,2}}), +"
        r"(?P<year>(?:19|20)\d\d)(?!\d)",
        rf"(?<!\w)(?P<named>{ENGLISH})\.? +(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? +"
        r"(?P<year>(?:19|20)\d\d)(?!\d)",
        rf"(?<!\w)(?P<day>\d{{1,2}})(?:st|nd|rd|th)? +(?P<named>{ENGLISH})\.?,? +"
        r"(?P<year>(?:19|20)\d\d)(?!\d)",
        r"(?<!\S)(?P<day>\d\d) (?P<month>\d\d) (?P<year>(?:19|20)\d\d)(?!\S)",
    )
)
CLOCK = (
    r"(?P<hour>\d{1,2}) ?(?::|h|g|giờ) ?(?P<minute>\d{2})(?: ?phút|p\b|:\d{2}(?:[.,]\d+)?)?"
    r"(?: ?(?P<half>[ap]\.?m\.?|SA|CH|sáng|chiều|tối))?(?![\w:])"
)
CLOCK_AFTER = re.compile(rf"[\s,;|(·•–—-]*(?:T|lúc|vào lúc|vào hồi|at)?[\s:]*{CLOCK}", re.I)
CLOCK_BEFORE = re.compile(
    rf"(?<![\d:]){CLOCK}(?:[\s,;|·•–—-]|ngày|thứ \w+|chủ nhật|\b\w+day\b)*$", re.I
)
ZONE = re.compile(r"(?:Z|[+-]\d\d:?\d\d)\b")

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
AGO = re.compile(r"(?<!\w)(?P<many>\d{1,3}) (?P<unit>phút|giờ|tiếng|ngày|tuần) trước\b", re.I)
UNITS = {"phút": "minutes", "giờ": "hours", "tiếng": "hours", "ngày": "days", "tuần": "weeks"}
NEAR = re.compile(rf"\b(?P<word>hôm nay|hôm qua)\b(?:[\s,|–-]*(?:lúc )?{CLOCK})?", re.I)
FILLING = re.compile(r"\b(?:ngày|lúc|vào|date|on)\b", re.I)
PUNCTUATION = re.compile(r"[\s,;:|/()\[\]·•–—-]+")


@dataclass(frozen=True, slots=True)
class DateLine:
    """A line with a date. `rest` is what else it says beside weekday and label."""

    day: date
    time: time | None
    label: Label
    rest: str
    certainty: float = 1.0

    def printed(self, source: DateSource, certainty: float) -> PrintedDate:
        """The date as an article keeps it."""
        return PrintedDate(self.day, self.time, source, certainty * self.certainty)


def read_line(text: str, now: datetime) -> DateLine | None:
    """The first date of a line; `now` is when the page was fetched, for "2 giờ trước".

    >>> now = datetime(2022, 10, 7, 9, 30, tzinfo=VIETNAM)
    >>> line = read_line("Ngày đăng 14/08/2009 | 12:00 AM | Lượt xem: 635", now)
    >>> str(line.day), str(line.time), line.label, line.rest
    ('2009-08-14', '00:00:00', 'published', 'Lượt xem 635')
    >>> str(read_line("2 giờ trước", now).time)
    '07:30:00'
    >>> read_line("12/12 Tổ dân phố", now) is None
    True
    """
    return _absolute(text) or _relative(text, now)


def from_address(match: re.Match[str]) -> PrintedDate | None:
    """The date in the groups year, month and day (hour, minute) of a layout's address pattern."""
    day = _day(match.groupdict())
    return PrintedDate(day, _time(match.groupdict()), "address", 0.6) if day else None


def from_machine(text: str) -> DateLine | None:
    """A date written for machines (ISO 8601), in Vietnam's time whatever zone it names.

    >>> str(from_machine("2022-01-14T08:02:00Z").time)
    '15:02:00'
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return _absolute(text)
    if not EARLIEST <= moment.year <= LATEST:
        return None
    local = moment.astimezone(VIETNAM) if moment.tzinfo else moment
    clock = local.time().replace(second=0, microsecond=0) if len(text.strip()) > 10 else None
    return DateLine(local.date(), clock, "", "")


def moment_of(text: str) -> datetime | None:
    """The instant in a field of a protocol, with its zone; None where it is none.

    Forms: ISO 8601 (RFC 3339, sitemaps) and those of mail (RFC 5322, RSS, HTTP). One without a
    zone is Vietnam's.

    >>> moment_of("Tue, 01 Jul 2025 03:00:00 GMT") == moment_of("2025-07-01T10:00:00")
    True
    """
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text.strip())
        except (ValueError, IndexError, OverflowError):  # parsedate_to_datetime() raises all three
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
    return None


def _absolute(text: str) -> DateLine | None:
    found = [match for form in DAYS for match in [form.search(text)] if match]
    for match in sorted(found, key=re.Match.start):
        day = _day(match.groupdict())
        if day:
            clock, start, end = _clock_beside(text, match)
            rest = f"{text[:start]} | {text[end:]}"
            return DateLine(day, clock, _label(text[:start]), _without_labels(rest))
    return None


def _clock_beside(text: str, match: re.Match[str]) -> tuple[time | None, int, int]:
    """The time printed right after or before a day, and the span of both."""
    after = CLOCK_AFTER.match(text, match.end())
    if after and (clock := _time(after.groupdict())):
        zone = ZONE.match(text, after.end())
        return clock, match.start(), zone.end() if zone else after.end()
    before = CLOCK_BEFORE.search(text[: match.start()])
    if before and (clock := _time(before.groupdict())):
        return clock, before.start(), match.end()
    return None, match.start(), match.end()


def _relative(text: str, now: datetime) -> DateLine | None:
    local = now.astimezone(VIETNAM)
    if match := AGO.search(text):
        moment = local - timedelta(**{UNITS[match["unit"].lower()]: int(match["many"])})
        exact = match["unit"].lower() in ("phút", "giờ", "tiếng")
        clock = moment.time().replace(second=0, microsecond=0) if exact else None
    elif match := NEAR.search(text):
        moment = local - timedelta(days=match["word"].lower() == "hôm qua")
        clock = _time(match.groupdict()) if match["hour"] else None
    else:
        return None
    rest = _without_labels(text[: match.start()] + text[match.end() :])
    return DateLine(moment.date(), clock, _label(text[: match.start()]), rest, 0.8)


def _day(parts: dict[str, str | None]) -> date | None:
    name = (parts.get("named") or "").lower()
    month = int(parts.get("month") or MONTHS.get(name) or name or 0)
    year = int(parts["year"] or 0)
    try:
        day = date(year + 2000 * (year < 100), month, int(parts["day"] or 0))
    except ValueError:  # the 45th of May
        return None
    return day if EARLIEST <= day.year <= LATEST else None


def _time(parts: dict[str, str | None]) -> time | None:
    """Of the groups hour, minute and half; "12:00 AM" is midnight."""
    if not parts.get("hour"):
        return None
    hour, minute = int(parts["hour"] or 0), int(parts["minute"] or 0)
    half = (parts.get("half") or "").lower().replace(".", "")
    if half in ("am", "sa", "sáng") and hour == 12:
        hour = 0
    elif half in ("pm", "ch", "chiều", "tối") and hour < 12:
        hour += 12
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _label(before: str) -> Label:
    """What the words before a date call it."""
    return next((label for label, words in LABELS if words.search(before)), "")


def _without_labels(rest: str) -> str:
    for words in (*(words for _, words in LABELS), WEEKDAY, FILLING):
        rest = words.sub(" ", rest)
    return PUNCTUATION.sub(" ", rest).strip()
