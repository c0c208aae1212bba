"""Numbers of official documents: 154-KH/TU, 1234/QĐ-UBND (decree 30/2020/NĐ-CP, appendix I)."""

from __future__ import annotations

import re
import unicodedata

NUMBER = re.compile(
    r"""
    (?<![\w/.-])
    (?P<number>\d{1,6}[A-Za-z]?)
    (?:\s?/\s?(?P<year>(?:19|20)\d\d))?              # 32/2019/NĐ-CP
    \s?(?P<joint>[-/–])\s?                           # 17- CT/TU is how people type it
    (?P<kind>[A-ZĐ]{1,6}(?:\s?[-/–]\s?[A-ZĐ0-9]{1,10}(?:&[A-ZĐ]{1,10})?){0,3})
    (?![\w])
    """,
    re.VERBOSE,
)


def document_numbers(text: str) -> tuple[str, ...]:
    """The numbers a text names, without spaces, hyphens for dashes, each once, in order.

    A sign must stand behind the number, so dates and fractions are none.

    >>> document_numbers("Chỉ thị số 17- CT/TU, ngày 13/10/2021; Nghị định 32/2019/NĐ-CP; 6/2022")
    ('17-CT/TU', '32/2019/NĐ-CP')
    """
    found = NUMBER.finditer(unicodedata.normalize("NFC", text))
    return tuple(dict.fromkeys(_canonical(each[0]) for each in found if _is_sign(each["kind"])))


def _canonical(number: str) -> str:
    return re.sub(r"\s", "", number).replace("–", "-")


def _is_sign(kind: str) -> bool:
    """A sign has a kind of document and who issued it ("KH/TU"), or is a single known sign."""
    return any(mark in kind for mark in "-/–") or kind in {"QĐ", "NQ", "CT", "KH", "TB", "BC", "CV"}
