"""Answers to programs: what the addresses for JSON, CSV and Atom have in common.

Parameters must be right, programs of other sites may read the answers, and whoever has the answer
of this generation of the index is told so without a search (RFC 9110, 13.1.2).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps

from flask import Blueprint, request
from flask import Response as FlaskResponse
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from indexer.query import Query
from webui import params
from webui.errors import problem
from webui.languages import CHOICE, LANGUAGES, language
from webui.reading import reading

OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, X-Total-Count",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Robots-Tag": "noindex",
}
"""Sent with every answer to programs: nobody signs in, so there is nothing to keep from others."""


def open_blueprint(name: str, module: str) -> Blueprint:
    """A blueprint whose answers programs of other sites may read, errors too."""
    made = Blueprint(name, module)
    made.after_request(_opened)
    return made


def _opened(response: FlaskResponse) -> FlaskResponse:
    response.headers.update(OPEN)
    return response


def for_programs(answer: Callable[[Query], Response]) -> Callable[[], Response]:
    """The view that answers a search so: 400 where a parameter is wrong, 304 where the program has
    the answer, else the answer with its ETag."""

    @wraps(answer)
    def view() -> Response:
        asked = params.read_strictly(request.args.items(multi=True))
        errors = {**asked.errors, **_wrong_language()}
        return wrong(errors) if errors else _answered(answer, asked.query)

    return view


def wrong(errors: dict[str, str]) -> Response:
    """400: which parameters are wrong, and why (RFC 9457)."""
    listed = [{"parameter": name, "detail": str(detail)} for name, detail in errors.items()]
    detail = "; ".join(each["detail"] for each in listed)
    return problem(400, _("Tham số không hợp lệ"), detail, errors=listed)


def _answered(answer: Callable[[Query], Response], query: Query) -> Response:
    tag = edition()
    known = request.if_none_match.contains_weak(tag)
    response = Response(status=304) if known else answer(query)
    if response.status_code in (200, 304):
        response.set_etag(tag, weak=True)  # packed or not it says the same
        response.headers["Cache-Control"] = "no-cache"  # keep it, but ask whether it is the newest
    return response


def edition() -> str:
    """A name of what is served now: another for every generation and language."""
    served = reading().manifest()
    named = f"{served.generation} {served.created} {language()}"
    return hashlib.sha256(named.encode()).hexdigest()[:16]


def _wrong_language() -> dict[str, str]:
    known = request.args.get(CHOICE) in (None, "", *LANGUAGES)
    return {} if known else {CHOICE: _("Chỉ có %(known)s", known=", ".join(LANGUAGES))}
