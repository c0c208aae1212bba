"""Leaf: one of our segments as stock Whoosh reads any segment, posting by posting.

Slow, and only for stock Whoosh: it is what the engine is held against in tests, and what lets
anybody open our index with plain Whoosh. Nothing here knows blocks, so that Whoosh skips none (its
pruning loses hits).
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.base import FieldCursor, PerDocumentReader, Segment, TermsReader
from whoosh.fields import FieldType
from whoosh.formats import Format
from whoosh.matching import LeafMatcher, ReadTooFar
from whoosh.reading import TermInfo, TermNotFound
from whoosh.scoring import BaseScorer
from whoosh.system import pack_uint
from whoosh.util.numeric import byte_to_length, length_to_byte

from indexer.engine.field_writer import LENGTHS
from indexer.engine.mapped import MappedSegment

Term = tuple[str, bytes]


class UnknownTerm(TermNotFound, KeyError):  # type: ignore[misc]
    """What Whoosh's readers catch is here the one and there the other."""


class LeafTerms(TermsReader):  # type: ignore[misc]
    """The terms of a segment; a term is a field's name and bytes of UTF-8."""

    def __init__(self, mapped: MappedSegment) -> None:
        self.mapped = mapped
        self.fields = sorted(mapped.arrays.places["lengths"])

    def number(self, fieldname: str, text: bytes) -> int:
        """The number of a term in its field. Raises UnknownTerm."""
        known = fieldname in self.fields
        number = self.mapped.dictionary(fieldname).find(text) if known else -1
        if number < 0:
            raise UnknownTerm(fieldname, text)
        return number

    def __contains__(self, term: Term) -> bool:
        try:
            return self.number(*term) >= 0
        except UnknownTerm:
            return False

    def indexed_field_names(self) -> list[str]:
        return self.fields

    def terms(self) -> Iterator[Term]:
        return self.terms_from("", b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[Term]:
        """This term or the next, and all behind it, those of the fields behind, too."""
        for name in self.fields[bisect_left(self.fields, fieldname) :]:
            dictionary = self.mapped.dictionary(name)
            first = bisect_left(dictionary, prefix) if name == fieldname else 0
            for number in range(first, len(dictionary)):
                yield name, dictionary[number]

    def items(self) -> Iterator[tuple[Term, TermInfo]]:
        return self.items_from("", b"")

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[Term, TermInfo]]:
        for term in self.terms_from(fieldname, prefix):
            yield term, self.term_info(*term)

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Made anew each time, since Whoosh changes it. Raises UnknownTerm."""
        number = self.number(fieldname, text)
        documents, _ = self.mapped.postings(fieldname, number)
        frequencies = self.mapped.frequencies(fieldname, number)
        lengths = LENGTHS[self.mapped.length_bytes(fieldname)[documents]]
        return TermInfo(
            weight=float(frequencies.sum()),
            df=len(documents),
            minlength=int(lengths.min()),
            maxlength=int(lengths.max()),
            maxweight=float(frequencies.max()),
            minid=int(documents[0]),
            maxid=int(documents[-1]),
        )

    def frequency(self, fieldname: str, text: bytes) -> float:
        """How often the term stands in the segment. Raises UnknownTerm."""
        return float(self.mapped.frequencies(fieldname, self.number(fieldname, text)).sum())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """In how many documents, deleted ones too, the term stands. Raises UnknownTerm."""
        return len(self.mapped.postings(fieldname, self.number(fieldname, text))[0])

    def matcher(
        self, fieldname: str, text: bytes, format_: Format, scorer: BaseScorer | None = None
    ) -> PostingsMatcher:
        """The postings of a term, deleted documents' too. Raises UnknownTerm."""
        self.number(fieldname, text)
        return PostingsMatcher(self, (fieldname, text), format_, scorer)

    def cursor(self, fieldname: str, fieldobj: FieldType) -> LeafCursor:
        return LeafCursor(self, fieldname, fieldobj)


