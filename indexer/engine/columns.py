"""Columns: one value, or several, of every document as arrays; what facets count and sorts read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FacetColumn:
    """Values of a facet: pairs (owner, code), a document owning as many as it has values."""

    values: tuple[str, ...]
    owners: NDArray[np.int64]
    codes: NDArray[np.int64]

    def holders(self, wanted: Collection[str], documents: int) -> Mask:
        """Which of so many documents have one of these values."""
        codes = [code for code, value in enumerate(self.values) if value in wanted]
        mask = np.zeros(documents, np.bool_)
        mask[self.owners[np.isin(self.codes, codes)]] = True
        return mask

    def counts(self, documents: Mask) -> dict[str, int]:
        """How many of these documents have each value; values that none has are left out."""
        counts = np.bincount(self.codes[documents[self.owners]], minlength=len(self.values))
        return {self.values[code]: int(counts[code]) for code in np.flatnonzero(counts)}


def facet_column(rows: Sequence[Sequence[str]]) -> FacetColumn:
    """The column of these values, one row a document; a value counts once a document."""
    values = sorted({value for row in rows for value in row})
    code_of = {value: code for code, value in enumerate(values)}
    owned = [(number, code_of[value]) for number, row in enumerate(rows) for value in set(row)]
    owners, codes = zip(*owned, strict=True) if owned else ((), ())
    return FacetColumn(tuple(values), np.array(owners, np.int64), np.array(codes, np.int64))
