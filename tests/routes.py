"""Every route of the application with an address of its own: what tests of all of them walk."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask

ARGUMENTS = {
    "number": "1",
    "which": "1",
    "slug": "phuong-bo-de-ha-noi",
    "filename": "style.css",
    "name": "ward",
    "facet": "ward",
}
"""What stands for the variable parts of addresses. A new one needs its value here."""


def paths(app: Flask) -> Iterator[str]:
    """The path of each route, its variable parts filled in."""
    for rule in app.url_map.iter_rules():
        values = {name: ARGUMENTS[name] for name in rule.arguments}
        built = app.url_map.bind("a.vn").build(rule.endpoint, values)
        assert built is not None
        yield built
