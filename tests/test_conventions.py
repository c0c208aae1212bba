"""Fifty conventions of search pages that readers know, by number: each is held by a test.

The test of the seventh is called test_row_07_…, in the file of what it is about.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

CONVENTIONS = (
    "everything works with scripts switched off",
    "accents are optional, one way",
    "words found are marked, accents or not",
    "values of one facet add up, facets narrow",
    "the count beside a value is the total it leads to",
    "values without articles are not shown, unless ticked",
    "applied filters stand above the results and can be taken away",
    "a ticked value stays in its place",
    "the address holds everything; back, reload and paste bring it back",
    "a result shows title, place, day, source, snippet, topics and the original",
    "the number of results is a heading and stands in the title",
    "no words mean browsing, newest first",
    "dates are read as people write them, errors are told beside them",
    "dates are fields of text with an example",
    "on a phone results come first, filters at a tap",
    "relevance, newest, oldest",
    "pages are links, twenty results each",
    "nothing found: ways out that find something",
    "did you mean",
    "what was understood beyond the words is told",
    "completions as a combobox",
    "a box to search among the values of a facet",
    "a link to all values, with their number",
    "a province narrows its wards",
    "old names of wards lead to those of today",
    "a timeline that narrows by a click, and the same as a table",
    "the page of a ward",
    "a comparison of wards",
    "how fresh every source is",
    "JSON as the page",
    "CSV that spreadsheets open",
    "Atom for any search",
    "search from the bar of the browser",
    "landmarks, skip link, headings",
    "the focus is seen, and never covered",
    "targets are large enough for fingers",
    "dark without a flash",
    "print",
    "Vietnamese type is not cut",
    "text enlarged and spaced out still fits",
    "errors keep the form",
    "operators, and a form that writes them",
    "canonical addresses, robots.txt, sitemap",
    "structured data",
    "similar articles are linked, not hidden",
    "searches are saved in the browser",
    "one shortcut, of two keys",
    "two languages",
    "nobody is followed",
    "pages fade into each other, unless unwanted",
)


def test_every_convention_has_its_test() -> None:
    names = {
        node.name
        for path in Path(__file__).parent.glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    }
    held = {int(match[1]) for name in names if (match := re.match(r"test_row_(\d\d)_", name))}
    missing = [
        f"{number:02}: {convention}"
        for number, convention in enumerate(CONVENTIONS, start=1)
        if number not in held
    ]
    assert missing == []
