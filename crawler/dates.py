"""Dates as pages print them, in the forms of date_forms.py; what they mean is the caller's.

Days come first, as Vietnam writes them: 06/10/2022 is the sixth of October. A day without a year
("Sáng ngày 11/5") is never a date of publication and is not read here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime

from crawler.article import VIETNAM, DateSource, PrintedDate
from crawler.date_forms import (
    AGO,
    BACK,
    CLOCK_AFTER,
    CLOCK_BEFORE,
    DAYS,
    DIGIT,
    EPOCH,
    FILLING,
    LABELS,
    LUNAR,
    MONTHS,
    NEAR,
    PUNCTUATION,
    SPAN,
    UNITS,
    WEEKDAY,
    ZONE,
    Label,
)

EARLIEST, LATEST = 1990, 2100
"""Years between which a printed date is believed; Vietnam's first portals are of the late 1990s."""

TURN = 70
"""A year of two digits below it is of this century, any other of the last."""

LONGEST = 400
"""Letters of a line that are read."""


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
    text = text[:LONGEST]
    return _absolute(text) or _relative(text, now)


def from_address(match: re.Match[str]) -> PrintedDate | None:
    """The date in the groups year, month and day (hour, minute) of a layout's address pattern."""
    day = _day(match.groupdict())
    return PrintedDate(day, _time(match.groupdict()), "address", 0.6) if day else None


def from_machine(text: str) -> DateLine | None:
    """A date written for machines, in Vietnam's time whatever zone it names.

    Forms: ISO 8601, that of mail (RFC 5322), seconds or milliseconds since 1970, /Date(…)/.

    >>> str(from_machine("2022-01-14T08:02:00Z").time)
    '15:02:00'
    """
    text = text.strip()[:LONGEST]
    if since := EPOCH.fullmatch(text):
        return _in_vietnam(datetime.fromtimestamp(int(since["seconds"]), VIETNAM))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _absolute(text)
    line = _in_vietnam(moment)
    return replace(line, time=None) if line and len(text) <= 10 else line


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
    """The first day that is one, with the clock and the zone beside it."""
    if not DIGIT.search(text):  # as most lines of a page
        return None
    found = (match for form in DAYS for match in form.finditer(text))
    for match in sorted(found, key=re.Match.start):
        day = _day(match.groupdict())
        if day and not _means_another(text, match):
            clock, zone, start, end = _clock_beside(text, match)
            label, rest = _label(text[:start]), _without_labels(f"{text[:start]} | {text[end:]}")
            if len(match["year"]) == 4 or clock or label or not rest:
                line = DateLine(day, clock, label, rest)
                return line if clock is None else _moved(line, zone)
    return None


def _means_another(text: str, match: re.Match[str]) -> bool:
    """Whether what stands beside a day makes it an end of a span, or one of the moon's calendar."""
    before, after = text[: match.start()], text[match.end() :]
    return any(sign.search(before) or other.match(after) for sign, other in (SPAN, LUNAR))


def _clock_beside(text: str, match: re.Match[str]) -> tuple[time | None, tzinfo, int, int]:
    """The time printed right after or before a day, its zone, and the span of them all."""
    after = CLOCK_AFTER.match(text, match.end())
    if after and (clock := _time(after.groupdict())) is not None:
        zone = ZONE.match(text, after.end())
        return clock, _zone(zone), match.start(), (zone or after).end()
    before = CLOCK_BEFORE.search(text[: match.start()])
    if before and (clock := _time(before.groupdict())) is not None:
        return clock, VIETNAM, before.start(), match.end()
    return None, VIETNAM, match.start(), match.end()


def _zone(match: re.Match[str] | None) -> tzinfo:
    """What a printed zone means; Vietnam's where none is printed."""
    if match is None:
        return VIETNAM
    ahead = timedelta(hours=int(match["hours"] or 0), minutes=int(match["minutes"] or 0))
    return timezone(-ahead if match["sign"] == "-" else ahead)


def _moved(line: DateLine, zone: tzinfo) -> DateLine:
    """The same moment on Vietnam's clocks."""
    assert line.time is not None
    moment = datetime.combine(line.day, line.time, zone).astimezone(VIETNAM)
    return replace(line, day=moment.date(), time=moment.time())


def _in_vietnam(moment: datetime) -> DateLine | None:
    """The day and minute of a moment; one without a zone is Vietnam's already."""
    if not EARLIEST <= moment.year <= LATEST:
        return None
    local = moment.astimezone(VIETNAM) if moment.tzinfo else moment
    return DateLine(local.date(), local.time().replace(second=0, microsecond=0), "", "")


def _relative(text: str, now: datetime) -> DateLine | None:
    """What is counted back from now: to the minute where minutes or hours are counted."""
    local, clock = now.astimezone(VIETNAM), None
    if match := next((found for form in AGO if (found := form.search(text))), None):
        moment = local - _passed(match.groupdict())
        exact = UNITS[match["unit"].lower()] not in ("days", "weeks")
        clock = moment.time().replace(second=0, microsecond=0) if exact else None
    elif match := NEAR.search(text):
        moment = local - timedelta(days=BACK.get(match["word"].lower(), 0))
        clock = _time(match.groupdict())
    else:
        return None
    rest = _without_labels(text[: match.start()] + text[match.end() :])
    return DateLine(moment.date(), clock, _label(text[: match.start()]), rest, 0.8)


def _passed(parts: dict[str, str | None]) -> timedelta:
    many = parts["many"] or "0"
    unit, minutes = UNITS[(parts["unit"] or "").lower()], int(parts.get("minutes") or 0)
    return timedelta(**{unit: int(many) if many.isdigit() else 1}) + timedelta(minutes=minutes)


def _day(parts: dict[str, str | None]) -> date | None:
    name = (parts.get("named") or "").lower()
    month = int(parts.get("month") or MONTHS.get(name) or name or 0)
    year = int(parts["year"] or 0)
    if year < 100:
        year += 2000 if year < TURN else 1900
    try:
        day = date(year, month, int(parts["day"] or 0))
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
