"""Load on a web server: requests at a fixed rate by hey, as many as it takes by wrk.

Both are packages of Debian (apt-get install hey wrk), and both are told to take answers packed.
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from table import Skipped

CLIENTS = 2
"""That share a fixed rate, so that a slow answer does not put off the next request."""

CONNECTIONS, THREADS = 8, 2

SCRIPT = """
local paths, at = {}, 0
for line in io.lines(%r) do paths[#paths + 1] = line end
function setup(thread) offset = (offset or 0) + 17; thread:set("at", offset) end
function request()
  at = at %% #paths + 1
  return wrk.format("GET", paths[at], {["Accept-Encoding"] = "gzip"})
end
"""


class Saturated(NamedTuple):
    """What a server did when it was asked for all it could do."""

    per_second: float
    failures: int


def tools() -> None:
    """Raises Skipped where one of the two is not installed."""
    absent = [name for name in ("hey", "wrk") if shutil.which(name) is None]
    if absent:
        raise Skipped(f"install {' and '.join(absent)}: apt-get install {' '.join(absent)}")


def at_rate(url: str, per_second: int, seconds: int) -> list[float]:
    """Milliseconds of each answer; infinite for one that is not 200."""
    command = ["hey", "-z", f"{seconds}s", "-q", str(per_second // CLIENTS), "-c", str(CLIENTS)]
    done = subprocess.run([*command, "-o", "csv", url], capture_output=True, text=True, check=True)
    rows = list(csv.DictReader(done.stdout.splitlines()))
    return [
        1000 * float(row["response-time"]) if row["status-code"] == "200" else float("inf")
        for row in rows
    ]


def saturated(base: str, paths: Sequence[str], seconds: int) -> Saturated:
    """Answers a second to these paths in turn, over as many connections as keep both cores busy."""
    with TemporaryDirectory() as made:
        listed, script = Path(made) / "paths", Path(made) / "paths.lua"
        listed.write_text("\n".join(paths))
        script.write_text(SCRIPT % str(listed))
        command = ["wrk", f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s"]
        done = subprocess.run(
            [*command, "-s", str(script), base], capture_output=True, text=True, check=True
        )
    per_second = re.findall(r"Requests/sec:\s+([\d.]+)", done.stdout)
    failed = re.findall(
        r"Non-2xx or 3xx responses: (\d+)|(?:connect|read|write|timeout) (\d+)", done.stdout
    )
    return Saturated(float(per_second[0]), sum(int(one or other) for one, other in failed))
