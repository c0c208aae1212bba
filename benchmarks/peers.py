"""Search engines side by side: each writes the same documents into one segment, and tells the ten
best for a query, and how many of all it finds are of each ward, month and topic.

All rank by their own BM25 with k1 1.2 and b 0.75, and are used in the way that was fastest: columns
hold numbers where that helps, Tantivy may skip what is not among the best, and those that know only
one value a document count sets of topics.
"""

from __future__ import annotations

import importlib.util
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from shutil import rmtree
from typing import Any, NamedTuple, Protocol

import tantivy
from grown import Text
from queries import Asked
from table import Skipped
from whoosh import query as q
from whoosh.analysis import IDTokenizer
from whoosh.fields import ID, TEXT, Schema
from whoosh.index import create_in, open_dir
from whoosh.sorting import Count, FieldFacet

BEST = 10
FACETS = ("ward", "month", "topic")
XAPIAN = Path("/usr/lib/python3/dist-packages/xapian/__init__.py")
"""Where Debian's python3-xapian lies."""
HEAP = 4_000
"""MB that Tantivy may take, so that it writes one segment; a million documents need 2,500."""
POOL = 1_000
"""MB that stock Whoosh may take; it merges what it wrote before."""


class Found(NamedTuple):
    """What engines must agree on: documents, and documents by value, by facet."""

    total: int
    counts: dict[str, dict[str, int]]


class Peer(Protocol):
    """A search engine. What asked() makes of a query search() is timed with; found() is not."""

    def write(self, texts: Iterable[Text]) -> None: ...
    def open(self) -> None: ...
    def asked(self, query: Asked) -> Any: ...
    def search(self, query: Any) -> Any: ...
    def found(self, answer: Any) -> Found: ...
    def close(self) -> None: ...


class Numbers(dict[Any, int]):
    """Values by the order they are first seen in."""

    def __missing__(self, value: Any) -> int:
        number = self[value] = len(self)
        return number

    def named(self, counts: Iterable[tuple[int, int]]) -> dict[str, int]:
        """Counts by value instead of by number; of sets of values, those of each value."""
        values = list(self)
        counted: Counter[str] = Counter()
        for number, count in counts:
            value = values[number]
            for each in (value,) if isinstance(value, str) else value:
                counted[each] += count
        return dict(counted)


def whoosh_query(asked: Asked) -> q.Query:
    terms = [q.Term("text", word) for word in asked.words]
    if len(terms) == 1:
        return terms[0]
    if asked.how == "phrase":
        return q.Phrase("text", list(asked.words))
    return q.And(terms) if asked.how == "all" else q.Or(terms)


class StockWhoosh:
    """Whoosh as it comes; its columns hold one value a document."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.schema = Schema(
            text=TEXT(analyzer=IDTokenizer()),
            ward=ID(sortable=True),
            month=ID(sortable=True),
            topic=ID(sortable=True),
        )

    def write(self, texts: Iterable[Text]) -> None:
        writer = create_in(self.folder, self.schema).writer(compound=False, limitmb=POOL)
        for text in texts:
            topics = " ".join(text.topics)
            writer.add_document(text=text.words, ward=text.ward, month=text.month, topic=topics)
        writer.commit(optimize=True)

    def open(self) -> None:
        self.index = open_dir(self.folder)
        self.searcher = self.index.searcher()

    def asked(self, query: Asked) -> q.Query:
        return whoosh_query(query)

    def search(self, query: q.Query) -> Any:
        facets = {name: FieldFacet(name, maptype=Count) for name in FACETS}
        return self.searcher.search(query, limit=BEST, groupedby=facets)

    def found(self, answer: Any) -> Found:
        counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
        for name in FACETS:
            for values, count in answer.groups(name).items():
                counts[name].update(dict.fromkeys(values.split(" "), count))
        return Found(len(answer), {name: dict(each) for name, each in counts.items()})

    def close(self) -> None:
        self.searcher.close()
        self.index.close()


class Tantivy:
    """tantivy-py; a month has every document, so their sum is the total."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = {name: Numbers() for name in FACETS}
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("text", tokenizer_name="whitespace", index_option="position")
        for name in FACETS:
            builder.add_unsigned_field(name, fast=True)
        self.schema = builder.build()
        self.facets = {name: {"terms": {"field": name, "size": 1000}} for name in FACETS}

    def write(self, texts: Iterable[Text]) -> None:
        writer = tantivy.Index(self.schema, str(self.folder)).writer(HEAP * 1_000_000, 1)
        for text in texts:
            document = tantivy.Document()
            document.add_text("text", " ".join(text.words))
            document.add_unsigned("ward", self.numbers["ward"][text.ward])
            document.add_unsigned("month", self.numbers["month"][text.month])
            for topic in text.topics:
                document.add_unsigned("topic", self.numbers["topic"][topic])
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def open(self) -> None:
        self.searcher = tantivy.Index.open(str(self.folder)).searcher()
        assert self.searcher.num_segments == 1

    def asked(self, query: Asked) -> tantivy.Query:
        if query.how == "phrase":
            return tantivy.Query.phrase_query(self.schema, "text", list(query.words))
        terms = [tantivy.Query.term_query(self.schema, "text", word) for word in query.words]
        occur = tantivy.Occur.Must if query.how == "all" else tantivy.Occur.Should
        if len(terms) == 1:
            return terms[0]
        return tantivy.Query.boolean_query([(occur, term) for term in terms])

    def search(self, query: tantivy.Query) -> Any:
        best = self.searcher.search(query, BEST, count=False)
        return best, self.searcher.aggregate(query, self.facets)

    def found(self, answer: Any) -> Found:
        counts = {
            name: self.numbers[name].named(
                (int(bucket["key"]), bucket["doc_count"]) for bucket in answer[1][name]["buckets"]
            )
            for name in FACETS
        }
        return Found(sum(counts["month"].values()), counts)

    def close(self) -> None:
        del self.searcher


