"""The page of one article: /articles/<number>."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, render_template
from flask_babel import lazy_gettext

from crawler.attached import attached_to
from crawler.store import Store, Stored
from indexer.families import family_of
from indexer.query import Query
from webui.reading import reading
from webui.restraint import allowed

pages = Blueprint("articles", __name__)

FILE_STATES = {
    "scan": lazy_gettext("bản quét"),
    "locked": lazy_gettext("có mật khẩu"),
    "damaged": lazy_gettext("tệp hỏng"),
    "too much": lazy_gettext("tệp quá lớn"),
}
"""What readers call a file without a text of its own."""

SIMILAR = 5
"""Articles listed of those that are about the same."""

COPIES = 50
"""Articles listed of those that have the same text, the first ones."""

CHANGES = 20
"""Times listed at which an article was changed, the last ones."""

LAST_NUMBER = 2**63 - 1
"""The largest row number of SQLite."""


@pages.get(f"/articles/<int(max={LAST_NUMBER}):number>")
def article(number: int) -> str:
    """One article: whole where its portal agreed to it, else its beginning and the link."""
    with reading().store() as store:
        stored = store.articles([number]).get(number)
        if stored is None:
            return damaged(store, number)
        return withdrawn(stored) if stored.withdrawn_at else shown(store, stored)


def shown(store: Store, stored: Stored) -> str:
    """The page of an article that its portal has."""
    article = stored.article
    document = reading().document(stored.id)
    family = family_of(store, stored.id)
    members = {each.id for each in family}
    return render_template(
        "article.html",
        stored=stored,
        article=article,
        document=document,
        source=current_app.config["SOURCES"].get(article.portal),
        allowed=allowed(article),
        revisions=store.revisions(stored.id),
        files=attached_to(store, article),
        file_states=FILE_STATES,
        copies=[each for each in family if not each.withdrawn_at and each.id != stored.id],
        copies_listed=COPIES,
        changes_listed=CHANGES,
        first=family[0].id,
        similar=reading().similar(document, members, SIMILAR) if document else [],
        Query=Query,
    )


def withdrawn(stored: Stored) -> str:
    """The page of an article that its portal took down: title, date and link, no more."""
    return render_template("withdrawn.html", stored=stored, article=stored.article)


def damaged(store: Store, number: int) -> str:
    """The page of an article whose record the disk lost: its address, which stands apart.

    404 where there never was such an article.
    """
    try:
        url = store.url(number)
    except KeyError:
        abort(404)
    return render_template("damaged.html", url=url)
