"""How values are written in the language of the request: numbers, days, marked text, addresses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from babel.dates import format_date
from babel.numbers import format_decimal
from flask_babel import gettext as _
from markupsafe import Markup, escape

from crawler.article import VIETNAM
from webui.languages import language

DAYS = {"vi": "dd/MM/yyyy", "en": "d MMM yyyy"}
MONTHS = {"vi": "'tháng' M/yyyy", "en": "MMM yyyy"}
YEARS = {"vi": "'năm' yyyy", "en": "yyyy"}
"""How a day, a month and a year are written in each language (patterns of CLDR)."""


KEPT = 4096
"""Numbers and days that are remembered as they were written: a page has a hundred of them."""

_number = lru_cache(KEPT)(format_decimal)
_date = lru_cache(KEPT)(format_date)


def number(value: int) -> str:
    """Thousands set apart: by a dot in Vietnamese, in English by a comma.

    >>> number(1234567)
    '1.234.567'
    """
    return _number(value, locale=language())


def day(value: date) -> str:
    """Day, month, year ("15 Mar 2026" in English); a moment is read in Vietnam's time.

    >>> from datetime import UTC
    >>> day(date(2026, 3, 5)), day(datetime(2026, 12, 31, 16, 30, tzinfo=UTC))
    ('05/03/2026', '31/12/2026')
    >>> day(datetime(2026, 12, 31, 17, 30, tzinfo=UTC))
    '01/01/2027'
    """
    if isinstance(value, datetime):
        value = value.astimezone(VIETNAM).date()
    return _date(value, DAYS[language()], locale=language())


def moment(value: datetime) -> str:
    """Day and time of day in Vietnam.

    >>> from datetime import UTC
    >>> moment(datetime(2022, 10, 6, 13, 47, tzinfo=UTC))
    '06/10/2022 lúc 20:47'
    """
    time = f"{value.astimezone(VIETNAM):%H:%M}"
    return _("%(day)s lúc %(time)s", day=day(value), time=time)


def span(since: date, until: date) -> str:
    """The days from one to another: a day, a month or a year where they are one.

    >>> span(date(2026, 3, 5), date(2026, 3, 5)), span(date(2024, 2, 1), date(2024, 2, 29))
    ('05/03/2026', 'tháng 2/2024')
    >>> span(date(2024, 1, 1), date(2024, 12, 31)), span(date(2020, 1, 1), date(2029, 12, 31))
    ('năm 2024', '2020–2029')
    >>> span(date(2026, 3, 5), date(2026, 3, 8))
    '05/03/2026 – 08/03/2026'
    """
    after = until + timedelta(days=1)
    months = since.day == after.day == 1
    if months and since.month == after.month == 1:
        year = _date(since, YEARS[language()], locale=language())
        return year if since.year == until.year else f"{since.year}–{until.year}"
    if months and since.month == until.month and since.year == until.year:
        return _date(since, MONTHS[language()], locale=language())
    return day(since) if since == until else f"{day(since)} – {day(until)}"


def marked(text: str, marks: Iterable[tuple[int, int]]) -> Markup:
    """HTML of the text with <mark> around each [start, end). Everything is escaped first.

    Marks are taken in order; one that overlaps the one before, or is empty, is left out.

    >>> marked("rác <thải> nhựa", [(0, 3), (5, 9)])
    Markup('<mark>rác</mark> &lt;<mark>thải</mark>&gt; nhựa')
    """
    pieces, done = [], 0
    for start, end in sorted(marks):
        if done <= start < end <= len(text):
            pieces += [escape(text[done:start]), Markup("<mark>{}</mark>").format(text[start:end])]
            done = end
    return Markup("").join([*pieces, escape(text[done:])])


def shortened(text: str, length: int) -> str:
    """At most `length` characters, cut between words, with "…" where something was cut.

    >>> shortened("Thu gom rác thải nhựa", 12), shortened("Thu gom", 12)
    ('Thu gom rác…', 'Thu gom')
    """
    if len(text) <= length:
        return text
    head = text[:length]
    words = head.rsplit(" ", 1)[0] if " " in head else head[:-1]
    return words.rstrip(" ,.;:–-") + "…"


def host(url: str) -> str:
    """The site of an address as readers name it.

    >>> host("https://www.bode.hanoi.gov.vn/tin/1.html")
    'bode.hanoi.gov.vn'
    """
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:  # a crawled address may be anything
        return ""


def safe_href(url: str) -> str:
    """The address where it is one of the web, else "": never `javascript:` from a crawled page.

    >>> safe_href("https://a.vn/1"), safe_href(" JavaScript:alert(1)")
    ('https://a.vn/1', '')
    """
    return url if url.startswith(("http://", "https://")) else ""
