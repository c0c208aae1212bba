"""How values are written: marks above all, since they stand between crawled text and HTML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from webui.format import host, marked, number, safe_href, shortened

MARKED = [
    ("thu gom rác", [(8, 11)], "thu gom <mark>rác</mark>"),
    ("rác, rác", [(5, 8), (0, 3)], "<mark>rác</mark>, <mark>rác</mark>"),  # any order
    ("<b>rác</b>", [(3, 6)], "&lt;b&gt;<mark>rác</mark>&lt;/b&gt;"),  # escaped before marking
    ('a" onclick="b', [(0, 1)], "<mark>a</mark>&#34; onclick=&#34;b"),
    ("rác thải", [(0, 5), (4, 8)], "<mark>rác t</mark>hải"),  # the second overlaps
    ("rác", [(0, 99)], "rác"),  # past the end
    ("rác", [(2, 2)], "rác"),  # nothing marked
    ("", [], ""),
]


@pytest.mark.parametrize(("text", "marks", "expected"), MARKED)
def test_marks(text: str, marks: list[tuple[int, int]], expected: str) -> None:
    assert marked(text, marks) == expected


SPANS = st.lists(st.tuples(st.integers(-2, 30), st.integers(-2, 30)), max_size=5)


@given(st.text(st.characters(exclude_categories=["C"]), max_size=25), SPANS)
def test_marked_html_reads_as_the_text_and_holds_nothing_but_marks(
    text: str, marks: list[tuple[int, int]]
) -> None:
    root = html.fromstring(f"<p>{marked(text, marks)}</p>")
    assert root.text_content() == text
    assert {element.tag for element in root.iterdescendants()} <= {"mark"}


@given(st.text(max_size=60), st.integers(2, 30))
def test_shortened_is_short_and_begins_as_the_text(text: str, length: int) -> None:
    short = shortened(text, length)
    assert len(short) <= max(length, 1) or short == text
    assert text.startswith(short.removesuffix("…"))


@pytest.mark.parametrize(
    ("value", "expected"), [(0, "0"), (999, "999"), (1234, "1.234"), (1234567, "1.234.567")]
)
def test_numbers(value: int, expected: str) -> None:
    assert number(value) == expected


@pytest.mark.parametrize("url", ["http://[", "nothing", "", "javascript:alert(1)"])
def test_an_address_without_host_has_none(url: str) -> None:
    assert host(url) == ""


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "//a.vn", " https://a.vn", ""],
)
def test_only_addresses_of_the_web_become_links(url: str) -> None:
    assert safe_href(url) == ""
