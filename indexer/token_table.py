"""Token table: what the model says of every token seen, how it is written, which words it is in.

Each distinct token is looked at once, and so is what stands between two spaces.
"""

from __future__ import annotations

import string
from array import array
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from indexer.crf import between
from indexer.engine.numbering import Numbering, Numbers
from indexer.normalize import key, normalize
from indexer.pyvi_model import PyviModel
from indexer.tokens import tokens

MOST_TOKENS, MOST_CHARACTERS = 131_072, 4_000_000
"""Of distinct tokens that are remembered; at more, all are forgotten."""

ROW_BITS, AT_ONCE = 20, 3
"""Bits of the row of a token, and tokens of a word whose rows make one number of 64 bits."""

LONGEST_REMEMBERED = 100
"""Characters between two spaces whose tokens are remembered."""

SIGN = " "
"""The key of what has neither letter nor digit: the words end there."""

END = " "
"""Stands between lines, among what spaces divide: nothing of that is a space."""

MAY_JOIN, CAPITAL = 1, 2

Rows = NDArray[np.int64]


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


class TokenTable(dict[str, int]):
    """Token → its row, of all tokens seen: what the model says of each, and how it is written.

    `written` and `keyed` have it twice, after " " and after "_".
    """

    def __init__(self, model: PyviModel, room: int) -> None:
        """There is room for so many tokens more when it is full."""
        rows = MOST_TOKENS + room + 1
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
            lambda chunk: self._rows(chunk, tokens(encodable(normalize(chunk))))
        )

    def is_full(self) -> bool:
        """Whether another one is to be begun."""
        return len(self) > MOST_TOKENS or self.characters > MOST_CHARACTERS

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

    def __init__(self, table: TokenTable) -> None:
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


def encodable(text: str) -> str:
    """Without lone surrogates, as long as it was."""
    return text.encode(errors="replace").decode()
