"""Locks between processes: each a file that is locked, and let go of when its process ends.

A killed process leaves no lock behind, only an empty file.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class Locks:
    """Named locks in one folder. Names may hold any character but a slash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.held: dict[str, int] = {}  # by name, open files

    def take(self, name: str) -> bool:
        """Whether the lock is ours now; taking one that is ours already changes nothing."""
        if name in self.held:
            return True
        file = self._open(f"{name}.lock")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self.held[name] = file
        return True

    def _open(self, name: str) -> int:
        try:
            return os.open(self.folder / name, os.O_RDWR | os.O_CREAT)
        except FileNotFoundError:  # the first lock of all
            self.folder.mkdir(parents=True, exist_ok=True)
            return os.open(self.folder / name, os.O_RDWR | os.O_CREAT)

    def release(self, name: str) -> None:
        """Let go of one lock; of one that is not held, nothing."""
        if (file := self.held.pop(name, None)) is not None:
            os.close(file)

    def release_all(self) -> None:
        """Let go of every lock."""
        for name in list(self.held):
            self.release(name)
