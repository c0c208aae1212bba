"""Merge: segments → one, as if their living documents had been written at once, byte for byte.

The postings of a term lie together in each segment, ascending; behind each other, segment after
segment, they are the term's in the new segment. So nothing is sorted: each segment's postings are
copied to their places, a range of terms at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import chain, compress, count, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engine.arrays import ArraysWriter
from indexer.engine.dictionary import Dictionary, write_terms
from indexer.engine.document_blocks import blocks_of
from indexer.engine.field_writer import FieldWriter, Postings
from indexer.engine.fields import Kept
from indexer.engine.mapped import MappedSegment
from indexer.engine.rows import join_rows

RANGE = 1_000_000
"""About how many postings are held in memory at a time."""

Array = NDArray[Any]

_NOTHING = np.empty(0, np.uint32)


@dataclass(frozen=True, slots=True)
class _Source:
    """A segment to merge: which of its documents live, and the new number of each that does."""

    segment: MappedSegment
    lives: NDArray[np.bool_]
    numbers: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class _Terms:
    """The terms that a field has in any segment, in order; `places` says segment by segment where
    among them each of its terms is."""

    names: Sequence[bytes] | NDArray[np.uint64]
    places: Sequence[NDArray[np.uint32]]


def merge(segments: Sequence[tuple[MappedSegment, NDArray[np.uint32]]], stem: Path) -> int:
    """Write the documents of these segments but their deleted rows as one segment, at least one
    document; gives how many."""
    with ArraysWriter(stem) as writer:
        return _merge(writer, _sources(segments))


def _merge(writer: ArraysWriter, sources: Sequence[_Source]) -> int:
    terms: dict[str, _Terms] = {}
    held: dict[str, NDArray[np.bool_]] = {}
    for field in _fields(sources[0].segment):
        name, base = field.name, field.pairs_of
        terms[name] = _pairs(sources, name, terms[base]) if base else _texts(sources, name)
        held[name] = _merge_field(writer, field, sources, terms[name])
        names = terms[name].names
        if isinstance(names, np.ndarray):
            _write_pairs(writer, name, names[held[name]], held[base])
        else:
            write_terms(writer, name, list(compress(names, held[name])))
    documents = sum(int(np.count_nonzero(source.lives)) for source in sources)
    facets = join_rows(writer, [(source.segment, source.lives) for source in sources])
    pairs_of = sources[0].segment.pairs_of
    writer.close({"documents": documents, "facets": facets, "pairs_of": pairs_of})
    return documents


def _sources(segments: Sequence[tuple[MappedSegment, NDArray[np.uint32]]]) -> list[_Source]:
    sources, documents = [], 0
    for segment, deleted in segments:
        lives = np.ones(segment.documents, np.bool_)
        lives[deleted] = False
        numbers = np.cumsum(lives, dtype=np.uint32) + np.uint32(documents) - np.uint32(1)
        documents += int(np.count_nonzero(lives))
        sources.append(_Source(segment, lives, numbers))
    return sources


def _fields(segment: MappedSegment) -> list[Kept]:
    places = segment.arrays.places
    names = [*places["terms"], *segment.pairs_of]
    return [
        Kept(name, name in places.get("positions", ()), segment.pairs_of.get(name, ""))
        for name in names
    ]


def _texts(sources: Sequence[_Source], name: str) -> _Terms:
    arrays = [source.segment.arrays for source in sources]
    dictionaries = [
        Dictionary(each.get("terms", name), each.get("term_ends", name)) for each in arrays
    ]
    numbers = dict.fromkeys(chain.from_iterable(dictionaries), 0)
    names = sorted(numbers)
    numbers.update(zip(names, count(), strict=False))
    places = [
        np.fromiter(map(numbers.__getitem__, dictionary), np.uint32, len(dictionary))
        for dictionary in dictionaries
    ]
    return _Terms(names, places)


def _pairs(sources: Sequence[_Source], name: str, base: _Terms) -> _Terms:
    """Their keys are in the order of the base field's terms, which is the same in all segments."""
    keys = [
        _renumbered(source.segment.arrays.get("pair_keys", name), places)
        for source, places in zip(sources, base.places, strict=True)
    ]
    names = reduce(_union, keys)
    return _Terms(names, [np.searchsorted(names, each).astype(np.uint32) for each in keys])


