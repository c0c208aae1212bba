"""Addresses that stand alone: outside of our pages, where nobody knows which site they are of."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from flask import request

NAMED_SINCE = 2026
"""The year that our tag: names bear; it never changes, or every reader's feed would be new."""


def absolute(path: str) -> str:
    """A path of this site with scheme and host, as they were asked for."""
    return urljoin(request.host_url, path)


def tag(path: str) -> str:
    """A name for what stands at a path, the same under http, https and every port (RFC 4151)."""
    return f"tag:{urlsplit(request.host_url).hostname},{NAMED_SINCE}:{path.lstrip('/')}"
