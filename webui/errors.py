"""What a reader sees when something is not there or went wrong: a page, or problem+json."""

from __future__ import annotations

import sqlite3
from typing import Any

from flask import Flask, current_app, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.exceptions import BadHost, HTTPException
from werkzeug.wrappers import Response

from crawler.store import StoreMissing
from indexer.results import TooSlow
from indexer.search import IndexMissing
from webui import params
from webui.limits import Busy
from webui.params import at_page

RETRY_SECONDS = 60
"""When to come back while nothing can be searched: sent as Retry-After."""

FOR_PROGRAMS = (".json", ".csv", ".atom")
"""How addresses end that answer errors as a problem of RFC 9457."""

MESSAGES = {
    404: (
        lazy_gettext("Không tìm thấy trang"),
        lazy_gettext("Địa chỉ này không có, hoặc bài đã được gỡ."),
    ),
    405: (
        lazy_gettext("Không làm được việc này"),
        lazy_gettext("Trang chỉ để đọc: chỉ nhận GET và HEAD."),
    ),
    413: (
        lazy_gettext("Yêu cầu quá dài"),
        lazy_gettext("Trang chỉ để đọc, không nhận tệp hay biểu mẫu."),
    ),
    429: (
        lazy_gettext("Quá nhiều lượt tìm"),
        lazy_gettext("Địa chỉ này hỏi quá nhanh. Hãy thử lại sau ít giây."),
    ),
    500: (
        lazy_gettext("Có lỗi ở máy chủ"),
        lazy_gettext("Lỗi đã được ghi lại. Hãy thử lại sau ít phút."),
    ),
}
"""Status → heading and explanation. Others get the heading of their class."""

BUSY_SECONDS = 2
"""When to come back while too many others search."""


def register(app: Flask) -> None:
    """Answer every error of the application in its own words."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(BadHost, bad_host)
    app.register_error_handler(IndexMissing, no_index)
    app.register_error_handler(StoreMissing, no_index)
    app.register_error_handler(TooSlow, too_slow)
    app.register_error_handler(Busy, busy)
    app.register_error_handler(OSError, down)
    app.register_error_handler(sqlite3.OperationalError, down)


def bad_host(error: BadHost) -> Response:
    """400 for a Host that is no name: a page could not say where its own links lead."""
    return problem(400, _("Yêu cầu không hợp lệ"), _("Tên máy chủ trong yêu cầu không hợp lệ."))


def http_error(error: HTTPException) -> Response:
    """The page, or the problem, for an HTTP error."""
    status = error.code or 500
    title, text = MESSAGES.get(status, MESSAGES[500] if status >= 500 else MESSAGES[404])
    if request.path.endswith(FOR_PROGRAMS):
        response: Response = problem(status, str(title), str(text))
    else:
        response = make_response(
            render_template("error.html", status=status, title=title, text=text, back=_first_page())
        )
    response.status_code = status
    response.headers.extend(
        (name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")
    )
    return response


def _first_page() -> str:
    """The first page of the search that was asked for, "" where this was no search."""
    if request.path != "/search":
        return ""
    return params.link(at_page(params.read(request.args.items(multi=True)).query, 1))


def no_index(error: IndexMissing | StoreMissing) -> Response:
    """503, with the command that the operator has to run."""
    text = _("Máy chủ chưa có chỉ mục tìm kiếm. Người vận hành cần chạy:")
    return unavailable(
        _("Chưa có dữ liệu để tìm"), text, RETRY_SECONDS, "tinphuong crawl\ntinphuong index"
    )


def down(error: OSError | sqlite3.OperationalError) -> Response:
    """503 where the index or the store cannot be read; the reason is logged, not shown."""
    current_app.logger.exception("the index or the store cannot be read")
    text = _("Lỗi đã được ghi lại. Hãy thử lại sau ít phút.")
    return unavailable(_("Tạm thời chưa tìm kiếm được"), text, RETRY_SECONDS)


def too_slow(error: TooSlow) -> Response:
    """503 for a query that asks too much; what it read is kept, so it may be asked again."""
    text = _("Hãy dùng ít từ hơn, hoặc từ ít gặp hơn, rồi thử lại.")
    return unavailable(_("Câu tìm quá nặng"), text, BUSY_SECONDS)


def busy(error: Busy) -> Response:
    """503 where too many wait already: nothing was looked up for this request."""
    text = _("Hãy thử lại sau ít giây.")
    return unavailable(_("Đang có quá nhiều lượt tìm"), text, BUSY_SECONDS)


def unavailable(title: str, text: str, seconds: int, commands: str = "") -> Response:
    """503: why, and the form as it was sent, so that it can be sent again after so many seconds."""
    if request.path.endswith(FOR_PROGRAMS):
        response: Response = problem(503, title, f"{text} {commands}".strip())
    else:
        query = params.read(request.args.items(multi=True)).query
        page = render_template(
            "unavailable.html",
            title=title,
            text=text,
            commands=commands,
            query=query,
            kept=[pair for pair in params.to_pairs(query) if pair[0] not in ("q", "page")],
        )
        response = make_response(page, 503)
    response.headers["Retry-After"] = str(seconds)
    return response


def problem(status: int, title: str, detail: str, **members: Any) -> Response:
    """A problem of RFC 9457."""
    response = jsonify(title=title, status=status, detail=detail, **members)
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response
