"""Rows: what is kept of each document beside its postings, column by column."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from indexer.engine.arrays import ArraysWriter
from indexer.engine.facets import FacetBuilder, write_facet


@dataclass(slots=True)
class RowsBuilder:
    """Collects the rows of a segment."""

    numbers: array[int] = field(default_factory=lambda: array("q"))
    facets: dict[str, FacetBuilder] = field(default_factory=dict)
    sorts: dict[str, array[int]] = field(default_factory=dict)
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
            facet = self.facets.setdefault(name, FacetBuilder())
            facet.sets.append(facet.number(held))
        for name, value in sorts.items():
            self.sorts.setdefault(name, array("q")).append(value)
        self.stored.append(stored)

    def write(self, writer: ArraysWriter) -> dict[str, list[str]]:
        """Write the columns; gives the values of each facet, for the segment's head."""
        writer.append("numbers", "", np.array(self.numbers, np.int64))
        for name, values in self.sorts.items():
            writer.append("sorts", name, np.array(values, np.int64))
        columns = {name: facet.column() for name, facet in self.facets.items()}
        for name, column in columns.items():
            write_facet(writer, name, column)
        ends = np.cumsum([len(each) for each in self.stored], dtype=np.uint64)
        writer.append("stored_ends", "", ends)
        writer.append("stored", "", np.frombuffer(b"".join(self.stored), np.uint8))
        return {name: list(column.values) for name, column in columns.items()}
