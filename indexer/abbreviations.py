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
    """A short form and what it stands for, as people write them.

    With `cues` the two stand for each other only right before or after one of them.
    """

    short: str
    long: str
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """What says the same as keys[start:end] of a query, as people write it."""

    start: int
    end: int
    text: str

    @property
    def keys(self) -> Keys:
        """Its syllable keys."""
        return _keys(self.text)


def _keys(text: str) -> Keys:
    return tuple(token.key for token in syllables(text))


def _load() -> tuple[Abbreviation, ...]:
    path = Path(__file__).with_name("abbreviations.toml")
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    plain = [Abbreviation(short, long) for short, long in table["plain"].items()]
    with_cue = [
        Abbreviation(entry["short"], entry["long"], tuple(entry["cues"]))
        for entry in table["with_cue"]
    ]
    return (*plain, *with_cue)


ABBREVIATIONS = _load()


def _folded(keys: Sequence[str]) -> Keys:
    return tuple(map(fold, keys))


@dataclass(frozen=True, slots=True)
class _Form:
    """One of the two forms of an entry: its keys, what it stands for, and folded cues."""

    keys: Keys
    other: str
    is_short: bool
    cues: tuple[Keys, ...]


def _starts() -> dict[str, list[_Form]]:
    """Folded first key → the forms that begin with it."""
    starts = defaultdict(list)
    for entry in ABBREVIATIONS:
        cues = tuple(_folded(_keys(cue)) for cue in entry.cues)
        short, long = _keys(entry.short), _keys(entry.long)
        starts[fold(short[0])].append(_Form(short, entry.long, True, cues))
        starts[fold(long[0])].append(_Form(long, entry.short, False, cues))
    return dict(starts)


_STARTS = _starts()


def alternatives(keys: Sequence[str]) -> list[Alternative]:
    """What else the syllable keys of a query say, short for long and long for short, in order.

    A query without accents is matched without them, and short forms always are ("HDND phường").

    >>> alternatives(["ubnd", "phường"])
    [Alternative(start=0, end=1, text='ủy ban nhân dân')]
    >>> alternatives(["giai", "phong", "mat", "bang"])
    [Alternative(start=0, end=4, text='GPMB')]
    >>> alternatives(["kh"]), alternatives(["triển", "khai", "kh"])
    ([], [Alternative(start=2, end=3, text='kế hoạch')])
    """
    typed, plain = tuple(keys), _folded(keys)
    return [found for position in range(len(typed)) for found in _at(typed, plain, position)]


def _at(typed: Keys, plain: Keys, start: int) -> Iterator[Alternative]:
    for form in _STARTS.get(plain[start], ()):
        end = start + len(form.keys)
        lenient = form.is_short or typed == plain
        meant = (form.keys, _folded(form.keys)) if lenient else (form.keys,)
        if typed[start:end] in meant and _cued(plain, start, end, form.cues):
            yield Alternative(start, end, form.other)


def _cued(plain: Keys, start: int, end: int, cues: Sequence[Keys]) -> bool:
    """Whether no cue is needed, or one stands right before or after plain[start:end]."""
    return not cues or any(
        cue in (plain[max(0, start - len(cue)) : start], plain[end : end + len(cue)])
        for cue in cues
    )
