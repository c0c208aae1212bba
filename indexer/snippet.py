"""Marks and snippets: where a text answers a query, and the passage that shows it best."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.normalize import Token, fold, key, normalize, syllables
from indexer.offsets import Offsets, offsets_of
from indexer.plan import Targets

LONGEST = 220
"""Characters of a snippet, without the dots that stand for what was left out."""

WORDS_KNOWN = 1 << 16
"""Words, as they are written, whose keys are remembered."""

Mark = tuple[int, int]


class Asked(NamedTuple):
    """A text, where its syllables stand, and the numbers of those asked for, ascending."""

    text: str
    offsets: Offsets
    hits: Sequence[int] | NDArray[np.int64]

    @property
    def spans(self) -> list[Mark]:
        """Where those stand that were asked for."""
        starts, ends = self.offsets.starts[self.hits], self.offsets.ends[self.hits]
        return list(zip(starts.tolist(), ends.tolist(), strict=True))


class Passage(NamedTuple):
    """A piece of a text; `marks` are [start, end) in it, `words` how many different words they
    cover."""

    text: str
    marks: tuple[Mark, ...]
    words: int


def asked_of(text: str, targets: Targets) -> Asked:
    """What was asked for in a text of which nothing is known but itself."""
    tokens = syllables(text)
    return Asked(text, offsets_of([token[1:] for token in tokens]), _hits(tokens, targets))


def marks(asked: Asked) -> tuple[Mark, ...]:
    """Spans [start, end) of the text that the query asked for; neighbours are one span.

    >>> marks(asked_of("Thu ngân sách đạt 144%", Targets(folded={"ngan", "sach"})))
    ((4, 13),)
    """
    return _joined(asked.text, asked.spans)


def passage(asked: Asked) -> Passage:
    """The passage with the most of what was asked for, at most LONGEST characters.

    It begins and ends between words; "…" stands where the text goes on.
    """
    flat = asked.text.replace("\n", " ")
    spans = asked.spans
    start, end = _around(asked.offsets, _best(flat, spans), len(flat))
    shown = flat[start:end].strip()
    start += len(flat[start:end]) - len(flat[start:end].lstrip())
    end = start + len(shown)
    before, after = "…" if start > 0 else "", "…" if end < len(flat.rstrip()) else ""
    inside = [span for span in spans if start <= span[0] and span[1] <= end]
    shift = len(before) - start
    return Passage(
        text=f"{before}{shown}{after}",
        marks=tuple((left + shift, right + shift) for left, right in _joined(flat, inside)),
        words=len({_key(flat[left:right]) for left, right in inside}),
    )


def _hits(tokens: Sequence[Token], targets: Targets) -> list[int]:
    """Numbers of the tokens that were asked for, ascending."""
    found = {
        number
        for number, token in enumerate(tokens)
        if token.key in targets.exact or (targets.folded and fold(token.key) in targets.folded)
    }
    for phrase in targets.phrases:
        for number in range(len(tokens) - len(phrase) + 1):
            if tokens[number].key == phrase[0] and phrase == tuple(
                token.key for token in tokens[number : number + len(phrase)]
            ):
                found.update(range(number, number + len(phrase)))
    return sorted(found)


def _joined(text: str, spans: Sequence[Mark]) -> tuple[Mark, ...]:
    joined: list[Mark] = []
    for start, end in spans:
        if joined and text[joined[-1][1] : start].isspace():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


@lru_cache(WORDS_KNOWN)
def _key(written: str) -> str:
    return key(normalize(written))


def _best(text: str, spans: Sequence[Mark]) -> Mark:
    """The span of most different keys, then most hits, then the earliest; empty without hits."""
    keys = [_key(text[start:end]) for start, end in spans]
    best, answer, left = (0, 0), (0, 0), 0
    inside: defaultdict[str, int] = defaultdict(int)
    for right, (_, end) in enumerate(spans):
        inside[keys[right]] += 1
        while left < right and end - spans[left][0] > LONGEST:
            inside[keys[left]] -= 1
            if not inside[keys[left]]:
                del inside[keys[left]]
            left += 1
        worth = len(inside), right - left + 1
        if worth > best:
            best, answer = worth, (spans[left][0], end)
    return answer


def _around(offsets: Offsets, middle: Mark, length: int) -> Mark:
    """A span of the text with that one in its middle, cut between syllables."""
    if length <= LONGEST:
        return 0, length
    spare = max(0, LONGEST - (middle[1] - middle[0])) // 2
    start = max(0, min(middle[0] - spare, length - LONGEST))
    end = min(length, max(middle[1] + spare, LONGEST))
    first = np.searchsorted(offsets.starts, start)
    last = np.searchsorted(offsets.ends, end, "right") - 1
    if first > last:
        return 0, LONGEST
    start = int(offsets.starts[first]) if start else 0
    end = int(offsets.ends[last]) if end < length else length
    return start, min(end, start + LONGEST)  # one syllable alone may be longer
