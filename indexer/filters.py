"""Filters: what phuong:, nguon:, truoc: and sau: let through, and what old names of wards mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from whoosh.query import NullQuery, NumericRange, Query

from indexer.days import midnight, read_day
from indexer.engine.queries import Having
from indexer.normalize import fold, syllables
from indexer.query import Parsed, Part
from indexer.results import Widening
from indexer.schema import PUBLISHED
from indexer.units import UNIT_KINDS, Unit
from indexer.wards import Gazetteer, kind_and_key

LONGEST_NAME = 6
"""Syllables of the longest names of units: thị trấn Phan Rang Tháp Chàm."""

MOST_FOLLOWED = 4
"""Units that an old name in plain words is followed to; more would mean that nobody knows whose
name it is. A page lists them all instead."""

NAMES_SHOWN = 3
"""Names said of what a filter lets through."""

KIND_STARTS = frozenset(fold(kind.split()[0]) for kind in UNIT_KINDS)

Group = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Followed:
    """keys[start:end] of a query are a unit's old name; `slugs` and `labels` are those of today."""

    start: int
    end: int
    slugs: tuple[str, ...]
    labels: tuple[str, ...]


class Filters:
    """Reads them by the gazetteer and by the names of sources (id → name)."""

    def __init__(self, gazetteer: Gazetteer, sources: Mapping[str, str]) -> None:
        self.gazetteer = gazetteer
        self.sources = sources

    def joined(self, parsed: Parsed) -> Parsed:
        """The query with names behind phuong: whole, as readers type them without quotes:
        phuong:Bồ Đề ngân sách."""
        groups: list[Group] = []
        left = list(parsed.groups)
        while left:
            length = self._length_of_name(left[:LONGEST_NAME])
            parts = [part for group in left[:length] for part in group]
            groups.append(_one(parts) if length > 1 else left[0])
            left = left[length:]
        return replace(parsed, groups=tuple(groups))

    def _length_of_name(self, groups: Sequence[Group]) -> int:
        """How many of the groups are one name behind phuong:, at least 1."""
        first = groups[0][0]
        if len(groups[0]) > 1 or first.field != "phuong" or first.quoted:
            return 1
        others = [len(group) == 1 and group[0].plain for group in groups[1:]]
        most = 1 + (others.index(False) if False in others else len(others))
        for length in range(most, 1, -1):
            if self.units(_one([group[0] for group in groups[:length]])[0].typed):
                return length
        return 1

    def query(self, part: Part, literal: bool) -> Query:
        """What the part lets through; nothing where no unit or source is called so."""
        if part.field in ("truoc", "sau"):
            return _days(part)
        if part.field == "nguon":
            return _having("sources", list(self._sources(part)))
        units = self.units(part.typed)
        after = () if literal else self._after(units)
        return _having("wards", [unit.slug for unit in (*units, *after)])

    def said(self, part: Part, literal: bool) -> Widening:
        """The part as it was understood: (field, as typed, what it means)."""
        meant: Sequence[str]
        if part.field in ("truoc", "sau"):
            day = read_day(part.typed, last=part.field == "sau")
            meant = (day.isoformat(),) if day else ()
        elif part.field == "nguon":
            meant = tuple(self._sources(part).values())
        else:
            units = self.units(part.typed)
            meant = [unit.label for unit in (units if literal else self._after(units))]
        more = ("…",) if len(meant) > NAMES_SHOWN else ()
        return Widening(part.field, part.typed, (*meant[:NAMES_SHOWN], *more))

    def units(self, name: str) -> tuple[Unit, ...]:
        """The units of that name or slug: those of today, or where none is called so any more,
        those of before."""
        unit = self.gazetteer.unit(name.lower())
        ward, _, place = name.rpartition(",")
        found = (unit,) if unit else self.gazetteer.find(name) or self.gazetteer.find(ward, place)
        return tuple(unit for unit in found if unit.current) or found

    def followed(self, keys: Sequence[str]) -> Iterator[Followed]:
        """Names in plain words, with their kind ("phường Bến Nghé"), that no unit has any more."""
        for start in range(len(keys)):
            if fold(keys[start]) not in KIND_STARTS:
                continue
            for end in range(min(len(keys), start + LONGEST_NAME), start + 2, -1):
                units = self._units_after(keys[start:end])
                if units:
                    slugs = tuple(unit.slug for unit in units)
                    yield Followed(start, end, slugs, tuple(unit.label for unit in units))
                    break

    def _units_after(self, keys: Sequence[str]) -> list[Unit]:
        """The units of today for the name of one that is no more; none where it is no such name, or
        where it is the name of too many."""
        name = " ".join(keys)
        kind, key = kind_and_key(name)
        if not kind or " " not in key:
            return []
        units = [unit for unit in self.gazetteer.find(name) if unit.kind == kind]
        if any(unit.current for unit in units):
            return []
        after = self._after(units)
        return after if len(after) <= MOST_FOLLOWED else []

    def _after(self, units: Iterable[Unit]) -> list[Unit]:
        """The units of today that these lie in."""
        return list(dict.fromkeys(new for each in units for new in self.gazetteer.today(each.slug)))

    def _sources(self, part: Part) -> dict[str, str]:
        """Sources that are called so, or have these words in their name, with accents or without;
        id → name."""
        wanted = f" {' '.join(map(fold, part.keys))} "
        return {
            id: name
            for id, name in self.sources.items()
            if id == part.typed.lower() or wanted in _searched(name) or wanted in _searched(id)
        }


def _searched(name: str) -> str:
    return f" {' '.join(fold(token.key) for token in syllables(name))} "


def _one(parts: Sequence[Part]) -> Group:
    """Parts that are one name, as one."""
    keys = tuple(key for part in parts for key in part.keys)
    typed = " ".join(part.typed for part in parts)
    return (replace(parts[0], keys=keys, typed=typed),)


def _having(facet: str, values: Sequence[str]) -> Query:
    return Having(facet, sorted(set(values))) if values else NullQuery


def _days(part: Part) -> Query:
    """Published before the time named began, or after it ended; articles without a day are
    neither."""
    first, last = read_day(part.typed), read_day(part.typed, last=True)
    if first is None or last is None:
        return NullQuery
    if part.field == "truoc":
        return NumericRange(PUBLISHED, None, midnight(first), endexcl=True)
    return NumericRange(PUBLISHED, midnight(last + timedelta(days=1)), None)
