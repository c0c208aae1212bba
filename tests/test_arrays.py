"""What is written, whole or in pieces, comes back the same, aligned and read-only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.engine.arrays import ALIGNMENT, Arrays, ArraysWriter

PIECES: dict[str, list[list[int]]] = {
    "text": [[1, 2], [], [3]],
    "pairs": [[]],
    "words": [[70_000]],
}


def test_arrays_come_back(tmp_path: Path) -> None:
    writer = ArraysWriter(tmp_path / "MAIN_1")
    for name, pieces in PIECES.items():
        writer.write("ends", name, np.array([len(pieces)], np.uint16))
        for piece in pieces:
            writer.append("documents", name, np.array(piece, np.uint32))
    writer.close({"documents": 3})
    arrays = Arrays(tmp_path / "MAIN_1")
    assert arrays.facts == {"documents": 3}
    assert arrays.get("documents", "text").tolist() == [1, 2, 3]
    assert arrays.get("documents", "pairs").tolist() == []
    assert arrays.get("documents", "words").tolist() == [70_000]
    assert arrays.get("ends", "text").tolist() == [3]
    assert arrays.get("documents", "words").ctypes.data % ALIGNMENT == 0
    with pytest.raises(KeyError):
        arrays.get("documents", "title")
    with pytest.raises(ValueError, match="read-only"):
        arrays.get("documents", "text")[0] = 1


def test_the_first_piece_says_the_type(tmp_path: Path) -> None:
    writer = ArraysWriter(tmp_path / "MAIN_1")
    writer.append("documents", "text", np.array([1], np.uint16))
    writer.append("documents", "text", np.array([2], np.int64))
    writer.close({})
    assert Arrays(tmp_path / "MAIN_1").get("documents", "text").dtype == np.uint16


def test_no_file_stays_open_where_the_disk_has_no_room(tmp_path: Path) -> None:
    full = open("/dev/full", "wb")  # noqa: SIM115 - the writer closes it
    with pytest.raises(OSError, match="No space left"), ArraysWriter(tmp_path / "MAIN_1") as writer:
        writer.files["documents"] = full
        writer.append("documents", "text", np.array([1], np.uint16))
        writer.close({})
    assert full.closed


def test_files_that_are_there_are_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "MAIN_1.documents").touch()
    with pytest.raises(FileExistsError):
        ArraysWriter(tmp_path / "MAIN_1").append("documents", "text", np.array([1], np.uint16))
