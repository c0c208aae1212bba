"""Segments merged are, byte for byte, what writing their living documents at once gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engine import document_blocks
from indexer.engine import merge as merging
from indexer.engine.fields import Kept
from indexer.engine.invert import Batch, Entry
from indexer.engine.mapped import MappedSegment
from indexer.engine.merge import merge

FIELDS = (Kept("tags", False, ""), Kept("text", True, ""), Kept("pairs", False, "text"))
KEYS = st.sampled_from(["a", "á", "đ", "thu", "thú", "ngân", "x" * 40]) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=3
)
VALUES = st.lists(st.sampled_from(["x", "y", "z", "ở"]), max_size=3)
ENTRIES = st.builds(
    lambda number, text, tags, wards, day, stored: Entry(
        number, {"text": text, "tags": tags}, {"ward": wards, "topic": []}, {"day": day}, stored
    ),
    st.integers(0, 1 << 40),
    st.lists(KEYS, max_size=8) | st.builds(lambda key, often: [key] * often, KEYS, st.just(300)),
    st.lists(KEYS, max_size=3),
    VALUES,
    st.integers(-5, 5),
    st.binary(max_size=5),
)
SEGMENTS = st.lists(
    st.lists(st.tuples(ENTRIES, st.booleans()), min_size=1, max_size=6), min_size=1, max_size=5
)
"""Documents segment by segment, each with whether it lives."""


def written(entries: Iterable[Entry], stem: Path) -> MappedSegment:
    batch = Batch(FIELDS)
    for entry in entries:
        batch.add(entry)
    batch.write(stem)
    return MappedSegment(stem)


def files(folder: Path, stem: str) -> dict[str, bytes]:
    return {path.suffix: path.read_bytes() for path in folder.glob(f"{stem}.*")}


def merged(segments: Sequence[Sequence[tuple[Entry, bool]]], folder: Path) -> int:
    return merge(
        [
            (
                written((entry for entry, _ in held), folder / f"part{number}"),
                np.flatnonzero([not lives for _, lives in held]).astype(np.uint32),
            )
            for number, held in enumerate(segments)
        ],
        folder / "merged",
    )


@given(
    SEGMENTS.filter(lambda segments: any(lives for held in segments for _, lives in held)),
    st.sampled_from([1, 7, 1_000_000]),
    st.sampled_from([2, 5, 1 << 16]),
)
@settings(max_examples=60, deadline=None)
def test_merged_is_written_at_once(
    segments: list[list[tuple[Entry, bool]]], size: int, block: int
) -> None:
    living = [entry for held in segments for entry, lives in held if lives]
    with (
        TemporaryDirectory() as name,
        patch.object(merging, "RANGE", size),
        patch.object(document_blocks, "BLOCK", block),
    ):
        folder = Path(name)
        written(living, folder / "once")
        assert merged(segments, folder) == len(living)
        assert files(folder, "merged") == files(folder, "once")
