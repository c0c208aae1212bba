"""The first documents by a column, against sorting all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engine.codec import ArraySegment
from indexer.engine.generation import Generation
from indexer.engine.invert import Batch, Entry
from indexer.engine.sorting import MISSING, first_by

DAYS = [3, MISSING, 1, 3, -2, MISSING, 3, 1]
NUMBERS = [70, 20, 30, 10, 50, 15, 60, 40]


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    folder = tmp_path_factory.mktemp("sorting")
    return Generation(folder, [written(folder, slice(0, 5)), written(folder, slice(5, None))])


def written(folder: Path, rows: slice) -> ArraySegment:
    batch, segment = Batch(()), ArraySegment(len(DAYS[rows]))
    for number, day in zip(NUMBERS[rows], DAYS[rows], strict=True):
        batch.add(Entry(number, {}, {}, {"day": day}, b""))
    batch.write(folder / segment.segment_id())
    return segment


@given(st.sets(st.integers(0, 7)), st.integers(0, 9), st.booleans())
@settings(max_examples=200)
def test_missing_last_and_equals_by_number(
    generation: Generation, chosen: set[int], limit: int, descending: bool
) -> None:
    rows = np.array(sorted(chosen), np.intp)
    sign = -1 if descending else 1
    expected = sorted(
        chosen, key=lambda row: (DAYS[row] == MISSING, sign * DAYS[row], NUMBERS[row])
    )
    found = first_by(generation, "day", rows, limit, descending)
    assert found.tolist() == expected[:limit]
