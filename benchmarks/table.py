"""Rows of figures: what a benchmark measured, what was asked, and how both are printed.

Every benchmark of this folder is a function `measure(quick) -> Iterable[Row]` handed to run():

    python benchmarks/language.py            a table
    python benchmarks/language.py --quick    small sizes, under 50 s
    python benchmarks/language.py --json     for benchmarks/report.py

It ends with exit code 1 where a row misses what was asked.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `asked` is "" where the figure is only reported; then `ok` is true.

    The unit stands in the name ("search of a common word, ms").
    """

    name: str
    asked: str
    reached: float | str
    ok: bool


class Skipped(Exception):
    """The benchmark cannot run here; the text says what it lacks. Its exit code is 0."""


def figure(name: str, reached: float | str) -> Row:
    """A figure that nothing was asked of."""
    return Row(name, "", reached, True)


def at_least(name: str, asked: float, reached: float) -> Row:
    """A figure that is good where it is high."""
    return Row(name, f"≥ {shown(asked)}", reached, reached >= asked)


def at_most(name: str, asked: float, reached: float) -> Row:
    """A figure that is good where it is low."""
    return Row(name, f"≤ {shown(asked)}", reached, reached <= asked)


def data_folder() -> Path:
    """The folder that TINPHUONG_DATA names. Raises Skipped without it."""
    folder = os.environ.get("TINPHUONG_DATA")
    if not folder:
        raise Skipped("set TINPHUONG_DATA to the folder of real texts")
    return Path(folder)


def run(measure: Callable[[bool], Iterable[Row]], description: str | None) -> None:
    """Run a benchmark from the command line; never returns."""
    parser = argparse.ArgumentParser(description=(description or "").split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="small sizes, under 50 s")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    try:
        rows, skipped = list(measure(options.quick)), ""
    except Skipped as reason:
        rows, skipped = [], str(reason)
    if options.json:
        answer = {"skipped": skipped, "rows": [asdict(row) for row in rows]}
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        print(f"skipped: {skipped}" if skipped else table(rows))
    sys.exit(not all(row.ok for row in rows))


def table(rows: Sequence[Row]) -> str:
    """The rows as aligned text under a heading."""
    cells = [("figure", "asked", "reached", ""), *map(_cells, rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        f"{name:<{widths[0]}}  {asked:>{widths[1]}}  {reached:>{widths[2]}}  {verdict}".rstrip()
        for name, asked, reached, verdict in cells
    )


def markdown(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| figure | asked | reached | |", "|---|---|---|---|"]
    lines.extend(f"| {' | '.join(_cells(row))} |" for row in rows)
    return "\n".join(lines)


def shown(value: float | str) -> str:
    """A number as it is printed: thousands whole, anything smaller with four figures.

    >>> shown(12345.6), shown(0.97), shown(1190), shown("ok")
    ('12,346', '0.97', '1,190', 'ok')
    """
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _cells(row: Row) -> tuple[str, str, str, str]:
    return row.name, row.asked, shown(row.reached), _verdict(row)


def _verdict(row: Row) -> str:
    if not row.asked:
        return ""
    return "ok" if row.ok else "MISSED"
