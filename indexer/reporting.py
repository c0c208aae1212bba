"""Reporting: the one span that a whole article accounts for, of all those it names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from indexer.normalize import normalize
from indexer.periods import Period, periods_in

HEAD = 900
"""Characters of a text within which it says what it accounts for; what follows are its parts."""

IN_TITLE, IN_LEAD, RESULTS, PLANS, OPENING, EXPLICIT, AGAIN, ENOUGH = 3, 1, 3, 2, 2, 1, 1, 4
"""Points for a span in the title or the first sentence, after words of results or of plans, opening
a sentence, for one that is no mere year or month ("9 tháng đầu năm 2022"), for one that comes with
such words again; and how many make it the article's."""

_RESULTS = re.compile(
    r"\b(kết quả|báo cáo|tổng kết|sơ kết|đánh giá|quyết toán|dự toán|ngân sách|đầu tư công"
    r"|số liệu|hoàn thành)\b",
    re.IGNORECASE,
)
_PLANS = re.compile(
    r"\b(nhiệm vụ|công tác|phương hướng|kế hoạch(?! số)|chương trình|mục tiêu)\b", re.IGNORECASE
)
_OCCASION = re.compile(
    r"\b(hội (nghị|sách|báo|thi|diễn|thao)|ngày(?! \d)|lễ|cuộc thi|kỳ thi|giải|liên hoan"
    r"|diễn đàn|sự kiện|tháng cao điểm|tết|xuân|lần thứ)\b",
    re.IGNORECASE,
)
"""What has a year in its name: a year after it, and after no word of results or plans, is that."""

_IN_PASSING = re.compile(
    r"\b(vào|từ|trước|sau|đến|tới|sinh|giữa|cuối|đầu|tuần|cùng kỳ|so với|ban hành|thành lập) $",
    re.IGNORECASE,
)
_CITING = re.compile(r"(Thực hiện|Căn cứ|Theo|Nhằm|Tiếp tục|Triển khai)\b")
"""How a sentence begins that names what others have said before it comes to its own."""

# These begin with a class of characters, which the regex engine looks for fastest.
_SENTENCE = re.compile(r"\s(?:(?<=[.;!?]\s)\s*|(?<=\n)\n*)")
_SPAN_WORD = re.compile(r"[\dqQtT](?i:(?<=\d)\d{3}|(?<=q)uý|(?<=t)(?:háng (?:đầu|cuối|\d)|uần \d))")
"""Without one of these a sentence names no span."""


def reporting_period(title: str, text: str, published: date | None = None) -> Period | None:
    """The span whose results, plan or budget an article accounts for; None where for none.

    >>> found = reporting_period("Sơ kết 9 tháng đầu năm, nhiệm vụ 3 tháng cuối năm 2022", "")
    >>> str(found.since), str(found.until)
    ('2022-01-01', '2022-09-30')
    """
    return reported_in(normalize(title), normalize(text), published)


def reported_in(title: str, text: str, published: date | None = None) -> Period | None:
    """reporting_period() of a title and a text that are normalised already."""
    points: dict[tuple[date, date], list[int]] = defaultdict(list)
    periods: dict[tuple[date, date], Period] = {}
    for period, each in _weighed(title, text, published):
        span = (period.since, period.until)
        periods.setdefault(span, period)
        points[span].append(each)
    most = {span: max(each) + AGAIN * (sum(map(bool, each)) > 1) for span, each in points.items()}
    best = max(most, key=lambda span: most[span], default=None)
    return periods[best] if best and most[best] >= ENOUGH else None


def _weighed(title: str, text: str, published: date | None) -> Iterator[tuple[Period, int]]:
    """Every span of the title and the head of the text, with its points."""
    for period, points in _spans(title, published):
        yield period, points + IN_TITLE
    for number, sentence in enumerate(_SENTENCE.split(text[:HEAD].lstrip())):
        for period, points in _spans(sentence, published):
            lead = points > 0 and number < 2 and not _CITING.match(sentence)
            yield period, points + IN_LEAD * lead


def _spans(sentence: str, published: date | None) -> Iterator[tuple[Period, int]]:
    """The spans of one sentence in order, with points for the words between it and the last."""
    if not _SPAN_WORD.search(sentence):
        return
    named = (each for each in periods_in(sentence, published) if each.kind in ("report", "term"))
    end = 0
    for start, period in sorted(((sentence.find(p.words), p) for p in named), key=_place):
        before, end = sentence[end:start], start + len(period.words)
        explicit = not period.words.lower().startswith(("năm", "tháng"))
        occasion = max((match.end() for match in _OCCASION.finditer(before)), default=0)
        cue = _cue(before[occasion:])
        if explicit or not (_IN_PASSING.search(before) or (occasion and not cue)):
            yield period, cue + EXPLICIT * explicit


def _place(found: tuple[int, Period]) -> int:
    return found[0]


def _cue(before: str) -> int:
    """Points for the words before a span."""
    if _RESULTS.search(before):
        return RESULTS
    if _PLANS.search(before):
        return PLANS
    return OPENING * (before in {"", "Trong ", "trong "})
