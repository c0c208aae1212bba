"""Documents in two bytes each come back whole, of any terms that lie side by side."""

from __future__ import annotations

from itertools import chain

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.engine.document_blocks import blocks_of, flags_of, lower, numbered

DOCUMENTS = 200_000
EDGES = st.sampled_from((0, 65_535, 65_536, 131_071, 131_072, 196_607, 196_608, DOCUMENTS - 1))
TERMS = st.lists(
    st.sets(EDGES | st.integers(0, DOCUMENTS - 1), min_size=1, max_size=6).map(sorted), min_size=1
)


@given(TERMS)
def test_documents_come_back(terms: list[list[int]]) -> None:
    documents = np.array([*chain(*terms)], np.uint32)
    blocks = blocks_of(DOCUMENTS)
    flags = flags_of(np.array([*map(len, terms)]), documents, blocks)
    assert blocks == 4
    assert len(flags) == len(documents) + blocks * len(terms)
    assert numbered(lower(documents), flags, blocks).tolist() == documents.tolist()
