"""What is kept within so many bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.engine.cache import Cache


def test_those_not_asked_for_the_longest_go_first() -> None:
    cache = Cache(10)
    for key in "abc":
        cache.put(key, key.upper(), 3)
    assert cache.get("a") == "A"
    cache.put("d", "D", 4)
    assert [cache.get(key) for key in "abcd"] == ["A", None, "C", "D"]


def test_what_alone_would_fill_it_is_not_kept() -> None:
    cache = Cache(10)
    cache.put("a", "A", 10)
    cache.put("b", "B", 11)
    assert (cache.get("a"), cache.get("b")) == ("A", None)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 12))))
def test_never_more_than_its_capacity(asked: list[tuple[int, int]]) -> None:
    cache, sizes = Cache(20), dict[int, int]()
    for key, size in asked:
        if cache.get(key) is None:
            cache.put(key, size, size)
            sizes[key] = size
        kept = sum(sizes[each] for each in sizes if cache.get(each) is not None)
        assert kept == cache.size <= 20
