"""Field types that Whoosh lacks, and what the engine keeps of a field's terms."""

from __future__ import annotations

from dataclasses import dataclass

from whoosh.analysis import IDTokenizer
from whoosh.fields import TEXT, Schema


class Keys(TEXT):  # type: ignore[misc]
    """Keys as they are given, with their positions where phrases of them are asked for."""

    def __init__(self, positions: bool) -> None:
        super().__init__(analyzer=IDTokenizer(), phrase=positions)


class PairsOf(Keys):
    """The neighbours in another field, in order: its term "thu ngân" is "thu" before "ngân".

    The engine makes them itself and keeps a number for each, no text.
    """

    def __init__(self, field: str) -> None:
        super().__init__(positions=False)
        self.of = field


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a field beside documents and frequencies; `pairs_of` is "" where its terms
    are its own."""

    name: str
    positions: bool
    pairs_of: str


def kept(schema: Schema) -> tuple[Kept, ...]:
    """The inverted fields of a schema, those that others are made of first."""
    fields = [
        Kept(name, field.format.supports("positions"), getattr(field, "of", ""))
        for name, field in schema.items()
        if field.indexed
    ]
    return tuple(sorted(fields, key=lambda field: (bool(field.pairs_of), field.name)))
