"""What pages ask of indexers is heard, wherever they say it."""

from __future__ import annotations

from datetime import UTC, datetime

import lxml.html
import pytest

from crawler.directives import Directives, directives_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def page(*metas: str) -> lxml.html.HtmlElement:
    head = "".join(metas)
    return lxml.html.fromstring(
        f"<html><head>{head}<title>Bài mẫu</title></head><body></body></html>"
    )


def meta(content: str, name: str = "robots") -> str:
    return f'<meta name="{name}" content="{content}">'


SAID = [
    ("", Directives()),
    ("all", Directives()),
    ("index, follow", Directives()),
    ("noindex", Directives(noindex=True)),
    ("NoIndex,NOFOLLOW", Directives(noindex=True, nofollow=True)),
    ("none", Directives(noindex=True, nofollow=True)),
    ("noarchive", Directives(noarchive=True)),
    ("nocache", Directives(noarchive=True)),  # Bing's name for it
    ("nosnippet", Directives(nosnippet=True)),
    ("max-snippet:0", Directives(nosnippet=True)),
    ("max-snippet : 0", Directives(nosnippet=True)),
    ("max-snippet:-1, max-image-preview:large", Directives()),  # as WordPress says it
    ("max-snippet:50", Directives()),
    ("all, noindex", Directives(noindex=True)),  # the strictest counts
    ("unavailable_after: 2025-12-31", Directives(noindex=True)),
    ("unavailable_after: 2026-06-01T00:00:00Z", Directives()),
    ("unavailable_after: 25 Jun 2010 15:00:00 PST", Directives(noindex=True)),
    ("unavailable_after: Saturday, 25-Jun-11 15:00:00 GMT", Directives(noindex=True)),
    ("unavailable_after: Fri, 25 Jun 2010 15:00:00 GMT, noarchive", Directives(True, False, True)),
    ("noarchive, unavailable_after: Fri, 25 Jun 2027 15:00:00 GMT", Directives(noarchive=True)),
    ("unavailable_after: mai", Directives()),  # no date, no deadline
    ("noindexing", Directives()),
]


@pytest.mark.parametrize(("content", "expected"), SAID)
def test_in_the_markup(content: str, expected: Directives) -> None:
    assert directives_of({}, page(meta(content)), NOW) == expected


@pytest.mark.parametrize(("content", "expected"), SAID)
def test_in_the_header(content: str, expected: Directives) -> None:
    assert directives_of({"x-robots-tag": content}, page(), NOW) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("tinphuong: noindex", Directives(noindex=True)),
        ("TinPhuong: noindex", Directives(noindex=True)),
        ("googlebot: noindex", Directives()),  # another crawler
        ("googlebot: noindex, nofollow", Directives()),  # both for the other
        ("googlebot: nofollow, tinphuong: noindex, noarchive", Directives(True, False, True)),
        ("noarchive, googlebot: noindex", Directives(noarchive=True)),
        ("tinphuong: unavailable_after: 1 Jan 2020 00:00:00 GMT", Directives(noindex=True)),
        ("googlebot: unavailable_after: 1 Jan 2020 00:00:00 GMT", Directives()),
    ],
)
def test_names_in_the_header(header: str, expected: Directives) -> None:
    assert directives_of({"x-robots-tag": header}, page(), NOW) == expected


@pytest.mark.parametrize(
    ("metas", "header", "expected"),
    [
        ([meta("noindex", "tinphuong")], "", Directives(noindex=True)),
        ([meta("noindex", "ROBOTS ")], "", Directives(noindex=True)),
        ([meta("noindex", "googlebot")], "", Directives()),
        ([meta("noindex", "description")], "", Directives()),
        # everybody's and ours together: the strictest of both
        ([meta("noindex"), meta("index", "tinphuong")], "", Directives(noindex=True)),
        ([meta("nofollow"), meta("noarchive", "tinphuong")], "", Directives(False, True, True)),
        ([meta("nosnippet")], "noarchive", Directives(noarchive=True, nosnippet=True)),
        (['<meta name="robots">', "<meta content='noindex'>"], "", Directives()),
    ],
)
def test_all_places_together(metas: list[str], header: str, expected: Directives) -> None:
    assert directives_of({"x-robots-tag": header}, page(*metas), NOW) == expected
