"""Named arrays in the files of a segment: written once, front to back, then mapped into memory.

All arrays of one role ("documents", "codes") lie in one file, one array a field, so that the roles
of a field can be written side by side. `<stem>.head` says what lies where. Mapped arrays are not
copied: the memory behind them is the disk cache, which all processes share.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

ALIGNMENT = 64
"""Bytes that every array's offset is a multiple of: a line of the processor's cache."""


class ArraysWriter:
    """Writes `<stem>.<role>` files; nothing can be read of them before close()."""

    def __init__(self, stem: Path) -> None:
        self.stem = stem
        self.files: dict[str, BinaryIO] = {}
        self.places: dict[str, dict[str, list[Any]]] = {}

    def append(self, role: str, name: str, chunk: NDArray[Any]) -> None:
        """The next items of an array. All of one array come before the first of another."""
        file, arrays = self._opened(role)
        if name not in arrays:
            file.write(bytes(-file.tell() % ALIGNMENT))
            arrays[name] = [chunk.dtype.str, file.tell(), 0]
        arrays[name][2] += len(chunk)
        file.write(np.ascontiguousarray(chunk, arrays[name][0]).data)

    def _opened(self, role: str) -> tuple[BinaryIO, dict[str, list[Any]]]:
        if role not in self.files:
            file = open(f"{self.stem}.{role}", "xb")  # noqa: SIM115 - closed by close()
            self.files[role] = file
            self.places[role] = {}
        return self.files[role], self.places[role]

    def close(self, facts: Mapping[str, Any]) -> None:
        """Close the files and write the head, with plain `facts` about the segment."""
        for file in self.files.values():
            file.close()
        head = json.dumps(
            {"facts": facts, "arrays": self.places}, ensure_ascii=False, sort_keys=True
        )
        Path(f"{self.stem}.head").write_text(head, encoding="utf-8")


class Arrays:
    """The arrays that an ArraysWriter wrote, read-only."""

    def __init__(self, stem: Path) -> None:
        head = json.loads(Path(f"{stem}.head").read_text(encoding="utf-8"))
        self.facts: dict[str, Any] = head["facts"]
        self.places: dict[str, dict[str, list[Any]]] = head["arrays"]
        self.maps = {role: _mapped(Path(f"{stem}.{role}")) for role in self.places}

    def get(self, role: str, name: str) -> NDArray[Any]:
        """One array. Raises KeyError where none of that name was written."""
        dtype, offset, count = self.places[role][name]
        if not count:
            return np.empty(0, dtype)
        return np.frombuffer(self.maps[role], dtype, count, offset)


def _mapped(path: Path) -> bytes | mmap.mmap:
    with path.open("rb") as file:
        empty = not path.stat().st_size  # which cannot be mapped
        return b"" if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def narrowest(largest: int) -> np.dtype[Any]:
    """The type of 2, 4 or 8 bytes that holds numbers from 0 to this one.

    That of 8 bytes has a sign, since NumPy makes floats of other numbers that meet one without.

    >>> narrowest(65_535).itemsize, narrowest(65_536).itemsize
    (2, 4)
    """
    return np.dtype("<u2" if largest < 1 << 16 else "<u4" if largest < 1 << 32 else "<i8")
