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
"""Paragraphs that are compared, and words of all differing paragraphs together: 2,000 take half a
second where they are of few kinds, and much less in a text that somebody wrote."""

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
    parts, left = list[Part](), LONGEST
    for old, new in _stretches(before.splitlines(keepends=True), after.splitlines(keepends=True)):
        words, words_after = _WORD.findall(old), _WORD.findall(new)
        if old and new and old != new and (left := left - max(len(words), len(words_after))) >= 0:
            finer = _stretches(words, words_after)
        else:
            finer = iter([(old, new)])
        parts += (part for each in finer for part in _parts(*each) if part.text)
    runs = groupby(parts, attrgetter("kind"))
    return tuple(Part(kind, "".join(part.text for part in run)) for kind, run in runs)


def _stretches(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What stands where in both, from beginning to end; too many pieces are one stretch."""
    if max(len(before), len(after)) > LONGEST:
        yield "".join(before), "".join(after)
        return
    changes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for _, start, end, start_after, end_after in changes:
        yield "".join(before[start:end]), "".join(after[start_after:end_after])


def _parts(old: str, new: str) -> tuple[Part, ...]:
    return (Part("same", old),) if old == new else (Part("gone", old), Part("new", new))
