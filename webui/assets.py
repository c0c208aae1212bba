"""Assets: what do the static files hold? Read and packed once, under addresses with their hash."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, request, url_for

FOLDER = Path(__file__).parent / "static"

KEPT_SECONDS = 365 * 24 * 3600
"""How long browsers keep a file: its address changes with what it holds."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file: its type, what it holds, the same packed by gzip, and a hash of it."""

    type: str
    content: bytes
    packed: bytes
    hash: str


def register(app: Flask) -> None:
    """Serve the static files at /static/; `asset(name)` for the templates is the address of one."""
    assets = {path.name: read(path) for path in FOLDER.iterdir()}

    @app.get("/static/<filename>")
    def static(filename: str) -> Response:
        return answer(assets[filename]) if filename in assets else abort(404)

    def address(name: str) -> str:
        return url_for("static", filename=name, v=assets[name].hash)

    app.jinja_env.globals["asset"] = address


def read(path: Path) -> Asset:
    """The file, packed."""
    content = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    packed = gzip.compress(content, mtime=0)
    return Asset(kind, content, packed, hashlib.sha256(content).hexdigest()[:10])


def answer(asset: Asset) -> Response:
    """The file as the reader can take it; kept by the browser where the address has its hash."""
    wants_packed = request.accept_encodings["gzip"] > 0
    response = Response(asset.packed if wants_packed else asset.content, mimetype=asset.type)
    if wants_packed:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    if request.args.get("v") == asset.hash:
        response.cache_control.public = response.cache_control.immutable = True
        response.cache_control.max_age = KEPT_SECONDS
    else:
        response.cache_control.no_cache = True
    response.set_etag(f"{asset.hash}-gzip" if wants_packed else asset.hash)
    response.make_conditional(request)
    return response
