"""Recovery: what may a reader try where nothing was found, and how much would that find?"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from indexer.normalize import fold
from indexer.query import Query
from webui import params
from webui.names import filter_name
from webui.reading import reading

MOST = 12
"""Filters whose removal is tried where nothing was found: each is one more search."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """A search near one that found nothing: what it does otherwise, and how much it finds."""

    label: str
    query: Query
    total: int


def recoveries(query: Query) -> list[Recovery]:
    """Searches that find something: without each filter, without all of them, without accents."""
    filters = params.filters(query)[:MOST]
    tried = [
        (_("Bỏ “%(filter)s”", filter=filter_name(applied)), applied.without) for applied in filters
    ]
    if len(filters) > 1:
        tried.append((_("Xóa tất cả bộ lọc"), params.cleared(query)))
    if fold(query.text) != query.text.lower():
        tried.append((_("Tìm không dấu"), params.changed(query, text=fold(query.text))))
    found = [Recovery(label, near, reading().listing(near, 0).total) for label, near in tried]
    return [recovery for recovery in found if recovery.total]
