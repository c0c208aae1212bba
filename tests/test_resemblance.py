"""What is a copy and what only looks like one."""

from __future__ import annotations

import re
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.normalize import fold
from indexer.resemblance import KEYS, SHORTEST, is_copy, sketch_of, words_of
from tests.copies import TEMPLATES, filled
from tests.portals.sites import load_sites

SAMPLES = [article for site in load_sites() for article in site.articles]
TEXT = "\n".join(SAMPLES[0].body)


def copied(one: str, other: str) -> bool:
    there, back = is_copy(words_of(one), words_of(other)), is_copy(words_of(other), words_of(one))
    assert there == back
    return there


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (TEXT, True),  # letter by letter
        (TEXT.upper(), True),  # case does not count
        (TEXT.replace("phường", "phuong"), True),  # nor do accents
        (TEXT.replace(", ", " - "), True),  # nor punctuation
        (TEXT.replace("phường", "xã"), True),  # one word, everywhere
        (TEXT + "\nNguồn: Cổng thông tin điện tử phường.", True),  # a line more
        (TEXT.rsplit("\n", 1)[0], True),  # the last paragraph is gone
        (TEXT.split("\n", 1)[0], False),  # the first alone: a notice of it, no copy
        ("\n".join(reversed(TEXT.split("\n"))), True),  # the paragraphs in another order
        (" ".join(sorted(TEXT.split())), False),  # the same words in no order
        (TEXT + "\n" + "\n".join(SAMPLES[1].body + SAMPLES[2].body), False),  # quoted by another
        ("", False),
    ],
)
def test_one_text_and_another(other: str, expected: bool) -> None:
    assert copied(TEXT, other) is expected


def test_no_two_samples_are_copies() -> None:
    texts = ["\n".join(sample.body) for sample in SAMPLES]
    assert not [pair for pair in combinations(texts, 2) if copied(*pair)]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template[:20])
def test_texts_of_one_template_are_none(template: str) -> None:
    pick = Random(1)
    texts = [words_of(filled(pick, template)) for _ in range(40)]
    joined = sum(is_copy(*pair) for pair in combinations(texts, 2))
    assert joined <= 0.005 * 40 * 39 / 2


def test_a_corrected_number_makes_no_other_text() -> None:
    assert copied(TEXT, TEXT.replace("58,6%", "59,1%"))


def test_short_texts_have_no_keys() -> None:
    assert not len(sketch_of(words_of("chữ " * (SHORTEST - 1))))
    assert len(sketch_of(words_of(TEXT))) == KEYS


def test_keys_are_the_same_in_every_process() -> None:
    assert sketch_of(words_of("Bài mẫu về một tổ dân phố. " * 4)).tolist()[:2] == [
        5001159125944072674,
        6388947531988866239,
    ]


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_texts_are_compared(one: str, other: str) -> None:
    copied(one, other)
    assert len(sketch_of(words_of(one))) <= KEYS


WORDS = (
    "họp",
    "Họp",
    "HỌP",
    "81m",
    "81M",
    "81",
    "№5",
    "²",
    "Ⅱ",
    "ª",
    ".",
    ". ",
    ",",
    "\n",
    " ",
    "…",
    "_",
)


def tells(gap: str, word: str) -> bool:
    """Whether a word is a number, or a name and no mere beginning of a sentence."""
    if not word.isalpha():
        return any(letter.isdigit() for letter in word) and not word.islower()
    capital = word[0].isupper() or word[0].istitle()
    return capital and not any(sign in gap for sign in ".!?…:;\n")


KNOWN = st.characters(max_codepoint=0xFFFE)


@given(st.text(KNOWN, max_size=200) | st.lists(st.sampled_from(WORDS), max_size=30).map("".join))
def test_words_are_read_one_by_one(text: str) -> None:
    found = re.findall(r"(\W*)(\w+)", text)
    words = words_of(text)
    folded = [fold(word) for _, word in found]
    same = dict(zip(folded, words.codes.tolist(), strict=True))
    assert words.codes.tolist() == [same[word] for word in folded]
    assert len(set(same.values())) == len(same)
    assert words.telling.tolist() == [
        place > 0 and tells(*each) for place, each in enumerate(found)
    ]
