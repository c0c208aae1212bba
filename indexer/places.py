"""Places: the districts and provinces that a text names, and what they say of a ward's name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from indexer.normalize import Token, fold
from indexer.units import Unit
from indexer.wards import Gazetteer, district_keys, number_key

LONGEST_PLACE = 6
"""Syllables of the longest name of a district or province: "Bà Rịa - Vũng Tàu" has four."""

NEAR = 10
"""Tokens after a ward's name within which its own district and province stand."""

FAR = 1_000_000
"""More tokens than a text has: the distance of a place that it does not name."""

DISTRICT_KINDS = {
    *("quận", "huyện", "thị xã", "thành phố", "q", "h", "tx", "tp"),
    *("quận ủy", "huyện ủy", "thị ủy", "thành ủy"),
}
"""What is written before the name of a district, as keys."""


@dataclass(frozen=True, slots=True)
class Place:
    """A district by its key, a province by its slug, or a name that may be either.

    `position` is the number of its first token; `stated` whether the kind of a district stands
    before it.
    """

    district: str
    province: str
    position: int
    stated: bool


def places_in(gazetteer: Gazetteer, text: str, tokens: Sequence[Token]) -> list[Place]:
    """The districts and provinces that a text names in capitals, in order."""
    folded = [fold(number_key(token.key)) for token in tokens]
    return [
        place
        for position, token in enumerate(tokens)
        if not text[token.start].islower()
        for place in _places_at(gazetteer, tokens, folded, position)
    ]


def _places_at(
    gazetteer: Gazetteer, tokens: Sequence[Token], folded: Sequence[str], position: int
) -> Iterator[Place]:
    before = [token.key for token in tokens[max(0, position - 2) : position]]
    stated = bool(before) and not DISTRICT_KINDS.isdisjoint((before[-1], " ".join(before)))
    if stated and folded[position].isdigit():
        yield Place(folded[position], "", position, stated)
    for end in range(position + 1, min(position + LONGEST_PLACE, len(tokens)) + 1):
        name = " ".join(folded[position:end])
        province = gazetteer.places.get(name)
        if province is not None:
            yield Place(name, province, position, stated)


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """What speaks against a unit being meant: the least counts, the first field first.

    Distances are in tokens, FAR where the text does not name the place. `unlike` is a name of
    another kind or with other accents, or a mere number; `unnamed` a unit whose province is not
    named; `untimely` one of the other side of the reform; `moved` one whose province only had or
    has its ground.
    """

    near_district: int
    unlike: bool
    near_province: int
    district: int
    unnamed: bool
    untimely: bool
    moved: bool

    @property
    def enough(self) -> bool:
        """Whether the text says where the unit is: a name that is unlike needs its district."""
        in_district = min(self.near_district, self.district) < FAR
        return in_district or not (self.unlike or self.unnamed)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The places of a text, the province of its portal, and whether it is of after the reform."""

    places: Sequence[Place]
    home: str
    current: bool

    def evidence(
        self, gazetteer: Gazetteer, unit: Unit, span: tuple[int, int], unlike: bool
    ) -> Evidence:
        """What the text says of `unit`, named in tokens span[0] to span[1]."""
        first, last = span
        keys = district_keys(unit.province, unit.district)
        districts = [place for place in self.places if place.district in keys]
        slugs = gazetteer.provinces_of(unit)
        provinces = [place for place in self.places if place.province in slugs]
        named = {place.province for place in self.places} | {self.home}
        return Evidence(
            near_district=_after(districts, last),
            unlike=unlike,
            near_province=_after(provinces, last),
            district=min((abs(p.position - first) for p in districts if p.stated), default=FAR),
            unnamed=named.isdisjoint(slugs),
            untimely=unit.current != self.current,
            moved=unit.province_slug not in named,
        )


def _after(places: Iterable[Place], last: int) -> int:
    """How far after token `last` the nearest place begins; a bare name only right after it."""
    distances = ((place.position - last, place) for place in places)
    return min(
        (
            distance
            for distance, place in distances
            if 0 < distance <= (NEAR if place.stated or place.province else 1)
        ),
        default=FAR,
    )
