"""Our segments in Whoosh's list of segments, and what stock Whoosh finds in them."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.filedb.filestore import ReadOnlyError
from whoosh.index import EmptyIndexError, FileIndex, open_dir
from whoosh.matching import ReadTooFar
from whoosh.query import And, Every, FuzzyTerm, Not, Or, Phrase, Prefix, Query, Require, Term
from whoosh.reading import SegmentReader, TermInfo, TermNotFound

from indexer.engine.codec import ArraySegment, open_index, segments_of, write_toc
from tests.corpora import SCHEMA, WORDS, Corpus, corpora, ours, stock


def test_the_list_of_segments_is_read_back(tmp_path: Path) -> None:
    segments = [ArraySegment(3), ArraySegment(5)]
    segments[1].delete(np.array([4, 1]))
    write_toc(tmp_path, SCHEMA, segments)
    assert segments_of(tmp_path) == tuple(segments)
    assert [each.documents for each in segments_of(tmp_path)] == [3, 5]
    assert [each.deleted_rows().tolist() for each in segments_of(tmp_path)] == [[], [1, 4]]


def test_the_newest_list_stands_alone(tmp_path: Path) -> None:
    for documents in range(3):
        write_toc(tmp_path, SCHEMA, [ArraySegment(documents)])
    assert segments_of(tmp_path)[0].documents == 2
    assert [path.name for path in tmp_path.iterdir()] == ["_MAIN_2.toc"]


def test_an_empty_folder_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(EmptyIndexError):
        segments_of(tmp_path)
    with pytest.raises(EmptyIndexError):
        open_index(tmp_path, SCHEMA)


def test_whoosh_may_not_write(tmp_path: Path) -> None:
    write_toc(tmp_path, SCHEMA, [])
    index = open_index(tmp_path, SCHEMA)
    for write in (index.writer, index.optimize):
        with pytest.raises(ReadOnlyError, match="written by"):
            write()
    with pytest.raises(ReadOnlyError):
        index.delete_by_term("text", "a")


def test_the_name_is_the_path_of_the_format() -> None:
    """What the lists on the disks of others hold: if this changes, they can no longer be read."""
    segment = ArraySegment(7)
    assert b"indexer.engine.codec\nArraySegment" in pickle.dumps(segment, 0)
    assert vars(segment).keys() == {"indexname", "segid", "compound", "documents", "deleted"}
    assert segment.segment_id() == f"MAIN_{segment.segid}"
    assert len(segment.segid) == 16


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans())))
def test_deleting_is_as_with_a_set(changes: list[tuple[int, bool]]) -> None:
    segment, gone = ArraySegment(10), set[int]()
    for row, delete in changes:
        segment.delete_document(row, delete)
        (gone.add if delete else gone.discard)(row)
    assert list(segment.deleted_docs()) == segment.deleted_rows().tolist() == sorted(gone)
    assert {row for row in range(10) if segment.is_deleted(row)} == gone
    assert segment.doc_count() == 10 - len(gone)
    assert segment.has_deletions() == bool(gone)


KEYS = st.sampled_from((*WORDS, "none"))
LEAVES = st.one_of(
    st.builds(Term, st.just("text"), KEYS, st.sampled_from((1.0, 2.5))),
    st.builds(lambda one, other: Term("pairs", f"{one} {other}"), KEYS, KEYS),
    st.builds(
        lambda words, slop: Phrase("text", words, slop=slop),
        st.lists(KEYS, min_size=1, max_size=3),
        st.integers(1, 3),
    ),
    st.builds(Prefix, st.just("text"), st.sampled_from(("a", "b", "đ", "c"))),
    st.builds(FuzzyTerm, st.just("text"), KEYS),
    st.sampled_from((Every(), Every("text"))),
)


def trees(queries: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    several = st.lists(queries, min_size=1, max_size=3)
    return st.one_of(
        several.map(And),
        several.map(Or),
        st.builds(lambda wanted, unwanted: And([wanted, Not(unwanted)]), queries, queries),
        st.builds(Require, queries, queries),
    )


QUERIES = st.lists(st.recursive(LEAVES, trees, max_leaves=5), min_size=1, max_size=8)


def answers(index: FileIndex, queries: list[Query]) -> list[list[tuple[int, float]]]:
    """Documents and scores, best first."""
    with index.searcher() as searcher:
        found = [searcher.search(query, limit=None) for query in queries]
        return [[(hit.docnum, hit.score) for hit in hits] for hits in found]


def same_answers(corpus: Corpus, queries: list[Query]) -> None:
    with ours(corpus) as index, stock(corpus) as right:
        assert answers(index, queries) == answers(right, queries)


@given(corpora(), QUERIES)
@settings(max_examples=30)
def test_stock_whoosh_answers_as_over_its_own_files(corpus: Corpus, queries: list[Query]) -> None:
    same_answers(corpus, queries)


@pytest.mark.soak
@given(corpora(), QUERIES)
@settings(max_examples=2_000)
def test_stock_whoosh_answers_so_2000_times(corpus: Corpus, queries: list[Query]) -> None:
    same_answers(corpus, queries)


def test_plain_whoosh_opens_our_index() -> None:
    """With no line of ours, and the schema that lies in the index."""
    with ours(Corpus([[["bà", "ba"], ["ba"]]], frozenset({1}))) as index:
        plain = open_dir(index.storage.folder)
        assert type(plain) is FileIndex
        with plain.searcher() as searcher:
            (hit,) = searcher.search(Phrase("text", ["bà", "ba"]))
            assert hit.fields() == {"facts": [0, "bài mẫu"]}


@given(corpora())
@settings(max_examples=15)
def test_a_leaf_is_read_as_one_of_whoosh(corpus: Corpus) -> None:
    with ours(corpus) as index, stock(corpus) as right:
        same_leaves(index, right)


def same_leaves(index: FileIndex, right: FileIndex) -> None:
    with index.reader() as read, right.reader() as expected:
        assert list(read.all_stored_fields()) == list(expected.all_stored_fields())
        pairs = zip(read.leaf_readers(), expected.leaf_readers(), strict=True)
        for (leaf, first), (other, also) in pairs:
            assert first == also
            assert list(leaf.iter_postings()) == list(other.iter_postings())
            assert [(term, statistics(info)) for term, info in leaf] == [
                (term, statistics(info)) for term, info in other
            ]
            assert lengths(leaf) == lengths(other)


def statistics(info: TermInfo) -> tuple[float, ...]:
    lengths = info.min_length(), info.max_length()
    ids = info.min_id(), info.max_id()
    return (info.weight(), info.doc_frequency(), info.max_weight(), *lengths, *ids)


def lengths(leaf: SegmentReader) -> dict[str, list[int]]:
    """What a leaf says of the lengths of each field; Whoosh has none where a field is empty."""
    rows = range(leaf.doc_count_all())
    return {
        name: [
            leaf.field_length(name),
            leaf.min_field_length(name),
            leaf.max_field_length(name),
            *(leaf.doc_field_length(row, name) or 0 for row in rows),
        ]
        for name in ("text", "pairs")
        if leaf.field_length(name)
    }


def test_the_terms_of_a_field_one_after_another() -> None:
    with ours(Corpus([[["ba", "a", "đ"]]], frozenset())) as index, index.reader() as reader:
        cursor = reader.cursor("text")
        seen = [cursor.first(), cursor.next(), cursor.next(), cursor.next()]
        assert seen == ["a", "ba", "đ", None]
        assert (cursor.is_valid(), cursor.term_info()) == (False, None)
        assert (cursor.find("b"), cursor.term()) == ("ba", "ba")
        assert cursor.term_info().doc_frequency() == 1


def test_what_a_segment_does_not_hold() -> None:
    with ours(Corpus([[["a"]]], frozenset())) as index, index.reader() as reader:
        assert ("text", b"b") not in reader
        assert reader.doc_frequency("text", "b") == reader.frequency("pairs", "a b") == 0
        for ask in (reader.term_info, reader.postings):
            with pytest.raises(TermNotFound):
                ask("text", b"b")


def test_statistics_of_a_term_are_the_callers_own() -> None:
    """Whoosh adds to those it gets, leaf by leaf."""
    with ours(Corpus([[["b"], ["a"]], [["a"]]], frozenset())) as index, index.reader() as reader:
        assert [reader.term_info("text", b"b").max_id() for _ in range(2)] == [0, 0]
        assert [reader.term_info("text", b"a").max_id() for _ in range(2)] == [2, 2]


def test_behind_the_last_posting() -> None:
    """Matchers of Whoosh that join others ask for a document there; it is still the last one."""
    with ours(Corpus([[["a"], ["b"], ["a"]]], frozenset())) as index, index.reader() as reader:
        matcher = reader.postings("text", b"a")
        matcher.skip_to(1)
        assert (matcher.id(), matcher.copy().id()) == (2, 2)
        matcher.next()
        assert (matcher.is_active(), matcher.id()) == (False, 2)
        for move in (matcher.next, lambda: matcher.skip_to(3)):
            with pytest.raises(ReadTooFar):
                move()
        matcher.reset()
        assert matcher.id() == 0
