"""Named arrays in the files of a segment: written once, front to back, then mapped into memory.

The arrays of a role that are written in pieces ("documents", "positions") lie in a file of their
own, one array a field, so that several roles of a field grow side by side; all other arrays lie in
one file, since each file that is mapped holds a descriptor. `<stem>.head` says what lies where.
Mapped arrays are not copied: the memory behind them is the disk cache, which all processes share.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

ALIGNMENT = 64
"""Bytes that every array's offset is a multiple of: a line of the processor's cache."""


WHOLE = "arrays"
"""The file of the arrays that are written whole."""


class ArraysWriter:
    """Writes the files `<stem>.…`; nothing can be read of them before close().

    As a context it leaves no file open, whatever happens.
    """

    def __init__(self, stem: Path) -> None:
        self.stem = stem
        self.files: dict[str, BinaryIO] = {}
        self.places: dict[str, dict[str, list[Any]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        for file in self.files.values():
            with suppress(OSError):  # what the disk has no room for; that was raised before
                file.close()

    def write(self, role: str, name: str, items: NDArray[Any]) -> None:
        """A whole array."""
        self._begin(WHOLE, role, name, items.dtype)
        self._extend(role, name, items)

    def append(self, role: str, name: str, chunk: NDArray[Any]) -> None:
        """The next items of an array. All of one array come before the first of another."""
        if name not in self.places.get(role, ()):
            self._begin(role, role, name, chunk.dtype)
        self._extend(role, name, chunk)

    def _begin(self, file_name: str, role: str, name: str, dtype: np.dtype[Any]) -> None:
        if file_name not in self.files:
            path = f"{self.stem}.{file_name}"
            self.files[file_name] = open(path, "xb")  # noqa: SIM115 - closed by close()
        file = self.files[file_name]
        file.write(bytes(-file.tell() % ALIGNMENT))
        self.places.setdefault(role, {})[name] = [file_name, dtype.str, file.tell(), 0]

    def _extend(self, role: str, name: str, chunk: NDArray[Any]) -> None:
        place = self.places[role][name]
        self.files[place[0]].write(np.ascontiguousarray(chunk, place[1]).data)
        place[3] += len(chunk)

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
        names = {place[0] for arrays in self.places.values() for place in arrays.values()}
        self.maps = {name: _mapped(Path(f"{stem}.{name}")) for name in names}

    def get(self, role: str, name: str) -> NDArray[Any]:
        """One array. Raises KeyError where none of that name was written."""
        file_name, dtype, offset, count = self.places[role][name]
        if not count:
            return np.empty(0, dtype)
        return np.frombuffer(self.maps[file_name], dtype, count, offset)


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
