"""Request arguments ↔ Query, and the links that add or drop one filter. Pure.

One parameter set serves every format: q ward province topic source type from to sort page exact.
Reading is tolerant: what cannot be understood is left out and reported under its parameter's
name, the rest of the search goes on.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from indexer.days import read_day
from indexer.query import SORTS, Query

FACETS = {
    "province": "provinces",
    "ward": "wards",
    "topic": "topics",
    "source": "sources",
    "type": "types",
}
"""Parameter → field of Query, in the order of the page."""

TEXT_LIMIT = 512
"""Characters of q that are searched."""

VALUES_LIMIT = 50
"""Values of one facet that are read from an address."""

PAGE = re.compile(r"0*[1-9][0-9]{0,8}")
"""Numbers of pages that are read from an address; how many there are, the search knows."""

CHOICES: Mapping[str, tuple[str, ...]] = {"sort": SORTS, "exact": ("1",)}
"""Parameter → its values, where there are few."""

ERRORS = {
    "length": lazy_gettext("Câu tìm quá dài: chỉ tìm theo %(n)s ký tự đầu", n=TEXT_LIMIT),
    "date": lazy_gettext("Nhập ngày đúng dạng ngày/tháng/năm"),
    "order": lazy_gettext("“Từ ngày” phải trước “Đến ngày”"),
    "page": lazy_gettext("Số trang phải là số nguyên từ 1"),
    "choice": lazy_gettext("Không có lựa chọn này"),
    "values": lazy_gettext("Nhiều nhất %(n)s giá trị", n=VALUES_LIMIT),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks: the query to search, what was wrong, and what to put back in the form.

    `errors` and `typed` are keyed by parameter; `typed` holds the text of from and to.
    """

    query: Query
    errors: Mapping[str, str]
    typed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Filter:
    """One applied filter: its parameter, its value and the search without it."""

    name: str
    value: str
    without: Query


def read(pairs: Iterable[tuple[str, str]]) -> Asked:
    """The arguments of a request, understood as far as they can be."""
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(_clean(value))
    last = {name: values[-1] for name, values in given.items()}
    errors: dict[str, str] = {}
    since, until = _read_dates(last.get("from", ""), last.get("to", ""), errors)
    text = last.get("q", "")
    if len(text) > TEXT_LIMIT:
        errors["q"] = str(ERRORS["length"])
    facets = {field: _distinct(given.get(name, ())) for name, field in FACETS.items()}
    query = Query(
        text=text[:TEXT_LIMIT].strip(),
        since=since,
        until=until,
        sort=next((sort for sort in SORTS if sort == last.get("sort")), None),
        page=_read_page(last.get("page", ""), errors),
        literal=last.get("exact") == "1",
        **facets,
    )
    if query.sort == "relevance" and not query.text:
        query = replace(query, sort=None)
    return Asked(query, errors, _typed(last, query))


def read_strictly(pairs: Iterable[tuple[str, str]]) -> Asked:
    """As read() does, with an error for all that it would leave out; empty values are none."""
    given = list(pairs)
    asked = read(given)
    errors = dict(asked.errors)
    errors |= {name: wrong for name, value in given if value and (wrong := _wrong(name, value))}
    counts = Counter(name for name, _ in given if name in FACETS)
    errors |= {name: str(ERRORS["values"]) for name, n in counts.items() if n > VALUES_LIMIT}
    return replace(asked, errors=errors)


def _wrong(name: str, value: str) -> str:
    """What is wrong with a value that is not empty, "" where reading it says enough."""
    if name == "q" and len(value) > TEXT_LIMIT:
        return str(ERRORS["length"])
    if name in ("from", "to") and not _clean(value):
        return str(ERRORS["date"])
    if name == "page" and not PAGE.fullmatch(value):
        return str(ERRORS["page"])
    return str(ERRORS["choice"]) if value not in CHOICES.get(name, (value,)) else ""


def _clean(value: str) -> str:
    """NFC, one space between words, nothing that is no character (NUL, lone surrogates).

    >>> _clean("  ngân\\x00 sa\\u0301ch\\ud800 ")
    'ngân sách'
    """
    text = "".join(" " if unicodedata.category(each) in ("Cc", "Cs") else each for each in value)
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _distinct(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))[:VALUES_LIMIT]


