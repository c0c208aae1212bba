"""A lock is one process's alone, and nobody's once that process has ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from crawler.locks import Locks

HOLDER = """
import sys, time
from pathlib import Path
from crawler.locks import Locks
locks = Locks(Path(sys.argv[1]))
print(locks.take("a"), flush=True)
time.sleep(60)
"""


def test_a_lock_is_taken_once(tmp_path: Path) -> None:
    mine, other = Locks(tmp_path / "new"), Locks(tmp_path / "new")
    assert mine.take("a")
    assert mine.take("a")  # ours already
    assert not other.take("a")
    assert other.take("b")
    mine.release("a")
    assert other.take("a")
    other.release_all()
    assert mine.take("a")
    assert mine.take("b")
    mine.release_all()


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        assert not Locks(tmp_path).take("a")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    locks = Locks(tmp_path)
    assert locks.take("a")
    locks.release_all()
