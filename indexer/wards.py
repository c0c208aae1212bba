"""Wards: every commune-level unit of Vietnam, of today and of the time before 1 July 2025.

On that day districts ended, 63 provinces became 34 and 10,035 communes 3,321 (Resolution
202/2025/QH15 and those for each province). Old units map to new ones many to many, so whatever is
asked here answers with all of them. The table is the data of the package vietnamadminunits, read
as files: importing the package costs half a second and brings nothing that is needed here.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from indexer.normalize import fold, normalize, syllables

REFORM = date(2025, 7, 1)
"""The day from which the units of today exist."""

KINDS = {
    "phường": "phường",
    "xã": "xã",
    "thị trấn": "thị trấn",
    "đặc khu": "đặc khu",
    "p": "phường",
    "tt": "thị trấn",
}
"""How the kind of a unit is written before its name, as keys → the kind."""

UNIT_KINDS = ("phường", "xã", "thị trấn", "đặc khu", "huyện")
"""What a unit is; "huyện" for the island districts that had no communes."""

PROVINCE_NAMES = {
    "tphcm": "hồ chí minh",
    "hcm": "hồ chí minh",
    "sài gòn": "hồ chí minh",
    "thừa thiên huế": "huế",
    "br vt": "bà rịa vũng tàu",
    "hn": "hà nội",
}
"""Other names of provinces → the name in the table, as keys."""

_PROVINCE_KIND = re.compile(r"\s*(tỉnh|thành phố|tp\b\.?|tinh|thanh pho)\s*(?=\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Province:
    """A province or city under the central government; a merged one names its successor."""

    slug: str
    name: str
    short: str
    current: bool
    successors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """One ward, commune, township or special zone.

    `name` is "Phường Việt Hưng", `short` "Việt Hưng"; `province` is the short name at the unit's
    own time, `district` "" for units of today. `successors` and `predecessors` are slugs.
    `former` are names of units that had been merged into this one before 2025, as the table has
    them: without accents and spaces ("phuongthanhson").
    """

    slug: str
    name: str
    short: str
    kind: str
    district: str
    province: str
    province_slug: str
    current: bool
    successors: tuple[str, ...]
    predecessors: tuple[str, ...]
    former: tuple[str, ...]

    @property
    def label(self) -> str:
        """The name with the places around it: "Phường Phúc Đồng, Quận Long Biên, Hà Nội"."""
        return ", ".join(part for part in (self.name, self.district, self.province) if part)


def name_key(name: str) -> str:
    """The keys of a name, joined by spaces; numbers without leading zeros.

    >>> name_key("Hoà Bình"), name_key("Phường 05")
    ('hòa bình', 'phường 5')
    """
    return " ".join(number_key(token.key) for token in syllables(name))


def number_key(key: str) -> str:
    """The key without leading zeros where it is a number: Phường 05 is Phường 5."""
    return key.lstrip("0") if key.isdigit() else key


class Gazetteer:
    """All units and provinces. They are found by names with accents or without any."""

    def __init__(self, units: Iterable[Unit], provinces: Iterable[Province]) -> None:
        self._units = {unit.slug: unit for unit in units}
        self._provinces = {province.slug: province for province in provinces}
        self._by_key: dict[str, list[Unit]] = defaultdict(list)
        self._by_folded: dict[str, list[Unit]] = defaultdict(list)
        self._numbered: dict[str, list[Unit]] = defaultdict(list)
        self._former: dict[str, list[Unit]] = defaultdict(list)
        for unit in self._units.values():
            self._enter(unit)
        self.province_keys = {
            name_key(province.short): province.slug for province in self._provinces.values()
        }
        for other, name in PROVINCE_NAMES.items():
            self.province_keys[other] = self.province_keys[name_key(name)]
        self._folded_provinces = {fold(key): slug for key, slug in self.province_keys.items()}

    def _enter(self, unit: Unit) -> None:
        key = name_key(unit.short)
        folded = fold(key)
        self._by_key[key].append(unit)
        self._by_folded[folded].append(unit)
        base, _, number = folded.rpartition(" ")
        if base and number.isdigit():
            self._numbered[base].append(unit)
        for name in unit.former:
            self._former[name].append(unit)

    def __iter__(self) -> Iterator[Unit]:
        return iter(self._units.values())

    def unit(self, slug: str) -> Unit | None:
        """The unit of that slug."""
        return self._units.get(slug)

    def today(self, slug: str) -> tuple[Unit, ...]:
        """The units of today that the unit lies in, itself if it is one; none if unknown.

        One that kept the name comes first.
        """
        unit = self._units.get(slug)
        if unit is None:
            return ()
        after = [unit] if unit.current else [self._units[each] for each in unit.successors]
        return tuple(sorted(after, key=lambda each: each.short != unit.short))

    def province(self, slug: str) -> Province | None:
        """The province of that slug, of today or merged away."""
        return self._provinces.get(slug)

    def provinces(self) -> tuple[Province, ...]:
        """The provinces of today."""
        return tuple(each for each in self._provinces.values() if each.current)

    def province_named(self, name: str) -> Province | None:
        """The province, of today or merged away, by any of its names.

        "Hà Nội", "ha noi", "Thành phố Hồ Chí Minh", "TP. HCM", "TPHCM", "tỉnh Ninh Thuận".
        """
        for each in (name, _PROVINCE_KIND.sub("", normalize(name), count=1)):
            key = name_key(each)
            slug = self.province_keys.get(key) or self._folded_provinces.get(key)
            if slug:
                return self._provinces[slug]
        return None

    def provinces_of(self, unit: Unit) -> frozenset[str]:
        """Slugs of the unit's own province and of those its ground lay or lies in otherwise."""
        others = (self._units[slug] for slug in (*unit.successors, *unit.predecessors))
        return frozenset({unit.province_slug, *(other.province_slug for other in others)})

    def find(self, name: str, province: str = "") -> tuple[Unit, ...]:
        """Every unit of that name, those of today first: "phường Phúc Đồng", "Phuc Dong", "P. 5".

        `name` may go on with the district ("Phường 1, Quận 3"). `province`, where given, is any
        name of today or of before; units of both times are found by either. A name that no unit
        bears stands for the numbered ones ("Mỹ Đình": Mỹ Đình 1, Mỹ Đình 2), else for the units
        that a unit of that name was merged into before 2025.
        """
        ward, _, district = name.partition(",")
        kind, key = kind_and_key(ward)
        where = self.province_named(province)
        for units in self._named(kind, key):
            found = [each for each in units if kind in ("", each.kind)] or units
            if district.strip():
                found = [each for each in found if _in_district(each, district)]
            if province.strip():
                found = [each for each in found if where and where.slug in self.provinces_of(each)]
            if found:
                return tuple(sorted(found, key=lambda unit: (not unit.current, unit.slug)))
        return ()

    def _named(self, kind: str, key: str) -> Iterator[list[Unit]]:
        """Units by the name itself, then as the base of numbered names, then as a former name."""
        folded = fold(key)
        plain = folded == key
        yield self._by_folded.get(key, []) if plain else self._by_key.get(key, [])
        numbered = self._numbered.get(folded, [])
        yield [each for each in numbered if plain or name_key(each.short).startswith(key)]
        yield self.formerly(kind, key)

    def named(self, kind: str, key: str) -> list[Unit]:
        """Units that bear the name with that key and are of that kind."""
        return [unit for unit in self._by_key.get(key, ()) if unit.kind == kind]

    def formerly(self, kind: str, key: str) -> list[Unit]:
        """Units of before 2025 that a unit of that name had been merged into."""
        return self._former.get(fold(kind + key).replace(" ", ""), [])


