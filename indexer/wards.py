"""Wards: every commune-level unit of Vietnam, found by name, and what became of it.

On 1 July 2025 districts ended, 63 provinces became 34 and 10,035 communes 3,321 (Resolution
202/2025/QH15 and those for each province). Old units map to new ones many to many, so whatever is
asked here answers with all of them.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from indexer.normalize import fold, normalize, syllables
from indexer.units import Province, Unit, read_units

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

PROVINCE_NAMES = {
    "tphcm": "hồ chí minh",
    "hcm": "hồ chí minh",
    "sài gòn": "hồ chí minh",
    "thừa thiên huế": "huế",
    "br vt": "bà rịa vũng tàu",
    "hn": "hà nội",
    "hà tây": "hà nội",
    "bắc cạn": "bắc kạn",
    "đắc lắc": "đắk lắk",
    "đắc nông": "đắk nông",
}
"""Other names of provinces → the name in the table, as keys."""

_KINDS_OF_NAMES = tuple(dict.fromkeys(KINDS.values()))
_PROVINCE_KIND = re.compile(r"\s*(tỉnh|thành phố|tp\b\.?|tinh|thanh pho)\s*(?=\S)", re.IGNORECASE)


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
        self._province_keys = {
            name_key(province.short): province.slug for province in self._provinces.values()
        }
        for other, name in PROVINCE_NAMES.items():
            self._province_keys[other] = self._province_keys[name_key(name)]
        self._folded_provinces = {fold(key): slug for key, slug in self._province_keys.items()}
        self.places = self._place_names()
        self.place_starts = frozenset(name.partition(" ")[0] for name in self.places)

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

    def _place_names(self) -> dict[str, str]:
        """Folded names of provinces → their slugs, and of districts → "", but for numbers."""
        districts = {(unit.province, unit.district) for unit in self._units.values()}
        keys = {key for each in districts for key in district_keys(*each) if not key.isdigit()}
        return dict.fromkeys(keys, "") | self._folded_provinces

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

    def merged_into(self, slug: str) -> tuple[Province, ...]:
        """The provinces of before that the one of today was made of, itself not among them."""
        return tuple(
            each
            for each in self._provinces.values()
            if slug in each.successors and each.slug != slug
        )

    def province_named(self, name: str) -> Province | None:
        """The province, of today or merged away, by any of its names.

        "Hà Nội", "ha noi", "Thành phố Hồ Chí Minh", "TP. HCM", "TPHCM", "tỉnh Ninh Thuận".
        """
        for each in (name, _PROVINCE_KIND.sub("", normalize(name), count=1)):
            key = name_key(each)
            slug = self._province_keys.get(key) or self._folded_provinces.get(key)
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
        """Units of that kind that bear, or absorbed one that bore, the name with that key."""
        bearing = [unit for unit in self._by_key.get(key, ()) if unit.kind == kind]
        return list(dict.fromkeys([*bearing, *self.formerly(kind, key)]))

    def alike(self, key: str) -> list[Unit]:
        """Units of any kind that bear or bore the name, whatever its accents."""
        former = [unit for kind in _KINDS_OF_NAMES for unit in self.formerly(kind, key)]
        return list(dict.fromkeys([*self._by_folded.get(fold(key), ()), *former]))

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


def district_key(name: str) -> str:
    """The key of a district's name, without its kind and accents.

    >>> district_key("Quận Long Biên"), district_key("Q. 3")
    ('long bien', '3')
    """
    return _DISTRICT_KIND.sub("", fold(name_key(name)), count=1)


def _in_district(unit: Unit, district: str) -> bool:
    return district_key(district) in district_keys(unit.province, unit.district)


@cache
def district_keys(province: str, district: str) -> frozenset[str]:
    """What texts call a district: its name, a long one's initials, what its ground was before.

    >>> sorted(district_keys("Ninh Thuận", "Thành phố Phan Rang - Tháp Chàm"))
    ['phan rang thap cham', 'prtc']
    >>> sorted(district_keys("Hồ Chí Minh", "Thành phố Thủ Đức"))
    ['2', '9', 'thu duc']
    """
    key = district_key(district)
    initials = "".join(syllable[0] for syllable in key.split())
    names = {key, *_former_districts().get((province, key), ())}
    return frozenset(names | ({initials} if len(initials) > 3 else set())) - {""}


@cache
def _former_districts() -> Mapping[tuple[str, str], list[str]]:
    """(province, key of a district of the tables) → keys of districts that it has ground of."""
    former = defaultdict(list)
    with Path(__file__).with_name("districts.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            former[row["province"], district_key(row["became"])].append(district_key(row["was"]))
    return former


@cache
def load_gazetteer() -> Gazetteer:
    """The gazetteer of the whole country, the same each time; the first takes about 0.3 s."""
    return Gazetteer(*read_units())
