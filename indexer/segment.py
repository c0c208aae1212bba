"""Words: pyvi's segmentation, by its weights and not its code. The only module that knows pyvi.

pyvi 0.1.1 labels each token as the beginning or the inside of a word by a conditional random field
over the tokens around it, their capitals, and whether they stand in its list of words. Here each
distinct token is looked at once, and the scores of many lines are sums of rows of tables, in
pyvi's order of summing, so that they are the same to the last bit.
"""

from __future__ import annotations

import hashlib
import re
import string
import struct
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.metadata import distribution
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from indexer.crf import MAGIC, Model, Pair, labels, read_model
from indexer.normalize import key, normalize

Value = TypeVar("Value")

MODEL = "models/pyvi3.pkl", "6cdd73aee04b6a4ad7320ca85d27d931a7ef870cfdd41beb148e86bdb8aca134"
WORD_LIST = "models/words.txt", "517743d27e71d43343e4b8e9e89015cdc68d84ebe1d48106449e501d918ece4a"
"""What is read of pyvi 0.1.1, and its SHA-256."""

BATCH = 32_768
"""Tokens labelled at once; a longer line is cut there."""

MOST_TOKENS, MOST_CHARACTERS = 4 * BATCH, 4_000_000
"""Of distinct tokens that are remembered; at more, all are forgotten."""

LONGEST_REMEMBERED = 100
"""Characters of a text whose tokens or key are remembered."""

# What pyvi takes for a token, in its order; possessive, so that no run is read twice.
_SHORT = r"[A-ZĐ]++\.|Tp\.|Mr\.|Mrs\.|Ms\.|Dr\.|ThS\.|==>|->|\.\.\.|>>|\n|\w++://\S++"
_LOCAL, _HOST = "[a-zA-Z0-9_.+-]", "[a-zA-Z0-9-]"
_ADDRESS = rf"{_LOCAL}++@(?:{_HOST}+\.)+{_HOST}+"
_REST = r"\d++(?:[.,_]\d++)++|[^\w\s]|\w++"
# The first two are the common cases of what follows, put where they are found soonest.
_TOKEN = re.compile(rf"[^\W\d]\w*+(?![.:])|[^\w\s.=>-]|{_SHORT}|{_REST}")
_TOKEN_OR_ADDRESS = re.compile(rf"{_SHORT}|{_ADDRESS}|{_REST}")
_MAILBOX = re.compile(rf"(?<!{_LOCAL}){_LOCAL}++(?=@{_HOST}++\.{_HOST})")


def words(text: str) -> list[str]:
    """The words of `text` in order, as keys with "_" between syllables; no punctuation.

    Line by line, with the case of letters kept until the words are found.

    >>> words("Uỷ ban nhân dân phường Mỹ Đình họp, chi 2.317,8 tỷ.")
    ['ủy_ban', 'nhân_dân', 'phường', 'mĩ_đình', 'họp', 'chi', '2.317,8', 'tỉ']
    """
    encodable = normalize(text).encode(errors="replace").decode()  # no lone surrogates
    found = segment(encodable.split("\n")).split()
    return list(filter(None, map(_KEYS.__getitem__, found)))


def _key(token: str) -> str:
    """pyvi leaves the point of an abbreviation on it, and underscores as it finds them."""
    if not any(map(str.isalnum, token)):
        return ""
    return "_".join(key(part) for part in token.strip("._").split("_") if part)


class _Memory(dict[str, Value]):
    """What a function gives for a text, remembered for short ones."""

    def __init__(self, function: Callable[[str], Value]) -> None:
        self.function = function

    def __missing__(self, text: str) -> Value:
        value = self.function(text)
        if len(text) <= LONGEST_REMEMBERED:
            if len(self) >= MOST_TOKENS:
                self.clear()
            self[text] = value
        return value


_KEYS = _Memory(_key)


