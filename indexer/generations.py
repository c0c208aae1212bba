"""Generations of the index: which is in use, and is it whole?

A generation is a folder of its own, index/whoosh/<generation>/, and the file `current` names the
one in use. Its files never change; a newer generation has hard links to those that it shares. The
manifest says what belongs to it. A generation that a check found damaged is marked so by a file
beside the manifest, and is neither searched nor built upon any more.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree

from whoosh.index import EmptyIndexError

from indexer.engine.codec import segments_of
from indexer.engine.generation import Generation

FORMAT = 8
"""Grows with every change of schema, keys or files; an index of another format is built anew."""

KEPT = 2
"""Generations that stay: the one in use and the one before."""

SMALL = 1 << 16
"""Bytes of a file up to which its checksum is held against the manifest at every opening."""

HEAD = ".head"
"""How the files end that say what lies where; they are held against it, however large they are.
Others that are not small are read by audits."""

MANIFEST = "manifest.json"
CURRENT = "current"
DAMAGED = "damaged"


class IndexDamaged(Exception):
    """A generation is not what its manifest says; the text names the file."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is made of. `files` maps names to (size in bytes, SHA-256 in hex)."""

    format: int
    generation: str
    created: str
    documents: int
    sources: Mapping[str, str]
    files: Mapping[str, tuple[int, str]]


def current_generation(index: Path) -> str | None:
    """The name of the generation in use, or None where there is none yet."""
    try:
        return (index / CURRENT).read_text().strip()
    except FileNotFoundError:
        return None


def generations(index: Path) -> list[str]:
    """The names of all there are, newest first; what a killed build left among them."""
    return sorted((path.name for path in index.iterdir() if path.name.isdigit()), reverse=True)


def published(index: Path) -> list[str]:
    """The one in use and those before it that are still there, newest first."""
    current = current_generation(index)
    return [name for name in generations(index) if current and name <= current]


def newest_whole(index: Path) -> Manifest | None:
    """The generation to search: the one in use or, where that is damaged, the one before.

    None where none was published yet. Raises IndexDamaged where none is whole.
    """
    current = current_generation(index)
    if current is None:
        return None
    try:
        return checked_manifest(index / current)
    except IndexDamaged:
        if current_generation(index) != current:  # deleted meanwhile, as newer ones were published
            return newest_whole(index)
        for name in published(index):
            with suppress(IndexDamaged):
                return checked_manifest(index / name)
        raise


def is_served(index: Path, generation: str) -> bool:
    """Whether it is the one in use, and was not found damaged since it was opened."""
    marked = (index / generation / DAMAGED).exists()
    return current_generation(index) == generation and not marked


def checked_manifest(folder: Path) -> Manifest:
    """The manifest of a generation, every file present in its size, small ones as they were
    written, and none found damaged before. Raises IndexDamaged."""
    manifest = read_manifest(folder)
    if manifest.format != FORMAT:
        raise IndexDamaged(f"{folder} has format {manifest.format}, this program {FORMAT}")
    for name, (size, digest) in manifest.files.items():
        is_read = size <= SMALL or name.endswith(HEAD)
        check_file(folder / name, size, digest if is_read else "")
    if (folder / DAMAGED).exists():
        raise IndexDamaged((folder / DAMAGED).read_text())
    return manifest


def check_file(path: Path, size: int, digest: str) -> None:
    """Hold a file against its size and, where one is given, its checksum. Raises IndexDamaged."""
    try:
        whole = path.stat().st_size == size
        same = not digest or sha256(path) == digest
    except FileNotFoundError:
        whole = False
    if not whole:
        raise IndexDamaged(f"{path} is missing or cut short")
    if not same:
        raise IndexDamaged(f"{path} is not what was written")


def read_manifest(folder: Path) -> Manifest:
    """The manifest as it stands. Raises IndexDamaged."""
    try:
        return Manifest(**json.loads((folder / MANIFEST).read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise IndexDamaged(f"{folder / MANIFEST} cannot be read: {error}") from error


def mark_damaged(folder: Path, why: str) -> None:
    """From now on the generation counts as damaged; those who search it take another one up."""
    fresh = folder / f"{DAMAGED}.new"
    fresh.write_text(why)
    os.replace(fresh, folder / DAMAGED)


def sha256(path: Path) -> str:
    """The checksum of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def link_files(before: Manifest, old: Path, new: Path) -> None:
    """Give the new folder the files of the old one, without copying them."""
    for name in before.files:
        os.link(old / name, new / name)


def seal(folder: Path, labels: Mapping[str, str], before: Manifest | None) -> Manifest:
    """Put every new file on the disk and write the manifest of the whole folder.

    Files linked from the generation before keep the checksum they had there.
    """
    known = before.files if before else {}
    files = {
        path.name: known.get(path.name) or fingerprint(path) for path in sorted(folder.iterdir())
    }
    created = datetime.now(UTC).isoformat(timespec="seconds")
    manifest = Manifest(FORMAT, folder.name, created, count(folder), labels, files)
    path = folder / MANIFEST
    path.write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
    sync(path)
    sync(folder)
    return manifest


def fingerprint(path: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file, once it is on the disk."""
    sync(path)
    return path.stat().st_size, sha256(path)


def sync(path: Path) -> None:
    """Have the operating system put a file, or the entries of a folder, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def verify_in_fresh_process(folder: Path, before: Manifest | None) -> None:
    """Read back what is new since the generation before, where nothing of this process is in the
    way. Raises IndexDamaged."""
    known = [str(folder.parent / before.generation)] if before else []
    command = [sys.executable, "-m", "indexer.generations", str(folder), *known]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise IndexDamaged(f"the new generation did not read back: {done.stderr.strip()}")


def verify(folder: Path, known: Collection[str] = ()) -> None:
    """Hold every file but the known ones against the manifest, and open the index. Raises
    IndexDamaged."""
    manifest = checked_manifest(folder)
    for name, (size, digest) in manifest.files.items():
        if name not in known:
            check_file(folder / name, size, digest)
    counted = count(folder)
    if counted != manifest.documents:
        raise IndexDamaged(f"{folder} holds {counted} documents, not {manifest.documents}")


def count(folder: Path) -> int:
    """How many documents a generation has, opened as it is for searching. Raises IndexDamaged."""
    try:
        return int(Generation(folder, segments_of(folder)).live.sum())
    except EmptyIndexError as error:
        raise IndexDamaged(f"{folder} has no list of segments") from error


def publish(index: Path, generation: str) -> None:
    """Make the generation the one in use, atomically and for good."""
    fresh = index / f"{CURRENT}.new"
    fresh.write_text(generation + "\n")
    sync(fresh)
    os.replace(fresh, index / CURRENT)
    sync(index)


def begin(index: Path) -> Path:
    """The folder of a new generation, made; what killed builds left is removed."""
    for name in set(generations(index)) - set(published(index)):
        rmtree(index / name)
    folder = index / f"{int(current_generation(index) or 0) + 1:06d}"
    folder.mkdir()
    return folder


def remove_old(index: Path, kept: int = KEPT) -> None:
    """Delete all generations but so many of the newest, and those that were found damaged."""
    for place, name in enumerate(published(index)):
        if place >= kept or (index / name / DAMAGED).exists():
            rmtree(index / name)


def main() -> None:
    """`python -m indexer.generations FOLDER [BEFORE]`: verify what a generation has, or has more
    than one before."""
    folder, *before = map(Path, sys.argv[1:])
    try:
        verify(folder, [name for each in before for name in read_manifest(each).files])
    except IndexDamaged as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
