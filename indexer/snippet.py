"""Marks and snippets: where a text answers a query, and the passage that shows it best."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.normalize import Token, fold, syllables
from indexer.plan import Targets

LONGEST = 220
"""Characters of a snippet, without the dots that stand for what was left out."""

Mark = tuple[int, int]


def marks(text: str, targets: Targets) -> tuple[Mark, ...]:
    """Spans [start, end) of the text that the query asked for; neighbours are one span.

    >>> marks("Thu ngân sách đạt 144%", Targets(folded={"ngan", "sach"}))
    ((4, 13),)
    """
    tokens = syllables(text)
    return _joined(text, [tokens[number] for number in _hits(tokens, targets)])


def snippet(text: str, targets: Targets) -> tuple[str, tuple[Mark, ...]]:
    """The passage with the most of what was asked for, at most LONGEST characters, and its marks.

    It begins and ends between words; "…" stands where the text goes on.
    """
    flat = text.replace("\n", " ")
    tokens = syllables(flat)
    hits = _hits(tokens, targets)
    first, last = _best(tokens, hits)
    start, end = _around(tokens, first, last, len(flat))
    passage = flat[start:end].strip()
    start += len(flat[start:end]) - len(flat[start:end].lstrip())
    before, after = (
        "…" if start > 0 else "",
        "…" if start + len(passage) < len(flat.rstrip()) else "",
    )
    shift = len(before) - start
    inside = [
        tokens[number]
        for number in hits
        if start <= tokens[number].start and tokens[number].end <= start + len(passage)
    ]
    spans = _joined(flat, inside)
    return f"{before}{passage}{after}", tuple(
        (left + shift, right + shift) for left, right in spans
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


def _joined(text: str, tokens: Sequence[Token]) -> tuple[Mark, ...]:
    spans: list[Mark] = []
    for token in tokens:
        if spans and text[spans[-1][1] : token.start].isspace():
            spans[-1] = (spans[-1][0], token.end)
        else:
            spans.append((token.start, token.end))
    return tuple(spans)


def _best(tokens: Sequence[Token], hits: Sequence[int]) -> tuple[int, int]:
    """First and last token of the passage: most different keys, then most hits, then earliest."""
    if not hits:
        return 0, 0
    best, answer, left = (-1, -1), (hits[0], hits[0]), 0
    for right in range(len(hits)):
        while left < right and tokens[hits[right]].end - tokens[hits[left]].start > LONGEST:
            left += 1
        inside = hits[left : right + 1]
        worth = (len({tokens[number].key for number in inside}), len(inside))
        if worth > best:
            best, answer = worth, (hits[left], hits[right])
    return answer


def _around(tokens: Sequence[Token], first: int, last: int, length: int) -> tuple[int, int]:
    """A span of the text with those tokens in its middle, cut between tokens."""
    if length <= LONGEST:
        return 0, length
    if not tokens:
        return 0, LONGEST
    spare = max(0, LONGEST - (tokens[last].end - tokens[first].start)) // 2
    start, end = tokens[first].start - spare, tokens[last].end + spare
    start, end = max(0, min(start, length - LONGEST)), min(length, max(end, LONGEST))
    inside = [token for token in tokens if start <= token.start and token.end <= end]
    if not inside:
        return 0, LONGEST
    start = 0 if start == 0 else inside[0].start
    end = length if end == length else inside[-1].end
    return start, min(end, start + LONGEST)  # one token alone may be longer
