"""portals.toml: which sites are crawled, whose ward they are, how often and how gently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class Portal:
    """One site. `ward` and `province` are names as the portal's owner writes them."""

    id: str
    name: str
    ward: str
    province: str
    start: tuple[str, ...]
    hosts: tuple[str, ...]
    interval: timedelta = timedelta(hours=6)
    delay: timedelta = timedelta(seconds=5)
    layout: str = "auto"
    tls: Literal["verify", "accept-invalid"] = "verify"
    allow_private: bool = False
    paused: bool = False
    show: Literal["snippet", "full"] = "snippet"
    selectors: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Portals:
    """The whole file: the operator's contact ("" where none is given) and the portals in order."""

    contact: str
    portals: tuple[Portal, ...]
