"""Spam: pages that somebody else put on a portal to sell something. By named evidence (spam.toml).

A page is spam where it names what is sold and lures to it, several times each, and is not the
report of a crime: news about gamblers has the words of the police, too.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SPAM = Path(__file__).with_name("spam.toml")

FEWEST_SUBJECTS, FEWEST_LURES = 2, 3
"""Different ones that spam has at least."""

OUTWEIGHED = 2
"""News has as many sober words XX."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for spam: its kind, and the words of the trade that were found."""

    kind: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """One trade: what it sells, and how."""

    name: str
    subjects: tuple[str, ...]
    lures: tuple[str, ...]


def evidence_in(title: str, text: str) -> Evidence | None:
    """Why an article is spam; None where it is not.

    >>> evidence_in("Link vào nhà cái uy tín", "Nổ hũ đổi thưởng, nạp lần đầu tặng ngay 100%")
    ... # doctest: +ELLIPSIS
    Evidence(kind='gambling', words=('nhà cái', 'nổ hũ', 'đổi thưởng', 'link vào', ...))
    >>> evidence_in("Khởi tố 5 bị can", "Nhà cái nhận cá độ, nạp tiền, rút tiền qua ví")
    """
    lowered = f"{title}\n{text}".lower()
    kinds, sober = load_spam()
    if _found(sober, title.lower()):
        return None
    for kind in kinds:
        subjects = _found(kind.subjects, lowered)
        if len(subjects) < FEWEST_SUBJECTS:
            continue
        lures = _found(kind.lures, lowered)
        weight = len(subjects) + len(lures)
        if len(lures) >= FEWEST_LURES and weight > OUTWEIGHED * len(_found(sober, lowered)):
            return Evidence(kind.name, (*subjects, *lures))
    return None


@cache
def load_spam() -> tuple[tuple[Kind, ...], tuple[str, ...]]:
    """All kinds, in the order in which they are tried, and the sober words."""
    table = tomllib.loads(SPAM.read_text(encoding="utf-8"))
    kinds = [
        Kind(each["name"], tuple(each["subjects"]), tuple(each["lures"])) for each in table["kind"]
    ]
    return tuple(kinds), tuple(table["sober"])


def _found(words: Sequence[str], text: str) -> list[str]:
    return [word for word in words if word in text and _is_word(word, text)]


def _is_word(word: str, text: str) -> bool:
    """Whether a word stands in a text by itself. Scripts without spaces have no such bounds.

    >>> _is_word("slot", "hai slots"), _is_word("slot", "một slot."), _is_word("彩票", "买彩票吧")
    (False, True, True)
    """
    if not word.isascii() and not any(letter in VIETNAMESE for letter in word):
        return True
    start = text.find(word)
    while start >= 0:
        around = text[max(0, start - 1) : start] + text[start + len(word) :][:1]
        if not any(letter.isalnum() for letter in around):
            return True
        start = text.find(word, start + 1)
    return False


VIETNAMESE = frozenset("abcdefghijklmnopqrstuvwxyz")