def _union(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """What np.union1d() gives of two arrays in order, by merging them."""
    both = np.concatenate([one, other])
    both.sort(kind="stable")
    new = np.ones(len(both), np.bool_)
    new[1:] = both[1:] != both[:-1]
    union: NDArray[np.uint64] = both[new]
    return union


def _renumbered(keys: NDArray[np.uint64], numbers: Array) -> NDArray[np.uint64]:
    first: NDArray[np.uint64] = numbers[keys >> np.uint64(32)].astype(np.uint64)
    first <<= np.uint64(32)
    first |= numbers[keys & np.uint64(0xFFFF_FFFF)]
    return first


def _write_pairs(
    writer: ArraysWriter, name: str, keys: NDArray[np.uint64], held: NDArray[np.bool_]
) -> None:
    """`held` says which terms of the base field are still there."""
    numbers = np.cumsum(held, dtype=np.uint32) - np.uint32(1)
    writer.write("pair_keys", name, _renumbered(keys, numbers))


def _merge_field(
    writer: ArraysWriter, field: Kept, sources: Sequence[_Source], terms: _Terms
) -> NDArray[np.bool_]:
    """Which of the terms any living document holds."""
    lengths = [source.segment.lengths(field.name)[source.lives] for source in sources]
    field_writer = FieldWriter(writer, field, np.concatenate(lengths))
    for first, last in _ranges(sources, field.name, terms):
        runs = []
        for source, places in zip(sources, terms.places, strict=True):
            start, end = np.searchsorted(places, [first, last])
            if start < end:
                runs.append((places[start:end] - first, _run(source, field, start, end)))
        field_writer.append(_interleaved(runs, last - first))
    return field_writer.close()


def _ranges(sources: Sequence[_Source], name: str, terms: _Terms) -> Iterator[tuple[int, int]]:
    """Ranges of terms, of about RANGE postings and ends of blocks each."""
    documents = sum(int(np.count_nonzero(source.lives)) for source in sources)
    counts = np.full(len(terms.names), blocks_of(documents))
    for source, places in zip(sources, terms.places, strict=True):
        counts[places] += np.diff(source.segment.arrays.get("posting_ends", name), prepend=0)
    bounds = np.searchsorted(np.cumsum(counts), np.arange(RANGE, counts.sum(), RANGE))
    return pairwise(sorted({0, *bounds.tolist(), len(counts)}))


def _run(source: _Source, field: Kept, first: int, last: int) -> Postings:
    """The living postings of a segment's terms from `first` up to `last`, documents renumbered."""
    get, name = source.segment.arrays.get, field.name
    bounds = _bounds(get("posting_ends", name), first, last)
    start, end = bounds[0], bounds[-1]
    large = get("large", name)
    is_large = slice(*np.searchsorted(large, np.array([start, end], large.dtype)))
    places = _bounds(get("position_ends", name), first, last) if field.positions else bounds * 0
    positions = get("positions", name) if field.positions else _NOTHING
    run = Postings(
        counts=np.diff(bounds),
        documents=source.segment.documents_between(name, first, last),
        frequencies=get("frequencies", name)[start:end],
        large=large[is_large].astype(np.int64) - start,
        large_frequencies=get("large_frequencies", name)[is_large],
        position_counts=np.diff(places),
        positions=positions[places[0] : places[-1]],
    )
    if not source.lives.all():
        run = _living(run, source.lives[run.documents], field.positions)
    return replace(run, documents=source.numbers[run.documents])


def _bounds(ends: Array, first: int, last: int) -> NDArray[np.int64]:
    """Where each of these terms begins, and where the last ends."""
    return np.append(np.int64(ends[first - 1] if first else 0), ends[first:last])


def _living(run: Postings, lives: NDArray[np.bool_], positions: bool) -> Postings:
    """Those of the postings that live."""
    starts = np.cumsum(run.counts) - run.counts
    frequencies = run.frequencies.astype(np.int64)
    frequencies[run.large] = run.large_frequencies
    large = lives[run.large]
    return Postings(
        counts=np.add.reduceat(lives, starts, dtype=np.int64),
        documents=run.documents[lives],
        frequencies=run.frequencies[lives],
        large=(np.cumsum(lives) - 1)[run.large[large]],
        large_frequencies=run.large_frequencies[large],
        position_counts=np.add.reduceat(frequencies * (lives & positions), starts),
        positions=run.positions[np.repeat(lives, frequencies)] if positions else _NOTHING,
    )


def _interleaved(runs: Sequence[tuple[Array, Postings]], terms: int) -> Postings:
    """The postings of so many terms; each run comes with the numbers of its own."""
    counts, at = _places([(numbers, run.counts) for numbers, run in runs], terms)
    position_counts, positions_at = _places(
        [(numbers, run.position_counts) for numbers, run in runs], terms
    )
    large = np.concatenate([each[run.large] for each, (_, run) in zip(at, runs, strict=True)])
    large_frequencies = np.concatenate([run.large_frequencies for _, run in runs])
    order = np.argsort(large)
    return Postings(
        counts=counts,
        documents=_put(at, [run.documents for _, run in runs]),
        frequencies=_put(at, [run.frequencies for _, run in runs]),
        large=large[order],
        large_frequencies=large_frequencies[order],
        position_counts=position_counts,
        positions=_put(positions_at, [run.positions for _, run in runs]),
    )


def _places(
    runs: Sequence[tuple[Array, Array]], terms: int
) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    """How many each term has in all runs, and the places of each run's when all lie together.

    A run is the numbers of its terms, and how many each has.
    """
    counts = np.zeros(terms, np.int64)
    for numbers, of_run in runs:
        counts[numbers] += of_run
    free = np.cumsum(counts) - counts
    places = []
    for numbers, of_run in runs:
        shifts = free[numbers] - (np.cumsum(of_run) - of_run)
        place = np.repeat(shifts, of_run)
        place += np.arange(len(place))
        places.append(place)
        free[numbers] += of_run
    return counts, places


def _put(places: Sequence[Array], parts: Sequence[Array]) -> Array:
    """The parts as one array, each item at its place."""
    whole = np.empty(sum(map(len, parts)), np.result_type(*parts))
    for place, part in zip(places, parts, strict=True):
        whole[place] = part
    return whole
