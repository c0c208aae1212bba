"""Builds a generation of the index: write, make durable, verify, publish, and only then mark.

A generation is a folder of its own, index/whoosh/<generation>/, and the file `current` names the
one in use. A new one starts from hard links to the files of the one before (Whoosh never writes
into a file again), so it costs what changed. It becomes visible by one atomic rename, after a fresh
process has read back what was written. The one before is kept.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Any

from whoosh.index import FileIndex, create_in, open_dir

from crawler.attached import attached_to
from crawler.store import Store, Stored
from indexer import families
from indexer.document import Document, Source
from indexer.schema import NUMBER, SCHEMA, fields_of

FORMAT = 2
"""Grows with every change of schema or keys; an index of another format is built anew."""

KEPT = 2
"""Generations that stay: the one in use and the one before."""

MANIFEST = "manifest.json"
CURRENT = "current"
LOCK = "lock"

Progress = Callable[[int, int], None]


class IndexBusy(Exception):
    """Another process is building. Raised by build()."""


class IndexDamaged(Exception):
    """A generation is not what its manifest says. Raised by open_generation()."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is made of. `files` maps names to (size in bytes, SHA-256 in hex)."""

    format: int
    generation: str
    created: str
    documents: int
    sources: Mapping[str, str]
    files: Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Built:
    """What build() did: articles written, articles held, and the generation now in use."""

    generation: str
    added: int
    total: int


def build(
    store: Store,
    index: Path,
    annotate: Callable[[Stored], Document],
    sources: Mapping[str, Source],
    rebuild: bool = False,
    progress: Progress | None = None,
) -> Built:
    """Bring the index up to the store: all articles, or those changed since the last time.

    `progress` is told articles done and articles to do. Raises IndexBusy. Where nothing changed,
    nothing is written. Families of copies are found first, in the store. Where articles were
    forgotten, Whoosh would keep their words in old files: then the index is made anew, and the
    generations that hold them are deleted.
    """
    labels = {source.id: source.name for source in sources.values()}
    index.mkdir(parents=True, exist_ok=True)
    with only_builder(index):
        deleted = store.deleted()
        before = None if rebuild or deleted else usable(index)
        if before and before.sources == labels and not store.waiting():
            return Built(before.generation, 0, before.documents)
        folder = index / next_generation(index)
        rmtree(folder, ignore_errors=True)  # what a killed build left
        folder.mkdir()
        if rebuild:
            families.clear(store)
        families.place(store, store.ids(unindexed=before is not None))
        store.sync()
        if before:
            link_files(before, index / before.generation, folder)
        stored = store.unindexed() if before else store.all_articles()
        expected = store.waiting() if before else sum(store.counts().values())
        fields = partial(_fields, store, annotate)
        changes = write(folder, before is not None, stored, fields, expected, progress)
        manifest = seal(folder, labels, before)
        verify_in_fresh_process(folder)
        publish(index, folder.name)
        remove_old(index, folder.name, 1 if deleted else KEPT)
        store.mark_indexed(changes, deleted)
    return Built(folder.name, len(changes), manifest.documents)


def _fields(store: Store, annotate: Callable[[Stored], Document], stored: Stored) -> dict[str, Any]:
    """What the writer is given of an article and the files it links."""
    files = attached_to(store, stored.article)
    return fields_of(annotate(stored), [file.text for file in files])


