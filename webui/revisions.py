"""What was changed in an article, word for word: /articles/<number>/revisions/<which>."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, render_template

from crawler.article import Article
from indexer.difference import Part, difference
from webui.articles import LAST_NUMBER, withdrawn
from webui.masking import masked
from webui.reading import reading
from webui.restraint import allowed

pages = Blueprint("revisions", __name__)

COMPARED = 40_000
"""Characters of a text that are compared with the text before."""


@dataclass(frozen=True, slots=True)
class Change:
    """The `which`-th time, from 1, that an article was changed: at what moment, and in which words.

    `text` is None where the text may not be shown as a whole.
    """

    which: int
    at: datetime
    title: tuple[Part, ...]
    text: tuple[Part, ...] | None


@pages.get(f"/articles/<int(max={LAST_NUMBER}):number>/revisions/<int:which>")
def change(number: int, which: int) -> str:
    """One change of an article; 404 where there is none. Of one that was taken down, no word."""
    with reading().store() as store:
        stored = store.articles([number]).get(number)
        revisions = store.revisions(number)[::-1]
    if stored is None or not 1 <= which <= len(revisions):
        abort(404)
    if stored.withdrawn_at:
        return withdrawn(stored)
    texts = [*(each.article for each in revisions), stored.article]
    made = changed(which, revisions[which - 1].replaced_at, texts[which - 1], texts[which])
    return render_template(
        "revision.html", stored=stored, article=stored.article, change=made, changes=len(revisions)
    )


def changed(which: int, at: datetime, before: Article, after: Article) -> Change:
    """What was changed. Numbers of persons are hidden first, since words of them are compared."""
    open_ = allowed(before).whole and allowed(after).whole
    return Change(
        which,
        at,
        difference(masked(before.title), masked(after.title)),
        difference(text_of(before), text_of(after)) if open_ else None,
    )


def text_of(article: Article) -> str:
    """All that a reader reads below the title, as far as it is compared."""
    return masked("\n".join((article.text, *article.captions, article.byline)))[:COMPARED]
