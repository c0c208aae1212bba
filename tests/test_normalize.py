"""One neutral key for spellings that mean the same; offsets into the text as given."""

from __future__ import annotations

import csv
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from indexer.normalize import TONES, Token, aligned, fold, key, keys, normalize, syllables

PAIRS = Path(__file__).with_name("spelling_pairs.tsv")
"""Two spellings, "=" or "≠" between them, and the rule; \\u0301 is a character by its code."""

SPELLINGS = [
    # tone placement in open syllables: on the first vowel
    ("hoà", "hòa"), ("khoẻ", "khỏe"), ("uỷ", "ủy"), ("thuý", "thúy"), ("HOÀ", "HÒA"),
    ("UỶ BAN", "ỦY BAN"), ("Hoà-Bình", "Hòa-Bình"), ("loá", "lóa"), ("xoè", "xòe"),
    # in closed ones it stays on the second, and is moved there
    ("hoàn", "hoàn"), ("hòan", "hoàn"), ("thọai", "thoại"), ("hùynh", "huỳnh"), ("toàn", "toàn"),
    # qu is a consonant
    ("quý", "quý"), ("qúy", "quý"), ("quỹ", "quỹ"), ("quà", "quà"), ("quá", "quá"),
    # gi is another
    ("già", "già"), ("giá", "giá"), ("gì", "gì"),
    # vowels that have one way only
    ("huế", "huế"), ("múa", "múa"), ("mía", "mía"), ("thuở", "thuở"), ("tuổi", "tuổi"),
    # Đ and its doubles
    ("Ðảng", "Đảng"), ("ðảng", "đảng"), ("Ɖảng", "Đảng"),
    # spaces, invisible characters, full-width forms
    ("a\u00a0b", "a b"), ("a\u200bb", "ab"), ("\ufeffa", "a"), ("a\u00adb", "ab"),
    ("ＫＨ　１２", "KH 12"), ("81m²", "81m2"),
    ("Ⅱ", "II"),
    # dashes and quotes
    ("2020–2025", "2020-2025"), ("a — b", "a - b"), ("“a” ‘b’", "\"a\" 'b'"),
]  # fmt: skip

KEYS = [
    ("Kỹ", "kĩ"), ("kĩ", "kĩ"), ("lý", "lí"), ("Mỹ", "mĩ"), ("tỷ", "tỉ"), ("sỹ", "sĩ"),
    ("quý", "quí"), ("quí", "quí"), ("hy", "hi"),
    # not where y belongs to a pair of vowels, or stands alone
    ("thúy", "thúy"), ("tuy", "tuy"), ("y", "y"), ("yên", "yên"), ("tây", "tây"), ("huy", "huy"),
]  # fmt: skip

TOKENS = [
    ("Tổ 5", ["tổ", "5"]),
    ("K1, 81m", ["k1", "81m"]),
    ("144%", ["144"]),
    ("1.234,5 tỷ", ["1", "234", "5", "tỉ"]),
    ("07/2022", ["07", "2022"]),
    ("154-KH/TU", ["154", "kh", "tu"]),
    ("GD&ĐT", ["gd", "đt"]),
    ("snake_case", ["snake", "case"]),
    ("", []),
    ("… — !", []),
]

LETTERS = "aăâeêioôơuưyđbcghklmnpqrstvxAĂÂEÊIOÔƠUƯYĐQ"
MARKS = "\u0300\u0301\u0303\u0309\u0323"
vietnamese = st.text(st.sampled_from(LETTERS + MARKS + " -.,\u200b\u00a05"))


@pytest.mark.parametrize(("written", "neutral"), SPELLINGS)
def test_normalize(written: str, neutral: str) -> None:
    assert normalize(written) == neutral
    assert normalize(unicodedata.normalize("NFD", written)) == neutral


@pytest.mark.parametrize(("syllable", "expected"), KEYS)
def test_key(syllable: str, expected: str) -> None:
    assert key(syllable) == expected
    assert [token.key for token in syllables(syllable)] == [expected]


@pytest.mark.parametrize(("text", "keys"), TOKENS)
def test_tokens(text: str, keys: list[str]) -> None:
    assert [token.key for token in syllables(text)] == keys


def spelled(text: str) -> list[str]:
    """The keys of a text in which characters may stand by their codes."""
    plain = re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), text)
    return [token.key for token in syllables(plain)]