def segment(lines: Iterable[str]) -> str:
    """Tokens with "_" inside words and spaces between them, each line as pyvi's tokenize() has it.

    Lines are in NFC.

    >>> segment(["Ủy ban (mới)", "", "Hà Nội"]).split()
    ['Ủy_ban', '(', 'mới', ')', 'Hà_Nội']
    """
    batch: list[str] = []
    found = []
    for line in lines:
        more = tokens(line)
        if len(batch) + len(more) > BATCH:
            found.append(_segmenter().join(batch))
            batch = []
        while len(more) > BATCH:
            found.append(_segmenter().join(more[:BATCH]))
            del more[:BATCH]
        batch += more
        batch.append(END)
    return "".join([*found, _segmenter().join(batch)])


def tokens(line: str) -> list[str]:
    """Syllables, numbers, addresses and signs, as pyvi's sylabelize() finds them, in linear time.

    >>> tokens("TP. Hà Nội: a.b@c.vn -> 1.5%")
    ['TP.', 'Hà', 'Nội', ':', 'a.b@c.vn', '->', '1.5', '%']
    """
    return list(chain.from_iterable(map(_TOKENS.__getitem__, line.split(" "))))


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    position = 0
    for mailbox in _MAILBOX.finditer(text) if "@" in text else ():
        while position < mailbox.end():
            pattern = _TOKEN if position < mailbox.start() else _TOKEN_OR_ADDRESS
            match = pattern.search(text, position)
            if not match:
                break
            if position < mailbox.start() <= match.start():
                position = mailbox.start()
                continue
            found.append(match[0])
            position = match.end()
    return found + _TOKEN.findall(text, position)


_TOKENS = _Memory(_tokens)


END = ""
"""Stands between lines in a batch: a token of no weight."""

MAY_JOIN, CAPITAL = 1, 2
NOTHING = 0.0, 0.0