def kind_and_key(name: str) -> tuple[str, str]:
    """The kind a name begins with ("" where with none) and the key of the rest.

    >>> kind_and_key("Phường Hoà Bình"), kind_and_key("P. 05"), kind_and_key("Phường")
    (('phường', 'hòa bình'), ('phường', '5'), ('', 'phường'))
    """
    key = name_key(name)
    for written, kind in KINDS.items():
        for prefix in (f"{written} ", f"{fold(written)} "):
            if key.startswith(prefix):
                return kind, key.removeprefix(prefix)
    return "", key


_DISTRICT_KIND = re.compile(r"(quan|huyen|thi xa|thanh pho|q|h|tx|tp) ")


def _in_district(unit: Unit, district: str) -> bool:
    name, wanted = (
        _DISTRICT_KIND.sub("", fold(name_key(each)), count=1) for each in (unit.district, district)
    )
    return name == wanted


def slug_of(words: str) -> str:
    """Lower-case ASCII with hyphens.

    >>> slug_of("Phường Việt Hưng Hà Nội")
    'phuong-viet-hung-ha-noi'
    """
    return "-".join(re.findall("[a-z0-9]+", fold(words)))


def load_gazetteer() -> Gazetteer:
    """The gazetteer, from the files of the installed package vietnamadminunits."""
    spec = find_spec("vietnamadminunits")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("vietnamadminunits is not installed; run: make install")
    folder = Path(spec.origin).parent / "data"
    converter = json.loads((folder / "converter_2025.json").read_text(encoding="utf-8"))
    database = sqlite3.connect(f"{(folder / 'dataset.db').as_uri()}?mode=ro", uri=True)
    try:
        return _join(converter, *_rows(database))
    finally:
        database.close()