class LeafCursor(FieldCursor):  # type: ignore[misc]
    """Goes through the terms of one field, which it gives as text; None behind the last."""

    def __init__(self, terms: LeafTerms, fieldname: str, fieldobj: FieldType) -> None:
        self.terms = terms
        self.fieldname = fieldname
        self.fieldobj = fieldobj
        self.dictionary = terms.mapped.dictionary(fieldname)
        self.at = 0

    def first(self) -> str | None:
        self.at = 0
        return self.text()

    def find(self, term: str | bytes) -> str | None:
        """Go to this term or the next."""
        self.at = bisect_left(self.dictionary, self.fieldobj.to_bytes(term))
        return self.text()

    def next(self) -> str | None:
        self.at += 1
        return self.text()

    def text(self) -> str | None:
        return self.fieldobj.from_bytes(self.dictionary[self.at]) if self.is_valid() else None

    def term(self) -> str | None:
        """What Whoosh's cursor over several segments calls text()."""
        return self.text()

    def term_info(self) -> TermInfo | None:
        if not self.is_valid():
            return None
        return self.terms.term_info(self.fieldname, self.dictionary[self.at])

    def is_valid(self) -> bool:
        return self.at < len(self.dictionary)


class PostingsMatcher(LeafMatcher):  # type: ignore[misc]
    """The postings of one term. Ids are plain ints, as Whoosh subtracts them."""

    def __init__(
        self, terms: LeafTerms, term: Term, format_: Format, scorer: BaseScorer | None
    ) -> None:
        self.terms = terms
        self._term = term
        self.format = format_
        self.scorer = scorer
        self.number = terms.number(*term)
        self.ids: list[int] = terms.mapped.postings(term[0], self.number)[0].tolist()
        self.frequencies: list[int] = terms.mapped.frequencies(term[0], self.number).tolist()
        self.at = 0

    def is_active(self) -> bool:
        return self.at < len(self.ids)

    def reset(self) -> None:
        self.at = 0

    def copy(self) -> PostingsMatcher:
        other = PostingsMatcher(self.terms, self._term, self.format, self.scorer)
        other.at = self.at
        return other

    def id(self) -> int:
        """The document; behind the last one still that, which some of Whoosh's matchers ask for."""
        return self.ids[min(self.at, len(self.ids) - 1)]

    def next(self) -> None:
        if not self.is_active():
            raise ReadTooFar
        self.at += 1

    def skip_to(self, id: int) -> None:
        """To this document or the next that holds the term."""
        if not self.is_active():
            raise ReadTooFar
        self.at = bisect_left(self.ids, id, self.at)

    def weight(self) -> float:
        """How often the term stands in the document."""
        return float(self.frequencies[self.at])

    def value(self) -> bytes:
        """What Whoosh would have stored with the posting; it decodes that itself."""
        if self.format.supports("positions"):
            encoded: bytes = self.format.encode(self._positions())
            return encoded
        packed: bytes = pack_uint(self.frequencies[self.at])
        return packed

    def _positions(self) -> list[int]:
        end = int(self._ends[self.at])
        places = self.terms.mapped.positions(self._term[0], self.number)
        found: list[int] = places[end - self.frequencies[self.at] : end].tolist()
        return found

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        return np.cumsum(self.frequencies, dtype=np.int64)

    def supports_block_quality(self) -> bool:
        return False


class LeafRows(PerDocumentReader):  # type: ignore[misc]
    """What a segment knows of its documents; columns are not for stock Whoosh."""

    def __init__(self, mapped: MappedSegment, segment: Segment) -> None:
        self.mapped = mapped
        self.segment = segment

    def doc_count(self) -> int:
        return int(self.segment.doc_count())

    def doc_count_all(self) -> int:
        return self.mapped.documents

    def has_deletions(self) -> bool:
        return bool(self.segment.has_deletions())

    def is_deleted(self, docnum: int) -> bool:
        return bool(self.segment.is_deleted(docnum))

    def deleted_docs(self) -> Iterator[int]:
        return iter(self.segment.deleted_docs())

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """How many keys the field has in a document, rounded as Whoosh rounds it."""
        return _rounded(self.mapped.lengths(fieldname)[docnum])

    def field_length(self, fieldname: str) -> int:
        """How many keys the field has in all documents, deleted ones too: exact."""
        return int(self.mapped.lengths(fieldname).sum(dtype=np.int64))

    def min_field_length(self, fieldname: str) -> int:
        return _rounded(self.mapped.lengths(fieldname).min())

    def max_field_length(self, fieldname: str) -> int:
        return _rounded(self.mapped.lengths(fieldname).max())

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """What was stored of a document: JSON of values by field, or nothing."""
        found: dict[str, Any] = json.loads(self.mapped.stored(docnum) or "{}")
        return found


def _rounded(length: np.uint32) -> int:
    return int(byte_to_length(length_to_byte(int(length))))
