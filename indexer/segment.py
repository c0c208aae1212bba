"""Words: pyvi's segmentation, by its weights and not its code.

pyvi 0.1.1 labels each token as the beginning or the inside of a word by a conditional random field
over the tokens around it, their capitals, and whether they stand in its list of words. Here each
distinct token is looked at once, and so is what stands between two spaces; the scores of many lines
are sums of columns of a table. Where rounding might decide, they are summed again in pyvi's order.
"""

from __future__ import annotations

import string
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, islice, pairwise, product
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.crf import Pair, between, labels
from indexer.engine.numbering import Numbered, Numbering, Numbers
from indexer.normalize import aligned, key, normalize
from indexer.pyvi_model import PyviModel, pyvi_model
from indexer.tokens import tokens

BATCH = 131_072
"""Characters segmented at once; a longer line is cut there."""

MOST_TOKENS, MOST_CHARACTERS = 131_072, 4_000_000
"""Of distinct tokens that are remembered; at more, all are forgotten."""

ROW_BITS, AT_ONCE = 20, 3
"""Bits of the row of a token, and tokens of a word whose rows make one number of 64 bits."""

LONGEST_REMEMBERED = 100
"""Characters between two spaces whose tokens are remembered."""


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
    found = _spans(_encodable(normal))
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


def _encodable(text: str) -> str:
    """Without lone surrogates, as long as it was."""
    return text.encode(errors="replace").decode()


Rows = NDArray[np.int64]

SIGN = " "
"""The key of what has neither letter nor digit: the words end there."""

END = " "
"""Stands between lines, among what spaces divide: nothing of that is a space."""

MAY_JOIN, CAPITAL = 1, 2
_JOINS = np.array(
    [
        before & here & MAY_JOIN and not (here & CAPITAL and not before & CAPITAL)
        for before, here in product(range(4), repeat=2)
    ],
    np.bool_,
)
"""By what two neighbours are: whether pyvi would join them, were the second inside a word."""


class _Memory(dict[str, bytes]):
    """What a function gives for what stands between two spaces, remembered where that is short.

    Of ten such, nine and a half were seen in the news not long ago.
    """

    def __init__(self, function: Callable[[str], bytes]) -> None:
        self.function = function

    def __missing__(self, chunk: str) -> bytes:
        value = self.function(chunk)
        if len(chunk) <= LONGEST_REMEMBERED:
            if len(self) >= MOST_TOKENS:
                self.clear()
            self[chunk] = value
        return value


class _Table(dict[str, int]):
    """Token → its row, of all tokens seen: what the model says of each, and how it is written.

    `written` and `keyed` have it twice, after " " and after "_".
    """

    def __init__(self, model: PyviModel) -> None:
        rows = MOST_TOKENS + BATCH + 1
        self.model = model
        self.characters = 0
        self.own, self.at_next, self.at_last = np.zeros((3, rows))
        self.numbers = np.zeros(rows, np.int64)
        self.flags = np.zeros(rows, np.uint8)
        self.is_sign = np.zeros(rows, np.bool_)
        self.written, self.keyed = [" ", " "], [SIGN, SIGN]
        self.words = _Words(self)
        self[END] = 0
        self.is_sign[0] = True
        self.own[0], self.at_next[0], self.at_last[0] = between(model.transitions)
        self.as_written = _Memory(lambda chunk: self._rows(chunk, tokens(chunk)))
        self.normalized = _Memory(
            lambda chunk: self._rows(chunk, tokens(_encodable(normalize(chunk))))
        )

    def _rows(self, chunk: str, found: Iterable[str]) -> bytes:
        """The rows of the tokens found in a chunk."""
        return array("q", (0,) if chunk == END else map(self.__getitem__, found)).tobytes()

    def __missing__(self, token: str) -> int:
        """The row of a token that was not seen before, filled."""
        row = self[token] = len(self)
        self.characters += len(token)
        self.own[row], self.at_next[row], self.at_last[row] = self.model.leads(token)
        self.numbers[row] = self.model.entries.number(token)
        joins = token not in string.punctuation and not token[0].isdigit()
        self.flags[row] = MAY_JOIN * joins + CAPITAL * token[0].istitle()
        self.written += f" {token}", f"_{token}"
        found = _key(token)
        self.keyed += (f" {found}", f"_{found}") if found else (SIGN, SIGN)
        self.is_sign[row] = not found
        return row


def _key(token: str) -> str:
    """pyvi leaves the point of an abbreviation on it, and underscores as it finds them."""
    if not any(map(str.isalnum, token)):
        return ""
    return "_".join(key(part) for part in token.strip("._").split("_") if part)


class _Words(dict[int, int]):
    """The rows of a word's tokens in one number → the number of its key."""

    def __init__(self, table: _Table) -> None:
        self.table = table
        self.numbering = Numbering()

    def __missing__(self, code: int) -> int:
        parts, left = [], code
        while left:
            left, row = divmod(left, 1 << ROW_BITS)
            parts.append(self.table.keyed[2 * row][1:])
        (number,) = self.numbering.numbers(["_".join(parts)]).tolist()
        self[code] = number
        return int(number)

    def numbers(self, rows: Rows, starts: Rows, lengths: Rows) -> Numbers:
        """Those of the words that have so many tokens from there on; each distinct one is looked
        up once."""
        padded = np.append(rows, [0, 0])
        codes = padded[starts]
        for place in range(1, AT_ONCE):
            codes |= np.where(lengths > place, padded[starts + place] << place * ROW_BITS, 0)
        distinct, inverse = np.unique(codes, return_inverse=True)
        known = np.array(list(map(self.__getitem__, distinct.tolist())), np.uint32)
        numbers: Numbers = known[inverse]
        for place in np.flatnonzero(lengths > AT_ONCE).tolist():
            start, end = starts[place], starts[place] + lengths[place]
            tokens = enumerate(rows[start:end].tolist())
            numbers[place] = self[sum(row << at * ROW_BITS for at, row in tokens)]
        return numbers


class _Found(NamedTuple):
    """Tokens by their rows in a table, and whether each is joined to the one before it."""

    table: _Table
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
        self.table = _Table(model)
        self.lock = Lock()

    def found(self, lines: Iterable[str], as_written: bool) -> Iterator[_Found]:
        """The tokens of lines, as they are written or normalised, a batch at a time."""
        for chunks in _batches(lines):
            with self.lock:
                if len(self.table) > MOST_TOKENS or self.table.characters > MOST_CHARACTERS:
                    self.table = _Table(self.model)
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


def _are_joined(table: _Table, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which tokens are inside a word, and may be."""

    def scores(start: int, end: int) -> list[Pair]:
        line = [table.written[2 * row][1:] for row in rows[start:end].tolist()]
        return table.model.scores(line)

    joined = labels(_leads(table, rows), rows == 0, table.model.transitions, scores)
    flags = table.flags.take(rows)
    joined[1:] &= _JOINS.take(4 * flags[:-1] + flags[1:])
    return joined


def _leads(table: _Table, rows: NDArray[np.int64]) -> NDArray[np.float64]:
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
