"""How fast a faceted search is, beside other engines over the same documents.

    python benchmarks/search.py [--quick] [--json]

Needs TINPHUONG_DATA: the articles of news-50k there. Their words are one field of our engine, of
tantivy-py, SQLite's FTS5, Xapian (python3-xapian, where it is installed) and stock Whoosh, each in
one segment. Larger corpora are copies with a tenth of the words drawn anew; ours and Tantivy hold
those. Every query of queries.tsv asks for the ten best and for the counts of wards, months and
topics; the engines take turns at all queries, on one thread; a query's time is the median of the
rounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import geometric_mean
from tempfile import TemporaryDirectory

import numpy as np
from grown import real_words
from packing import packing
from queries import KINDS, Asked, queries
from rounds import OURS, RIVAL, Side, Times, timed, written
from table import Row, at_least, at_most, data_folder, figure, run, shown

ARTICLES, COPIES = 50_000, (1, 4, 20)
QUICK_ARTICLES, QUICK_COPIES = 1_000, (1, 2, 4)
ROUNDS, QUICK_ROUNDS = 21, 5

STOCK = "stock Whoosh"
FASTER = {STOCK: 100, "FTS5": 30, "Xapian": 1}
"""How many times as fast ours has to be, by the geometric mean over the queries."""
FASTER_TO_WRITE = {STOCK: 15, RIVAL: 0.7}
LONGEST = 0.9
"""Of Tantivy's time, what any one query may take of the largest corpus."""
DIFFERING = "queries of which engines tell other totals or counts"


def measure(quick: bool) -> Iterator[Row]:
    """In a quick run the corpora are not those that anything was asked of."""
    for row in rows(quick):
        yield figure(row.name, row.reached) if quick and row.name != DIFFERING else row


def rows(quick: bool) -> Iterator[Row]:
    """Every size in turn, the smallest with all engines."""
    words = real_words(data_folder(), QUICK_ARTICLES if quick else ARTICLES)
    asked = queries()
    grown: dict[int, Times] = {}
    for copies in QUICK_COPIES if quick else COPIES:
        with TemporaryDirectory() as made:
            sides, absent = written(words, copies, Path(made))
            size = copies * len(words)
            yield from (figure(f"without {name}", why) for name, why in absent.items())
            yield from of_indexes(size, sides)
            grown[size] = timed(sides, asked, QUICK_ROUNDS if quick else ROUNDS)
            ours = sides[OURS].peer
            yield from packing(f"{size:,}", ours.generation, asked, grown[size].usual[OURS])
            for side in sides.values():
                side.peer.close()
        yield from of_searches(size, asked, grown[size])
    yield at_most(DIFFERING, 0, sum(times.differing for times in grown.values()))
    yield from of_growth(asked, {size: times.usual[OURS] for size, times in grown.items()})


def of_indexes(size: int, sides: Mapping[str, Side]) -> Iterator[Row]:
    """What it takes to write and to keep so many documents."""
    ours, rival = sides[OURS], sides[RIVAL]
    speeds = {name: size / side.writing for name, side in sides.items()}
    yield figure(f"{size:,}: indexing on one core, documents/s", listed(speeds))
    for name, least in FASTER_TO_WRITE.items():
        if STOCK in sides:  # else the growing of copies is in both times
            ratio = speeds[OURS] / speeds[name]
            yield at_least(f"{size:,}: indexing, times {name}'s speed", least, ratio)
    yield figure(f"{size:,}: index, MB", listed({n: side.size / 1e6 for n, side in sides.items()}))
    yield at_most(f"{size:,}: index, times {RIVAL}'s size", 2.5, ours.size / rival.size)
    yield figure(f"{size:,}: opening, ms", 1000 * ours.opening)


def of_searches(size: int, asked: Sequence[Asked], times: Times) -> Iterator[Row]:
    """What the queries took, kind by kind and all together."""
    for kind in KINDS:
        places = [place for place, query in enumerate(asked) if query.kind == kind]
        means = {
            name: geometric_mean(each[place] for place in places)
            for name, each in times.usual.items()
        }
        yield figure(f"{size:,}: {kind}, ms", listed(means))
    shares = ratios(times.usual[OURS], times.usual[RIVAL])
    yield at_most(f"{size:,}: of {RIVAL}'s time, mean", 0.4, geometric_mean(shares))
    asked_first = ratios(times.first[OURS], times.first[RIVAL])
    yield figure(f"{size:,}: of {RIVAL}'s time, asked first, mean", geometric_mean(asked_first))
    for name, least in FASTER.items():
        if name in times.usual:
            faster = ratios(times.usual[name], times.usual[OURS])
            yield at_least(
                f"{size:,}: times as fast as {name}, mean", least, geometric_mean(faster)
            )
            yield at_least(f"{size:,}: times as fast as {name}, least", 1, min(faster))
    yield from of_slowest(size, asked, shares)


def of_slowest(size: int, asked: Sequence[Asked], shares: Sequence[float]) -> Iterator[Row]:
    """Whether each query is faster than the rival's, and which is not."""
    if size == max(COPIES) * ARTICLES:
        yield at_most(f"{size:,}: of {RIVAL}'s time, most", LONGEST, max(shares))
        for query, share in zip(asked, shares, strict=True):
            if share > LONGEST:
                yield figure(f"{size:,}: of {RIVAL}'s time, {query}", share)


def of_growth(asked: Sequence[Asked], usual: Mapping[int, Sequence[float]]) -> Iterator[Row]:
    """By which power of the size our time grows."""
    sizes, times = np.log(list(usual)), np.log(list(usual.values()))
    exponents = np.polyfit(sizes, times, 1)[0]
    yield at_most("exponent of growth, most", 1.1, float(exponents.max()))
    yield figure("exponent of growth, most, of", str(asked[int(exponents.argmax())]))
    yield figure("exponent of growth, mean", float(exponents.mean()))


def ratios(ones: Sequence[float], others: Sequence[float]) -> list[float]:
    return [one / other for one, other in zip(ones, others, strict=True)]


def listed(figures: Mapping[str, float]) -> str:
    """Each engine's figure."""
    return ", ".join(f"{name} {shown(value)}" for name, value in figures.items())


if __name__ == "__main__":
    run(measure, __doc__)