@contextmanager
def only_builder(index: Path) -> Iterator[None]:
    """Holds the index's lock, which dies with its process. Raises IndexBusy."""
    with (index / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise IndexBusy(
                f"another `tinphuong index` is at work on {index}; wait for it to end"
            ) from None
        yield


def current_generation(index: Path) -> str | None:
    """The name of the generation in use, or None where there is none yet."""
    try:
        return (index / CURRENT).read_text().strip()
    except FileNotFoundError:
        return None


def usable(index: Path) -> Manifest | None:
    """The manifest of the generation in use, where it can be built upon."""
    name = current_generation(index)
    try:
        return checked_manifest(index / name) if name else None
    except IndexDamaged:
        return None


def next_generation(index: Path) -> str:
    """A name after that of every generation there is."""
    numbers = (int(path.name) for path in index.iterdir() if path.name.isdigit())
    return f"{max(numbers, default=0) + 1:06d}"


def link_files(before: Manifest, old: Path, new: Path) -> None:
    """Give the new folder the files of the old one, without copying them."""
    for name in before.files:
        os.link(old / name, new / name)


def write(
    folder: Path,
    begun: bool,
    stored: Iterator[Stored],
    fields: Callable[[Stored], dict[str, Any]],
    expected: int,
    progress: Progress | None,
) -> list[tuple[int, int]]:
    """Write the articles, leaving out those that their portal withdrew.

    Gives (id, change) of each, to be marked once they are published.
    """
    found = open_dir(folder, schema=SCHEMA) if begun else create_in(folder, SCHEMA)
    writer = found.writer(compound=False)  # a compound file is copied into memory on opening
    changes: list[tuple[int, int]] = []
    for each in stored:
        if begun:
            writer.delete_by_term(NUMBER, str(each.id))
        if each.withdrawn_at is None:
            writer.add_document(**fields(each))
        changes.append((each.id, each.change))
        if progress:
            progress(len(changes), expected)
    writer.commit()
    found.close()
    return changes


def seal(folder: Path, labels: Mapping[str, str], before: Manifest | None) -> Manifest:
    """Put every new file on the disk and write the manifest of the whole folder.

    Files linked from the generation before keep the checksum they had there.
    """
    known = before.files if before else {}
    files = {
        path.name: known[path.name] if path.name in known else fingerprint(path)
        for path in sorted(folder.iterdir())
        if path.suffix != ".lock" and not path.name.endswith("_WRITELOCK")
    }
    opened = open_dir(folder, schema=SCHEMA)
    manifest = Manifest(
        format=FORMAT,
        generation=folder.name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        documents=opened.doc_count(),
        sources=labels,
        files=files,
    )
    opened.close()
    path = folder / MANIFEST
    path.write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
    sync(path)
    sync(folder)
    return manifest


def fingerprint(path: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file, once it is on the disk."""
    sync(path)
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Have the operating system put a file, or the entries of a folder, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def verify_in_fresh_process(folder: Path) -> None:
    """Read the generation back where nothing of this process is in the way."""
    command = [sys.executable, "-m", "indexer.build", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise IndexDamaged(f"the new generation did not read back: {done.stderr.strip()}")


def verify(folder: Path) -> None:
    """Check every file against the manifest and read the index. Raises IndexDamaged."""
    manifest = checked_manifest(folder)
    for name, (_, digest) in manifest.files.items():
        with (folder / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                raise IndexDamaged(f"{folder / name} is not what was written")
    opened = open_generation(folder)
    with opened.reader() as reader:
        counted = sum(1 for _ in reader.all_stored_fields())
    if counted != manifest.documents:
        raise IndexDamaged(f"{folder} holds {counted} documents, not {manifest.documents}")


def checked_manifest(folder: Path) -> Manifest:
    """The manifest of a generation, every file present in its size. Raises IndexDamaged."""
    try:
        entries = json.loads((folder / MANIFEST).read_text())
        manifest = Manifest(**entries)
    except (OSError, ValueError, TypeError) as error:
        raise IndexDamaged(f"{folder / MANIFEST} cannot be read: {error}") from error
    if manifest.format != FORMAT:
        raise IndexDamaged(f"{folder} has format {manifest.format}, this program {FORMAT}")
    for name, (size, _) in manifest.files.items():
        path = folder / name
        if not path.exists() or path.stat().st_size != size:
            raise IndexDamaged(f"{path} is missing or cut short")
    return manifest


def open_generation(folder: Path) -> FileIndex:
    """The Whoosh index of a generation, with our schema rather than the pickled one."""
    return open_dir(folder, schema=SCHEMA, readonly=True)


def publish(index: Path, generation: str) -> None:
    """Make the generation the one in use, atomically and for good."""
    fresh = index / f"{CURRENT}.new"
    fresh.write_text(generation + "\n")
    sync(fresh)
    os.replace(fresh, index / CURRENT)
    sync(index)


def remove_old(index: Path, current: str, kept: int) -> None:
    """Delete all generations but the newest ones."""
    names = sorted(path.name for path in index.iterdir() if path.name.isdigit())
    for name in [name for name in names if name <= current][:-kept]:
        rmtree(index / name)


def main() -> None:
    """`python -m indexer.build FOLDER`: verify one generation."""
    try:
        verify(Path(sys.argv[1]))
    except IndexDamaged as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
