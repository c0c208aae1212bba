"""Units: the communes and provinces of today and of the time before 1 July 2025, as a table.

They are the data files of the package vietnamadminunits, joined by its keys. Importing the package
costs half a second and brings nothing that is needed here, so its files are read in place.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from indexer.normalize import fold

UNIT_KINDS = ("phường", "xã", "thị trấn", "đặc khu", "huyện")
"""What a unit is; "huyện" for the island districts that had no communes."""


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


def read_units() -> tuple[list[Unit], list[Province]]:
    """All units and provinces; those of today come first."""
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


def _join(
    converter: Mapping[str, Any], new: list[_Row], old: list[_Row]
) -> tuple[list[Unit], list[Province]]:
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
    return units, _provinces(converter, new, old)


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


def slug_of(words: str) -> str:
    """Lower-case ASCII with hyphens.

    >>> slug_of("Phường Việt Hưng Hà Nội")
    'phuong-viet-hung-ha-noi'
    """
    return "-".join(re.findall("[a-z0-9]+", fold(words)))