class _Segmenter:
    """The weights of a model as tables, a row for each distinct token seen; safe in threads."""

    def __init__(self, model: Model, entries: Iterable[str]) -> None:
        self.model = model
        syllables = [tuple(entry.split(" ")) for entry in entries if entry == entry.lower()]
        self.entries = _Entries([each for each in syllables if 2 <= len(each) <= 3])
        self.lock = Lock()
        self._forget()

    def _forget(self) -> None:
        """Empty tables. `weights` by token and label: its own, those for the next and the last."""
        self.rows = _Rows(self._look_at)
        self.characters = 0
        self.syllables = np.zeros(MOST_TOKENS, np.int64)
        self.flags = np.zeros(MOST_TOKENS, np.uint8)
        self.weights = np.zeros((MOST_TOKENS, 7, 2))
        self.rows[END] = 0

    def _look_at(self, token: str) -> int:
        """The row of a token that was not seen before, filled."""
        row = len(self.rows)
        self.characters += len(token)
        lower = token.lower()
        named = lower.partition("\0")[0]  # CRFsuite's names end there
        title, upper = token.istitle(), token.isupper()
        own = [self._of("bias"), self._of(f"word.lower():{named}")]
        own += [self._of("word.isupper()", upper), self._of("word.istitle()", title)]
        own += [self._of("word.isdigit()", token.isdigit())]
        pairs = [(sum(pair[0] for pair in own), sum(pair[1] for pair in own))]
        for place in ("-1", "+1"):
            pairs += [self._of(f"{place}:word.lower():{named}")]
            pairs += [self._of(f"{place}:word.istitle()", title)]
            pairs += [self._of(f"{place}:word.isupper()", upper)]
        self.weights[row] = pairs
        self.syllables[row] = self.entries.numbers.get(lower, 0)
        joins = token not in string.punctuation and not token[0].isdigit()
        self.flags[row] = MAY_JOIN * joins + CAPITAL * token[0].istitle()
        return row

    def _of(self, attribute: str, present: bool = True) -> Pair:
        return self.model.weights.get(attribute, NOTHING) if present else NOTHING

    def join(self, batch: Sequence[str]) -> str:
        """The tokens of a batch, each after "_" or " "."""
        with self.lock:
            if len(self.rows) + len(batch) > MOST_TOKENS or self.characters > MOST_CHARACTERS:
                self._forget()
            rows = np.fromiter(map(self.rows.__getitem__, batch), np.int64, len(batch))
            scores = self._scores(rows)
            inside = self._labels(rows, scores)
            flags = self.flags[rows]
        joined = np.zeros(len(rows), np.bool_)
        joins = (flags & MAY_JOIN).astype(np.bool_)
        capital = (flags & CAPITAL).astype(np.bool_)
        joined[1:] = inside[1:] & joins[1:] & joins[:-1] & ~(capital[1:] & ~capital[:-1])
        text = [" "] * (2 * len(batch))
        text[1::2] = batch
        for place in np.flatnonzero(joined).tolist():
            text[2 * place] = "_"
        return "".join(text)

    def _scores(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """By token and label, shape (n, 2): the weights of what holds, summed in pyvi's order."""
        pairs, triples = self.entries.found(self.syllables[rows])
        weights = self.weights[rows]
        scores = weights[:, 0].copy()
        for column in (1, 2, 3):
            scores[1:] += weights[:-1, column]
        scores[1:][pairs] += self._of("-1:word.bi_gram()")
        scores[triples + 2] += self._of("-2:word.tri_gram()")
        for column in (4, 5, 6):
            scores[:-1] += weights[1:, column]
        scores[:-1][pairs] += self._of("+1:word.bi_gram()")
        scores[triples] += self._of("+2:word.tri_gram()")
        return scores

    def _labels(self, rows: NDArray[np.int64], scores: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which tokens are inside a word, line by line."""
        inside = self.model.labels.index("I_W")
        return np.equal(labels(scores, rows == 0, self.model.transitions), inside).astype(np.bool_)


class _Rows(dict[str, int]):
    """The row of each token; looks at one that is new."""

    def __init__(self, look_at: Callable[[str], int]) -> None:
        self.look_at = look_at

    def __missing__(self, token: str) -> int:
        row = self[token] = self.look_at(token)
        return row


class _Entries:
    """The pairs and triples of a list of words; `numbers` are those of its syllables, from 1."""

    def __init__(self, entries: Sequence[tuple[str, ...]]) -> None:
        distinct = dict.fromkeys(syllable for entry in entries for syllable in entry)
        self.numbers = {syllable: number for number, syllable in enumerate(distinct, 1)}
        self.base = len(self.numbers) + 1
        codes = [[self.numbers[syllable] for syllable in entry] for entry in entries]
        triples = np.array([code for code in codes if len(code) == 3])
        self.pairs = self._bits(np.array([code for code in codes if len(code) == 2]))
        self.beginnings = self._bits(triples[:, :2])
        self.triples = set(map(tuple, triples.tolist()))

    def _bits(self, pairs: NDArray[np.int64]) -> NDArray[np.uint8]:
        """A bit for each pair of syllables that there might be, set for those given."""
        code = pairs[:, 0] * self.base + pairs[:, 1]
        bits = np.zeros(self.base**2 // 8 + 1, np.uint8)
        np.bitwise_or.at(bits, code >> 3, (1 << (code & 7)).astype(np.uint8))
        return bits

    def found(self, syllables: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Whether each syllable and the next are a pair; and where triples begin."""
        code = syllables[:-1] * self.base + syllables[1:]
        byte, bit = code >> 3, (code & 7).astype(np.uint8)
        pairs = (self.pairs[byte] >> bit & 1).astype(np.bool_)
        places = np.flatnonzero(self.beginnings[byte] >> bit & 1).tolist()
        triples = [
            place
            for place in places
            if tuple(syllables[place : place + 3].tolist()) in self.triples
        ]
        return pairs, np.array(triples, np.int64)


@cache
def _segmenter() -> _Segmenter:
    """Raises ValueError if the installed pyvi is another than 0.1.1."""
    pickled = _read(*MODEL)
    # a string of one character for each byte, after its length in bytes of UTF-8
    start = pickled.index(MAGIC)
    (length,) = struct.unpack_from("<I", pickled, start - 4)
    blob = pickled[start : start + length].decode().encode("latin-1")
    return _Segmenter(read_model(blob), _read(*WORD_LIST).decode().split("\n"))


def _read(path: str, digest: str) -> bytes:
    content = Path(str(distribution("pyvi").locate_file(f"pyvi/{path}"))).read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError(f"pyvi's {path} is not that of pyvi 0.1.1")
    return content
