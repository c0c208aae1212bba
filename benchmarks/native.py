"""Our engine as one of the peers: a field of words with positions, and columns of three facets."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from grown import Text
from peers import BEST, FACETS, Found, whoosh_query
from queries import Asked
from whoosh.fields import Schema
from whoosh.query import Query

from indexer.engine.codec import segments_of
from indexer.engine.evaluator import Evaluator
from indexer.engine.fields import Keys
from indexer.engine.formula import Formula
from indexer.engine.generation import Generation
from indexer.engine.invert import Entry
from indexer.engine.writer import Writer


class Native:
    """Whoosh at native speed, by itself: neither store nor snippets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.schema = Schema(text=Keys(positions=True))

    def write(self, texts: Iterable[Text]) -> None:
        writer = Writer(self.folder, self.schema)
        for number, text in enumerate(texts):
            values = {"ward": (text.ward,), "month": (text.month,), "topic": text.topics}
            writer.add(Entry(number, {"text": text.words}, values, {}, b""))
        writer.commit(whole=True)

    def open(self) -> None:
        self.generation = Generation(self.folder, segments_of(self.folder))
        self.evaluator = Evaluator(self.generation, Formula(k1=1.2, b=0.75))

    def asked(self, query: Asked) -> Query:
        return whoosh_query(query)

    def search(self, query: Query) -> Any:
        """Counts as plain lists, as the others give theirs."""
        found = self.evaluator.search(query, BEST, FACETS)
        best = list(zip(found.rows.tolist(), found.scores.tolist(), strict=True))
        return found.total, best, [found.counts[name].tolist() for name in FACETS]

    def found(self, answer: Any) -> Found:
        counts = {}
        for name, counted in zip(FACETS, answer[2], strict=True):
            values = self.generation.facet(name).values
            counts[name] = {v: n for v, n in zip(values, counted, strict=True) if n}
        return Found(answer[0], counts)

    def close(self) -> None:
        del self.generation, self.evaluator
