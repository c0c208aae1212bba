"""Writer: documents come and go in an index, segment by segment.

Documents gather in a batch, which becomes a segment once it is full. Segments of a like size are
merged, so that an index has few and each document is written anew a few times at most. Nothing of
it is in the index before commit() names it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from math import log
from pathlib import Path

import numpy as np
from whoosh.fields import Schema
from whoosh.index import EmptyIndexError

from indexer.engine.codec import NAME, ArraySegment, segments_of, write_toc
from indexer.engine.fields import kept
from indexer.engine.invert import Batch, Entry
from indexer.engine.mapped import MappedSegment
from indexer.engine.merge import merge

FULL = 2_000_000
"""How many keys a batch takes: inverting them takes some 100 MB."""

FAN = 8
"""So many segments of a like size are merged; the next size is so many times as large."""

MANY = 64
"""So many segments wait for commit() to merge them: each is five files to be open at a time."""

LIVING = 0.5
"""A segment with less than this part of its documents living is written anew."""


class Writer:
    """Writes the index in a folder, as its only writer.

    Begins by removing files of segments that the index does not name: those of a writer that did
    not come to its end. `segments` are those that commit() will name.
    """

    def __init__(self, folder: Path, schema: Schema) -> None:
        self.folder = folder
        self.schema = schema
        self.fields = kept(schema)
        self.batch = Batch(self.fields)
        try:
            self.segments = list(segments_of(folder))
        except EmptyIndexError:
            self.segments = []
        self.named = set(self.segments)
        names = {segment.segment_id() for segment in self.named}
        for path in folder.glob(f"{NAME}_*"):
            if path.stem not in names:
                path.unlink()

    def add(self, entry: Entry) -> None:
        """One more document. Others of the same number stay: delete them before."""
        self.batch.add(entry)
        if self.batch.tokens >= FULL:
            self._flush()

    def delete(self, numbers: Collection[int]) -> None:
        """Delete the documents of these numbers, where there are any."""
        self._flush()
        wanted = np.array(sorted(numbers), np.int64)
        for segment in self.segments:
            rows = np.flatnonzero(np.isin(self._mapped(segment).numbers, wanted))
            if len(rows):
                segment.delete(rows)

    def adopt(self, segment: ArraySegment) -> None:
        """Take in a segment, not an empty one, that another process wrote here (see written())."""
        self.segments.append(segment)
        if len(self.segments) >= MANY:
            self._merge_like()

    def commit(self, whole: bool = False) -> None:
        """Make the index of what was added and deleted until now: of one segment, if `whole`."""
        self._flush()
        for segment in [*self.segments]:
            if segment.doc_count() < LIVING * segment.documents:
                self._merge([segment])
        if not whole:
            self._merge_like()
        elif len(self.segments) > 1 or any(each.deleted for each in self.segments):
            self._merge([*self.segments])
        write_toc(self.folder, self.schema, self.segments)
        gone = self.named - set(self.segments)
        self.named = set(self.segments)
        self._remove(gone)

    def _flush(self) -> None:
        if self.batch.documents:
            batch, self.batch = self.batch, Batch(self.fields)
            self.adopt(written(batch, self.folder))

    def _merge_like(self) -> None:
        """Merge segments of a like size, as long as there are enough of any."""
        sizes: dict[int, list[ArraySegment]] = {}
        for segment in self.segments:
            sizes.setdefault(int(log(segment.documents, FAN)), []).append(segment)
        like = next((each for each in sizes.values() if len(each) >= FAN), [])
        if like:
            self._merge(like)
            self._merge_like()

    def _merge(self, segments: Sequence[ArraySegment]) -> None:
        """Put one segment of their living documents, if there are any, in the place of these."""
        place = self.segments.index(segments[0])
        living = [each for each in segments if each.doc_count()]
        self.segments = [each for each in self.segments if each not in segments]
        if living:
            merged = ArraySegment()
            sources = [(self._mapped(each), each.deleted_rows()) for each in living]
            merged.documents = merge(sources, self.folder / merged.segment_id())
            self.segments.insert(place, merged)
        self._remove(set(segments) - self.named)

    def _mapped(self, segment: ArraySegment) -> MappedSegment:
        return MappedSegment(self.folder / segment.segment_id())

    def _remove(self, segments: Iterable[ArraySegment]) -> None:
        for segment in segments:
            for path in self.folder.glob(f"{segment.segment_id()}.*"):
                path.unlink()


def written(batch: Batch, folder: Path) -> ArraySegment:
    """A batch as a segment in the folder of an index, which does not name it yet."""
    segment = ArraySegment(batch.documents)
    batch.write(folder / segment.segment_id())
    return segment
