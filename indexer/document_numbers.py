"""Document numbers: 154-KH/TU, 1234/QĐ-UBND, 202/2025/QH15, however spaced or dashed."""

from __future__ import annotations

import re

from indexer.normalize import normalize

TYPES = {
    "BB": "Biên bản",
    "BC": "Báo cáo",
    "CT": "Chỉ thị",
    "CTr": "Chương trình",
    "CV": "Công văn",
    "CĐ": "Công điện",
    "GM": "Giấy mời",
    "HD": "Hướng dẫn",
    "KH": "Kế hoạch",
    "KL": "Kết luận",
    "L": "Lệnh",
    "NQ": "Nghị quyết",
    "NQLT": "Nghị quyết liên tịch",
    "NĐ": "Nghị định",
    "PA": "Phương án",
    "QC": "Quy chế",
    "QyĐ": "Quy định",
    "QĐ": "Quyết định",
    "QĐi": "Quy định",
    "TB": "Thông báo",
    "TT": "Thông tư",
    "TTLT": "Thông tư liên tịch",
    "TTr": "Tờ trình",
    "UBND": "Công văn",
    "ĐA": "Đề án",
}
"""Sign of a kind of document (Decree 30/2020/NĐ-CP, Guidance 36-HD/VPTW of the Party) → kind."""

PARTY_ISSUERS = re.compile(r"(?:TW|TU|QU|HU|ĐU|ĐUK|VPTW|B[A-ZĐ]{1,4}(?:TW|TU|QU|HU|ĐU))\b")
"""Party offices, whose numbers are written 154-KH/TU; the state's are written 154/KH-UBND."""

_SIGN = "|".join(sorted(TYPES, key=len, reverse=True))
_NUMBER = re.compile(
    rf"""
    (?<![\w/.,-]) (?P<number>\d{{1,5}}) (?P<year>/(?:19|20)\d\d)?
    (?:
        \s?[-/]\s? (?P<sign>{_SIGN}) \s?[-/]\s?
        (?P<issuer>[A-ZĐ][A-Za-zĐđ]*\d*(?:[-.&][A-ZĐ][A-Za-zĐđ]*\d*)*)
      | / (?P<assembly>(?:UBTV)?QH\d{{1,2}})         # laws and resolutions of the Assembly
    ) \b
    """,
    re.VERBOSE,
)


def document_numbers(text: str) -> tuple[str, ...]:
    """The numbers of documents that `text` names, each once, in one canonical form.

    >>> document_numbers("Chỉ thị số 17- CT/TU, ngày 13/10/2021; Số: 12 /BC-UBND; 202/2025/QH15")
    ('17-CT/TU', '12/BC-UBND', '202/2025/QH15')
    """
    return tuple(dict.fromkeys(_canonical(match) for match in _NUMBER.finditer(normalize(text))))


def _canonical(match: re.Match[str]) -> str:
    head = match["number"] + (match["year"] or "")
    if match["assembly"]:
        return f"{head}/{match['assembly']}"
    if PARTY_ISSUERS.match(match["issuer"]):
        return f"{head}-{match['sign']}/{match['issuer']}"
    return f"{head}/{match['sign']}-{match['issuer']}"
