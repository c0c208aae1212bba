"""Our segments in Whoosh's list of segments, and what stock Whoosh finds in them."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh.fields import STORED, Schema
from whoosh.filedb.filestore import ReadOnlyError
from whoosh.index import EmptyIndexError

from indexer.engine.codec import ArraySegment, open_index, segments_of, write_toc
from indexer.engine.fields import Keys, PairsOf

SCHEMA = Schema(text=Keys(positions=True), pairs=PairsOf("text"), facts=STORED)


def test_the_list_of_segments_is_read_back(tmp_path: Path) -> None:
    segments = [ArraySegment(3), ArraySegment(5)]
    segments[1].delete(np.array([4, 1]))
    write_toc(tmp_path, SCHEMA, segments)
    assert segments_of(tmp_path) == tuple(segments)
    assert [each.documents for each in segments_of(tmp_path)] == [3, 5]
    assert [each.deleted_rows().tolist() for each in segments_of(tmp_path)] == [[], [1, 4]]


def test_the_newest_list_stands_alone(tmp_path: Path) -> None:
    for documents in range(3):
        write_toc(tmp_path, SCHEMA, [ArraySegment(documents)])
    assert segments_of(tmp_path)[0].documents == 2
    assert [path.name for path in tmp_path.iterdir()] == ["_MAIN_2.toc"]


def test_an_empty_folder_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(EmptyIndexError):
        segments_of(tmp_path)
    with pytest.raises(EmptyIndexError):
        open_index(tmp_path, SCHEMA)


def test_whoosh_may_not_write(tmp_path: Path) -> None:
    write_toc(tmp_path, SCHEMA, [])
    index = open_index(tmp_path, SCHEMA)
    for write in (index.writer, index.optimize):
        with pytest.raises(ReadOnlyError, match="written by"):
            write()
    with pytest.raises(ReadOnlyError):
        index.delete_by_term("text", "a")


def test_the_name_is_the_path_of_the_format() -> None:
    """What the lists on the disks of others hold: if this changes, they can no longer be read."""
    segment = ArraySegment(7)
    assert b"indexer.engine.codec\nArraySegment" in pickle.dumps(segment, 0)
    assert vars(segment).keys() == {"indexname", "segid", "compound", "documents", "deleted"}
    assert segment.segment_id() == f"MAIN_{segment.segid}"
    assert len(segment.segid) == 16


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans())))
def test_deleting_is_as_with_a_set(changes: list[tuple[int, bool]]) -> None:
    segment, gone = ArraySegment(10), set[int]()
    for row, delete in changes:
        segment.delete_document(row, delete)
        (gone.add if delete else gone.discard)(row)
    assert list(segment.deleted_docs()) == segment.deleted_rows().tolist() == sorted(gone)
    assert {row for row in range(10) if segment.is_deleted(row)} == gone
    assert segment.doc_count() == 10 - len(gone)
    assert segment.has_deletions() == bool(gone)
