"""Abbreviations: UBND ↔ ủy ban nhân dân, by the table abbreviations.toml."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.normalize import fold, syllables

Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form and what it stands for, as syllable keys.

    With `cues` the two stand for each other only right before or after one of them.
    """

    short: Keys
    long: Keys
    cues: tuple[Keys, ...] = ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """The keys that say the same as keys[start:end] of a query."""

    start: int
    end: int
    keys: Keys


def _keys(text: str) -> Keys:
    return tuple(token.key for token in syllables(text))


def _load() -> tuple[Abbreviation, ...]:
    path = Path(__file__).with_name("abbreviations.toml")
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    plain = [Abbreviation(_keys(short), _keys(long)) for short, long in table["plain"].items()]
    with_cue = [
        Abbreviation(_keys(entry["short"]), _keys(entry["long"]), tuple(map(_keys, entry["cues"])))
        for entry in table["with_cue"]
    ]
    return (*plain, *with_cue)


ABBREVIATIONS = _load()


def _folded(keys: Sequence[str]) -> Keys:
    return tuple(map(fold, keys))


def _starts() -> dict[str, list[tuple[Keys, Keys, Abbreviation]]]:
    """Folded first key → (form, the other form, entry), for both forms of every entry."""
    starts = defaultdict(list)
    for entry in ABBREVIATIONS:
        for form, other in ((entry.short, entry.long), (entry.long, entry.short)):
            starts[fold(form[0])].append((form, other, entry))
    return dict(starts)


_STARTS = _starts()


def alternatives(keys: Sequence[str]) -> list[Alternative]:
    """What else the syllable keys of a query say, short for long and long for short, in order.

    A query without accents is matched without them, and short forms always are ("HDND phường").

    >>> alternatives(["ubnd", "phường"])
    [Alternative(start=0, end=1, keys=('ủy', 'ban', 'nhân', 'dân'))]
    >>> alternatives(["giai", "phong", "mat", "bang"])
    [Alternative(start=0, end=4, keys=('gpmb',))]
    >>> alternatives(["kh"]), alternatives(["triển", "khai", "kh"])
    ([], [Alternative(start=2, end=3, keys=('kế', 'hoạch'))])
    """
    return [found for position in range(len(keys)) for found in _at(tuple(keys), position)]


def _at(keys: Keys, position: int) -> Iterator[Alternative]:
    plain = _folded(keys)
    for form, other, entry in _STARTS.get(plain[position], ()):
        end = position + len(form)
        lenient = plain == keys or form == entry.short
        typed, meant = (plain, _folded(form)) if lenient else (keys, form)
        if typed[position:end] == meant and _cued(plain, position, end, entry):
            yield Alternative(position, end, other)


def _cued(plain: Keys, start: int, end: int, entry: Abbreviation) -> bool:
    """Whether the entry needs no cue, or one stands right before or after plain[start:end]."""
    return not entry.cues or any(
        cue in (plain[max(0, start - len(cue)) : start], plain[end : end + len(cue)])
        for cue in map(_folded, entry.cues)
    )
