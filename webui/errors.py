"""What a reader sees when something is not there or went wrong: a page, or problem+json."""

from __future__ import annotations

from typing import Any

from flask import Flask, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from crawler.store import StoreMissing
from indexer.results import TooSlow
from indexer.search import IndexMissing
from webui import params
from webui.limits import Busy
from webui.params import at_page

RETRY_SECONDS = 60
"""When to come back while there is no index: sent as Retry-After."""

FOR_PROGRAMS = (".json", ".csv", ".atom")
"""How addresses end that answer errors as a problem of RFC 9457."""

MESSAGES = {
    404: ("Không tìm thấy trang", "Địa chỉ này không có, hoặc bài đã được gỡ."),
    405: ("Không làm được việc này", "Trang chỉ để đọc: chỉ nhận GET và HEAD."),
    413: ("Yêu cầu quá dài", "Trang chỉ để đọc, không nhận tệp hay biểu mẫu."),
    429: ("Quá nhiều lượt tìm", "Địa chỉ này hỏi quá nhanh. Hãy thử lại sau ít giây."),
    500: ("Có lỗi ở máy chủ", "Lỗi đã được ghi lại. Hãy thử lại sau ít phút."),
    503: ("Chưa có dữ liệu để tìm", "Máy chủ chưa có chỉ mục tìm kiếm."),
}
"""Status → heading and explanation. Others get the heading of their class."""

BUSY_SECONDS = 2
"""When to come back while too many others search."""


def register(app: Flask) -> None:
    """Answer every error of the application in its own words."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(IndexMissing, no_index)
    app.register_error_handler(StoreMissing, no_index)
    app.register_error_handler(TooSlow, too_slow)
    app.register_error_handler(Busy, busy)


def http_error(error: HTTPException) -> Response:
    """The page, or the problem, for an HTTP error."""
    status = error.code or 500
    title, text = MESSAGES.get(status, MESSAGES[500] if status >= 500 else MESSAGES[404])
    if request.path.endswith(FOR_PROGRAMS):
        response: Response = problem(status, title, text)
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
    title, text = MESSAGES[503]
    if request.path.endswith(FOR_PROGRAMS):
        response: Response = problem(503, title, f"{text} Chạy: tinphuong index")
    else:
        response = make_response(render_template("no_index.html", title=title), 503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def too_slow(error: TooSlow) -> Response:
    """503 for a query that asks too much; nothing else is wrong, so it may be asked again."""
    title, text = "Câu tìm quá nặng", "Hãy dùng ít từ hơn, hoặc từ ít gặp hơn, rồi thử lại."
    if request.path.endswith(FOR_PROGRAMS):
        return problem(503, title, text)
    page = render_template("error.html", status=503, title=title, text=text, back=_first_page())
    return make_response(page, 503)


def busy(error: Busy) -> Response:
    """503 where too many wait already: nothing was looked up for this request."""
    title, text = "Đang có quá nhiều lượt tìm", "Hãy thử lại sau ít giây."
    if request.path.endswith(FOR_PROGRAMS):
        response: Response = problem(503, title, text)
    else:
        page = render_template("error.html", status=503, title=title, text=text, back="")
        response = make_response(page, 503)
    response.headers["Retry-After"] = str(BUSY_SECONDS)
    return response


def problem(status: int, title: str, detail: str, **members: Any) -> Response:
    """A problem of RFC 9457."""
    response = jsonify(title=title, status=status, detail=detail, **members)
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response
