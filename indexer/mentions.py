"""Mentions: the wards that a text names, told apart by the places named around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from indexer.places import Surroundings, places_in
from indexer.syllable_table import SyllableTable, syllable_table
from indexer.units import Unit
from indexer.wards import KINDS, REFORM, Gazetteer, number_key

LONGEST_NAME = 6
"""Syllables of a unit's name; the longest is "Văn Miếu - Quốc Tử Giám"."""

MOST_NAMES = 1_000
"""Names that are looked at in a text: a list of all wards of a province has half of it."""

COUNTS = {"các", "những", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười"}
"""Keys before a kind that opens a list: "các phường A, B và C", "ba xã A, B, C"."""

OTHER_ENDS = {"thị", "tác", "tấn"}
"""Keys before "xã" where it is no commune: thị xã, hợp tác xã, Thông tấn xã."""

_KIND_ENDS = frozenset(kind.split()[-1] for kind in KINDS)


@dataclass(frozen=True, slots=True)
class Mention:
    """A unit named in a text, and where: text[start:end] is its name without the kind."""

    unit: Unit
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Name:
    """A name after its kind: its syllables, and the last one of the list it stands in."""

    kind: str
    key: str
    first: int
    last: int
    list_end: int


def mentions(
    gazetteer: Gazetteer,
    text: str,
    province: str = "",
    day: date | None = None,
    own: Unit | None = None,
) -> list[Mention]:
    """The units that `text` names after their kind ("phường Phúc Đồng"), in order.

    A name is taken only where the districts and provinces that the text names, or those of its
    portal, leave one unit: `province` (a slug) and the district of `own`, the portal's ward. Of a
    unit of today and its namesake before 1 July 2025 the one of `day` is taken; a text of no day is
    of before where it names a district, as there are none since.
    """
    return mentions_in(gazetteer, syllable_table(text), province, day, own)


def mentions_in(
    gazetteer: Gazetteer, table: SyllableTable, province: str, day: date | None, own: Unit | None
) -> list[Mention]:
    """mentions() in the text of a table."""
    names = list(islice(_names(gazetteer, table), MOST_NAMES))
    if not names:
        return []
    places = places_in(gazetteer, table)
    old = any(not gazetteer.places.get(district) for district in places.districts)
    around = Surroundings(places, day >= REFORM if day else not old, province, own)
    chosen = ((name, _choose(gazetteer, name, around)) for name in names)
    return [
        Mention(unit, table.bounds[2 * name.first], table.bounds[2 * name.last + 1])
        for name, unit in chosen
        if unit
    ]


def _names(gazetteer: Gazetteer, table: SyllableTable) -> Iterator[_Name]:
    """Names of units after their kind, in order."""
    for position in table.among(_KIND_ENDS).tolist():
        if kind := _kind_at(table.keys, position):
            yield from _listed(gazetteer, table, position, kind)


def _kind_at(keys: Sequence[str], position: int) -> str:
    """The kind of unit whose last syllable is this one; "" for none."""
    key = keys[position]
    before = keys[position - 1] if position else ""
    if key == "xã" and before in OTHER_ENDS:
        return ""
    return KINDS.get(f"{before} {key}") or KINDS.get(key, "")


def _listed(
    gazetteer: Gazetteer, table: SyllableTable, position: int, kind: str
) -> Iterator[_Name]:
    """The name after the kind at this syllable; all names of a list that the kind opens."""
    short = table.keys[position] not in kind.split()
    before = position - (1 if short else len(kind.split()))
    counted = before >= 0 and (table.keys[before] in COUNTS or table.keys[before].isdigit())
    opened = {"", "-", ":", "("} if counted else {"."} if short else {"", "-"}
    if table.gap(position) not in opened:
        return
    spans: list[tuple[str, int, int]] = []
    first = position + 1
    while first < len(table) and (found := _longest_name(gazetteer, table, first)):
        key, last = found
        spans.append((key, first, last))
        first = _next_in_list(table, last, counted)
    for key, first, last in spans:
        yield _Name(kind, key, first, last, spans[-1][2])


def _longest_name(gazetteer: Gazetteer, table: SyllableTable, first: int) -> tuple[str, int] | None:
    """The key and last syllable of the longest name of any unit that begins at `first`."""
    for end in range(_name_end(table, first), first, -1):
        key = " ".join(map(number_key, table.keys[first:end]))
        if gazetteer.alike(key):
            return key, end - 1
    return None


def _name_end(table: SyllableTable, first: int) -> int:
    """One past the last syllable of the run of capitals and numbers that begins at `first`."""
    end = first
    while end < min(first + LONGEST_NAME, len(table)) and not table.is_lower(end):
        end += 1
        if table.gap(end - 1) not in {"", "-", "–", "'", "’"}:
            break
    return end


def _next_in_list(table: SyllableTable, last: int, counted: bool) -> int:
    """Where the next name of "các phường A, B và C" or "phường 1, 2" begins; else past the end."""
    if table.gap(last) == "," and (counted or _are_numbers(table, last)):
        return last + 1
    if counted and last + 1 < len(table) and table.keys[last + 1] == "và":
        return last + 2
    return len(table)


def _are_numbers(table: SyllableTable, last: int) -> bool:
    """Whether this and the next syllable are numbers, and nothing is counted by the next."""
    both = table.keys[last].isdigit() and table.keys[last + 1].isdigit()
    return both and table.gap(last + 1) != ""


def _choose(gazetteer: Gazetteer, name: _Name, around: Surroundings) -> Unit | None:
    """The one unit that the places leave; None where they leave several, or speak for none."""
    span = (name.first, name.list_end)
    like = gazetteer.named(name.kind, name.key)
    units = dict.fromkeys([*like, *gazetteer.alike(name.key)])
    weak = name.key.isdigit()  # every city has a Phường 1
    ranked = {u: around.evidence(gazetteer, u, span, weak or u not in like) for u in units}
    best = min(ranked.values())
    kept = [unit for unit, evidence in ranked.items() if evidence == best]
    return kept[0] if len(kept) == 1 and best.enough else None
