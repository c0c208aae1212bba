"""Facets: the values of every document, and how many documents have each.

A document's values of a facet are one number: that of its set of values. Most sets are had by many
documents, so counting sets and then their values is counting once, however many values each has.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engine.arrays import ArraysWriter, narrowest

Mask = NDArray[np.bool_]
Array = NDArray[Any]


@dataclass(frozen=True)
class FacetColumn:
    """`sets[document]` is the number of its set, whose values are
    `set_values[set_ends[number - 1] : set_ends[number]]`, numbers of `values`."""

    values: tuple[str, ...]
    sets: Array
    set_ends: Array
    set_values: Array

    def holders(self, wanted: Collection[str]) -> Mask:
        """Which documents have one of these values."""
        codes = [code for code, value in enumerate(self.values) if value in wanted]
        named = np.zeros(len(self.set_ends), np.bool_)
        named[self._owners[np.isin(self.set_values, codes)]] = True
        return named.take(self.sets)

    def named(self, counts: NDArray[np.int64]) -> dict[str, int]:
        """Counts by value, without those of 0."""
        return {self.values[code]: int(counts[code]) for code in np.flatnonzero(counts)}

    def of(self, rows: Array) -> NDArray[np.int64]:
        """How many of these documents have each of `values`."""
        of_sets = np.bincount(self.sets.take(rows), minlength=len(self.set_ends))
        if self._single:
            return of_sets
        values, owners, starts = self._spread
        counts = np.zeros(len(self.values), np.int64)
        counts[values] = np.add.reduceat(of_sets.take(owners), starts) if len(values) else 0
        return counts

    def greatest(self, rows: Array, keys: Array) -> NDArray[np.int64]:
        """The greatest key of these documents for each of `values`; the lowest there is where none
        has it. `keys` are those of the documents, in their order."""
        of_sets = np.full(len(self.set_ends), np.iinfo(np.int64).min)
        np.maximum.at(of_sets, self.sets.take(rows), keys)
        greatest = np.full(len(self.values), np.iinfo(np.int64).min)
        np.maximum.at(greatest, self.set_values, of_sets.take(self._owners))
        return greatest

    @cached_property
    def _owners(self) -> NDArray[np.intp]:
        """The set of each of `set_values`."""
        return np.repeat(np.arange(len(self.set_ends)), np.diff(self.set_ends, prepend=0))

    @cached_property
    def _spread(self) -> tuple[Array, Array, Array]:
        """The values that there are, the sets that hold the first, the second, and so on, and
        where those of each begin."""
        values, counts = np.unique(self.set_values, return_counts=True)
        owners = self._owners[np.argsort(self.set_values, kind="stable")]
        return values.astype(np.intp), owners, counts.cumsum() - counts

    @cached_property
    def _single(self) -> bool:
        """Whether the sets are the values, each alone in its own, in their order."""
        every = np.arange(len(self.set_ends))
        return np.array_equal(self._owners, every) and np.array_equal(self.set_values, every)


def joined(columns: Sequence[FacetColumn]) -> FacetColumn:
    """The columns of segments as one, documents in their order."""
    if len(columns) == 1:
        return columns[0]
    sets = FacetBuilder()
    numbers = [np.empty(0, np.uint32)]
    for column in columns:
        ours = [
            sets.number([column.values[code] for code in codes])
            for codes in np.split(column.set_values, column.set_ends[:-1])
        ]
        numbers.append(np.array(ours, np.uint32).take(column.sets))
    return replace(sets.column(), sets=np.concatenate(numbers))


@dataclass(slots=True)
class FacetBuilder:
    """Collects the sets of a facet."""

    values: dict[str, int] = field(default_factory=dict)
    numbers: dict[tuple[str, ...], int] = field(default_factory=dict)
    sets: array[int] = field(default_factory=lambda: array("I"))

    def number(self, values: Sequence[str]) -> int:
        """The number of a set of values."""
        key = tuple(sorted(set(values)))
        for value in key:
            self.values.setdefault(value, len(self.values))
        return self.numbers.setdefault(key, len(self.numbers))

    def extend(self, column: FacetColumn, rows: Array) -> None:
        """The next documents: these rows of another column."""
        held = column.sets[rows]
        first = np.full(len(column.set_ends), len(held))
        first[held[::-1]] = np.arange(len(held))[::-1]
        numbers = np.zeros(len(first), np.uint32)
        for number in np.argsort(first, kind="stable")[: np.count_nonzero(first < len(held))]:
            start = column.set_ends[number - 1] if number else 0
            codes = column.set_values[start : column.set_ends[number]]
            numbers[number] = self.number([column.values[code] for code in codes])
        self.sets.frombytes(numbers[held].tobytes())

    def column(self) -> FacetColumn:
        sets = [[self.values[value] for value in key] for key in self.numbers]
        ends = np.cumsum([len(each) for each in sets], dtype=np.uint32)
        codes = np.array([code for each in sets for code in each], np.uint32)
        numbers = np.array(self.sets, narrowest(len(sets)))
        return FacetColumn(tuple(self.values), numbers, ends, codes)


def write_facet(writer: ArraysWriter, name: str, column: FacetColumn) -> None:
    """Write the column of a segment; its `values` belong into the segment's head."""
    writer.write("sets", name, column.sets)
    writer.write("set_ends", name, column.set_ends)
    writer.write("set_values", name, column.set_values)
