"""The page of the searches that a reader saved: /saved.

They lie in the browser (static/saved.js) and nothing of them is sent here. The page is the same
for everybody.
"""

from __future__ import annotations

from flask import Blueprint, render_template

pages = Blueprint("saved", __name__)


@pages.get("/saved")
def saved() -> str:
    """The empty list, which the browser fills."""
    return render_template("saved.html")
