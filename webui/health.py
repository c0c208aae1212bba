"""/healthz: can this server answer? For monitors, and for what stands before it."""

from __future__ import annotations

import sqlite3

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from crawler.store import StoreMissing
from indexer.search import IndexMissing
from webui.reading import Reading, reading

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def health() -> Response:
    """Which generation is searched and whether the store opens; 503 where one of them does not.

    It waits behind no search, so it tells of the server, not of how busy it is.
    """
    generation, store = _generation(reading()), _store_opens(reading())
    response = jsonify(generation=generation, store=store)
    response.status_code = 200 if generation and store else 503
    response.cache_control.no_store = True
    return response


def _generation(read: Reading) -> str | None:
    try:
        return read.manifest().generation
    except IndexMissing:
        return None


def _store_opens(read: Reading) -> bool:
    try:
        with read.store() as store:
            store.connection.execute("SELECT 1 FROM articles LIMIT 1").fetchone()
    except (StoreMissing, sqlite3.Error):
        return False
    return True
