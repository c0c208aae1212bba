"""Understood: what a query was taken to mean beyond what was typed, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from flask_babel import gettext as _

from indexer.results import Widening
from webui.format import day


def sentences(widenings: Iterable[Widening]) -> Iterator[str]:
    """What was searched too, what the filters in the words let through and keep out, and names
    that nobody bears."""
    said = list(widenings)
    known = [each for each in said if each.meant]
    accented = [", ".join(each.meant) for each in known if each.kind == "accents"]
    also = [_also(each) for each in known if each.kind in ("abbreviation", "ward")]
    only = [_filtered(each.kind, each) for each in known if each.kind in FILTERS]
    but = [_filtered(each.kind[1:], each) for each in known if each.kind.startswith("-")]
    if accented:
        yield _("Đang tìm cả từ có dấu: %(list)s.", list="; ".join(accented))
    if also:
        yield _("Đang tìm cả %(list)s.", list="; ".join(also))
    if only:
        yield _("Chỉ lấy bài %(list)s.", list="; ".join(only))
    if but:
        yield _("Không lấy bài %(list)s.", list="; ".join(but))
    for each in said:
        if not each.meant and each.kind.endswith("nguon"):
            yield _("Không có nguồn nào tên “%(name)s”.", name=each.typed)
        elif not each.meant:
            yield _("Không có phường, xã nào tên “%(name)s”.", name=each.typed)


FILTERS = ("phuong", "nguon", "truoc", "sau")


def _also(widening: Widening) -> str:
    """What was searched beside the words typed: "ủy ban nhân dân (UBND)"."""
    meant = _(" và ").join(widening.meant)
    return f"{meant} ({widening.typed})"


def _filtered(field: str, widening: Widening) -> str:
    """What a filter lets through, or keeps out."""
    if field == "truoc":
        return _("trước %(day)s", day=day(date.fromisoformat(widening.meant[0])))
    if field == "sau":
        return _("sau %(day)s", day=day(date.fromisoformat(widening.meant[0])))
    names = _(" hoặc ").join(widening.meant)
    return _("của %(names)s", names=names) if field == "phuong" else _("từ %(names)s", names=names)
