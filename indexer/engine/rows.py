"""Rows: what is kept of each document beside its postings, column by column."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from indexer.engine.arrays import ArraysWriter, narrowest
from indexer.engine.facets import FacetBuilder, write_facet
from indexer.engine.mapped import MappedSegment


@dataclass(slots=True)
class RowsBuilder:
    """Collects the rows of a segment."""

    numbers: array[int] = field(default_factory=lambda: array("q"))
    facets: dict[str, FacetBuilder] = field(default_factory=lambda: defaultdict(FacetBuilder))
    sorts: dict[str, array[int]] = field(default_factory=lambda: defaultdict(lambda: array("q")))
    stored: list[bytes] = field(default_factory=list)

    def add(
        self,
        number: int,
        values: Mapping[str, Sequence[str]],
        sorts: Mapping[str, int],
        stored: bytes,
    ) -> None:
        """The next document; every document names the same facets and sorts."""
        self.numbers.append(number)
        for name, held in values.items():
            facet = self.facets[name]
            facet.sets.append(facet.number(held))
        for name, value in sorts.items():
            self.sorts[name].append(value)
        self.stored.append(stored)

    def write(self, writer: ArraysWriter) -> dict[str, list[str]]:
        """Write the columns; gives the values of each facet, for the segment's head."""
        writer.write("numbers", "", np.array(self.numbers, np.int64))
        for name, values in sorted(self.sorts.items()):
            writer.write("sorts", name, np.array(values, np.int64))
        columns = {name: facet.column() for name, facet in sorted(self.facets.items())}
        for name, column in columns.items():
            write_facet(writer, name, column)
        _write_ends(writer, np.fromiter(map(len, self.stored), np.int64))
        writer.append("stored", "", np.frombuffer(b"".join(self.stored), np.uint8))
        return {name: list(column.values) for name, column in columns.items()}


def join_rows(
    writer: ArraysWriter, segments: Sequence[tuple[MappedSegment, NDArray[np.bool_]]]
) -> dict[str, list[str]]:
    """Write the rows of segments that live behind each other; gives what RowsBuilder.write()
    does."""
    rows = [(segment, np.flatnonzero(lives)) for segment, lives in segments]
    numbers = [segment.arrays.get("numbers", "")[living] for segment, living in rows]
    writer.write("numbers", "", np.concatenate(numbers))
    for name in segments[0][0].arrays.places.get("sorts", ()):
        values = [segment.sorts(name)[living] for segment, living in rows]
        writer.write("sorts", name, np.concatenate(values))
    facets = {name: FacetBuilder() for name in segments[0][0].arrays.facts["facets"]}
    for name, facet in facets.items():
        for segment, living in rows:
            facet.extend(segment.facet(name), living)
        write_facet(writer, name, facet.column())
    _join_stored(writer, segments)
    return {name: list(facet.values) for name, facet in facets.items()}


def _join_stored(
    writer: ArraysWriter, segments: Sequence[tuple[MappedSegment, NDArray[np.bool_]]]
) -> None:
    """Copy what is stored of neighbours that live in one piece."""
    ends = [np.append(0, segment.arrays.get("stored_ends", "")) for segment, _ in segments]
    lengths = [np.diff(each)[lives] for each, (_, lives) in zip(ends, segments, strict=True)]
    _write_ends(writer, np.concatenate(lengths))
    for each, (segment, lives) in zip(ends, segments, strict=True):
        edges = np.flatnonzero(np.diff(lives, prepend=False, append=False))
        for start, end in each[edges].reshape(-1, 2).tolist():
            writer.append("stored", "", segment.arrays.get("stored", "")[start:end])


def _write_ends(writer: ArraysWriter, lengths: NDArray[np.int64]) -> None:
    writer.write("stored_ends", "", np.cumsum(lengths).astype(narrowest(int(lengths.sum()))))
