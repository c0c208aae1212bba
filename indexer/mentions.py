"""Mentions: the wards that a text names, told apart by the places named around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from indexer.normalize import Token, syllables
from indexer.units import Unit
from indexer.wards import KINDS, REFORM, Gazetteer, name_key, number_key

LONGEST_NAME = 6
"""Syllables of a unit's name; the longest is "Văn Miếu - Quốc Tử Giám"."""

NEAR = 10
"""Tokens after a name within which its own district and province stand."""

DISTRICT_KINDS = ("quận", "huyện", "thị xã", "thành phố", "tp", "thành ủy", "quận ủy", "huyện ủy")
"""What is written before the name of a district, as keys."""

NAMED_KINDS = tuple(dict.fromkeys(KINDS.values()))  # a "huyện" in a text is a district
_KIND_ENDS = {kind.split()[-1] for kind in NAMED_KINDS}
_DISTRICT_ENDS = {kind.split()[-1] for kind in DISTRICT_KINDS}


@dataclass(frozen=True, slots=True)
class Mention:
    """A unit named in a text, and where: text[start:end] is its name without the kind."""

    unit: Unit
    start: int
    end: int


def mentions(
    gazetteer: Gazetteer, text: str, province: str = "", day: date | None = None
) -> list[Mention]:
    """The units that `text` names after their kind ("phường Phúc Đồng"), in order.

    A name that several units bear is taken only where the districts and provinces that the text
    names, or `province` (a slug), leave one of them. Of a unit of today and its namesake before
    1 July 2025 the one of `day` is taken (None: today).
    """
    tokens = syllables(text)
    named = list(_names(gazetteer, text, tokens))
    if not named:
        return []
    places = _places(gazetteer, text, tokens)
    found = []
    for units, first, last in named:
        near = {place for position, place in places if 0 < position - last <= NEAR}
        anywhere = {province, *(place for _, place in places)}
        unit = _choose(gazetteer, units, near, anywhere, day)
        if unit:
            found.append(Mention(unit, tokens[first].start, tokens[last].end))
    return found


def _names(
    gazetteer: Gazetteer, text: str, tokens: Sequence[Token]
) -> Iterator[tuple[list[Unit], int, int]]:
    """Units that bear a name written after its kind; the numbers of its first and last token."""
    for position, token in enumerate(tokens):
        if token.key not in _KIND_ENDS:
            continue
        kind = _written(tokens, position, NAMED_KINDS)
        if not kind or not _goes_on(text, tokens, position + 1):
            continue
        listed = position > 0 and tokens[position - 1].key == "các"
        first = position + 1
        while first < len(tokens):
            units, last = _longest_name(gazetteer, text, tokens, first, kind)
            if not units:
                break
            yield units, first, last
            first = _next_in_list(text, tokens, last) if listed else len(tokens)


def _written(tokens: Sequence[Token], position: int, kinds: Sequence[str]) -> str:
    """Which of `kinds`, of one or two syllables, ends at this token; "" for none."""
    pair = " ".join(token.key for token in tokens[max(0, position - 1) : position + 1])
    return next((kind for kind in (pair, tokens[position].key) if kind in kinds), "")


def _longest_name(
    gazetteer: Gazetteer, text: str, tokens: Sequence[Token], first: int, kind: str
) -> tuple[list[Unit], int]:
    """The units of the longest name that begins at `first`, and the number of its last token."""
    for last in range(_name_end(text, tokens, first) - 1, first - 1, -1):
        key = _key_of(tokens[first : last + 1])
        units = [*gazetteer.named(kind, key), *gazetteer.formerly(kind, key)]
        if units:
            return units, last
    return [], first


def _name_end(text: str, tokens: Sequence[Token], first: int) -> int:
    """One past the last token of the run of capitals and numbers that begins at `first`."""
    end = first
    while end < min(first + LONGEST_NAME, len(tokens)) and not text[tokens[end].start].islower():
        end += 1
        if not _goes_on(text, tokens, end):
            break
    return end


def _goes_on(text: str, tokens: Sequence[Token], position: int) -> bool:
    """Whether only a space or dash stands between this token and the one before."""
    if position >= len(tokens):
        return False
    between = text[tokens[position - 1].end : tokens[position].start]
    return not re.search(r"[^ \u00a0\-–'’]", between)


def _next_in_list(text: str, tokens: Sequence[Token], last: int) -> int:
    """Where the next name of "các phường A, B và C" begins; the end where the list ends."""
    if last + 1 < len(tokens):
        if text[tokens[last].end : tokens[last + 1].start].strip() == ",":
            return last + 1
        if tokens[last + 1].key == "và":
            return last + 2
    return len(tokens)


def _key_of(tokens: Sequence[Token]) -> str:
    return " ".join(number_key(token.key) for token in tokens)


def _places(gazetteer: Gazetteer, text: str, tokens: Sequence[Token]) -> list[tuple[int, str]]:
    """Provinces (slugs), and what follows the kind of a district (keys), each with its place."""
    found = []
    for position, token in enumerate(tokens):
        if text[token.start].islower():
            continue
        after_kind = (
            position > 0
            and tokens[position - 1].key in _DISTRICT_ENDS
            and _written(tokens, position - 1, DISTRICT_KINDS)
        )
        for length in range(1, min(LONGEST_NAME, len(tokens) - position) + 1):
            name = _key_of(tokens[position : position + length])
            if name in gazetteer.province_keys:
                found.append((position, gazetteer.province_keys[name]))
            if after_kind:
                found.append((position, name))
    return found


def _choose(
    gazetteer: Gazetteer,
    units: Sequence[Unit],
    near: set[str],
    anywhere: set[str],
    day: date | None,
) -> Unit | None:
    """The one unit that the places leave; None where they leave several, or speak for none."""
    scores = [_score(gazetteer, unit, near, anywhere) for unit in units]
    best = max(scores)
    kept = [unit for unit, score in zip(units, scores, strict=True) if score == best and best]
    today = day is None or day >= REFORM
    of_day = [unit for unit in kept if unit.current == today] or kept
    return of_day[0] if len(of_day) == 1 else None


def _score(gazetteer: Gazetteer, unit: Unit, near: set[str], anywhere: set[str]) -> int:
    """A district near weighs more than a province near, and that more than either far away."""
    districts, provinces = district_keys(unit.district), gazetteer.provinces_of(unit)
    return (
        8 * bool(districts & near)
        + 4 * bool(provinces & near)
        + 2 * bool(districts & anywhere)
        + bool(provinces & anywhere)
    )


@lru_cache(maxsize=1024)
def district_keys(district: str) -> frozenset[str]:
    """How a text names a district after its kind: by its name, a long one also by initials.

    >>> sorted(district_keys("Thành phố Phan Rang - Tháp Chàm"))
    ['phan rang tháp chàm', 'prtc']
    """
    key = name_key(district)
    for kind in DISTRICT_KINDS:
        key = key.removeprefix(f"{kind} ")
    initials = "".join(syllable[0] for syllable in key.split())
    return frozenset({key, initials} if len(initials) > 3 else {key} - {""})
