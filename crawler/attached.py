"""Attached: what the files say that an article links. Rows of the store."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import cast

from crawler.article import Article
from crawler.attachments import FileText, State
from crawler.store import Store


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that an article links, by its address and the words of the link.

    `state` is None for one that was not fetched yet, and `text` is "" unless it is "text".
    """

    url: str
    name: str
    state: State | None
    text: str


def note(store: Store, portal: str, url: str, sha256: str, read: FileText) -> None:
    """Keep what a file says; articles that link it are to be indexed again where that is new.

    Call it inside transaction().
    """
    row = (portal, url, sha256, read.state, read.text)
    (known,) = store.connection.execute(
        "SELECT count(*) FROM attachments"
        " WHERE portal = ? AND url = ? AND sha256 = ? AND state = ? AND text = ?",
        row,
    ).fetchone()
    if known:
        return
    store.connection.execute("INSERT OR REPLACE INTO attachments VALUES (?, ?, ?, ?, ?)", row)
    linking = store.connection.execute(
        "SELECT id FROM articles WHERE portal = ? AND instr(record, ?)",
        (portal, json.dumps(url, ensure_ascii=False)),
    )
    store.touch(id for (id,) in linking.fetchall())


def attached_to(store: Store, article: Article) -> tuple[Attached, ...]:
    """The files of an article in the order it links them."""
    if not article.attachments:
        return ()
    rows = store.connection.execute(
        "SELECT url, state, text FROM attachments"
        " WHERE portal = ? AND url IN (SELECT value FROM json_each(?))",
        (article.portal, json.dumps([each.url for each in article.attachments])),
    )
    known = {url: (cast(State, state), text) for url, state, text in rows}
    return tuple(
        Attached(each.url, each.name, *known.get(each.url, (None, "")))
        for each in article.attachments
    )
