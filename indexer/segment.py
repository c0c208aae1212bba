"""Words: pyvi's segmentation, by its weights and not its code.

pyvi 0.1.1 labels each token as the beginning or the inside of a word by a conditional random field
over the tokens around it, their capitals, and whether they stand in its list of words. Here each
distinct token is looked at once, and so is what stands between two spaces; the scores of many lines
are sums of columns of a table. Where rounding might decide, they are summed again in pyvi's order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, islice, pairwise, product
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.crf import Pair, labels
from indexer.engine.numbering import Numbered
from indexer.normalize import aligned
from indexer.pyvi_model import PyviModel, pyvi_model
from indexer.token_table import CAPITAL, END, MAY_JOIN, SIGN, TokenTable, encodable

BATCH = 131_072
"""Characters segmented at once; a longer line is cut there."""


class Word(NamedTuple):
    """A word: its key, and text[start:end] as it stands in the text."""

    key: str
    start: int
    end: int


def words(text: str) -> list[str]:
    """The words of `text` in order, as keys with "_" between syllables; no punctuation.

    Line by line, with the case of letters kept until the words are found.

    >>> words("Uỷ ban nhân dân phường Mỹ Đình họp, chi 2.317,8 tỷ.")
    ['ủy_ban', 'nhân_dân', 'phường', 'mĩ_đình', 'họp', 'chi', '2.317,8', 'tỉ']
    """
    (found,) = words_of_each([text])
    return list(map(found.numbering.keys.__getitem__, found.numbers.tolist()))


def words_of_each(texts: Sequence[str]) -> Iterator[Numbered]:
    """words() of each text by their numbers, in half the time: many lines are segmented at once."""
    lines = chain.from_iterable(text.split("\n") for text in texts)
    found = chain.from_iterable(map(_numbered, _segmenter().found(lines, as_written=False)))
    for text in texts:
        parts = islice(found, sum(1 for line in text.split("\n") for _ in _pieces(line)))
        yield _joined(list(parts))


def _joined(parts: Sequence[Numbered]) -> Numbered:
    """All of them, of which later ones may be of another numbering."""
    numbering = parts[-1].numbering
    numbers = [
        part.numbers
        if part.numbering is numbering
        else numbering.numbers([part.numbering.keys[number] for number in part.numbers.tolist()])
        for part in parts
    ]
    return Numbered(numbering, np.concatenate(numbers))


def _numbered(found: _Found) -> Iterator[Numbered]:
    """The words of each line of a batch."""
    rows, words = found.rows, found.table.words
    is_word = ~found.table.is_sign.take(rows)
    begins = is_word.copy()
    begins[1:] &= ~(found.is_joined[1:] & is_word[:-1])
    starts = np.flatnonzero(begins)
    numbers = words.numbers(rows, starts, np.add.reduceat(is_word, starts, dtype=np.int64))
    ends = np.searchsorted(starts, np.flatnonzero(rows == 0)).tolist()
    for start, end in pairwise(ends):
        yield Numbered(words.numbering, numbers[start:end])


def spans(text: str) -> list[Word]:
    """words(), and where in `text` as given each stands.

    >>> text = "UBND quận Hoà\\u200b\\u00a0Bình."
    >>> [(word.key, text[word.start : word.end]) for word in spans(text)][-1]
    ('hòa_bình', 'Hoà\\u200b\\xa0Bình')
    """
    normal, places = aligned(text)
    found = _spans(encodable(normal))
    if places is None:
        return found
    return [Word(word.key, places[word.start][0], places[word.end - 1][1]) for word in found]


def segment(lines: Iterable[str]) -> str:
    """Tokens with "_" inside words and spaces between them, each line as pyvi's tokenize() has it.

    Lines are in NFC.

    >>> segment(["Ủy ban (mới)", "", "Hà Nội"]).split()
    ['Ủy_ban', '(', 'mới', ')', 'Hà_Nội']
    """
    found = _segmenter().found(lines, as_written=True)
    return "".join(each.joined(each.table.written) for each in found)


def _spans(normal: str) -> list[Word]:
    """Those of a normalised text."""
    words: list[Word] = []
    position, inside = 0, False
    for found in _segmenter().found(normal.split("\n"), as_written=True):
        for place in found.places():
            token, piece = found.table.written[place][1:], found.table.keyed[place]
            bare = token.strip("._")
            start = normal.index(token, position) + token.index(bare)
            position = start + len(bare)
            if inside and piece[0] == "_":
                words[-1] = Word(words[-1].key + piece, words[-1].start, position)
            elif piece != SIGN:
                words.append(Word(piece[1:], start, position))
            inside = piece != SIGN
    return words


_JOINS = np.array(
    [
        before & here & MAY_JOIN and not (here & CAPITAL and not before & CAPITAL)
        for before, here in product(range(4), repeat=2)
    ],
    np.bool_,
)
"""By what two neighbours are: whether pyvi would join them, were the second inside a word."""


class _Found(NamedTuple):
    """Tokens by their rows in a table, and whether each is joined to the one before it."""

    table: TokenTable
    rows: NDArray[np.int64]
    is_joined: NDArray[np.bool_]

    def places(self) -> list[int]:
        """Where in `written` and `keyed` of the table each stands."""
        places: list[int] = (2 * self.rows + self.is_joined).tolist()
        return places

    def joined(self, pieces: Sequence[str]) -> str:
        return "".join(map(pieces.__getitem__, self.places()))


class _Segmenter:
    """Finds words by a model; safe in threads."""

    def __init__(self, model: PyviModel) -> None:
        self.model = model
        self.table = TokenTable(model, BATCH)
        self.lock = Lock()

    def found(self, lines: Iterable[str], as_written: bool) -> Iterator[_Found]:
        """The tokens of lines, as they are written or normalised, a batch at a time."""
        for chunks in _batches(lines):
            with self.lock:
                if self.table.is_full():
                    self.table = TokenTable(self.model, BATCH)
                table = self.table
                memory = table.as_written if as_written else table.normalized
                rows = np.frombuffer(b"".join(map(memory.__getitem__, chunks)), np.int64)
            yield _Found(table, rows, _are_joined(table, rows))


def _batches(lines: Iterable[str]) -> Iterator[list[str]]:
    """What spaces divide, at most BATCH characters at a time; END before, between and behind."""
    batch, size = [END], 0
    for line in chain.from_iterable(map(_pieces, lines)):
        if size + len(line) > BATCH:
            yield batch
            batch, size = [END], 0
        batch += line.split(" ")
        batch.append(END)
        size += len(line) + 1
    yield batch


def _pieces(line: str) -> Iterator[str]:
    """A line that is longer than BATCH in pieces, cut at spaces where it has any."""
    start = 0
    while len(line) - start > BATCH:
        end = line.rfind(" ", start, start + BATCH) + 1 or start + BATCH
        yield line[start:end]
        start = end
    yield line[start:]


def _are_joined(table: TokenTable, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which tokens are inside a word, and may be."""

    def scores(start: int, end: int) -> list[Pair]:
        line = [table.written[2 * row][1:] for row in rows[start:end].tolist()]
        return table.model.scores(line)

    joined = labels(_leads(table, rows), rows == 0, table.model.transitions, scores)
    flags = table.flags.take(rows)
    joined[1:] &= _JOINS.take(4 * flags[:-1] + flags[1:])
    return joined


def _leads(table: TokenTable, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """How far the beginning of a word leads at each token, but for rounding."""
    model = table.model
    leads = table.own.take(rows)
    leads[1:] += table.at_next.take(rows[:-1])
    leads[:-1] += table.at_last.take(rows[1:])
    pairs, triples = model.entries.found(table.numbers.take(rows))
    leads[1:] += pairs * model.lead("-1:word.bi_gram()")
    leads[:-1] += pairs * model.lead("+1:word.bi_gram()")
    leads[triples + 2] += model.lead("-2:word.tri_gram()")
    leads[triples] += model.lead("+2:word.tri_gram()")
    return leads


@cache
def _segmenter() -> _Segmenter:
    return _Segmenter(pyvi_model())
