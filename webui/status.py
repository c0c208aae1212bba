"""How every portal is doing: /status, and the same rows for programs, /status.json."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, current_app, jsonify, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from crawler.article import VIETNAM
from crawler.health import Health, PortalState, portal_states
from indexer.document import Source
from indexer.query import Query
from webui.faults import fault_of, in_words
from webui.programs import open_blueprint, wrong
from webui.reading import reading

pages = Blueprint("status", __name__)
answers = open_blueprint("status_for_programs", __name__)

PATH = "/status.json"

STATES = {
    "ok": lazy_gettext("Bình thường"),
    "delayed": lazy_gettext("Chậm"),
    "failing": lazy_gettext("Lỗi"),
    "paused": lazy_gettext("Tạm dừng"),
    "never": lazy_gettext("Chưa thu thập"),
}
"""What readers call the state of a portal."""

ROWS = 100
"""Portals of one page."""


@dataclass(frozen=True, slots=True)
class Row:
    """A portal and how it is doing; `known` is None where the crawler does not know it."""

    source: Source
    known: PortalState | None

    @property
    def state(self) -> Health:
        """One of STATES."""
        return self.known.state if self.known else "never"

    @property
    def fault(self) -> str:
        """Why its last crawl gave up, in words for readers; "" where it did not."""
        return in_words(self.known.error) if self.known else ""


@pages.get("/status")
def status() -> str:
    """The portals, or those in the states asked for; 404 past the last page."""
    now = datetime.now(VIETNAM)
    rows, waiting = rows_at(now)
    asked = [each for each in request.args.getlist("state") if each in STATES]
    chosen = of_states(rows, asked)
    page = request.args.get("page", 1, type=int)
    last = max(math.ceil(len(chosen) / ROWS), 1)
    if not 1 <= page <= last:
        abort(404)
    return render_template(
        "status.html",
        query=Query(),
        rows=chosen[(page - 1) * ROWS : page * ROWS],
        total=len(rows),
        counts=Counter(row.state for row in rows),
        asked=asked,
        states=STATES,
        waiting=waiting,
        now=now,
        page=page,
        last=last,
    )


@answers.get(PATH)
def status_for_programs() -> Response:
    """The rows of all pages; 400 for a state that there is none of."""
    asked = request.args.getlist("state")
    if unknown := [each for each in asked if each not in STATES]:
        return wrong({"state": _("Không có tình trạng “%(name)s”", name=unknown[0])})
    rows, waiting = rows_at(datetime.now(VIETNAM))
    return jsonify(waiting=waiting, sources=[record(row) for row in of_states(rows, asked)])


def rows_at(now: datetime) -> tuple[list[Row], int]:
    """Every portal in the order of portals.toml, and how many articles wait to be indexed."""
    with reading().store() as store:
        known = portal_states(store, current_app.config["PORTALS"], now.timestamp())
        waiting = store.waiting()
    states = {each.portal: each for each in known}
    sources = current_app.config["SOURCES"]
    return [Row(source, states.get(id)) for id, source in sources.items()], waiting


def of_states(rows: list[Row], asked: list[str]) -> list[Row]:
    """Those in one of the states; all where none is asked for."""
    return [row for row in rows if not asked or row.state in asked]


def record(row: Row) -> dict[str, Any]:
    """A row as JSON values; times in ISO 8601."""
    known = row.known
    return {
        "source": {"id": row.source.id, "name": row.source.name},
        "ward": row.source.ward,
        "province": row.source.province,
        "state": row.state,
        "label": str(STATES[row.state]),
        "succeeded": known and known.succeeded and known.succeeded.isoformat(),
        "due": known and known.due and known.due.isoformat(),
        "articles": known.articles if known else 0,
        "new_24h": known.new_24h if known else 0,
        "new_7d": known.new_7d if known else 0,
        "error": fault_of(known.error) if known else "",
        "error_label": row.fault,
    }
