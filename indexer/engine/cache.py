"""Cache: what was made for a query before, within so many bytes, the latest asked for kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any


class Cache:
    """Values by key; those not asked for the longest go first. For one thread at a time."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.size = 0
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    def get(self, key: Hashable) -> Any:
        """The value of a key; None where there is none (any more)."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: Hashable, value: Any, size: int) -> None:
        """Keep a value of so many bytes under a key that has none; not one that alone fills it."""
        if size > self.capacity:
            return
        self._kept[key] = value, size
        self.size += size
        while self.size > self.capacity:
            _, (_, freed) = self._kept.popitem(last=False)
            self.size -= freed
