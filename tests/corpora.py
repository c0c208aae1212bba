"""Small random corpora, written by the engine and by stock Whoosh with its own codec."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import strategies as st
from whoosh.fields import STORED, Schema
from whoosh.index import FileIndex, create_in

from indexer.engine.codec import ArrayIndex, ArraySegment, open_index, write_toc
from indexer.engine.fields import Keys, PairsOf, kept
from indexer.engine.invert import Batch, Entry

SCHEMA = Schema(text=Keys(positions=True), pairs=PairsOf("text"), facts=STORED)

WORDS = ("a", "á", "b", "ba", "bà", "đ")
"""Few, so that they meet; some begin others, some are two or three bytes."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts as lists of words, by segment; `gone` are the rows deleted afterwards, counted through
    all segments."""

    segments: Sequence[Sequence[Sequence[str]]]
    gone: frozenset[int]

    @property
    def texts(self) -> list[Sequence[str]]:
        return [text for segment in self.segments for text in segment]

    @property
    def live(self) -> list[int]:
        return [row for row in range(len(self.texts)) if row not in self.gone]


def texts() -> st.SearchStrategy[list[str]]:
    """Some empty; some so long that Whoosh rounds the length, and frequencies fill no byte."""
    words = st.sampled_from(WORDS)
    long = st.lists(words, max_size=2), st.sampled_from((30, 300))
    return st.lists(words, max_size=9) | st.builds(lambda few, times: few * times, *long)


@st.composite
def corpora(draw: st.DrawFn) -> Corpus:
    segments = draw(st.lists(st.lists(texts(), min_size=1, max_size=7), min_size=1, max_size=3))
    rows = range(sum(map(len, segments)))
    return Corpus(segments, frozenset(draw(st.sets(st.sampled_from(rows)))))


@contextmanager
def ours(corpus: Corpus) -> Iterator[ArrayIndex]:
    """The corpus in the engine's files, read by stock Whoosh."""
    with TemporaryDirectory() as folder:
        segments, first = [], 0
        for texts in corpus.segments:
            segments.append(write_segment(Path(folder), texts, first))
            gone = [row - first for row in corpus.gone if first <= row < first + len(texts)]
            segments[-1].delete(np.array(gone, np.uint32))
            first += len(texts)
        write_toc(Path(folder), SCHEMA, segments)
        yield open_index(Path(folder), SCHEMA)


def write_segment(folder: Path, texts: Sequence[Sequence[str]], first: int) -> ArraySegment:
    batch = Batch(kept(SCHEMA))
    for row, text in enumerate(texts, first):
        stored = json.dumps({"facts": [row, "bài mẫu"]}).encode()
        batch.add(Entry(row, {"text": text}, {}, {}, stored))
    segment = ArraySegment(len(texts))
    batch.write(folder / segment.segment_id())
    return segment


@contextmanager
def stock(corpus: Corpus) -> Iterator[FileIndex]:
    """The corpus as stock Whoosh writes it, in the same segments.

    Not in memory: for that, Whoosh shares a folder of passing files between processes, which it
    names by `random`, and hypothesis seeds that alike in all of them.
    """
    with TemporaryDirectory() as folder:
        index, rows = create_in(folder, SCHEMA), count()
        for texts in corpus.segments:
            writer = index.writer(compound=False)
            for text in texts:
                joined = [f"{one} {other}" for one, other in pairwise(text)]
                writer.add_document(text=text, pairs=joined, facts=[next(rows), "bài mẫu"])
            writer.commit(merge=False)
        writer = index.writer()
        for gone in sorted(corpus.gone):
            writer.delete_document(gone)
        writer.commit(merge=False)
        yield index
