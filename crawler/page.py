"""Page: what one request brought, and its text. Bytes become NFC text here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a portal. Header names are lower-case; `body` is decompressed."""

    url: str
    fetched_at: datetime
    status: int
    headers: Mapping[str, str]
    body: bytes