def _read_page(text: str, errors: dict[str, str]) -> int:
    """The page asked for; 1 and an error where it is no whole number from 1."""
    if PAGE.fullmatch(text):
        return int(text)
    if text:
        errors["page"] = str(ERRORS["page"])
    return 1


def _read_dates(
    since_text: str, until_text: str, errors: dict[str, str]
) -> tuple[date | None, date | None]:
    """First and last day; both None where they stand the wrong way round."""
    since, until = read_day(since_text), read_day(until_text, last=True)
    if since_text and since is None:
        errors["from"] = str(ERRORS["date"])
    if until_text and until is None:
        errors["to"] = str(ERRORS["date"])
    if since and until and since > until:
        errors["to"] = str(ERRORS["order"])
        return None, None
    return since, until


def _typed(last: Mapping[str, str], query: Query) -> dict[str, str]:
    """What the date fields show: the day understood, or what was typed where there is an error."""
    understood = {"from": query.since, "to": query.until}
    return {
        name: f"{day:%d/%m/%Y}" if day else last.get(name, "") for name, day in understood.items()
    }


def to_pairs(query: Query) -> list[tuple[str, str]]:
    """The arguments that read() turns into this query again; none for what is as by default."""
    pairs = [("q", query.text)]
    for name, field in FACETS.items():
        pairs += [(name, value) for value in getattr(query, field)]
    pairs += [
        ("from", query.since.isoformat() if query.since else ""),
        ("to", query.until.isoformat() if query.until else ""),
        ("sort", query.sort or ""),
        ("exact", "1" if query.literal else ""),
        ("page", str(query.page) if query.page > 1 else ""),
    ]
    return [(name, value) for name, value in pairs if value]


def link(query: Query, path: str = "/search") -> str:
    """The address of a search.

    >>> link(Query("rác", wards=("bo-de", "ngoc-lam"), page=2))
    '/search?q=r%C3%A1c&ward=bo-de&ward=ngoc-lam&page=2'
    """
    pairs = to_pairs(query)
    return f"{path}?{urlencode(pairs)}" if pairs else path


def changed(query: Query, **fields: Any) -> Query:
    """The query with other fields, from its first page."""
    return replace(query, **{"page": 1, **fields})


def at_page(query: Query, page: int) -> Query:
    """The same search at another page."""
    return replace(query, page=page)


def toggled(query: Query, name: str, value: str) -> Query:
    """The search with one value of a facet more, or without it where it was chosen."""
    field = FACETS[name]
    chosen: tuple[str, ...] = getattr(query, field)
    rest = tuple(each for each in chosen if each != value)
    return changed(query, **{field: rest if value in chosen else (*chosen, value)})


def filters(query: Query) -> list[Filter]:
    """Every applied filter in the order of the page; the words are none."""
    found = [
        Filter(name, value, toggled(query, name, value))
        for name, field in FACETS.items()
        for value in getattr(query, field)
    ]
    if query.since:
        found.append(Filter("from", query.since.isoformat(), changed(query, since=None)))
    if query.until:
        found.append(Filter("to", query.until.isoformat(), changed(query, until=None)))
    return found


def cleared(query: Query) -> Query:
    """The same words in the same order, without any filter."""
    return Query(text=query.text, sort=query.sort, literal=query.literal)


def presets(query: Query, today: date) -> list[tuple[str, Query]]:
    """Label and search of each ready-made span of days."""
    year = today.year
    spans: list[tuple[str, date | None, date | None]] = [
        (_("Hôm nay"), today, today),
        (_("7 ngày qua"), today - timedelta(days=6), today),
        (_("30 ngày qua"), today - timedelta(days=29), today),
        (_("Năm nay"), date(year, 1, 1), date(year, 12, 31)),
        (_("Năm trước"), date(year - 1, 1, 1), date(year - 1, 12, 31)),
        (_("Mọi thời gian"), None, None),
    ]
    return [(label, changed(query, since=since, until=until)) for label, since, until in spans]
