"""The page that says how every portal is doing: /status."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import Blueprint, current_app, render_template

from crawler.article import VIETNAM
from crawler.health import PortalState, portal_states
from indexer.query import Query
from webui.reading import reading

pages = Blueprint("status", __name__)

STATES: Mapping[str, str] = {
    "ok": "Bình thường",
    "delayed": "Chậm",
    "failing": "Lỗi",
    "paused": "Tạm dừng",
    "never": "Chưa thu thập",
}
"""What readers call the state of a portal."""


@pages.get("/status")
def status() -> str:
    """How each portal is doing."""
    portals, now = current_app.config["PORTALS"], datetime.now(VIETNAM)
    with reading().store() as store:
        states = {each.portal: each for each in portal_states(store, portals, now.timestamp())}
        waiting = store.waiting()
    rows = [(source, states.get(id)) for id, source in current_app.config["SOURCES"].items()]
    return render_template(
        "status.html", query=Query(), rows=rows, waiting=waiting, state_of=state_of, now=now
    )


def state_of(state: PortalState | None) -> str:
    """The state of a portal in words."""
    return STATES[state.state if state else "never"]
