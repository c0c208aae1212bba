"""How well and how fast articles are read from the real pages of a portal.

    python benchmarks/extraction.py [--quick] [--json]

Needs TINPHUONG_DATA: the pages and the gold of a Hanoi portal there. "Unknown" is the same pages
read as if no layout knew them; trafilatura reads them beside us. The sample pages of other systems
are read by whoever does not know them: their own family is left out of layouts.toml.
"""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import trafilatura
from gold import PORTAL, Gold, Scores, read_gold, scores, token_f1
from table import Row, at_least, at_most, data_folder, figure, run

from crawler.extract import Extraction, extract
from crawler.page import ParsedPage, parse
from crawler.portals import Portal

sys.path.append(str(Path(__file__).parent.parent))  # the sample pages come with the checkout

from benchmarks.families import Read, error_beside, frame_lines, read_all, read_knowing

EVERY, QUICK_EVERY = 1, 12


def measure(quick: bool) -> Iterator[Row]:
    """Quality and speed with the layout, without it, and trafilatura's."""
    gold = read_gold(data_folder(), QUICK_EVERY if quick else EVERY)
    yield figure("pages", len(gold))
    f1, peer = beside(gold)
    yield figure("trafilatura: token F1", f1)
    yield figure("trafilatura: pages a second", peer)
    found, speed = timed(gold, PORTAL)
    yield from quality("known layout", scores(gold, found), (1.0, 0.998, 0.99, 0.995))
    yield figure("known layout: pages a second", speed)
    yield at_least("known layout: times as fast as trafilatura", 1.5, speed / peer)
    found, speed = timed(gold, replace(PORTAL, layout="general"))
    yield from quality("unknown", scores(gold, found), (0.98, 0.985, 0.98, 0.98))
    yield figure("unknown: pages a second", speed)
    yield at_least("unknown: times as fast as trafilatura", 0.8, speed / peer)
    yield from left_out()


def left_out() -> Iterator[Row]:
    """The sample pages of other systems, each without its own layout."""
    reads = read_all()
    yield at_least("family left out: pages", 60, len(reads))
    yield figure("family left out: token F1", sum(each.f1 for each in reads) / len(reads))
    yield figure("family left out: token F1 of trafilatura", _mean_of_peer(reads))
    yield at_most("family left out: error as a share of its", 0.67, error_beside(reads))
    lines = sum(1 for each in reads for _ in frame_lines(each))
    yield figure("family left out: lines of the frame", lines)
    knowing = read_knowing()
    yield figure("… the frame learned: token F1", sum(each.f1 for each in knowing) / len(knowing))
    yield at_most("… the frame learned: error as a share of its", 0.67, error_beside(knowing))
    lines = sum(1 for each in knowing for _ in frame_lines(each))
    yield at_most("… the frame learned: lines of the frame", 0, lines)


def _mean_of_peer(reads: Sequence[Read]) -> float:
    return sum(each.peer for each in reads) / len(reads)


def quality(name: str, reached: Scores, asked: tuple[float, float, float, float]) -> Iterator[Row]:
    """The rows of one way of reading; `asked` for titles, dates, times and F1."""
    yield at_least(f"{name}: titles equal", asked[0], reached.titles)
    yield at_least(f"{name}: dates equal", asked[1], reached.days)
    yield at_least(f"{name}: times equal", asked[2], reached.clocks)
    yield at_least(f"{name}: token F1", asked[3], reached.f1)
    yield at_most(f"{name}: counter lines", 0, reached.counter_lines)


def timed(gold: Sequence[Gold], portal: Portal) -> tuple[list[Extraction], float]:
    """What is read from the pages, and how many of them in a second of processor time."""
    started = time.process_time()
    found = [extract(_parsed(each), portal) for each in gold]
    return found, len(gold) / (time.process_time() - started)


def beside(gold: Sequence[Gold]) -> tuple[float, float]:
    """Token F1 and pages a second of trafilatura over the same trees."""
    started = time.process_time()
    roots = (_parsed(each).root for each in gold)
    texts = [trafilatura.bare_extraction(root, include_comments=False) for root in roots]
    speed = len(gold) / (time.process_time() - started)
    found = [unicodedata.normalize("NFC", getattr(text, "text", "") or "") for text in texts]
    pairs = zip(found, gold, strict=True)
    return sum(token_f1(text, want.text) for text, want in pairs) / len(gold), speed


def _parsed(gold: Gold) -> ParsedPage:
    parsed = parse(gold.page)
    assert parsed is not None, gold.page.url
    return parsed


if __name__ == "__main__":
    run(measure, __doc__)
