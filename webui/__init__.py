"""The web page: Query in, page out. Reads the index and the store, writes nothing.

create_app() makes the Flask application; `webui.server` serves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, Response
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

from indexer.wards import load_gazetteer
from webui import (
    api,
    articles,
    asking,
    assets,
    atom,
    choices,
    comparison,
    coverage,
    errors,
    format,
    health,
    languages,
    limits,
    names,
    openapi,
    opensearch,
    params,
    revisions,
    saved,
    sitemap,
    spreadsheet,
    status,
    structured,
    suggestions,
    topics,
    understood,
    views,
    wards,
)
from webui.addresses import absolute, tag
from webui.masking import masked
from webui.reading import Reading

PACKED_TYPES = [
    *("text/html", "text/csv", "application/json", "application/problem+json"),
    *("application/atom+xml", "application/xml", "application/opensearchdescription+xml"),
]
"""Answers that are sent packed. Static files are packed when the server starts."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
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
    requests, "" where the operator gave none). It may have REQUESTS_PER_SECOND, the limit for one
    address, and TRUSTED_PROXIES, how many proxies stand before us and say whom they answer.
    """
    app = Flask(__name__, static_folder=None)
    app.config.from_mapping(
        config,
        PROVIDE_AUTOMATIC_OPTIONS=False,  # GET and HEAD, nothing else
        COMPRESS_MIMETYPES=PACKED_TYPES,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    load_gazetteer()  # before processes are forked, so that they share it
    app.extensions["reading"] = Reading(config["INDEX"], config["STORE"])
    app.extensions["speakers"] = coverage.Speakers(config["PORTALS"], config["SOURCES"])
    for module in (saved, views, articles, revisions, wards, topics, comparison, status, health):
        app.register_blueprint(module.pages)
    for module in (sitemap, opensearch, asking):
        app.register_blueprint(module.pages)
    for module in (api, spreadsheet, atom, openapi, status, suggestions):
        app.register_blueprint(module.answers)
    errors.register(app)
    languages.register(app)
    app.after_request(add_headers)
    Compress(app)
    assets.register(app)
    limits.register(app, config.get("REQUESTS_PER_SECOND", 0))
    if proxies := config.get("TRUSTED_PROXIES", 0):
        fixed = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)
        app.wsgi_app = fixed  # type: ignore[method-assign]
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
    environment.globals.update(
        absolute=absolute,
        breadcrumbs=structured.breadcrumbs,
        csv_rows=spreadsheet.ROWS,
        link=params.link,
        marked=format.marked,
        sentences=understood.sentences,
        filter_name=names.filter_name,
        labels=names.LABELS,
        name_of=names.name_of,
        old_names_of=choices.old_names,
        span=format.span,
        stale=coverage.stale,
        time_units=names.TIME_UNITS,
        tag=tag,
        toggled=params.toggled,
        website=structured.website,
    )
