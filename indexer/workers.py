"""Workers: articles become segments, in this process or, where there are many, in several.

A worker reads the store by itself, makes the documents of a chunk of articles, and writes a segment
into the folder of the new generation. It gives back what the segment is, no text.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread

from crawler.attached import attached_to
from crawler.store import Store, Stored, open_readonly
from indexer.document import Document
from indexer.engine.codec import ArraySegment
from indexer.engine.fields import kept
from indexer.engine.invert import Batch
from indexer.engine.writer import written
from indexer.schema import FORMS, SCHEMA, entry_of
from indexer.segment import words_of_each

CHUNK = 1000
"""Articles to a segment: few enough that all processes end at nearly the same time."""

MANY = 2 * CHUNK
"""Articles from which on it pays to start processes, each of which loads its tables first."""

PROCESSES = 2
"""At most; fewer where there are fewer cores."""

Annotate = Callable[[Stored], Document]


@dataclass(frozen=True, slots=True)
class Made:
    """The segment that was written, if anything was left to be, and which change of which article
    was read for it."""

    segment: ArraySegment | None
    changes: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes segments in a folder of the articles in a store."""

    store: Store
    folder: Path
    annotate: Annotate

    def make(self, ids: Sequence[int]) -> Made:
        """The segment of these articles, those aside that their portal withdrew."""
        batch = Batch(kept(SCHEMA), FORMS)
        read = [stored for _, stored in sorted(self.store.articles(ids).items())]
        living = [stored for stored in read if stored.withdrawn_at is None]
        words = words_of_each([f"{each.article.title}\n{each.article.text}" for each in living])
        for stored, found in zip(living, words, strict=True):
            files = attached_to(self.store, stored.article)
            batch.add(entry_of(self.annotate(stored), found, [file.text for file in files]))
        changes = [(stored.id, stored.change) for stored in read]
        return Made(written(batch, self.folder) if batch.documents else None, changes)


Make = Callable[[Iterable[Sequence[int]]], Iterator[Made]]


@contextmanager
def making(store: Store, folder: Path, annotate: Annotate, articles: int) -> Iterator[Make]:
    """A function that makes a segment of each chunk of ids, in the order of the chunks.

    So many articles are to come. Where they are many, `annotate` is sent to other processes.
    """
    processes = min(PROCESSES, os.cpu_count() or 1)
    if articles < MANY or processes == 1:
        yield partial(map, Maker(store, folder, annotate).make)
        return
    pool = ProcessPoolExecutor(
        processes, get_context("spawn"), _start, (store.path, folder, annotate)
    )
    gc.freeze()  # what was loaded stays: none of it is gone through for garbage
    with pool:
        try:
            yield partial(pool.map, _make)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
        finally:
            gc.unfreeze()


def _start(store: Path, folder: Path, annotate: Annotate) -> None:
    """Make a worker of this process."""
    global _maker
    Thread(target=_end_with_parent, daemon=True).start()
    _maker = Maker(open_readonly(store), folder, annotate)
    gc.disable()
    gc.freeze()


def _end_with_parent() -> None:
    """A killed parent tells nobody; without one, a worker would wait for ever."""
    if parent := parent_process():
        parent.join()
    os._exit(1)


_maker: Maker


def _make(ids: Sequence[int]) -> Made:
    """Garbage is looked for between chunks, among what is new: amid them it took a tenth of the
    time, and there is hardly any."""
    made = _maker.make(ids)
    gc.collect(0)
    return made
