"""The gazetteer: wards, communes and special zones of today and of before 1 July 2025.

On that day 63 provinces became 34, the districts went, and some 10,000 wards became 3,321
(resolution 202/2025/QH15 of the National Assembly and those on each province). Old units map
many-to-many to new ones: a unit that was split has several successors and is never silently
counted as one of them.

The names and the mapping are the data files of the package vietnamadminunits; its code, which loads
shapely and geopy, is not needed.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from indexer.normalize import fold, syllables

LONGEST_NAME = 6
"""Syllables in the longest name of a unit ("Đắk Tô", "Nguyễn Thị Minh Khai")."""

KINDS = {
    ("phường",): "Phường",
    ("xã",): "Xã",
    ("thị", "trấn"): "Thị trấn",
    ("đặc", "khu"): "Đặc khu",
}

PROVINCE_PREFIXES = ("thanh pho ", "tinh ", "tp ")
PROVINCE_ALIASES = {"tphcm": "ho chi minh", "hcm": "ho chi minh", "sai gon": "ho chi minh"}


@dataclass(frozen=True, slots=True)
class Unit:
    """A ward, commune, town or special zone; `name` has its kind ("Phường Việt Hưng").

    `province` is the province of its time, `district` is "" today. `successors` are slugs of
    today's units (empty for a unit of today), `predecessors` of the units that went into it.
    """

    slug: str
    name: str
    short: str
    kind: str
    district: str
    province: str
    current: bool
    successors: tuple[str, ...] = ()
    predecessors: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name with what tells it from its namesakes, for people."""
        return ", ".join(part for part in (self.name, self.district, self.province) if part)


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """All units by slug, and today's provinces (slug → name)."""

    units: dict[str, Unit]
    provinces: dict[str, str]
    by_name: dict[str, list[Unit]] = field(repr=False)

    def today(self, slug: str) -> tuple[Unit, ...]:
        """What the unit is now: itself, or every successor. KeyError for an unknown slug."""
        unit = self.units[slug]
        return (unit,) if unit.current else tuple(self.units[each] for each in unit.successors)

    def provinces_of(self, slug: str) -> tuple[str, ...]:
        """Slugs of today's provinces that the unit lies in."""
        return tuple(dict.fromkeys(slug_of(unit.province) for unit in self.today(slug)))

    def find(self, name: str, province: str = "") -> tuple[Unit, ...]:
        """Units of that name, those of today first; () for none.

        The kind may be left out, a district may follow after a comma, accents are optional, and
        the province may be the one of then or of now.
        """
        name, _, district = name.partition(",")
        kind, keys = _kind(tuple(token.key for token in syllables(name)))
        short = " ".join(keys)
        found = [
            unit
            for unit in self.by_name.get(fold(short), [])
            if (not kind or unit.kind == kind)
            and (not province.strip() or _plain(province) in self._province_names(unit))
            and (not district.strip() or fold(unit.district).endswith(fold(district.strip())))
        ]
        exact = [unit for unit in found if _spelled(unit.short) == short]
        return tuple(exact or found)

    def mentions(self, text: str, provinces: Collection[str] = ()) -> tuple[Unit, ...]:
        """The units a text names, in order, each once.

        A name counts after its kind ("phường Thanh Sơn"), and only where its district or province
        is named in the text too, or is one of `provinces` (slugs of today). What stays ambiguous
        is left out.
        """
        tokens = syllables(text)
        keys = [token.key for token in tokens]
        around = f" {fold(' '.join(keys))} "
        found: dict[str, Unit] = {}
        for start in range(len(tokens)):
            kind, rest = _kind(tuple(keys[start : start + 2 + LONGEST_NAME]))
            if not kind:
                continue
            named = start + len(keys[start : start + 2 + LONGEST_NAME]) - len(rest)
            if named < len(tokens) and not text[tokens[named].start].islower():
                for unit in self._meant(kind, rest, around, provinces):
                    found[unit.slug] = unit
        return tuple(found.values())

    def _meant(
        self, kind: str, keys: Sequence[str], around: str, provinces: Collection[str]
    ) -> tuple[Unit, ...]:
        """The one unit that the longest run of `keys` names in this context, or none."""
        for length in range(min(LONGEST_NAME, len(keys)), 0, -1):
            short = " ".join(keys[:length])
            named = [
                unit
                for unit in self.by_name.get(fold(short), [])
                if unit.kind == kind and _spelled(unit.short) == short
            ]
            if named:
                return _only(self._in_context(named, around, provinces))
        return ()

    def _in_context(self, units: list[Unit], around: str, provinces: Collection[str]) -> list[Unit]:
        by_district = [
            unit for unit in units if unit.district and f" {_plain(unit.district)} " in around
        ]
        if by_district:
            return by_district
        at_home = [
            unit for unit in units if not set(provinces).isdisjoint(self.provinces_of(unit.slug))
        ]
        return at_home or [unit for unit in units if f" {_plain(unit.province)} " in around]

    def _province_names(self, unit: Unit) -> set[str]:
        return {_plain(unit.province), *(_plain(now.province) for now in self.today(unit.slug))}


