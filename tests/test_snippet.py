"""Marks and snippets: a table, and what holds for any text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.normalize import fold, syllables
from indexer.plan import Targets
from indexer.snippet import LONGEST, Passage, asked_of, marks, passage

FILLER = "Nội dung khác của bài viết này. " * 20


def snippet(text: str, targets: Targets) -> Passage:
    return passage(asked_of(text, targets))


def marked(text: str, targets: Targets) -> str:
    """The text with brackets round what is marked."""
    for start, end in reversed(marks(asked_of(text, targets))):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


@pytest.mark.parametrize(
    ("text", "targets", "expected"),
    [
        ("Thu gom rác thải", Targets(exact={"rác"}), "Thu gom [rác] thải"),
        ("RÁC và rạc", Targets(exact={"rác"}), "[RÁC] và rạc"),  # accents tell words apart
        ("RÁC và rạc", Targets(folded={"rac"}), "[RÁC] và [rạc]"),  # folded they do not
        ("Đường, đương", Targets(folded={"duong"}), "[Đường], [đương]"),
        ("Uỷ ban", Targets(exact={"ủy"}), "[Uỷ] ban"),  # the text keeps its spelling
        ("rác thải", Targets(exact={"rác", "thải"}), "[rác thải]"),  # neighbours are one
        ("rác, thải", Targets(exact={"rác", "thải"}), "[rác], [thải]"),
        ("ra\u0301c", Targets(exact={"rác"}), "[ra\u0301c]"),  # NFD: the mark takes the accent
        ("ủy ban, ban ủy", Targets(phrases={("ủy", "ban")}), "[ủy ban], ban ủy"),
        ("", Targets(exact={"rác"}), ""),
    ],
)
def test_marks(text: str, targets: Targets, expected: str) -> None:
    assert marked(text, targets) == expected


def test_a_short_text_is_shown_whole() -> None:
    assert snippet("Thu gom\nrác", Targets(exact={"rác"})) == ("Thu gom rác", ((8, 11),), 1)


def test_the_passage_is_where_most_of_the_words_stand() -> None:
    text = f"Có rác. {FILLER}Thu gom rác thải tại nguồn. {FILLER}"
    shown, spans, words = snippet(text, Targets(exact={"rác", "thải"}))
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert [shown[start:end] for start, end in spans] == ["rác thải"]
    assert words == 2
    middle = sum(spans[0]) / 2
    assert abs(middle - len(shown) / 2) < 30  # centred
    assert 160 <= len(shown) <= 240


def test_without_a_match_the_beginning_is_shown() -> None:
    shown, spans, words = snippet(FILLER, Targets(exact={"rác"}))
    assert (FILLER.startswith(shown.rstrip("…")), spans, words) == (True, (), 0)


@pytest.mark.parametrize("text", ["a" * 5000, "🙂" * 5000, "\u0301" * 5000, f"{'a' * 5000} rác"])
def test_text_without_spaces_is_cut_all_the_same(text: str) -> None:
    assert len(snippet(text, Targets(exact={"a" * 5000, "rác"})).text) <= LONGEST + 2


WORDS = st.sampled_from(
    ["rác", "rạc", "Rac", "thải", "đường", "🙂", "a\u0301\u0323", "\n", "x" * 90]
)
TEXTS = st.text(max_size=400) | st.lists(WORDS, max_size=120).map(" ".join)
TARGETS = st.builds(
    Targets,
    exact=st.sets(st.sampled_from(["rác", "thải", "x" * 90])),
    folded=st.sets(st.sampled_from(["rac", "duong"])),
    phrases=st.sets(st.just(("rác", "thải"))),
)


@given(TEXTS, TARGETS)
def test_a_snippet_is_a_bounded_part_of_the_text_and_marks_whole_words(
    text: str, targets: Targets
) -> None:
    shown, spans, words = snippet(text, targets)
    assert len(shown) <= LONGEST + 2
    assert shown.strip("…").strip() in text.replace("\n", " ")
    assert list(spans) == sorted(spans)
    marked = " ".join(shown[start:end] for start, end in spans)
    assert words == len({token.key for token in syllables(marked)})
    asked = targets.exact | {key for phrase in targets.phrases for key in phrase}
    for start, end in spans:
        keys = [token.key for token in syllables(shown[start:end])]
        assert all(key in asked or fold(key) in targets.folded for key in keys)
        assert end == len(shown) or not unicodedata.combining(shown[end])
