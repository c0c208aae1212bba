"""Verify: is the index still what was written?

A disk forgets bits, and no program notices. Files that generations share are one file on the disk,
so that damage to one is damage to all of them.
"""

from __future__ import annotations

import time
from pathlib import Path

from indexer.generations import (
    IndexDamaged,
    checked_manifest,
    current_generation,
    mark_damaged,
    published,
    verify,
)

AUDITED = "audited"
"""A file whose time is that of the last audit."""

AUDIT_EVERY = 24 * 3600.0
"""Seconds from one audit in the background to the next."""


def audit(index: Path) -> tuple[str, ...]:
    """Hold every file of every generation against its checksum; what is wrong, in words.

    A generation that is damaged is marked: it is searched no more, and the next build makes the
    index anew.
    """
    found, whole = [], set[str]()
    for name in published(index):
        try:
            verify(index / name, whole)
            whole.update(checked_manifest(index / name).files)
        except IndexDamaged as error:
            if name in published(index):  # else a newer one was published, and this one deleted
                mark_damaged(index / name, str(error))
                found.append(str(error))
    (index / AUDITED).touch()
    return tuple(found)


def audit_is_due(index: Path) -> bool:
    """Whether there is an index, and it was not audited for AUDIT_EVERY."""
    if current_generation(index) is None:
        return False
    try:
        return time.time() - (index / AUDITED).stat().st_mtime > AUDIT_EVERY
    except FileNotFoundError:
        return True
