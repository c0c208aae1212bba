"""/opensearch.xml: how a browser searches here from its own address bar (OpenSearch 1.1)."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response

pages = Blueprint("opensearch", __name__)

MEDIA_TYPE = "application/opensearchdescription+xml"


@pages.get("/opensearch.xml")
def description() -> Response:
    """Where a search and its suggestions are."""
    response = make_response(render_template("opensearch.xml"))
    response.mimetype = MEDIA_TYPE
    return response
