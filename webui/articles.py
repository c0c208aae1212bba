"""The page of one article: /articles/<number>."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, current_app, render_template

from crawler.attached import attached_to
from indexer.families import family_of
from indexer.query import Query
from webui.reading import reading

pages = Blueprint("articles", __name__)

SNIPPET = 240
"""Characters shown of an article whose portal did not agree to more."""

FILE_SHOWN = 20_000
"""Characters shown of an attached file, where its portal agreed to whole texts."""

FILE_STATES: Mapping[str, str] = {
    "scan": "bản quét",
    "locked": "có mật khẩu",
    "damaged": "tệp hỏng",
    "too much": "tệp quá lớn",
}
"""What readers call a file without a text of its own."""

LAST_NUMBER = 2**63 - 1
"""The largest row number of SQLite."""


@pages.get(f"/articles/<int(max={LAST_NUMBER}):number>")
def article(number: int) -> str:
    """One article: whole where its portal agreed to it, else its beginning and the link.

    Of one that its portal took down no more than title, date and link.
    """
    with reading().store() as store:
        stored = store.articles([number]).get(number)
        if stored is None:
            abort(404)
        revisions = store.revisions(number)
        files = attached_to(store, stored.article)
        family = family_of(store, number)
    source = current_app.config["SOURCES"].get(stored.article.portal)
    if stored.withdrawn_at:
        return render_template("withdrawn.html", stored=stored, article=stored.article)
    return render_template(
        "article.html",
        stored=stored,
        article=stored.article,
        document=reading().document(number),
        source=source,
        whole=source is not None and source.show == "full" and not stored.article.noarchive,
        snippet=0 if stored.article.nosnippet else SNIPPET,
        revisions=revisions,
        files=files,
        file_states=FILE_STATES,
        file_shown=FILE_SHOWN,
        copies=[each for each in family if not each.withdrawn_at],
        first=family[0].id,
        Query=Query,
    )
