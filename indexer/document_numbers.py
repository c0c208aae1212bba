"""Document numbers: 154-KH/TU, 1234/QĐ-UBND, 202/2025/QH15, however spaced or dashed."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from indexer.normalize import fold, normalize, syllables

KINDS = {
    "BB": ("Biên bản",),
    "BC": ("Báo cáo",),
    "BGN": ("Bản ghi nhớ",),
    "BTT": ("Bản thỏa thuận",),
    "CT": ("Chỉ thị", "Chương trình"),
    "CTr": ("Chương trình",),
    "CTrPH": ("Chương trình phối hợp",),
    "CV": ("Công văn",),
    "CĐ": ("Công điện",),
    "DA": ("Dự án",),
    "GGT": ("Giấy giới thiệu",),
    "GM": ("Giấy mời",),
    "GP": ("Giấy phép",),
    "GPXD": ("Giấy phép xây dựng",),
    "GUQ": ("Giấy ủy quyền",),
    "HD": ("Hướng dẫn",),
    "HDLN": ("Hướng dẫn liên ngành",),
    "HDLT": ("Hướng dẫn liên tịch",),
    "HĐ": ("Hợp đồng",),
    "KH": ("Kế hoạch",),
    "KHLT": ("Kế hoạch liên tịch",),
    "KHPH": ("Kế hoạch phối hợp",),
    "KL": ("Kết luận",),
    "L": ("Lệnh",),
    "NQ": ("Nghị quyết",),
    "NQLT": ("Nghị quyết liên tịch",),
    "NĐ": ("Nghị định",),
    "PA": ("Phương án",),
    "PL": ("Pháp lệnh",),
    "QC": ("Quy chế",),
    "QCPH": ("Quy chế phối hợp",),
    "QyĐ": ("Quy định",),
    "QĐ": ("Quyết định", "Quy định"),
    "QĐi": ("Quy định",),
    "TB": ("Thông báo",),
    "TC": ("Thông cáo",),
    "TT": ("Thông tư", "Thông tri", "Tờ trình"),
    "TTLN": ("Thông tư liên ngành",),
    "TTLT": ("Thông tư liên tịch",),
    "TTr": ("Tờ trình", "Thông tri"),
    "VBHN": ("Văn bản hợp nhất",),
    "ĐA": ("Đề án",),
}
"""Sign of a kind of document (Decree 30/2020/NĐ-CP, Guidance 36-HD/VPTW of the Party) → the kind.

Where a sign stands for several, the first, unless the text calls it by another.
"""

LETTER = "Công văn"
"""What has no sign of its kind: 123/UBND-VP, the issuer and the office that wrote it."""

ACTS = ("Luật", "Nghị quyết", "Pháp lệnh")
"""What the National Assembly numbers alike: 31/2024/QH15."""

_SIGNS = {sign.upper(): sign for sign in KINDS} | {"QD": "QĐ", "ND": "NĐ"}
"""As titles in capitals and keyboards without Đ write them → as the decree has them."""

PARTY_ISSUERS = re.compile(r"(?:T[WƯU]|QU|HU|ĐU|ĐUK|VPTW|B[A-ZĐ]{1,4}(?:T[WƯU]|QU|HU|ĐU))\b")
"""Party offices, whose numbers are written 154-KH/TU; the state's are written 154/KH-UBND."""

_SIGN = "|".join(sorted({*_SIGNS, *KINDS}, key=len, reverse=True))
_OFFICE = r"(?:[A-ZĐƯ]{2,}[a-z]?\d*|[A-ZĐƯ]\d+)"
_FURTHER = r"(?:[-.&][A-ZĐƯ]+[a-z]?\d*)*"
_NUMBER = re.compile(
    rf"""
    (?P<number>[0-9](?<![\w/.-].)(?<!\d,.)\d{{0,4}}[A-Za-z]?) (?:\ ?/\ ?(?P<year>(?:19|20)\d\d))?
    (?:
        (?:\ {{0,3}}[-/]\ {{0,3}} | (?P<gap>\ )) (?P<sign>{_SIGN}) \ {{0,3}}[-/]\ {{0,3}}
        (?P<issuer>{_OFFICE}{_FURTHER})
      | /(?P<assembly>(?:UBTV)?QH\d{{1,2}})
      | \ ?/\ ?(?P<sender>{_OFFICE}-[A-ZĐƯ]{{2,}}{_FURTHER})
    ) \b
    """,
    re.VERBOSE,
)
_CALLED = re.compile(r"(?:số|công văn|văn bản|giấy mời) ?:? ?$", re.IGNORECASE)
"""What stands before a number that its own signs do not tell from a code."""
_NAMED = re.compile(
    rf"({'|'.join(sorted({kind for kinds in KINDS.values() for kind in kinds}))})"
    r"(?: số)? ?:? ?$",
    re.IGNORECASE,
)
_ACT = re.compile(rf"\b({'|'.join(ACTS)})\b[^.;()\n]*$", re.IGNORECASE)
_DATED = re.compile(
    r"""
    (?:\ của\ [^.;()\d\n]{1,60}?)?                       # của Ủy ban nhân dân phường
    ,?\ ?(?:\(?(?:ký|ban\ hành|đề)?\ ?ngày:?\ ?|\()
    (?P<day>\d{1,2})\ ?(?:[/.-]|tháng)\ ?(?P<month>\d{1,2})
    (?:\ ?(?:[/.-]|năm)\ ?(?P<year>(?:19|20)\d\d))? (?!\ ?[/.-]?\d)
    """,
    re.VERBOSE,
)
BEFORE = 80
"""Characters before a number in which the text says what kind of document it is."""


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """A document by its number: str() is the number in its one canonical form.

    `number` has the year where it is part of it ("30/2020"); `sign` and `issuer` are as in KINDS
    and on the document ("KH", "UBND-VP"); `kind` is a kind's name, "" where nothing tells it; `day`
    is that of the document, where the text states it beside the number.
    """

    number: str
    sign: str
    issuer: str
    kind: str
    day: date | None

    def __str__(self) -> str:
        if not self.sign:
            return f"{self.number}/{self.issuer}"
        if PARTY_ISSUERS.match(self.issuer):
            return f"{self.number}-{self.sign}/{self.issuer}"
        return f"{self.number}/{self.sign}-{self.issuer}"


