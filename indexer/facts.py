"""Facts: what the index keeps of a document beside its words, read back."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from crawler.store import Stored
from indexer.document import Document
from indexer.document_numbers import DocumentNumber
from indexer.engine.generation import Generation
from indexer.periods import Kind, Period


def facts_at(generation: Generation, row: int) -> dict[str, Any]:
    """What schema.entry_of() stored of a document."""
    facts: dict[str, Any] = json.loads(generation.stored(row))
    return facts


def document_at(generation: Generation, row: int, stored: Stored) -> Document:
    """The document of a stored article, as it was understood when it was indexed."""
    facts = facts_at(generation, row)
    numbers = (
        DocumentNumber(name, sign, issuer, kind, day and date.fromisoformat(day))
        for name, sign, issuer, kind, day in facts["numbers"]
    )
    return Document(
        id=stored.id,
        article=stored.article,
        wards=tuple(facts["wards"]),
        wards_then=tuple(facts["wards_then"]),
        provinces=tuple(facts["provinces"]),
        topics=tuple(facts["topics"]),
        type=facts["type"],
        numbers=tuple(numbers),
        periods=tuple(_period(*each) for each in facts["periods"]),
        reports_on=facts["reports_on"] and _period(*facts["reports_on"]),
    )


def _period(kind: Kind, since: str, until: str, words: str, certainty: float) -> Period:
    """What schema.facts_of() made of a period, as it was."""
    return Period(kind, date.fromisoformat(since), date.fromisoformat(until), words, certainty)
