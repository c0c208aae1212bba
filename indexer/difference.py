"""Difference: which words does one copy have that the other has not? Pure.

Paragraphs are held against each other first, then the words of those that differ. difflib's time
grows with the square of the length, so what is too long for it is shown as replaced whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from operator import attrgetter
from typing import Literal

LONGEST = 2_000
"""Paragraphs, or words of differing paragraphs, that are compared: 2,000 take half a second."""

Kind = Literal["same", "gone", "new"]

_WORD = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of words: in both texts (same), in the first alone (gone) or the second (new)."""

    kind: Kind
    text: str


def difference(before: str, after: str) -> tuple[Part, ...]:
    """The way from one text to the other; spaces go with the word before them.

    All that is not new makes up `before`, all that is not gone `after`.

    >>> [(part.kind, part.text) for part in difference("Họp lúc 8 giờ.", "Họp lúc 9 giờ.")]
    [('same', 'Họp lúc '), ('gone', '8 '), ('new', '9 '), ('same', 'giờ.')]
    """
    lines, lines_after = before.splitlines(keepends=True), after.splitlines(keepends=True)
    parts = _parts(lines, lines_after, finer=True)
    runs = groupby((part for part in parts if part.text), attrgetter("kind"))
    return tuple(Part(kind, "".join(part.text for part in run)) for kind, run in runs)


def _parts(before: Sequence[str], after: Sequence[str], finer: bool) -> Iterator[Part]:
    """Stretches of pieces; where `finer`, what was replaced is compared word by word."""
    if max(len(before), len(after)) > LONGEST:
        yield from (Part("gone", "".join(before)), Part("new", "".join(after)))
        return
    changes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for kind, start, end, start_after, end_after in changes:
        old, new = "".join(before[start:end]), "".join(after[start_after:end_after])
        if kind == "equal":
            yield Part("same", old)
        elif finer and old and new:
            yield from _parts(_WORD.findall(old), _WORD.findall(new), finer=False)
        else:
            yield from (Part("gone", old), Part("new", new))
