"""Mentions: the wards that a text names, told apart by the places named around them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from indexer.normalize import Token, syllables, syllables_in
from indexer.places import Surroundings, places_in
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

_KIND = re.compile(
    r"[PpXxTtKk](?<=\b.)(?i:(?<=p)hường|(?<=x)ã|(?<=t)rấn|(?<=k)hu|(?<=p)|(?<=t)t)\W{1,3}(?=\w)"
)
"""It begins with a class of characters, which the regex engine looks for fastest."""
_KIND_ENDS = {kind.split()[-1] for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Mention:
    """A unit named in a text, and where: text[start:end] is its name without the kind."""

    unit: Unit
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Name:
    """A name after its kind: its tokens, and the last one of the list it stands in."""

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
    return _told(gazetteer, text, syllables, province, day, own)


def mentions_in(
    gazetteer: Gazetteer, normal: str, province: str, day: date | None, own: Unit | None
) -> list[Mention]:
    """mentions() in a text that is normalised already."""
    return _told(gazetteer, normal, syllables_in, province, day, own)


def _told(
    gazetteer: Gazetteer,
    text: str,
    tokens_of: Callable[[str], list[Token]],
    province: str,
    day: date | None,
    own: Unit | None,
) -> list[Mention]:
    if all(text[match.end()].islower() for match in _KIND.finditer(text)):
        return []
    tokens = tokens_of(text)
    names = list(islice(_names(gazetteer, text, tokens), MOST_NAMES))
    if not names:
        return []
    places = places_in(gazetteer, text, tokens)
    old = any(not gazetteer.places.get(district) for district in places.districts)
    around = Surroundings(places, day >= REFORM if day else not old, province, own)
    chosen = ((name, _choose(gazetteer, name, around)) for name in names)
    return [
        Mention(unit, tokens[name.first].start, tokens[name.last].end)
        for name, unit in chosen
        if unit
    ]


def _names(gazetteer: Gazetteer, text: str, tokens: Sequence[Token]) -> Iterator[_Name]:
    """Names of units after their kind, in order."""
    for position, token in enumerate(tokens):
        kind = _kind_at(tokens, position) if token.key in _KIND_ENDS else ""
        if kind:
            yield from _listed(gazetteer, text, tokens, position, kind)


def _kind_at(tokens: Sequence[Token], position: int) -> str:
    """The kind of unit whose last syllable is this token; "" for none."""
    key = tokens[position].key
    before = tokens[position - 1].key if position else ""
    if key == "xã" and before in OTHER_ENDS:
        return ""
    return KINDS.get(f"{before} {key}") or KINDS.get(key, "")


def _listed(
    gazetteer: Gazetteer, text: str, tokens: Sequence[Token], position: int, kind: str
) -> Iterator[_Name]:
    """The name after the kind at this token; all names of a list that the kind opens."""
    short = tokens[position].key not in kind.split()
    before = position - (1 if short else len(kind.split()))
    counted = before >= 0 and (tokens[before].key in COUNTS or tokens[before].key.isdigit())
    opened = {"", "-", ":", "("} if counted else {"."} if short else {"", "-"}
    if _gap(text, tokens, position) not in opened:
        return
    spans: list[tuple[str, int, int]] = []
    first = position + 1
    while first < len(tokens) and (found := _longest_name(gazetteer, text, tokens, first)):
        key, last = found
        spans.append((key, first, last))
        first = _next_in_list(text, tokens, last, counted)
    for key, first, last in spans:
        yield _Name(kind, key, first, last, spans[-1][2])


def _longest_name(
    gazetteer: Gazetteer, text: str, tokens: Sequence[Token], first: int
) -> tuple[str, int] | None:
    """The key and last token of the longest name of any unit that begins at `first`."""
    for end in range(_name_end(text, tokens, first), first, -1):
        key = " ".join(number_key(token.key) for token in tokens[first:end])
        if gazetteer.alike(key):
            return key, end - 1
    return None


def _name_end(text: str, tokens: Sequence[Token], first: int) -> int:
    """One past the last token of the run of capitals and numbers that begins at `first`."""
    end = first
    while end < min(first + LONGEST_NAME, len(tokens)) and not text[tokens[end].start].islower():
        end += 1
        if _gap(text, tokens, end - 1) not in {"", "-", "–", "'", "’"}:
            break
    return end


def _gap(text: str, tokens: Sequence[Token], position: int) -> str:
    """What stands between this token and the next, without spaces; a line's end after the last."""
    if position + 1 >= len(tokens):
        return "\n"
    between = text[tokens[position].end : tokens[position + 1].start]
    return "\n" if "\n" in between else between.strip()


def _next_in_list(text: str, tokens: Sequence[Token], last: int, counted: bool) -> int:
    """Where the next name of "các phường A, B và C" or "phường 1, 2" begins; else past the end."""
    if _gap(text, tokens, last) == "," and (counted or _numbers(text, tokens, last)):
        return last + 1
    if counted and last + 1 < len(tokens) and tokens[last + 1].key == "và":
        return last + 2
    return len(tokens)


def _numbers(text: str, tokens: Sequence[Token], last: int) -> bool:
    """Whether this and the next token are numbers, and nothing is counted by the next."""
    both = tokens[last].key.isdigit() and tokens[last + 1].key.isdigit()
    return both and (_gap(text, tokens, last + 1) != "")


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
