"""The page of one ward: /wards/<slug>."""

from __future__ import annotations

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from indexer.query import Query
from webui import params

pages = Blueprint("wards", __name__)


@pages.get("/wards/<slug>")
def ward(slug: str) -> Response:
    """The articles of a ward."""
    return redirect(params.link(Query(wards=(slug,))))
