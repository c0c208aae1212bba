"""Faults: what an error of a crawl means to a reader, in a few classes. Pure."""

from __future__ import annotations

import re

from flask_babel import gettext as _
from flask_babel import lazy_gettext

FAULTS = {
    "robots": lazy_gettext("Trang không cho máy thu thập (robots.txt)"),
    "robots-unread": lazy_gettext("Không đọc được robots.txt"),
    "left-alone": lazy_gettext("Máy chủ đang được để yên một thời gian"),
    "no-host": lazy_gettext("Không tìm thấy tên miền"),
    "certificate": lazy_gettext("Chứng chỉ bảo mật không hợp lệ"),
    "no-answer": lazy_gettext("Máy chủ không trả lời kịp"),
    "no-connection": lazy_gettext("Không kết nối được với máy chủ"),
    "server": lazy_gettext("Máy chủ báo lỗi"),
    "refused": lazy_gettext("Máy chủ không đưa trang"),
    "elsewhere": lazy_gettext("Địa chỉ dẫn ra ngoài trang nguồn"),
    "unreadable": lazy_gettext("Trang không đọc được"),
    "other": lazy_gettext("Lỗi khác"),
}
"""Class → what readers call it."""

_SIGNS = {
    "robots": re.compile(r"robots\.txt forbids"),
    "robots-unread": re.compile(r"robots\.txt"),
    "left-alone": re.compile(r"left alone|^parked"),
    "no-host": re.compile(r"no such host"),
    "certificate": re.compile(r"certificate"),
    "no-answer": re.compile(r"no answer in time"),
    "no-connection": re.compile(r"connection|broke off"),
    "server": re.compile(r"HTTP 5"),
    "refused": re.compile(r"HTTP \d"),
    "elsewhere": re.compile(r"leads to|is at|answered by|redirects"),
    "unreadable": re.compile(r"too large|unpacked|not an http"),
}
"""Class → how the crawler's words are known to be of it; the first that fits."""


def fault_of(error: str) -> str:
    """The class of an error in the crawler's words; "" where there is none.

    >>> fault_of("10 failures in a row: no answer in time"), fault_of("robots.txt: HTTP 503")
    ('no-answer', 'robots-unread')
    """
    if not error:
        return ""
    return next((name for name, sign in _SIGNS.items() if sign.search(error)), "other")


def in_words(error: str) -> str:
    """What readers are told of an error: its class, and the number that the server gave."""
    if not error:
        return ""
    status = re.search(r"HTTP \d+", error)
    said = str(FAULTS[fault_of(error)])
    return _("%(fault)s (%(status)s)", fault=said, status=status[0]) if status else said
