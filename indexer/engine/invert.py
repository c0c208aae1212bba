"""Invert: the keys of a batch of documents → postings, by sorting whole arrays."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.util.numeric import byte_to_length

from indexer.engine.arrays import ArraysWriter, narrowest
from indexer.engine.dictionary import write_terms
from indexer.engine.field_writer import FREQUENT, FieldWriter, Postings
from indexer.engine.fields import Kept
from indexer.engine.rows import RowsBuilder

LENGTHS = np.array([byte_to_length(byte) for byte in range(256)], np.uint32)
"""The length that each byte stands for (Whoosh's length_to_byte() takes the next above)."""

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """What is indexed of one document: its number in the store, keys by field, values by facet,
    numbers by sort column, and `stored`, which is given back as it is."""

    number: int
    keys: Mapping[str, Sequence[str]]
    values: Mapping[str, Sequence[str]]
    sorts: Mapping[str, int]
    stored: bytes


class _Numbers(dict[str, int]):
    """Numbers of keys in the order they are first seen."""

    def __missing__(self, key: str) -> int:
        number = self[key] = len(self)
        return number


@dataclass(slots=True)
class _Tokens:
    """The keys of a field, document after document."""

    numbers: _Numbers = field(default_factory=_Numbers)
    ids: array[int] = field(default_factory=lambda: array("I"))
    lengths: array[int] = field(default_factory=lambda: array("I"))

    def add(self, keys: Sequence[str]) -> None:
        self.ids.extend(map(self.numbers.__getitem__, keys))
        self.lengths.append(len(keys))


class Batch:
    """Documents that become one segment; `tokens` counts their keys, to say when it is full."""

    def __init__(self, fields: Sequence[Kept]) -> None:
        self.fields = fields
        self.kept = {each.name: _Tokens() for each in fields if not each.pairs_of}
        self.rows = RowsBuilder()
        self.documents = 0
        self.tokens = 0

    def add(self, entry: Entry) -> None:
        """The next document."""
        for name, tokens in self.kept.items():
            keys = entry.keys.get(name, ())
            tokens.add(keys)
            self.tokens += len(keys)
        self.rows.add(entry.number, entry.values, entry.sorts, entry.stored)
        self.documents += 1

    def write(self, stem: Path) -> None:
        """Write the segment's files."""
        writer = ArraysWriter(stem)
        ranked = {name: _ranked(tokens) for name, tokens in self.kept.items()}
        for each in self.fields:
            if each.pairs_of:
                ids, lengths = ranked[each.pairs_of]
                keys, postings = inverted_pairs(ids, lengths)
                lengths = pair_lengths(lengths)
                _write_postings(writer, each, postings, lengths)
                writer.write("pair_keys", each.name, keys)
            else:
                ids, lengths = ranked[each.name]
                terms = sorted(self.kept[each.name].numbers)
                postings = inverted(ids, lengths, len(terms), each.positions)
                _write_postings(writer, each, postings, lengths)
                write_terms(writer, each.name, [term.encode() for term in terms])
        writer.close(
            {
                "documents": self.documents,
                "facets": self.rows.write(writer),
                "pairs_of": {each.name: each.pairs_of for each in self.fields if each.pairs_of},
            }
        )


def _ranked(tokens: _Tokens) -> tuple[Array, Array]:
    """The tokens' ids, which are the places of their keys in the order of keys, and the lengths."""
    seen = np.fromiter(map(tokens.numbers.__getitem__, sorted(tokens.numbers)), np.uint32)
    ranks = np.empty_like(seen)
    ranks[seen] = np.arange(len(seen), dtype=np.uint32)
    lengths = np.frombuffer(tokens.lengths, np.uint32)
    return ranks[np.frombuffer(tokens.ids, np.uint32)], lengths


def _write_postings(writer: ArraysWriter, field: Kept, postings: Postings, lengths: Array) -> None:
    field_writer = FieldWriter(writer, field, lengths)
    field_writer.append(postings)
    field_writer.close()


def inverted(ids: Array, lengths: Array, terms: int, positions: bool) -> Postings:
    """The postings of so many terms: `ids` are those of all tokens, document after document."""
    order = stable_order(ids, terms)
    tokens = np.bincount(ids, minlength=terms)
    postings = _postings(tokens, _documents(lengths)[order], lengths)
    if not positions:
        return postings
    return replace(postings, position_counts=tokens, positions=_positions(lengths)[order])


def inverted_pairs(ids: Array, lengths: Array) -> tuple[NDArray[np.uint64], Postings]:
    """Keys of neighbours, (first << 32) | second, ascending, and the postings of each.

    `lengths` are those of the documents' keys, of which each but the last begins a pair.
    """
    documents = _documents(lengths)
    first = np.flatnonzero(documents[:-1] == documents[1:])
    terms = int(ids.max(initial=0)) + 1
    order = first[stable_order(ids[first + 1], terms)]
    order = order[stable_order(ids[order], terms)]
    keys = (ids[order].astype(np.uint64) << np.uint64(32)) | ids[order + 1]
    new = np.ones(len(keys), np.bool_)
    new[1:] = keys[1:] != keys[:-1]
    tokens = np.diff(np.flatnonzero(new), append=len(keys))
    return keys[new], _postings(tokens, documents[order], pair_lengths(lengths))


def pair_lengths(lengths: Array) -> Array:
    """How many pairs so many keys make."""
    return np.maximum(lengths, 1) - 1


def _documents(lengths: Array) -> Array:
    """The document of each token."""
    return np.repeat(np.arange(len(lengths), dtype=narrowest(len(lengths))), lengths)


def _positions(lengths: Array) -> Array:
    """The place of each token in its document."""
    starts = np.repeat((np.cumsum(lengths) - lengths).astype(np.uint32), lengths)
    return np.arange(len(starts), dtype=np.uint32) - starts


def _postings(tokens: Array, documents: Array, lengths: Array) -> Postings:
    """The postings of terms that have so many `tokens` each, in these documents; no positions."""
    starts = np.cumsum(tokens) - tokens
    new = np.ones(len(documents), np.bool_)
    new[1:] = documents[1:] != documents[:-1]
    new[starts] = True
    at = np.flatnonzero(new)
    frequencies = np.diff(at, append=len(documents))
    large = np.flatnonzero(frequencies >= FREQUENT)
    return Postings(
        counts=np.add.reduceat(new, starts, dtype=np.int64),
        documents=documents[at],
        codes=_codes(frequencies, documents[at], lengths),
        large=large,
        large_frequencies=frequencies[large],
        position_counts=np.zeros_like(tokens),
        positions=np.empty(0, np.uint32),
    )


def _codes(frequencies: Array, documents: Array, lengths: Array) -> NDArray[np.uint16]:
    short = np.minimum(np.searchsorted(LENGTHS, lengths), 255).astype(np.uint16)
    often = np.minimum(frequencies, FREQUENT).astype(np.uint16)
    return (often << np.uint16(8)) | short[documents]


def stable_order(numbers: Array, below: int) -> NDArray[np.intp]:
    """What sorts the numbers and keeps equals in order; by 16 bits at a time, as NumPy counts
    those."""
    order = np.argsort(numbers.astype(np.uint16), kind="stable")
    if below <= 1 << 16:
        return order
    high = (numbers >> 16).astype(np.uint16)
    return order[np.argsort(high[order], kind="stable")]
