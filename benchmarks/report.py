"""Run every benchmark and write what they measured into docs/benchmarks.md: `make bench`.

    python benchmarks/report.py [--quick] [name ...]

With names only those are run, and the other sections of the page stay as they are. Ends with exit
code 1 where a benchmark fails or misses a figure.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from table import Row, markdown

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
NAMES = (
    *("search", "indexing", "pages", "relevance", "extraction", "copies", "language"),
    *("suggestions", "crawl", "web"),
)


HEAD = """# What was measured

`make bench` writes this page. Figures without anything asked are reported only; times on other
machines differ, ratios less."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one benchmark brought: rows, or why there are none."""

    name: str
    rows: tuple[Row, ...]
    remark: str
    seconds: float
    ok: bool


def outcome(name: str, options: list[str]) -> Outcome:
    """Run one benchmark; whatever becomes of it is told."""
    started = time.perf_counter()
    command = [sys.executable, str(HERE / f"{name}.py"), "--json", *options]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - started
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        return Outcome(name, (), "It failed, and printed why when it was run.", seconds, False)
    rows = tuple(Row(**row) for row in answer["rows"])
    remark = f"Skipped: {answer['skipped']}." if answer["skipped"] else ""
    return Outcome(name, rows, remark, seconds, done.returncode == 0)


def section(outcome: Outcome, options: list[str]) -> str:
    """One benchmark as a section of the page."""
    command = " ".join(["python", f"benchmarks/{outcome.name}.py", *options])
    parts = (
        f"## {outcome.name}",
        purpose(HERE / f"{outcome.name}.py"),
        f"    {command}",
        outcome.remark or f"{markdown(outcome.rows)}\n\n{when_and_where(outcome)}",
    )
    return "\n\n".join(parts)


def purpose(path: Path) -> str:
    """What a benchmark says of itself: its docstring without the command and its options."""
    docstring = ast.get_docstring(ast.parse(path.read_text())) if path.exists() else ""
    paragraphs = (docstring or "").split("\n\n")
    return "\n\n".join(part for part in paragraphs if not part.startswith("    "))


def when_and_where(outcome: Outcome) -> str:
    """What a run took, on which day and machine."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{outcome.seconds:.0f} s on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores,"
        f" {gigabytes:.0f} GiB of memory, Python {platform.python_version()}."
    )


def sections() -> dict[str, str]:
    """The sections of the page as it stands, by name."""
    parts = PAGE.read_text().split("\n## ")[1:] if PAGE.exists() else []
    return {part.split("\n", 1)[0]: f"## {part.strip()}" for part in parts}


def page(found: Mapping[str, str]) -> str:
    """The whole page, of the sections there are."""
    return "\n\n".join([HEAD, *(found[name] for name in NAMES if name in found)]) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="small sizes, under 50 s each")
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="name")
    given = parser.parse_args()
    options = ["--quick"] if given.quick else []
    found = sections()
    ok = True
    for name in given.names or NAMES:
        print(f"benchmarks/{name}.py ...", flush=True)
        last = outcome(name, options)
        verdict = last.remark or ("ok" if last.ok else "It missed a figure.")
        print(f"    {verdict} ({last.seconds:.0f} s)", flush=True)
        found[name] = section(last, options)
        PAGE.write_text(page(found))
        ok &= last.ok
    sys.exit(not ok)


if __name__ == "__main__":
    main()
