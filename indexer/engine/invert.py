"""Invert: the keys of a batch of documents → postings, by sorting whole arrays.

A posting is a document and a code: how often the term stands there, up to 255, in the high byte,
and in the low byte the length of the field there, rounded as Whoosh rounds it. Codes are what BM25
needs of a posting, and few enough for a table of all scores.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.util.numeric import byte_to_length

from indexer.engine.arrays import ArraysWriter, narrowest
from indexer.engine.dictionary import dictionary_arrays
from indexer.engine.fields import Kept
from indexer.engine.rows import RowsBuilder

FREQUENT = 255
"""The largest frequency that a code holds; larger ones are kept apart."""

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


@dataclass(frozen=True, slots=True)
class Postings:
    """The postings of a field, term by term, each term's in the order of documents.

    `posting_ends` and `position_ends` say where each term's end; `frequencies` are exact.
    """

    posting_ends: Array
    position_ends: Array
    documents: Array
    frequencies: Array
    positions: Array


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
        numbered = {}
        for each in self.fields:
            if not each.pairs_of:
                tokens = self.kept[each.name]
                terms = sorted(tokens.numbers)
                numbered[each.name] = _ranked(tokens, terms), np.array(tokens.lengths, np.uint32)
                _write_terms(writer, each.name, terms)
                ids, lengths = numbered[each.name]
                write_field(writer, each, inverted(ids, lengths, len(terms)), lengths)
            else:
                ids, lengths = numbered[each.pairs_of]
                keys, postings = inverted_pairs(ids, lengths)
                writer.append("pair_keys", each.name, keys)
                write_field(writer, each, postings, np.maximum(lengths, 1) - 1)
        writer.close(
            {
                "documents": self.documents,
                "facets": self.rows.write(writer),
                "pairs_of": {each.name: each.pairs_of for each in self.fields if each.pairs_of},
            }
        )


def _ranked(tokens: _Tokens, terms: Sequence[str]) -> Array:
    """The ids of the tokens, by the place of their keys among the `terms`."""
    ranks = np.empty(len(terms), np.uint32)
    seen = np.fromiter(map(tokens.numbers.__getitem__, terms), np.uint32, len(terms))
    ranks[seen] = np.arange(len(terms), dtype=np.uint32)
    return ranks[np.frombuffer(tokens.ids, np.uint32)]


def _write_terms(writer: ArraysWriter, name: str, terms: Iterable[str]) -> None:
    text, ends = dictionary_arrays([term.encode() for term in terms])
    writer.append("terms", name, text)
    writer.append("term_ends", name, ends)


def write_field(writer: ArraysWriter, kept: Kept, postings: Postings, lengths: Array) -> None:
    """The postings of a whole field; of documents that hold nothing of it, lengths are 0."""
    documents = narrowest(len(lengths))
    writer.append("posting_ends", kept.name, postings.posting_ends.astype(np.uint64))
    writer.append("documents", kept.name, postings.documents.astype(documents))
    writer.append("codes", kept.name, codes(postings, lengths))
    large = np.flatnonzero(postings.frequencies >= FREQUENT)
    writer.append("large", kept.name, large.astype(np.uint64))
    writer.append("large_frequencies", kept.name, postings.frequencies[large].astype(np.uint32))
    writer.append("lengths", kept.name, lengths.astype(np.uint32))
    if kept.positions:
        width = narrowest(int(lengths.max(initial=0)))
        writer.append("position_ends", kept.name, postings.position_ends.astype(np.uint64))
        writer.append("positions", kept.name, postings.positions.astype(width))


def codes(postings: Postings, lengths: Array) -> NDArray[np.uint16]:
    """The code of each posting."""
    short = np.minimum(np.searchsorted(LENGTHS, lengths), 255).astype(np.uint16)
    often = np.minimum(postings.frequencies, FREQUENT).astype(np.uint16)
    return ((often << 8) | short[postings.documents]).astype(np.uint16)


def inverted(ids: Array, lengths: Array, terms: int) -> Postings:
    """The postings of so many terms: `ids` are those of all tokens, document after document."""
    order = stable_order(ids, terms)
    documents = np.repeat(np.arange(len(lengths), dtype=np.uint32), lengths)
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    positions = (np.arange(len(ids)) - starts).astype(np.uint32)
    return _run_lengths(ids[order], documents[order], positions[order], terms)


def inverted_pairs(ids: Array, lengths: Array) -> tuple[NDArray[np.uint64], Postings]:
    """Keys of neighbours, (first << 32) | second, ascending, and the postings of each."""
    documents = np.repeat(np.arange(len(lengths), dtype=np.uint32), lengths)
    first = np.flatnonzero(documents[:-1] == documents[1:])
    terms = int(ids.max(initial=0)) + 1
    order = first[stable_order(ids[first + 1], terms)]
    order = order[stable_order(ids[order], terms)]
    keys = (ids[order].astype(np.uint64) << np.uint64(32)) | ids[order + 1]
    new = np.ones(len(keys), np.bool_)
    new[1:] = keys[1:] != keys[:-1]
    numbers = np.cumsum(new) - 1
    nothing = np.empty(0, np.uint32)
    return keys[new], _run_lengths(numbers, documents[order], nothing, int(new.sum()))


def _run_lengths(terms: Array, documents: Array, positions: Array, count: int) -> Postings:
    """Postings of tokens in the order of their terms and documents."""
    new = np.ones(len(terms), np.bool_)
    new[1:] = (terms[1:] != terms[:-1]) | (documents[1:] != documents[:-1])
    at = np.flatnonzero(new)
    return Postings(
        posting_ends=np.cumsum(np.bincount(terms[at], minlength=count)),
        position_ends=np.cumsum(np.bincount(terms, minlength=count)),
        documents=documents[at],
        frequencies=np.diff(at, append=len(terms)),
        positions=positions,
    )


def stable_order(numbers: Array, below: int) -> NDArray[np.intp]:
    """What sorts the numbers and keeps equals in order; by 16 bits at a time, as NumPy counts
    those."""
    order = np.argsort(numbers.astype(np.uint16), kind="stable")
    if below <= 1 << 16:
        return order
    high = (numbers >> 16).astype(np.uint16)
    return order[np.argsort(high[order], kind="stable")]
