"""Copies as editors make them, and series of texts in one template. Sample texts, none is real.

Both are drawn from the caller's random.Random, so the same seed gives the same texts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from random import Random

LEAST, MOST = 0.01, 0.2
"""Shares of the words that an edited copy has changed."""

TEMPLATES = (Path(__file__).parent / "series.txt").read_text(encoding="utf-8").strip().split("\n\n")
"""What fills <người>, <phường>, <ngày> and <1-60> is all that texts of one template differ in."""

PERSONS = (
    ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Đinh"),
    ("Văn", "Thị", "Đức", "Minh", "Quốc", "Hữu", "Thanh", "Ngọc", "Xuân", "Hồng", "Quang", "Kim"),
    ("An", "Bình", "Cường", "Dũng", "Giang", "Hà", "Hiền", "Hùng", "Linh", "Nga", "Sơn", "Tâm"),
)
WARDS = (
    *("Sao Mai", "Bình Minh", "Hòa Sơn", "An Lạc", "Tân Hòa", "Phú Mỹ", "Đông Hải", "Tây Lộc"),
    *("Nam Sơn", "Bắc Hà", "Thanh Khê", "Vĩnh Tường", "Trường Thi", "Cẩm Đông", "Kim Tân"),
)


def edited(pick: Random, paragraphs: Sequence[str], words: Sequence[str]) -> str:
    """A copy: up to a fifth of the words replaced, one paragraph of three or more gone."""
    kept = list(paragraphs)
    if len(kept) >= 3:
        kept.pop(pick.randrange(len(kept)))
    share = pick.uniform(LEAST, MOST)
    return "\n".join(
        " ".join(pick.choice(words) if pick.random() < share else word for word in line.split())
        for line in kept
    )


def filled(pick: Random, template: str) -> str:
    """One text of a series."""

    def filling(place: re.Match[str]) -> str:
        if place[1] == "người":
            return " ".join(map(pick.choice, PERSONS))
        if place[1] == "phường":
            return pick.choice(WARDS)
        if place[1] == "ngày":
            return f"{pick.randint(1, 28):02}/{pick.randint(1, 12):02}/2025"
        return str(pick.randint(*map(int, place[1].split("-"))))

    return re.sub("<(.+?)>", filling, template)
