"""Codec: our segments behind Whoosh's own extension point, and the list of them that Whoosh keeps.

The list (Whoosh's TOC) holds pickled ArraySegments, so this module's path, the class's name and its
attributes are part of the format: whoever changes them changes the format.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.base import Codec, Segment
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage, ReadOnlyError
from whoosh.index import TOC, FileIndex

from indexer.engine.leaf import LeafRows, LeafTerms
from indexer.engine.mapped import MappedSegment

NAME = "MAIN"
"""Whoosh's default name of an index: what the names of its files begin with."""

ROW = np.dtype("<u4")
"""How a deleted row is kept."""


class ArraySegment(Segment):  # type: ignore[misc]
    """A segment of so many documents: the files `<segment_id()>.<role>` in the index's folder.

    The files never change. Rows that are no longer to be found are `deleted`, ascending.
    """

    def __init__(self, documents: int = 0, deleted: bytes = b"") -> None:
        super().__init__(NAME)
        self.documents = documents
        self.deleted = deleted

    @classmethod
    def _random_id(cls, size: int = 16) -> str:
        """Whoosh's comes of `random`, whose state processes that fork share."""
        return secrets.token_hex(size // 2)

    def codec(self) -> ArrayCodec:
        return ArrayCodec()

    def deleted_rows(self) -> NDArray[np.uint32]:
        """The deleted rows, ascending."""
        return np.frombuffer(self.deleted, ROW)

    def delete(self, rows: NDArray[Any]) -> None:
        """Delete these rows, too."""
        self.deleted = np.union1d(self.deleted_rows(), rows).astype(ROW).tobytes()

    def doc_count_all(self) -> int:
        return self.documents

    def deleted_count(self) -> int:
        return len(self.deleted_rows())

    def deleted_docs(self) -> Iterator[int]:
        return iter(self.deleted_rows().tolist())

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Delete one row, or bring it back."""
        if delete:
            self.delete(np.array([docnum]))
        else:
            self.deleted = self.deleted_rows()[self.deleted_rows() != docnum].tobytes()

    def is_deleted(self, docnum: int) -> bool:
        rows = self.deleted_rows()
        at = int(np.searchsorted(rows, docnum))
        return at < len(rows) and int(rows[at]) == docnum


class ArrayCodec(Codec):  # type: ignore[misc]
    """Lets stock Whoosh read our segments. They are written by writer.py, not through Whoosh."""

    def __init__(self) -> None:
        self.mapped = cache(MappedSegment)

    def terms_reader(self, storage: FileStorage, segment: ArraySegment) -> LeafTerms:
        return LeafTerms(self.mapped(Path(storage.folder, segment.segment_id())))

    def per_document_reader(self, storage: FileStorage, segment: ArraySegment) -> LeafRows:
        return LeafRows(self.mapped(Path(storage.folder, segment.segment_id())), segment)


class ArrayIndex(FileIndex):  # type: ignore[misc]
    """An index for reading: Whoosh's own writer would rewrite it with Whoosh's own codec."""

    def writer(self, procs: int = 1, **options: object) -> NoReturn:
        """Raises ReadOnlyError; and so do optimize() and deleting, which come here."""
        raise ReadOnlyError("this index is written by indexer.engine.writer only")


def open_index(folder: Path, schema: Schema) -> ArrayIndex:
    """The newest index in a folder. Raises whoosh.index.EmptyIndexError where there is none."""
    return ArrayIndex(FileStorage(str(folder)), schema)


def segments_of(folder: Path) -> tuple[ArraySegment, ...]:
    """The segments of the newest index in a folder, in order. Raises as open_index() does."""
    return tuple(TOC.read(FileStorage(str(folder)), NAME).segments)


def write_toc(folder: Path, schema: Schema, segments: Sequence[ArraySegment]) -> None:
    """Make these segments the index in a folder, and what Whoosh opens there.

    Lists of before go, as with Whoosh's own writer; files of segments stay. The list comes by a
    rename, but to wait until it is on the disk is the caller's part.
    """
    storage = FileStorage(str(folder))
    before = [name for name in storage.list() if TOC._pattern(NAME).match(name)]
    generation = TOC._latest_generation(storage, NAME) + 1
    TOC(schema, list(segments), generation).write(storage, NAME)
    for name in before:
        storage.delete_file(name)
