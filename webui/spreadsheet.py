"""/search.csv: the articles of a search as rows of a spreadsheet.

RFC 4180, and what spreadsheets need beside it: a byte order mark, or Excel does not take it for
UTF-8, and no cell that they would take for a formula (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import StringIO
from itertools import islice

from flask import Response, stream_with_context, url_for
from flask_babel import gettext as _

from crawler.article import VIETNAM
from indexer.query import Query
from indexer.results import Hit
from webui.addresses import absolute
from webui.format import safe_href
from webui.masking import masked
from webui.names import name_of
from webui.programs import for_programs, open_blueprint
from webui.reading import reading

answers = open_blueprint("spreadsheet", __name__)

PATH = "/search.csv"

ROWS = 10_000
"""Articles of one file, the first ones; X-Total-Count says how many there are."""

SENT_AT_ONCE = 100
"""Rows that wait to be sent together."""

FORMULA = re.compile(r"(^|[;\t\r\n])(?=[=+@＝＋－＠\t\r-])")
"""Where a spreadsheet would begin a formula: in a cell, and behind signs that may divide cells
(Excel divides by ";" where the decimal sign is a comma, as in Vietnam)."""


@answers.get(PATH)
@for_programs
def search(query: Query) -> Response:
    """The first ROWS articles in the order asked for; a page is of no account here."""
    found = reading().listing(query, ROWS, passages=False)
    response = Response(stream_with_context(lines(found.hits)), mimetype="text/csv")
    today = datetime.now(VIETNAM).date()
    response.headers["Content-Disposition"] = f'attachment; filename="tin-phuong-{today}.csv"'
    response.headers["X-Total-Count"] = str(found.total)
    return response


def lines(hits: Iterable[Hit]) -> Iterator[str]:
    """The file, some rows at a time."""
    rows = map(row, hits)
    yield "\ufeff" + written([headings()])
    while some := list(islice(rows, SENT_AT_ONCE)):
        yield written(some)


def headings() -> tuple[str, ...]:
    """The first row."""
    return (
        _("Số"),
        _("Ngày đăng"),
        _("Tiêu đề"),
        _("Phường, xã"),
        _("Chủ đề"),
        _("Nguồn"),
        _("Bài gốc"),
        _("Bản lưu"),
    )


def row(hit: Hit) -> tuple[str, ...]:
    """The cells of an article; of several values "; " stands between."""
    return (
        str(hit.id),
        hit.published.date().isoformat() if hit.published else "",
        masked(hit.title),
        "; ".join(name_of("ward", slug) for slug in hit.wards),
        "; ".join(name_of("topic", slug) for slug in hit.topics),
        name_of("source", hit.portal),
        safe_href(hit.url),
        absolute(url_for("articles.article", number=hit.id)),
    )


def written(rows: Iterable[Iterable[str]]) -> str:
    """Rows as text.

    >>> written([["Thu, chi", "=1+1"]]).split("\\r\\n")
    ['"Thu, chi",\\'=1+1', '']
    """
    text = StringIO()
    csv.writer(text).writerows([guarded(cell) for cell in row] for row in rows)
    return text.getvalue()


def guarded(cell: str) -> str:
    """The cell with an apostrophe wherever a formula would begin.

    >>> guarded("-5"), guarded("Thu chi - 2026"), guarded("a;=HYPERLINK()")
    ("'-5", 'Thu chi - 2026', "a;'=HYPERLINK()")
    """
    return FORMULA.sub(r"\1'", cell)
