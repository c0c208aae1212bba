"""The web page: Query in, page out. Reads the index and the store, writes nothing.

create_app() makes the Flask application; `webui.server` serves it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, Response, url_for

from webui import (
    api,
    articles,
    atom,
    errors,
    format,
    languages,
    names,
    openapi,
    params,
    revisions,
    saved,
    spreadsheet,
    status,
    understood,
    views,
    wards,
)
from webui.addresses import absolute, tag
from webui.masking import masked
from webui.reading import Reading

STATIC_SECONDS = 365 * 24 * 3600
"""How long browsers keep static files: their addresses carry a hash of the content."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Sent with every answer (OWASP Secure Headers). A route may set one of them otherwise."""


def create_app(config: Mapping[str, Any]) -> Flask:
    """The application over an index and a store.

    `config` has INDEX and STORE (paths, which need not exist yet), SOURCES (id → Source), PORTALS
    (the same as their Portal, of which the status page tells) and CONTACT (an address for removal
    requests, "" where the operator gave none).
    """
    app = Flask(__name__)
    app.config.from_mapping(
        config,
        PROVIDE_AUTOMATIC_OPTIONS=False,  # GET and HEAD, nothing else
        SEND_FILE_MAX_AGE_DEFAULT=STATIC_SECONDS,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["reading"] = Reading(config["INDEX"], config["STORE"])
    for module in (views, articles, revisions, wards, status, saved):
        app.register_blueprint(module.pages)
    for blueprint in (api.answers, spreadsheet.answers, atom.answers, openapi.answers):
        app.register_blueprint(blueprint)
    errors.register(app)
    languages.register(app)
    app.after_request(add_headers)
    _prepare_templates(app)
    return app


def add_headers(response: Response) -> Response:
    """The answer with HEADERS, but for those that the route has set itself."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _prepare_templates(app: Flask) -> None:
    """Filters and functions of the templates."""
    environment = app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters.update(
        number=format.number,
        day=format.day,
        moment=format.moment,
        shortened=format.shortened,
        host=format.host,
        href=format.safe_href,
        masked=masked,
    )
    hashes = _hashes(Path(app.static_folder or ""))
    environment.globals.update(
        absolute=absolute,
        csv_rows=spreadsheet.ROWS,
        asset=lambda name: url_for("static", filename=name, v=hashes[name]),
        link=params.link,
        marked=format.marked,
        filter_name=names.filter_name,
        labels=names.LABELS,
        name_of=names.name_of,
        span=format.span,
        time_units=names.TIME_UNITS,
        sentences=understood.sentences,
        tag=tag,
        toggled=params.toggled,
    )


def _hashes(folder: Path) -> dict[str, str]:
    """A short digest of every static file, for its address."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:10] for path in folder.iterdir()
    }
