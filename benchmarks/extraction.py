"""How well and how fast articles are read from the real pages of a portal.

    python benchmarks/extraction.py [--quick] [--json]

Needs TINPHUONG_DATA: the pages and the gold of a Hanoi portal there. "Unknown" is the same pages
read as if no layout knew them; trafilatura reads them beside us.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

import trafilatura
from gold import PORTAL, Gold, Scores, read_gold, scores, token_f1
from table import Row, at_least, at_most, data_folder, figure, run

from crawler.extract import Extraction, extract
from crawler.page import ParsedPage, parse
from crawler.portals import Portal

EVERY, QUICK_EVERY = 1, 12


def measure(quick: bool) -> Iterator[Row]:
    """Quality and speed with the layout, without it, and trafilatura's."""
    gold = read_gold(data_folder(), QUICK_EVERY if quick else EVERY)
    yield figure("pages", len(gold))
    found, speed = timed(gold, PORTAL)
    yield from quality("known layout", scores(gold, found), (0.99, 0.99, 0.99, 0.97))
    yield at_least("known layout: pages a second", 200, speed)
    found, speed = timed(gold, replace(PORTAL, layout="general"))
    yield from quality("unknown", scores(gold, found), (0.98, 0.985, 0.98, 0.97))
    yield figure("unknown: pages a second", speed)
    f1, speed = beside(gold)
    yield figure("trafilatura: token F1", f1)
    yield figure("trafilatura: pages a second", speed)


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
