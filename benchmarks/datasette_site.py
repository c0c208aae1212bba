"""The same articles behind Datasette: a table with full-text search and facets, as it comes.

Its pages are made as light as ours: twenty rows, cells cut short, eight values a facet, no facets
suggested. It may take all the time it needs, so that no facet is left out.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlencode

from indexer.document import Document

FACETS = (
    *(("_facet", name) for name in ("ward", "province", "source", "type")),
    ("_facet_array", "topics"),
)

SETTINGS = {
    "default_facet_size": 8,
    "facet_time_limit_ms": 30_000,
    "sql_time_limit_ms": 30_000,
    "suggest_facets": "off",
    "truncate_cells_html": 240,
}

SCHEMA = """
CREATE TABLE articles (
    id INTEGER PRIMARY KEY, title TEXT, body TEXT, published TEXT,
    ward TEXT, province TEXT, source TEXT, type TEXT, topics TEXT
);
CREATE VIRTUAL TABLE articles_words USING fts5(
    title, body, content='articles', content_rowid='id', tokenize='unicode61'
);
"""


def written(path: Path, documents: Iterable[Document]) -> None:
    """A database of these documents, indexed for words and for facets."""
    with sqlite3.connect(path) as database:
        database.executescript(SCHEMA)
        database.executemany(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_row, documents)
        )
        database.execute("INSERT INTO articles_words(articles_words) VALUES ('rebuild')")
        for name in ("ward", "province", "source", "type", "published"):
            database.execute(f"CREATE INDEX by_{name} ON articles({name})")
        database.execute("ANALYZE")
    database.close()


def _row(document: Document) -> tuple[object, ...]:
    article = document.article
    return (
        document.id,
        article.title,
        "\n".join(article.body),
        article.published and article.published.day.isoformat(),
        document.wards[0],
        document.provinces[0],
        article.portal,
        document.type,
        json.dumps(document.topics),
    )


def command(path: Path, host: str, port: int) -> list[str]:
    """What serves the database, which does not change."""
    settings = [
        word for name, value in SETTINGS.items() for word in ("--setting", name, str(value))
    ]
    return ["serve", "--immutable", str(path), "--host", host, "--port", str(port), *settings]


def path(words: str, **filters: str) -> str:
    """The address of a search with its facets."""
    asked = [("_search", words), ("_size", "20"), *FACETS, *filters.items()]
    return f"/articles/articles?{urlencode(asked)}"
