"""Run every benchmark and write what they measured into docs/benchmarks.md: `make bench`.

    python benchmarks/report.py [--quick]

Ends with exit code 1 where a benchmark fails or misses a figure.
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
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from table import Row, markdown

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
NAMES = (
    *("search", "pages", "relevance", "extraction", "copies", "language", "suggestions", "crawl"),
    "web",
)


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
        outcome.remark or f"{markdown(outcome.rows)}\n\nIt took {outcome.seconds:.0f} s.",
    )
    return "\n\n".join(parts)


def purpose(path: Path) -> str:
    """What a benchmark says of itself: its docstring without the command and its options."""
    docstring = ast.get_docstring(ast.parse(path.read_text())) if path.exists() else ""
    paragraphs = (docstring or "").split("\n\n")
    return "\n\n".join(part for part in paragraphs if not part.startswith("    "))


def machine() -> str:
    """This machine in words."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {gigabytes:.0f} GiB of memory, Python {platform.python_version()}"
    )


def page(outcomes: list[Outcome], options: list[str]) -> str:
    """The whole page."""
    made = "`make bench`" + (f" ({' '.join(options)})" if options else "")
    head = (
        "# What was measured",
        f"{made} wrote this page on {datetime.now(UTC):%Y-%m-%d}: {machine()}. Figures without"
        " anything asked are reported only; times on other machines differ, ratios less.",
    )
    return "\n\n".join([*head, *(section(each, options) for each in outcomes)]) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="small sizes, under 50 s each")
    options = ["--quick"] if parser.parse_args().quick else []
    outcomes = []
    for name in NAMES:
        print(f"benchmarks/{name}.py ...", flush=True)
        outcomes.append(outcome(name, options))
        last = outcomes[-1]
        verdict = last.remark or ("ok" if last.ok else "It missed a figure.")
        print(f"    {verdict} ({last.seconds:.0f} s)", flush=True)
    PAGE.write_text(page(outcomes, options))
    sys.exit(not all(each.ok for each in outcomes))


if __name__ == "__main__":
    main()