def pairs() -> list[dict[str, str]]:
    with PAIRS.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize(
    "row", pairs(), ids=lambda row: f"{row['one']}{row['relation']}{row['other']}"
)
def test_a_pair_of_spellings(row: dict[str, str]) -> None:
    one, other = spelled(row["one"]), spelled(row["other"])
    assert one
    assert other
    assert (one == other) == (row["relation"] == "="), row["rule"]


def test_the_pairs_have_every_rule_and_a_third_differs() -> None:
    different = sum(row["relation"] == "≠" for row in pairs())
    assert len(pairs()) >= 400
    assert different >= len(pairs()) / 3


@pytest.mark.parametrize("tone", TONES[1:])
@pytest.mark.parametrize(("first", "second"), [("o", "a"), ("o", "e"), ("u", "y")])
def test_every_open_syllable_has_one_form(first: str, second: str, tone: str) -> None:
    early = unicodedata.normalize("NFC", f"h{first}{tone}{second}")
    assert normalize(f"h{first}{second}{tone}") == normalize(early) == early


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_offsets_point_into_the_text_as_given(form: str) -> None:
    text = unicodedata.normalize(form, "Uỷ\u200b ban\u00a0Hoà Bình, ngày 07/2022")  # type: ignore[arg-type]
    found = {token.key: text[token.start : token.end] for token in syllables(text)}
    assert list(found) == ["ủy", "ban", "hòa", "bình", "ngày", "07", "2022"]
    seen = unicodedata.normalize("NFC", found["ủy"]).rstrip("\u200b")
    assert (seen, unicodedata.normalize("NFC", found["hòa"])) == ("Uỷ", "Hoà")


@pytest.mark.parametrize(
    "before",
    [
        "\u1112\u1161\u11ab",
        "\u0995\u09c7\u09be",
        "\u05d0" + "\u05b0\u0591" * 50,
        "Ⅷ",
        "\u200b",
        "\u0301",
        "a\u0301",
    ],
)
def test_offsets_hold_behind_what_normalising_shortens_or_lengthens(before: str) -> None:
    text = f"{before * 3} a\u0300 Ủy"
    token = syllables(text)[-1]
    assert (token.key, text[token.start : token.end]) == ("ủy", "Ủy")


@given(st.text())
def test_normalize_is_idempotent_whatever_the_text(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


@given(st.one_of(st.text(), vietnamese))
def test_keys_are_those_of_the_syllables(text: str) -> None:
    assert keys(text) == [token.key for token in syllables(text)]


PIECES = (
    "rác",
    "UỶ",
    "Kỹ",
    "ra\u0301c",
    "Ⅱ",
    "\u200b",
    "\u0301",
    "\n",
    " ",
    "\u00a0",
    "1/2",
    "Σ",
    "_",
)


@given(st.text(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_syllables_are_those_of_the_whole_text(text: str) -> None:
    normal, places = aligned(text)
    found = re.finditer(r"\w[\w\u0300-\u036f]*", normal.lower().replace("_", " "))
    spans = [match.span() for match in found]
    places = places or [(place, place + 1) for place in range(len(normal))]
    assert syllables(text) == [
        Token(key(normal[start:end]), places[start][0], places[end - 1][1]) for start, end in spans
    ]


@given(vietnamese)
def test_normalize_is_idempotent(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


@given(vietnamese)
def test_composed_and_decomposed_texts_have_equal_keys(text: str) -> None:
    composed, decomposed = (
        [token.key for token in syllables(unicodedata.normalize(form, text))]
        for form in ("NFC", "NFD")
    )
    assert composed == decomposed


@given(st.text(st.sampled_from(LETTERS + "àếộữỳÝ 5")))
def test_an_unaccented_text_has_the_folded_keys(text: str) -> None:
    """What widens an unaccented query: fold(key) is the key of the folded word."""
    normal = normalize(text)
    assume("qư" not in normal.lower())  # q has no vowel but u behind it
    assert [token.key for token in syllables(fold(normal))] == [
        fold(token.key) for token in syllables(normal)
    ]


@given(st.text())
def test_tokens_lie_in_order_inside_any_text(text: str) -> None:
    end = 0
    for token in syllables(text):
        assert end <= token.start < token.end <= len(text)
        end = token.end


def test_strange_characters_are_text_too() -> None:
    assert [token.key for token in syllables("a\x00b \ud800 İstanbul 🙂 שלום")] == [
        "a",
        "b",
        "istanbul",
        "שלום",
    ]