def document_numbers(text: str) -> tuple[DocumentNumber, ...]:
    """The documents that `text` names by their numbers, each once.

    >>> found = document_numbers("Chỉ thị số 17- CT/TU, ngày 13/10/2021; Số: 12 /BC-UBND")
    >>> [str(each) for each in found], found[0].kind, str(found[0].day)
    (['17-CT/TU', '12/BC-UBND'], 'Chỉ thị', '2021-10-13')
    """
    return numbers_in(normalize(text))


def numbers_in(normal: str) -> tuple[DocumentNumber, ...]:
    """document_numbers() of a text that is normalised already."""
    found: dict[str, DocumentNumber] = {}
    for each in _read(normal):
        known = found.get(str(each))
        if known is None or (known.day is None and each.day is not None):
            found[str(each)] = each
    return tuple(found.values())


def _read(text: str) -> Iterator[DocumentNumber]:
    for match in _NUMBER.finditer(text):
        before = text[max(0, match.start() - BEFORE) : match.start()]
        if match["sender"] and match["year"]:
            continue  # a judgment's, 87/2016/DS-PT
        doubtful = match["gap"] or (match["sender"] and not match["sender"].startswith(_COUNCILS))
        if doubtful and not _CALLED.search(before) and not _NAMED.search(before):
            continue
        sign = _SIGNS[match["sign"].upper()] if match["sign"] else ""
        yield DocumentNumber(
            number="/".join(filter(None, match.group("number", "year"))),
            sign=sign,
            issuer=match["issuer"] or match["assembly"] or match["sender"],
            kind=LETTER if match["sender"] else _kind(sign, before),
            day=_day(match),
        )


_COUNCILS = ("UBND-", "HĐND-")
"""Whose letters nothing else looks like."""


def _kind(sign: str, before: str) -> str:
    """The kind that the sign stands for, by what the text before the number calls it."""
    if not sign:
        act = _ACT.search(before)
        return act[1].capitalize() if act else ""
    named = _NAMED.search(before)
    called = named[1].capitalize() if named else ""
    return called if called in KINDS[sign] else KINDS[sign][0]


def _day(match: re.Match[str]) -> date | None:
    """The day written behind the number; one without a year is in that of the number."""
    dated = _DATED.match(match.string, match.end())
    if dated is None:
        return None
    day, month = int(dated["day"]), int(dated["month"])
    year = int(dated["year"] or match["year"] or 0)
    if year and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]:
        return date(year, month, day)
    return None


_ASKED = re.compile(
    rf"(?<!\S)(?:so )?(?P<key>\d{{1,5}}[a-z]?(?: (?:19|20)\d\d)?"
    rf" (?:(?:{'|'.join(sorted({fold(sign) for sign in KINDS}))}|ubnd|hdnd) [a-z]+\d*"
    r"|(?:ubtv)?qh\d{1,2}))(?!\S)"
)


def asked_numbers(keys: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Where syllable keys of a query may be a document's number, "số" before it included.

    For each, from where to where it reaches and where, behind "số", the number itself begins.

    >>> list(asked_numbers(["kế", "hoạch", "số", "154", "kh", "tu", "mới"]))
    [(2, 6, 3)]
    """
    text = " ".join(map(fold, keys))
    first = read = 0
    for match in _ASKED.finditer(text):
        first += text.count(" ", read, match.start())
        read = match.start()
        number, last = (
            first + text.count(" ", read, at) for at in (match.start("key"), match.end())
        )
        yield first, last + 1, number


def number_key(number: str) -> str:
    """A document's number as it is looked up: signs, spaces, case and accents do not matter.

    >>> number_key("1234/QĐ- UBND"), number_key("154 kh tu") == number_key("154-KH/TU")
    ('1234 qd ubnd', True)
    """
    return " ".join(fold(token.key) for token in syllables(number))