_NEW_ROWS = """
    SELECT provinceKey, '', wardKey, province, provinceShort, '', '', ward, NULL
    FROM admin_units ORDER BY wardCode
"""
# Five island districts had no communes; they stand for themselves.
_OLD_ROWS = """
    SELECT provinceKey, districtKey, coalesce(wardKey, ''), province, provinceShort,
           CASE WHEN ward IS NULL THEN '' ELSE district END,
           CASE WHEN ward IS NULL THEN '' ELSE districtShort END,
           coalesce(ward, district), wardAlias
    FROM admin_units_legacy ORDER BY wardCode, districtCode
"""


@dataclass(frozen=True, slots=True)
class _Row:
    province_key: str
    district_key: str
    ward_key: str
    province: str
    province_short: str
    district: str
    district_short: str
    name: str
    aliases: str | None

    @property
    def kind_and_short(self) -> tuple[str, str]:
        """The two parts of the name; the table's own columns for them have faults."""
        kind = next(kind for kind in UNIT_KINDS if self.name.lower().startswith(f"{kind} "))
        return kind, self.name[len(kind) + 1 :]

    @property
    def key(self) -> str:
        """How the table of successors names the unit."""
        parts = (self.province_key, self.district_key, self.ward_key)
        return "_".join(parts) if self.district_key else f"{self.province_key}_{self.ward_key}"


def _rows(database: sqlite3.Connection) -> tuple[list[_Row], list[_Row]]:
    new, old = (
        [_Row(*row) for row in database.execute(statement)] for statement in (_NEW_ROWS, _OLD_ROWS)
    )
    return new, old


def _join(converter: Mapping[str, Any], new: list[_Row], old: list[_Row]) -> Gazetteer:
    """Units with their slugs and links, and the provinces."""
    slugs = _slugs([*new, *old])
    successors, predecessors = defaultdict(list), defaultdict(list)
    for before, after in _links(converter):
        successors[before].append(slugs[after])
        predecessors[after].append(slugs[before])
    province_slug = cache(slug_of)
    units = [
        Unit(
            slug=slugs[row.key],
            name=row.name,
            short=short,
            kind=kind,
            district=row.district,
            province=row.province_short,
            province_slug=province_slug(row.province_short),
            current=not row.district_key,
            successors=tuple(successors[row.key]),
            predecessors=tuple(predecessors[row.key]),
            former=tuple(json.loads(row.aliases)) if row.aliases else (),
        )
        for row in (*new, *old)
        for kind, short in [row.kind_and_short]
    ]
    return Gazetteer(units, _provinces(converter, new, old))


def _slugs(rows: Iterable[_Row]) -> dict[str, str]:
    """Key → slug: name, district, province; numbered from 2 where an earlier unit has it.

    Units of today come first and the order of rows is that of the official codes, so a slug stays.
    """
    slugs: dict[str, str] = {}
    seen: dict[str, int] = defaultdict(int)
    for row in rows:
        slug = slug_of(f"{row.name} {row.district_short} {row.province_short}")
        seen[slug] += 1
        slugs[row.key] = slug if seen[slug] == 1 else f"{slug}-{seen[slug]}"
    return slugs


def _links(converter: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(key of the old unit, key of the new one), each pair once."""
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, olds in wards.items():
            yield from ((old, f"{province}_{ward}") for old in olds)
    for province, wards in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, parts in wards.items():
            yield from ((old, f"{province}_{part['newWardKey']}") for part in parts)


def _provinces(converter: Mapping[str, Any], new: list[_Row], old: list[_Row]) -> list[Province]:
    """Those of today, then those that were merged away. One that kept its name is one of today."""
    shorts = {row.province_key: row.province_short for row in new}
    into = {
        before: slug_of(shorts[after])
        for after, olds in converter["DICT_PROVINCE"].items()
        for before in olds
    }
    found: dict[str, Province] = {}
    for row in (*new, *old):
        if row.province_key not in found:
            current = not row.district_key
            after = () if current else (into[row.province_key],)
            slug = slug_of(row.province_short)
            found[row.province_key] = Province(
                slug, row.province, row.province_short, current, after
            )
    return list(found.values())
