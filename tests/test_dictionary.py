"""The arrays of a dictionary answer as a sorted list of its terms."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engine.arrays import Arrays, ArraysWriter
from indexer.engine.dictionary import Dictionary, write_terms

TERMS = st.binary(max_size=3) | st.sampled_from([b"\xff", b"\xff\xff", b"a\xff", b"ngh", b"ng"])


@given(st.sets(TERMS), st.lists(TERMS, max_size=5))
@settings(max_examples=80, deadline=None)
def test_answers_as_a_sorted_list(held: set[bytes], asked: list[bytes]) -> None:
    terms = sorted(held)
    with TemporaryDirectory() as folder:
        dictionary = written(terms, Path(folder))
        assert len(dictionary) == len(terms)
        assert list(dictionary) == [dictionary[number] for number in range(len(terms))] == terms
        for term in [*terms, *asked]:
            assert dictionary.find(term) == (terms.index(term) if term in held else -1)
            found = [terms[number] for number in dictionary.with_prefix(term)]
            assert found == [each for each in terms if each.startswith(term)]


def written(terms: list[bytes], folder: Path) -> Dictionary:
    writer = ArraysWriter(folder / "MAIN_1")
    write_terms(writer, "text", terms)
    writer.close({})
    arrays = Arrays(folder / "MAIN_1")
    return Dictionary(arrays.get("terms", "text"), arrays.get("term_ends", "text"))
