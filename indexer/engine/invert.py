"""Invert: the keys of a batch of documents → postings, by sorting whole arrays."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engine.arrays import ArraysWriter, narrowest
from indexer.engine.dictionary import write_terms
from indexer.engine.field_writer import FREQUENT, FieldWriter, Postings
from indexer.engine.fields import Kept
from indexer.engine.numbering import Numbered, Numbering
from indexer.engine.rows import RowsBuilder

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """What is indexed of one document: its number in the store, keys by field, values by facet,
    numbers by sort column, and `stored`, which is given back as it is."""

    number: int
    keys: Mapping[str, Sequence[str] | Numbered]
    values: Mapping[str, Sequence[str]]
    sorts: Mapping[str, int]
    stored: bytes


@dataclass(frozen=True, slots=True)
class Ranked:
    """The keys of a field: the `terms` in order, the number among them of each key of the documents
    one after another, and how many each document has."""

    terms: Sequence[bytes]
    ids: NDArray[np.uint32]
    lengths: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Form:
    """How a field's terms come of keys: of those that entries have under `of`, one for each."""

    of: str
    term: Callable[[str], str]


NO_FORMS: Mapping[str, Form] = {}


@dataclass(slots=True)
class _Tokens:
    """The keys of a field, document after document: runs of documents of one numbering."""

    runs: list[tuple[Numbering, array[int]]] = field(default_factory=list)
    lengths: array[int] = field(default_factory=lambda: array("I"))

    def add(self, given: Numbered) -> None:
        if not self.runs or self.runs[-1][0] is not given.numbering:
            self.runs.append((given.numbering, array("I")))
        self.runs[-1][1].frombytes(given.numbers.tobytes())
        self.lengths.append(len(given))

    def in_order(self, term: Callable[[str], str] = str) -> Ranked:
        """By the terms of the keys, of which several may have the same."""
        runs = [(each.keys, np.frombuffer(numbers, np.uint32)) for each, numbers in self.runs]
        used = [np.flatnonzero(np.bincount(numbers)) for _, numbers in runs]
        found = [
            [term(keys[number]).encode() for number in of_run.tolist()]
            for (keys, _), of_run in zip(runs, used, strict=True)
        ]
        terms = sorted(set(chain.from_iterable(found)))
        rank = {each: number for number, each in enumerate(terms)}
        ids = [np.empty(0, np.uint32)]
        for (_, numbers), of_run, names in zip(runs, used, found, strict=True):
            ranks = np.zeros(of_run.max(initial=0) + 1, np.uint32)
            ranks[of_run] = [rank[name] for name in names]
            ids.append(ranks[numbers])
        return Ranked(terms, np.concatenate(ids), np.array(self.lengths, np.uint32))


class Batch:
    """Documents that become one segment; `tokens` counts their keys, to say when it is full.

    A field without a form has its keys for terms, as they are.
    """

    def __init__(self, fields: Sequence[Kept], forms: Mapping[str, Form] = NO_FORMS) -> None:
        self.fields = fields
        self.forms = {
            each.name: forms.get(each.name, Form(each.name, str))
            for each in fields
            if not each.pairs_of
        }
        self.kept = {form.of: _Tokens() for form in self.forms.values()}
        self.numbering = Numbering()
        self.rows = RowsBuilder()
        self.documents = 0
        self.tokens = 0

    def add(self, entry: Entry) -> None:
        """The next document."""
        for name, tokens in self.kept.items():
            keys = entry.keys.get(name, ())
            if not isinstance(keys, Numbered):
                keys = Numbered(self.numbering, self.numbering.numbers(keys))
            tokens.add(keys)
            self.tokens += len(keys)
        self.rows.add(entry.number, entry.values, entry.sorts, entry.stored)
        self.documents += 1

    def write(self, stem: Path) -> None:
        """Write the segment's files."""
        keys = {name: self.kept[form.of].in_order(form.term) for name, form in self.forms.items()}
        with ArraysWriter(stem) as writer:
            for each in self.fields:
                held = keys[each.pairs_of or each.name]
                if each.pairs_of:
                    pairs, postings = inverted_pairs(held)
                    _write_postings(writer, each, postings, pair_lengths(held.lengths))
                    writer.write("pair_keys", each.name, pairs)
                else:
                    postings = inverted(held, each.positions)
                    _write_postings(writer, each, postings, held.lengths)
                    write_terms(writer, each.name, held.terms)
            writer.close(
                {
                    "documents": self.documents,
                    "facets": self.rows.write(writer),
                    "pairs_of": {each.name: each.pairs_of for each in self.fields if each.pairs_of},
                }
            )


def _write_postings(writer: ArraysWriter, field: Kept, postings: Postings, lengths: Array) -> None:
    field_writer = FieldWriter(writer, field, lengths)
    field_writer.append(postings)
    field_writer.close()


def inverted(keys: Ranked, positions: bool) -> Postings:
    """The postings of the terms, in their order."""
    order = stable_order(keys.ids, len(keys.terms))
    tokens = np.bincount(keys.ids, minlength=len(keys.terms))
    postings = _postings(tokens, _documents(keys.lengths)[order])
    if not positions:
        return postings
    return replace(postings, position_counts=tokens, positions=_positions(keys.lengths)[order])


def inverted_pairs(keys: Ranked) -> tuple[NDArray[np.uint64], Postings]:
    """The pairs of neighbours, (first << 32) | second, ascending, and the postings of each."""
    documents = _documents(keys.lengths)
    beside = documents[:-1] == documents[1:]
    first, second = keys.ids[:-1][beside], keys.ids[1:][beside]
    order = stable_order(second, len(keys.terms))
    order = order[stable_order(first[order], len(keys.terms))]
    first, second = first[order], second[order]
    new = np.ones(len(order), np.bool_)
    new[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
    at = np.flatnonzero(new)
    tokens = np.diff(at, append=len(order))
    pairs = (first[at].astype(np.uint64) << np.uint64(32)) | second[at]
    return pairs, _postings(tokens, documents[:-1][beside][order])


def pair_lengths(lengths: Array) -> Array:
    """How many pairs so many keys make."""
    return np.maximum(lengths, 1) - 1


def _documents(lengths: Array) -> Array:
    """The document of each token."""
    return np.repeat(np.arange(len(lengths), dtype=narrowest(len(lengths))), lengths)


def _positions(lengths: Array) -> Array:
    """The place of each token in its document."""
    starts = np.repeat((np.cumsum(lengths) - lengths).astype(np.uint32), lengths)
    places = np.arange(len(starts), dtype=np.uint32) - starts
    return places.astype(narrowest(int(lengths.max(initial=0))))


def _postings(tokens: Array, documents: Array) -> Postings:
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
        frequencies=np.minimum(frequencies, FREQUENT).astype(np.uint8),
        large=large,
        large_frequencies=frequencies[large],
        position_counts=np.zeros_like(tokens),
        positions=np.empty(0, np.uint32),
    )


def stable_order(numbers: Array, below: int) -> NDArray[np.intp]:
    """What sorts the numbers and keeps equals in order; by 16 bits at a time, as NumPy counts
    those."""
    order = np.argsort(numbers.astype(np.uint16), kind="stable")
    if below <= 1 << 16:
        return order
    high = (numbers >> 16).astype(np.uint16)
    return order[np.argsort(high[order], kind="stable")]
