"""A batch written and mapped again holds what a plain count of its keys finds."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engine.fields import Kept
from indexer.engine.invert import Batch, Entry, Form
from indexer.engine.mapped import MappedSegment
from indexer.normalize import fold
from indexer.schema import spelled

FIELDS = (Kept("text", True, ""), Kept("pairs", False, "text"))
KEYS = st.sampled_from(["a", "á", "đ", "thu", "thú", "ngân", "\x1f"]) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=" "), min_size=1, max_size=4
)
TEXTS = st.lists(st.lists(KEYS, max_size=12), min_size=1, max_size=8)


def written(texts: list[list[str]], folder: str) -> MappedSegment:
    batch = Batch(FIELDS)
    for number, keys in enumerate(texts):
        values = {"ward": ["x", "y"][: number % 3]}
        batch.add(Entry(number + 10, {"text": keys}, values, {"day": number}, b"%d" % number))
    batch.write(Path(folder) / "MAIN_1")
    return MappedSegment(Path(folder) / "MAIN_1")


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_every_term_has_its_documents_frequencies_and_places(texts: list[list[str]]) -> None:
    with TemporaryDirectory() as folder:
        segment = written(texts, folder)
        dictionary = segment.dictionary("text")
        terms = sorted({key.encode() for keys in texts for key in keys})
        assert [dictionary[number] for number in range(len(dictionary))] == terms
        for number, term in enumerate(term.decode() for term in terms):
            documents, _ = segment.postings("text", number)
            held = [(row, keys.count(term)) for row, keys in enumerate(texts) if term in keys]
            assert dictionary.find(term.encode()) == number
            assert documents.tolist() == [row for row, _ in held]
            assert segment.frequencies("text", number).tolist() == [count for _, count in held]
            places = [at for keys in texts for at, key in enumerate(keys) if key == term]
            assert segment.positions("text", number).tolist() == places
        assert segment.lengths("text").tolist() == [len(keys) for keys in texts]


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_every_pair_of_neighbours_is_a_term(texts: list[list[str]]) -> None:
    counts = [Counter(f"{one} {two}" for one, two in pairwise(keys)) for keys in texts]
    with TemporaryDirectory() as folder:
        segment = written(texts, folder)
        pairs = segment.dictionary("pairs")
        assert len(pairs) == len({pair for count in counts for pair in count})
        for number in range(len(pairs)):
            pair = pairs[number].decode()
            documents, _ = segment.postings("pairs", number)
            assert pairs.find(pair.encode()) == number
            assert documents.tolist() == [row for row, each in enumerate(counts) if pair in each]
            frequencies = segment.frequencies("pairs", number).tolist()
            assert frequencies == [each[pair] for each in counts if pair in each]


@given(TEXTS)
@settings(max_examples=30, deadline=None)
def test_fields_made_of_the_same_keys_are_as_if_each_were_given_its_terms(
    texts: list[list[str]],
) -> None:
    fields = (Kept("bare", True, ""), Kept("text", True, ""), Kept("pairs", False, "bare"))
    forms = {"bare": Form("text", fold), "text": Form("text", spelled)}
    made, given_all = Batch(fields, forms), Batch(fields)
    for number, keys in enumerate(texts):
        terms = {"bare": [*map(fold, keys)], "text": [*map(spelled, keys)]}
        made.add(Entry(number, {"text": keys}, {}, {}, b""))
        given_all.add(Entry(number, terms, {}, {}, b""))
    with TemporaryDirectory() as folder:
        made.write(Path(folder) / "a")
        given_all.write(Path(folder) / "b")
        files = sorted(path.suffix for path in Path(folder).glob("a.*"))
        assert len(files) >= 5
        for suffix in files:
            one, other = (Path(folder) / f"{stem}{suffix}" for stem in "ab")
            assert one.read_bytes() == other.read_bytes()


def test_a_term_that_stands_often_keeps_its_count(tmp_path: Path) -> None:
    segment = written([["a"] * 254, ["a"] * 255, ["b"], ["a"] * 70_000], str(tmp_path))
    assert segment.frequencies("text", 0).tolist() == [254, 255, 70_000]
    assert segment.positions("text", 0)[-1] == 69_999


def test_rows_come_back(tmp_path: Path) -> None:
    segment = written([["a"]] * 6, str(tmp_path))
    wards = segment.facet("ward")
    assert segment.stored(4) == b"4"
    assert segment.sorts("day").tolist() == [0, 1, 2, 3, 4, 5]
    assert wards.named(wards.of(segment.sorts("day"))) == {"x": 4, "y": 2}
    assert wards.holders(["y"]).tolist() == [False, False, True, False, False, True]
