"""The floors of extraction: what is measured, what must be reached, and how floors move.

    python -m tests.extraction_floors                  pins what got better (set TINPHUONG_DATA)
    python -m tests.extraction_floors --lower "why"    lowers what got worse, and says why

Without --lower a figure below its floor is named, nothing is written, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks.families import Read, error_beside, frame_lines, read_all, read_knowing
from benchmarks.gold import PORTAL, Gold, Scores, read_gold, scores
from benchmarks.table import Skipped, data_folder
from crawler.extract import extract
from crawler.page import parse
from crawler.portals import Portal

FILE = Path(__file__).with_suffix(".toml")

EVERY = 12
"""Of the 1,742 articles of the gold: 146 pages."""

MARGIN = 0.002
"""How far from what was reached a share is pinned; counts are pinned as they are."""

PORTALS = {"known": PORTAL, "unknown": replace(PORTAL, layout="general")}


@dataclass(frozen=True, slots=True)
class Floor:
    """The bound of one figure: at most `bound` where low is good, else at least."""

    bound: float
    low_is_good: bool

    def holds(self, reached: float) -> bool:
        """Whether the figure is on the right side.

        >>> Floor(0.9, low_is_good=False).holds(0.9), Floor(3, low_is_good=True).holds(4)
        (True, False)
        """
        return reached <= self.bound if self.low_is_good else reached >= self.bound

    def near(self, reached: float) -> float:
        """The bound that `reached` earns: a count itself, a share with the margin, four digits.

        >>> Floor(0.9, low_is_good=False).near(0.98765), Floor(3, low_is_good=True).near(2)
        (0.9856, 2)
        """
        if isinstance(reached, int):
            return reached
        if self.low_is_good:
            return math.ceil(round((reached + MARGIN) * 10_000, 3)) / 10_000
        return math.floor(round((reached - MARGIN) * 10_000, 3)) / 10_000


def load_floors(path: Path = FILE) -> dict[str, Floor]:
    """Every floor by the name of its figure."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        name: Floor(bound, low_is_good)
        for table, low_is_good in (("at_least", False), ("at_most", True))
        for name, bound in tables[table].items()
    }


def below(floors: Mapping[str, Floor], reached: Mapping[str, float]) -> dict[str, float]:
    """The figures that miss their floors. Raises KeyError for a figure without one."""
    return {name: value for name, value in reached.items() if not floors[name].holds(value)}


def better(floors: Mapping[str, Floor], reached: Mapping[str, float]) -> dict[str, float]:
    """The new bounds of figures that earn a better one than they have."""
    earned = {name: floors[name].near(value) for name, value in reached.items()}
    return {
        name: bound
        for name, bound in earned.items()
        if bound != floors[name].bound and floors[name].holds(bound)
    }


def pin(path: Path, reached: Mapping[str, float], why: str = "") -> list[str]:
    """Write better floors, and lower ones if `why` says why; what changed, a line each.

    Raises ValueError, naming them, where figures are below their floors and no reason is given;
    then nothing is written.
    """
    floors, text = load_floors(path), path.read_text(encoding="utf-8")
    worse, why = below(floors, reached), " ".join(why.split())
    if worse and not why:
        raise ValueError("\n".join(_missed(name, floors[name], worse[name]) for name in worse))
    lines = {name: f"{name} = {bound}" for name, bound in better(floors, reached).items()}
    for name, value in worse.items():
        floor = floors[name]
        lines[name] = f"{name} = {floor.near(value)} # lowered from {floor.bound}: {why}"
    kept = re.sub(r"^(\w+) = .*$", lambda line: lines.get(line[1], line[0]), text, flags=re.M)
    path.write_text(kept, encoding="utf-8")
    return list(lines.values())


def on_real_pages(gold: Sequence[Gold]) -> dict[str, float]:
    """The figures of the portal whose gold is in TINPHUONG_DATA."""
    return {
        f"{way}_{name}": value
        for way, portal in PORTALS.items()
        for name, value in asdict(measured(gold, portal)).items()
    }


def measured(gold: Sequence[Gold], portal: Portal) -> Scores:
    """The scores of one way of reading these pages."""
    parsed = [parse(each.page) for each in gold]
    return scores(gold, [extract(page, portal) for page in parsed if page])


def on_sample_pages(left_out: Sequence[Read], learned: Sequence[Read]) -> dict[str, float]:
    """The figures of the pages of other systems, read as unknown and with the frame learned."""
    return {
        "left_out_f1": _mean([each.f1 for each in left_out]),
        "left_out_worst_site_f1": min(map(_mean, by_site(left_out).values())),
        "left_out_days": _mean([_day_found(each) for each in left_out]),
        "left_out_error": error_beside(left_out),
        "left_out_frame_lines": _frame(left_out),
        "learned_error": error_beside(learned),
        "learned_frame_lines": _frame(learned),
    }


def by_site(reads: Sequence[Read]) -> dict[str, list[float]]:
    """The token F1 of the pages of each site."""
    found = defaultdict(list)
    for each in reads:
        found[each.sample.site].append(each.f1)
    return found


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _day_found(read: Read) -> bool:
    published = read.article.published if read.article else None
    return published is not None and published.day == read.sample.text.written.date()


def _frame(reads: Sequence[Read]) -> int:
    return sum(1 for each in reads for _ in frame_lines(each))


def _missed(name: str, floor: Floor, reached: float) -> str:
    return f"{name}: {reached:.6g} misses its floor {floor.bound}"


def measure() -> dict[str, float]:
    """Every figure that has a floor. Raises Skipped without TINPHUONG_DATA."""
    real = on_real_pages(read_gold(data_folder(), EVERY))
    return real | on_sample_pages(read_all(), read_knowing())


def main(arguments: Sequence[str]) -> str | None:
    """Run the command; what comes back is the complaint sys.exit() turns into exit code 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.extraction_floors")
    parser.add_argument("--lower", metavar="WHY", default="", help="lower what got worse; why")
    why = parser.parse_args(arguments).lower
    try:
        changed = pin(FILE, measure(), why)
    except (Skipped, ValueError) as complaint:
        return str(complaint)
    print("\n".join(changed) or "every floor stays as it is")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
