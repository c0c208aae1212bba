"""What a writer commits is what was added and not deleted, however it went about it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from whoosh.fields import Schema

from indexer.engine import writer as writing
from indexer.engine.codec import ArraySegment, segments_of
from indexer.engine.fields import Keys, PairsOf, kept
from indexer.engine.invert import Batch, Entry
from indexer.engine.mapped import MappedSegment
from indexer.engine.writer import Writer, written

SCHEMA = Schema(text=Keys(positions=True), pairs=PairsOf("text"))
NUMBERS = st.integers(0, 12)


def entry(number: int, text: str = "thu ngân sách") -> Entry:
    return Entry(number, {"text": text.split()}, {"ward": ["x"]}, {"day": number}, b"")


def found(folder: Path) -> list[int]:
    """The numbers of the living documents that the index in a folder holds, in order."""
    return [number for segment in segments_of(folder) for number in living(folder, segment)]


def living(folder: Path, segment: ArraySegment) -> list[int]:
    numbers = MappedSegment(folder / segment.segment_id()).numbers
    return np.delete(numbers, segment.deleted_rows()).tolist()


def stems(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("MAIN_*")}


class Writing(RuleBasedStateMachine):
    """Small batches and few segments of a size, against a list."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[int] = []
        self.committed: list[int] = []
        self.place = TemporaryDirectory()
        self.folder = Path(self.place.name)
        self.writer = Writer(self.folder, SCHEMA)
        self.writer.commit()

    @rule(number=NUMBERS)
    def add(self, number: int) -> None:
        self.writer.add(entry(number))
        self.held.append(number)

    @rule(numbers=st.sets(NUMBERS))
    def delete(self, numbers: set[int]) -> None:
        self.writer.delete(numbers)
        self.held = [number for number in self.held if number not in numbers]

    @rule(numbers=st.lists(NUMBERS, min_size=1, max_size=4))
    def adopt(self, numbers: list[int]) -> None:
        batch = Batch(kept(SCHEMA))
        for number in numbers:
            batch.add(entry(number))
        self.writer.adopt(written(batch, self.folder))
        self.held += numbers

    @rule(whole=st.booleans())
    def commit(self, whole: bool) -> None:
        self.writer.commit(whole)
        self.committed = sorted(self.held)
        assert stems(self.folder) == {each.segment_id() for each in segments_of(self.folder)}
        if whole:
            assert len(segments_of(self.folder)) == bool(self.held)

    @rule()
    def crash(self) -> None:
        self.writer = Writer(self.folder, SCHEMA)
        self.held = [*self.committed]
        assert stems(self.folder) == {each.segment_id() for each in segments_of(self.folder)}

    @invariant()
    def what_was_committed_is_found(self) -> None:
        assert sorted(found(self.folder)) == self.committed

    def teardown(self) -> None:
        self.place.cleanup()


def test_what_is_committed_is_found() -> None:
    with patch.multiple(writing, FULL=7, FAN=3, MANY=5):
        run_state_machine_as_test(
            Writing, settings=settings(max_examples=40, stateful_step_count=15, deadline=None)
        )