def _only(units: list[Unit]) -> tuple[Unit, ...]:
    """The single unit meant: a unit of today and its namesake of before count as the former."""
    current = [unit for unit in units if unit.current]
    chosen = current or units
    return tuple(chosen) if len(chosen) == 1 else ()


def _kind(keys: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The kind that leads a name ("" for none) and the rest of it; accents optional."""
    for words, kind in KINDS.items():
        if [fold(key) for key in keys[: len(words)]] == [fold(word) for word in words]:
            return kind, keys[len(words) :]
    return "", keys


@cache
def _plain(name: str) -> str:
    """A province or district as people write it: folded, without its rank.

    >>> _plain("Thành phố Hồ Chí Minh"), _plain("TPHCM"), _plain("Quận Long Biên")
    ('ho chi minh', 'ho chi minh', 'long bien')
    """
    plain = " ".join(token.key for token in syllables(fold(name)))
    for prefix in (*PROVINCE_PREFIXES, "quan ", "huyen ", "thi xa "):
        bare = plain.removeprefix(prefix)
        if bare != plain and not bare[:1].isdigit():
            plain = bare
            break
    return PROVINCE_ALIASES.get(plain, plain)


@cache
def _spelled(short: str) -> str:
    return " ".join(token.key for token in syllables(short))


def slug_of(name: str) -> str:
    """A name as an ASCII address part.

    >>> slug_of("Phường Việt Hưng"), slug_of("Bà Rịa - Vũng Tàu")
    ('phuong-viet-hung', 'ba-ria-vung-tau')
    """
    return "-".join(token.key for token in syllables(fold(name)))


@cache
def load_gazetteer() -> Gazetteer:
    """Every unit there is and was. Takes a tenth of a second; made once a process."""
    spec = find_spec("vietnamadminunits")
    assert spec is not None, "vietnamadminunits is a dependency of this package"
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "data"
    connection = sqlite3.connect(f"{(folder / 'dataset.db').as_uri()}?mode=ro", uri=True)
    now, then = connection.execute(NOW).fetchall(), connection.execute(THEN).fetchall()
    connection.close()
    return _gazetteer(now, then, json.loads((folder / "converter_2025.json").read_text()))


NOW = "SELECT provinceKey || '_' || wardKey, ward, wardType, '', provinceShort FROM admin_units"
THEN = (
    "SELECT provinceKey || '_' || districtKey || '_' || ifnull(wardKey, ''),"
    " ifnull(ward, district), ifnull(wardType, districtType), iif(ward IS NULL, '', district),"
    " provinceShort FROM admin_units_legacy"
)
"""Key, name, kind, district, province. Five island districts had no wards; they are the units."""

Row = tuple[str, str, str, str, str]
Mapping = dict[str, dict[str, dict[str, list[Any]]]]


def _gazetteer(now: list[Row], then: list[Row], mapping: Mapping) -> Gazetteer:
    slugs = {
        key: slug_of(f"{name} {_plain(district)} {province}")
        for key, name, _, district, province in (*now, *then)
    }
    after, before = defaultdict(list), defaultdict(list)
    for old, new in sorted(set(_links(mapping))):
        after[old].append(slugs[new])
        before[new].append(slugs[old])
    units = [_unit(row, slugs, (), before[row[0]]) for row in now]
    units += [_unit(row, slugs, after[row[0]], ()) for row in then]
    by_name: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        by_name[fold(_spelled(unit.short))].append(unit)
    provinces = {slug_of(unit.province): unit.province for unit in units if unit.current}
    return Gazetteer({unit.slug: unit for unit in units}, provinces, dict(by_name))


def _unit(
    row: Row, slugs: dict[str, str], successors: Iterable[str], predecessors: Iterable[str]
) -> Unit:
    key, name, kind, district, province = row
    return Unit(
        slug=slugs[key],
        name=name,
        short=name.removeprefix(kind).strip(),
        kind=kind,
        district=district,
        province=province,
        current=not successors,
        successors=tuple(successors),
        predecessors=tuple(predecessors),
    )


def _links(mapping: Mapping) -> Iterator[tuple[str, str]]:
    """(key of an old unit, key of a new one), for whole and for split units."""
    for province, wards in mapping["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, olds in wards.items():
            for old in olds:
                yield old, f"{province}_{ward}"
    for province, split in mapping["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, news in split.items():
            for new in news:
                yield old, f"{province}_{new['newWardKey']}"
