"""Texts that nobody would write and somebody will send: no exception, and time in proportion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article import PrintedDate
from crawler.store import Stored
from indexer.abbreviations import alternatives
from indexer.document import Annotator
from indexer.document_numbers import asked_numbers, document_numbers
from indexer.normalize import fold, key, normalize, syllables
from indexer.periods import periods_of
from indexer.reporting import reporting_period
from indexer.segment import segment, spans, words
from indexer.wards import load_gazetteer
from tests.test_store import ARTICLE

STRANGE: Mapping[str, Callable[[int], str]] = {
    "nothing": lambda size: "",
    "no space": lambda size: "a" * size,
    "no space, accented": lambda size: "ưở" * size,
    "only spaces": lambda size: " " * size,
    "only signs": lambda size: "-/.,&" * size,
    "only digits": lambda size: "1" * size,
    "NULs": lambda size: "a\x00 \x00" * size,
    "lone surrogates": lambda size: "\ud800 xã\udfff" * size,
    "emoji": lambda size: "👩‍👩‍👧☎️ 5️⃣ xã" * size,
    "right to left": lambda size: "\u202eשָׁלוֹם עֲלֵיכֶם 12/5\u202c " * size,
    "marks on one letter": lambda size: "a" + "\u0301\u0323" * size,
    "marks on nothing": lambda size: "\u0300\u031b " * size,
    "signs that are marks": lambda size: "a" + "\u0f73" * size,
    "marks in order": lambda size: "o" + "\u0323" * size + "\u0301" * size,
    "marks of another alphabet": lambda size: "\u05d0" + "\u05b0\u0591" * size,
    "letters apart from their marks": lambda size: "phu\u031bo\u031b\u0300ng " * size,
    "Hangul in pieces": lambda size: "\u1112\u1161\u11ab" * size,
    "Bengali vowels in pieces": lambda size: "\u0995\u09c7\u09be" * size,
    "invisible": lambda size: "\u200b" * size,
    "vowels that wait for a tone": lambda size: "oàuỷiạ" * size,
    "one tone after another": lambda size: "ủ" * size,
    "numerals in one letter": lambda size: "Ⅷ" * size,
    "underscores": lambda size: "_" * size,
    "lines": lambda size: "\n\r\u2028" * size,
    "half a document number": lambda size: "12/QĐ-UBND-" * size,
    "numbers without a document": lambda size: "12/QĐ-" * size,
    "an issuer without an end": lambda size: "12/QĐ-" + "UA.A-B&" * size + "_",
    "one office": lambda size: "12/QĐ-" + "U" * size + "_",
    "a spaced document number": lambda size: "số: 12 / QĐ" + " " * size + "- UBND",
    "a number and who wrote it": lambda size: "12/KH-UBND của " * size,
    "half a day": lambda size: "Sáng ngày 12/" * size,
    "a day far away": lambda size: "Sáng" + " ," * size + "12/5",
    "a weekday without an end": lambda size: "Sáng thứ " + "a" * size,
    "half a span of days": lambda size: "từ ngày 12 đến " * size,
    "half a period": lambda size: "9 tháng đầu năm quý II năm " * size,
    "a quarter far from its year": lambda size: "quý II" + " " * size + "năm",
    "a term far from its years": lambda size: "nhiệm kỳ" + " (" * size,
    "a span without an end": lambda size: "giai đoạn 2020-" * size,
    "years and years": lambda size: "năm 2020 cùng kỳ năm 2021 " * size,
    "i and s of other alphabets": lambda size: "quý ıı/2025 haı tháng đầu năm ſáu tháng " * size,
    "digits of other alphabets": lambda size: "Sáng ٣/٤/٢٠٢٢, số ١٢/QĐ-UBND " * size,
    "short forms": lambda size: "UBND KH BCH " * size,
    "wards": lambda size: "phường 5, quận Phúc Đồng " * size,
    "a list of wards": lambda size: "các phường: " + "Phúc Đồng, " * size,
}
DAY = date(2026, 5, 1)


def stored(text: str) -> Stored:
    printed = PrintedDate(DAY, None, "layout", 1.0)
    article = replace(ARTICLE, title=text, lead="", body=(text,), published=printed)
    return Stored(7, article, ARTICLE.fetched_at, ARTICLE.fetched_at, 1)


@cache
def annotator() -> Annotator:
    return Annotator(load_gazetteer(), {})


def keys(text: str) -> list[str]:
    return [token.key for token in syllables(text)]


READERS: Mapping[str, Callable[[str], object]] = {
    "normalize": normalize,
    "fold": fold,
    "key": key,
    "syllables": syllables,
    "document_numbers": document_numbers,
    "asked_numbers": lambda text: list(asked_numbers(keys(text))),
    "alternatives": lambda text: alternatives(keys(text)),
    "periods_of": lambda text: (periods_of(text, DAY), periods_of(text)),
    "reporting_period": lambda text: reporting_period(text, text, DAY),
    "words": words,
    "spans": spans,
    "segment": lambda text: segment([text]),
    "annotate": lambda text: annotator().annotate(stored(text)),
}

SIZE = 1_000
"""Pieces of each text in the default suite: what takes n² steps is a matter of minutes there."""


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_text_is_read(name: str) -> None:
    text = STRANGE[name](SIZE)
    for read in READERS.values():
        read(text)


@given(st.text(st.characters()))
def test_any_text_is_read(text: str) -> None:
    for read in READERS.values():
        read(text)


PIECES = [
    "Sáng ", "ngày ", "từ ngày ", "đến ", "12", "/", "-", "2025", "quý ", "II", "tháng ", "năm ",
    "số ", "QĐ", "KH", "UBND", "TU", ".", " ", "(", "phường ", "\u0301", "\u200b", "Ⅱ", "ı",
    "\ud800",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_any_half_of_a_sentence_is_read(text: str) -> None:
    for read in READERS.values():
        read(text)


LARGE = 100_000
"""Pieces of the smaller of two texts; the other is four times as long, some megabytes."""

MORE_TIME, MEASURABLE = 10, 0.2
"""Four times the text may take so many times as long, from so many seconds on; n² steps would take
sixteen."""


@pytest.mark.soak
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", STRANGE)
def test_time_is_in_proportion_to_a_text(name: str, reader: str) -> None:
    def seconds(size: int) -> float:
        text = STRANGE[name](size)
        began = process_time()
        READERS[reader](text)
        return process_time() - began

    seconds(1)
    assert seconds(4 * LARGE) < MORE_TIME * max(seconds(LARGE), MEASURABLE)