class Sqlite:
    """SQLite's FTS5 with a table of facets beside it, searched once for all that is asked.

    Its tokenizers divide "mỹ_đình", so words are given by their numbers.
    """

    SEARCH = """
        WITH found AS MATERIALIZED (
            SELECT id, rank AS score, ward, month, topic
            FROM texts JOIN facets ON id = texts.rowid WHERE texts MATCH ?
        )
        SELECT * FROM (SELECT 'best', id, score FROM found ORDER BY score LIMIT 10)
        UNION ALL SELECT 'ward', ward, count(*) FROM found GROUP BY ward
        UNION ALL SELECT 'month', month, count(*) FROM found GROUP BY month
        UNION ALL SELECT 'topic', topic, count(*) FROM found GROUP BY topic
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "texts.db"
        self.words = Numbers()
        self.numbers = {name: Numbers() for name in FACETS}

    def write(self, texts: Iterable[Text]) -> None:
        connection = sqlite3.connect(self.path)
        connection.executescript(
            "CREATE VIRTUAL TABLE texts USING fts5(text, content = '', tokenize = 'ascii');"
            "CREATE TABLE facets (id INTEGER PRIMARY KEY, ward, month, topic);"
        )
        connection.execute("BEGIN")
        for id, text in enumerate(texts, 1):
            words = " ".join([str(self.words[word]) for word in text.words])
            connection.execute("INSERT INTO texts (rowid, text) VALUES (?, ?)", (id, words))
            values = (text.ward, text.month, text.topics)
            row = (id, *(self.numbers[name][v] for name, v in zip(FACETS, values, strict=True)))
            connection.execute("INSERT INTO facets VALUES (?, ?, ?, ?)", row)
        connection.execute("INSERT INTO texts (texts) VALUES ('optimize')")
        connection.execute("COMMIT")
        connection.close()

    def open(self) -> None:
        self.connection = sqlite3.connect(self.path)
        self.connection.execute("PRAGMA mmap_size = 4000000000")
        self.connection.execute("PRAGMA temp_store = MEMORY")

    def asked(self, query: Asked) -> str:
        words = [str(self.words[word]) for word in query.words]
        if query.how == "phrase":
            return f'"{" ".join(words)}"'
        return (" AND " if query.how == "all" else " OR ").join(words)

    def search(self, query: str) -> list[tuple[str, int, float]]:
        return self.connection.execute(self.SEARCH, (query,)).fetchall()

    def found(self, answer: list[tuple[str, int, float]]) -> Found:
        counts = {
            name: self.numbers[name].named(
                (number, int(count)) for what, number, count in answer if what == name
            )
            for name in FACETS
        }
        return Found(sum(counts["month"].values()), counts)

    def close(self) -> None:
        self.connection.close()


def xapian_module() -> Any:
    """Xapian's own bindings, also where only the Python of the system has them. Raises Skipped."""
    spec = importlib.util.find_spec("xapian")
    if spec is None and XAPIAN.exists():
        spec = importlib.util.spec_from_file_location("xapian", XAPIAN)
    if spec is None or spec.loader is None:
        raise Skipped("python3-xapian is not installed")
    module = importlib.util.module_from_spec(spec)
    sys.modules["xapian"] = module  # its __init__ imports from itself
    spec.loader.exec_module(module)
    return module


class Xapian:
    """Xapian, compacted; a match spy counts the values of a slot."""

    def __init__(self, folder: Path) -> None:
        self.xapian = xapian_module()
        self.folder = folder

    def write(self, texts: Iterable[Text]) -> None:
        path = str(self.folder / "written")
        database = self.xapian.WritableDatabase(path, self.xapian.DB_CREATE_OR_OVERWRITE)
        for text in texts:
            document = self.xapian.Document()
            for position, word in enumerate(text.words):
                document.add_posting(word, position)
            for slot, value in enumerate((text.ward, text.month, " ".join(text.topics))):
                document.add_value(slot, value)
            database.add_document(document)
        database.commit()
        database.compact(str(self.folder / "compact"))
        database.close()
        rmtree(path)

    def open(self) -> None:
        self.database = self.xapian.Database(str(self.folder / "compact"))

    def asked(self, query: Asked) -> Any:
        operators = {
            "all": self.xapian.Query.OP_AND,
            "any": self.xapian.Query.OP_OR,
            "phrase": self.xapian.Query.OP_PHRASE,
        }
        return self.xapian.Query(operators[query.how], query.words)

    def search(self, query: Any) -> Any:
        enquire = self.xapian.Enquire(self.database)
        enquire.set_weighting_scheme(self.xapian.BM25Weight(1.2, 0, 1, 0.75, 0.5))
        enquire.set_query(query)
        spies = [self.xapian.ValueCountMatchSpy(slot) for slot in range(len(FACETS))]
        for spy in spies:
            enquire.add_matchspy(spy)
        best = enquire.get_mset(0, BEST, self.database.get_doccount())
        return best, [[(each.term, each.termfreq) for each in spy.values()] for spy in spies]

    def found(self, answer: Any) -> Found:
        counts = {}
        for name, rows in zip(FACETS, answer[1], strict=True):
            counts[name] = Counter[str]()
            for values, count in rows:
                counts[name].update(dict.fromkeys(values.decode().split(" "), count))
        return Found(answer[0].get_matches_estimated(), counts)

    def close(self) -> None:
        self.database.close()


PEERS: Mapping[str, Callable[[Path], Peer]] = {
    "Tantivy": Tantivy,
    "FTS5": Sqlite,
    "Xapian": Xapian,
    "stock Whoosh": StockWhoosh,
}
