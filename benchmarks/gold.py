"""The real pages of a portal and what is printed on them, for the benchmark and for a test.

Both lie in the folder TINPHUONG_DATA, whose README.md defines the measures.
"""

from __future__ import annotations

import json
import lzma
import re
import tarfile
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.article import VIETNAM, Article
from crawler.extract import Extraction
from crawler.page import Page
from crawler.portals import Portal

HOST = "sotttt.hanoi.gov.vn"
PORTAL = Portal("gold", "Cổng thông tin", "", "Hà Nội", (f"https://{HOST}/",), (HOST,))
FETCHED = datetime(2022, 8, 27, 12, 0, tzinfo=VIETNAM)

COUNTER_LINE = re.compile(
    r"[^\d.!?;,]{0,40}(?:lượt|xem|truy cập|view|online|trực tuyến)[^\d.!?;,]{0,20}[:\s|]\s*[\d.,]+",
    re.I,
)
"""A line that is only a label with a number; looser than the rules that remove such lines."""


@dataclass(frozen=True, slots=True)
class Gold:
    """One page and what its article is. `day` is "" where the page prints no date."""

    page: Page
    title: str
    day: str
    clock: str
    text: str


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares from 0 to 1 over a set of pages; counter lines are counted."""

    titles: float
    days: float
    clocks: float
    f1: float
    counter_lines: int


def read_gold(data: Path, every: int = 1) -> list[Gold]:
    """Every `every`-th article of portal-gold with its page."""
    with lzma.open(data / "portal-gold.jsonl.xz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines][::every]
    bodies = dict(_members(data / "portal-hanoi.tar.xz", {row["file"] for row in rows}))
    return [_gold(row, bodies[row["file"]]) for row in rows]


def scores(gold: Sequence[Gold], extractions: Sequence[Extraction]) -> Scores:
    """How well the extractions agree with the gold, in its order."""
    pairs = [(want, found.article) for want, found in zip(gold, extractions, strict=True)]
    dated = [(want, article) for want, article in pairs if want.day]
    return Scores(
        titles=_share(
            article is not None and article.title == want.title for want, article in pairs
        ),
        days=_share(_printed(article)[0] == want.day for want, article in dated),
        clocks=_share(_printed(article)[1] == want.clock for want, article in dated),
        f1=sum(token_f1(seen(article), want.text) for want, article in pairs) / len(pairs),
        counter_lines=sum(
            bool(COUNTER_LINE.fullmatch(line))
            for _, article in pairs
            if article
            for line in article.body
        ),
    )


def token_f1(found: str, wanted: str) -> float:
    """F1 of two multisets of words; 1 where both are empty.

    >>> token_f1("một hai hai", "hai một ba")
    0.6666666666666666
    """
    left, right = Counter(found.split()), Counter(wanted.split())
    both, size = (left & right).total(), left.total() + right.total()
    return 2 * both / size if size else 1.0


def seen(article: Article | None) -> str:
    """Lead, body, captions and byline of an article."""
    if article is None:
        return ""
    return "\n".join((article.lead, *article.body, *article.captions, article.byline))


def _printed(article: Article | None) -> tuple[str, str]:
    if article is None or article.published is None:
        return "", ""
    return article.published.day.isoformat(), article.published.moment.strftime("%H:%M")


def _share(answers: Iterator[object]) -> float:
    yes = [bool(answer) for answer in answers]
    return sum(yes) / len(yes)


def _members(archive: Path, names: Collection[str]) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.name in names and (file := tar.extractfile(member)):
                yield member.name, file.read()


def _gold(row: dict[str, Any], body: bytes) -> Gold:
    clock = datetime.strptime(row["time"], "%I:%M %p") if row["time"] else None
    return Gold(
        page=Page(row["url"], FETCHED, 200, {"content-type": "text/html"}, body),
        title=" ".join(_nfc(row["title"]).split()),
        day=row["date"] or "",
        clock=f"{clock:%H:%M}" if clock else "",
        text=_nfc(f"{row['sapo']}\n{row['body']}"),
    )


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
