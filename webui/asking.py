"""/help and /advanced: how is a query put together, in words and in a form without scripts?"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from indexer.days import read_day
from indexer.normalize import normalize
from indexer.query import Query
from webui.params import ERRORS, TEXT_LIMIT, link

pages = Blueprint("asking", __name__)

FIELDS = {
    "all": (lazy_gettext("Có tất cả các từ"), ""),
    "phrase": (lazy_gettext("Chính xác cụm từ"), lazy_gettext("Ví dụ: thu chi ngân sách")),
    "any": (lazy_gettext("Có ít nhất một từ"), lazy_gettext("Ví dụ: ngập úng")),
    "none": (lazy_gettext("Không có từ"), ""),
    "title": (lazy_gettext("Chỉ trong tiêu đề"), ""),
    "ward": (lazy_gettext("Phường, xã (tên mới hoặc cũ)"), lazy_gettext("Ví dụ: Bến Nghé")),
    "source": (lazy_gettext("Nguồn"), ""),
    "number": (lazy_gettext("Số văn bản"), lazy_gettext("Ví dụ: 154-KH/TU")),
    "after": (lazy_gettext("Đăng sau"), lazy_gettext("Ví dụ: 15/3/2026, 3/2026 hoặc 2026")),
    "before": (lazy_gettext("Đăng trước"), lazy_gettext("Ví dụ: 15/3/2026, 3/2026 hoặc 2026")),
}
"""Field of the form → its label and its hint."""

DAYS = ("after", "before")

EXAMPLES = (
    ("ngan sach", lazy_gettext("Không dấu tìm mọi cách viết có dấu; có dấu tìm đúng dấu ấy.")),
    ("“thu chi ngân sách”", lazy_gettext("Trong ngoặc kép: đúng cụm từ.")),
    ("rác -nhựa", lazy_gettext("Dấu trừ liền trước: không có từ ấy.")),
    (
        "“học phí” HOẶC “học bổng”",
        lazy_gettext("HOẶC (hay OR, viết hoa) giữa hai từ hay cụm từ: một trong hai."),
    ),
    ("tieude:ngân", lazy_gettext("Chỉ trong tiêu đề.")),
    ("phuong:Bến Nghé", lazy_gettext("Bài của một phường, xã; tên cũ dẫn đến nơi hôm nay.")),
    ("nguon:“Cổng thông tin”", lazy_gettext("Bài từ nguồn có tên như vậy.")),
    ("so:154-KH/TU", lazy_gettext("Bài nhắc đến văn bản có số ấy.")),
    ("sau:3/2025 trước:15/3/2026", lazy_gettext("Theo ngày đăng: ngày, tháng hoặc năm.")),
)
"""Queries, and what they find."""


@pages.get("/help")
def help() -> str:
    """What can be asked, with examples that can be tried."""
    examples = [(text, Query(text), said) for text, said in EXAMPLES]
    return render_template("help.html", query=Query(), examples=examples)


@pages.get("/advanced")
def advanced() -> Response | str:
    """The form; filled in, the search that it means."""
    typed = {name: request.args.get(name, "").strip() for name in FIELDS}
    errors = {name: ERRORS["date"] for name in DAYS if typed[name] and not read_day(typed[name])}
    text = written(typed)
    if text and not errors:
        return redirect(link(Query(text[:TEXT_LIMIT])), 303)
    return render_template(
        "advanced.html", query=Query(), fields=FIELDS, typed=typed, errors=errors, days=DAYS
    )


def written(typed: Mapping[str, str]) -> str:
    """The query that the fields of the form mean.

    >>> fields = dict.fromkeys(FIELDS, "")
    >>> written(fields | {"all": "rác", "any": "nhựa giấy", "ward": "Bồ Đề", "before": "3 / 2026"})
    'rác nhựa OR giấy phuong:"Bồ Đề" truoc:3/2026'
    >>> written(fields | {"phrase": "thu chi", "none": "quỹ đất", "title": "ngân sách"})
    '"thu chi" -quỹ -đất tieude:ngân tieude:sách'
    """
    plain = {name: normalize(value).replace('"', " ").split() for name, value in typed.items()}
    parts = [
        *typed["all"].split(),
        *_quoted("", plain["phrase"]),
        " OR ".join(plain["any"]),
        *(f"-{word}" for word in plain["none"]),
        *(f"tieude:{word}" for word in plain["title"]),
        *_quoted("phuong:", plain["ward"]),
        *_quoted("nguon:", plain["source"]),
        *_quoted("so:", plain["number"]),
        *(f"sau:{''.join(plain['after'])}" for _ in plain["after"][:1]),
        *(f"truoc:{''.join(plain['before'])}" for _ in plain["before"][:1]),
    ]
    return " ".join(filter(None, parts))


def _quoted(field: str, words: list[str]) -> list[str]:
    return [f'{field}"{" ".join(words)}"'] if words else []
