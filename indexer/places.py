"""Places: the districts and provinces that a text names, and what they say of a ward's name."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from indexer.normalize import fold
from indexer.syllable_table import SyllableTable
from indexer.units import Unit
from indexer.wards import Gazetteer, district_keys, number_key

LONGEST_PLACE = 6
"""Syllables of the longest name of a district or province: "Bà Rịa - Vũng Tàu" has four."""

NEAR = 10
"""Tokens after a ward's name within which its own district and province stand."""

FAR = 1_000_000
"""More tokens than a text has: the distance of a place that it does not name."""

MOST_KEYS = 20_000
"""Keys of which it is remembered how they are without accents."""

DISTRICT_KINDS = {
    *("quận", "huyện", "thị xã", "thành phố", "q", "h", "tx", "tp"),
    *("quận ủy", "huyện ủy", "thị ủy", "thành ủy"),
}
"""What is written before the name of a district, as keys."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a text names districts (by key) and provinces (by slug): numbers of tokens, ascending.

    `districts` stand after their kind, `bare` are names that a district may bear, without it.
    """

    districts: Mapping[str, Sequence[int]]
    bare: Mapping[str, Sequence[int]]
    provinces: Mapping[str, Sequence[int]]


def places_in(gazetteer: Gazetteer, table: SyllableTable) -> Places:
    """The districts and provinces that a text names in capitals."""
    districts: dict[str, list[int]] = defaultdict(list)
    bare: dict[str, list[int]] = defaultdict(list)
    provinces: dict[str, list[int]] = defaultdict(list)
    folded = list(map(_folded, table.keys))
    starts = gazetteer.place_starts
    for position in table.capitals():
        first = folded[position]
        if not (first in starts or first.isdigit()):
            continue
        named = districts if _is_stated(table.keys, position) else bare
        if named is districts and first.isdigit():
            districts[first].append(position)
        for name, province in _names_at(gazetteer, folded, position):
            named[name].append(position)
            if province:
                provinces[province].append(position)
    return Places(districts, bare, provinces)


@lru_cache(MOST_KEYS)
def _folded(key: str) -> str:
    return fold(number_key(key))


def _is_stated(keys: Sequence[str], position: int) -> bool:
    """Whether the kind of a district stands before this syllable."""
    before = keys[max(0, position - 2) : position]
    return bool(before) and not DISTRICT_KINDS.isdisjoint((before[-1], " ".join(before)))


def _names_at(
    gazetteer: Gazetteer, folded: Sequence[str], position: int
) -> Iterator[tuple[str, str]]:
    """Names of districts or provinces that begin here; the slug of a province, else ""."""
    for end in range(position + 1, min(position + LONGEST_PLACE, len(folded)) + 1):
        name = " ".join(folded[position:end])
        province = gazetteer.places.get(name)
        if province is not None:
            yield name, province


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """What speaks against a unit being meant: the least counts, the first field first.

    Distances are in tokens, FAR where the text does not name the place. `unlike` is a name of
    another kind or with other accents, or a mere number; `unnamed` a unit whose province is not
    named; `untimely` one of the other side of the reform; `elsewhere` one of another district than
    the portal's own; `moved` one whose province only had or has its ground.
    """

    near_district: int
    unlike: bool
    near_province: int
    district: int
    unnamed: bool
    untimely: bool
    elsewhere: bool
    moved: bool

    @property
    def enough(self) -> bool:
        """Whether the text says where the unit is: a name that is unlike needs its district."""
        in_district = min(self.near_district, self.district) < FAR or not self.elsewhere
        return in_district or not (self.unlike or self.unnamed)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The places of a text and whether it is of after the reform; whose portal it is on.

    `home` is the slug of the portal's province, `own` the unit that it is of.
    """

    places: Places
    current: bool
    home: str
    own: Unit | None

    def evidence(
        self, gazetteer: Gazetteer, unit: Unit, span: tuple[int, int], unlike: bool
    ) -> Evidence:
        """What the text says of `unit`, named in tokens span[0] to span[1]."""
        first, last = span
        keys, slugs = district_keys(unit.province, unit.district), gazetteer.provinces_of(unit)
        stated = [self.places.districts[key] for key in keys if key in self.places.districts]
        bare = [self.places.bare[key] for key in keys if key in self.places.bare]
        provinces = self.places.provinces
        return Evidence(
            near_district=min(_after(stated, last, NEAR), _after(bare, last, 1)),
            unlike=unlike,
            near_province=_after((provinces[s] for s in slugs if s in provinces), last, NEAR),
            district=min((_nearest(positions, first) for positions in stated), default=FAR),
            unnamed=not any(slug == self.home or slug in provinces for slug in slugs),
            untimely=unit.current != self.current,
            elsewhere=not self._is_neighbour(unit),
            moved=unit.province_slug != self.home and unit.province_slug not in provinces,
        )

    def _is_neighbour(self, unit: Unit) -> bool:
        own = self.own
        same = own and (own.province, own.district) == (unit.province, unit.district)
        return bool(same and unit.district)


def _after(places: Iterable[Sequence[int]], last: int, reach: int) -> int:
    """How far after token `last` the next of these places begins, FAR where beyond `reach`."""
    following = (
        positions[index] - last
        for positions in places
        if (index := bisect_right(positions, last)) < len(positions)
    )
    return min((distance for distance in following if distance <= reach), default=FAR)


def _nearest(positions: Sequence[int], first: int) -> int:
    """How far from token `first`, before or after, the nearest of these positions is."""
    index = bisect_right(positions, first)
    return min(abs(each - first) for each in positions[max(0, index - 1) : index + 1])
