"""Coverage: which portals speak for this ward, and how fresh is what they said?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from flask import current_app

from crawler.article import VIETNAM
from crawler.health import last_successes
from crawler.portals import Portal
from indexer.document import Annotator, Source
from indexer.wards import load_gazetteer
from webui.reading import reading

STALE = timedelta(hours=48)
"""After so long without a crawl that came to its end, readers are told."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """A portal as a source of news: its site, when last a crawl of it came to its end (None:
    never), and whether that is so long ago that articles may be missing."""

    source: Source
    site: str
    succeeded: datetime | None
    stale: bool


class Speakers:
    """Which portals speak for which ward. Looked up in the gazetteer once."""

    def __init__(self, portals: Sequence[Portal], sources: Mapping[str, Source]) -> None:
        self.portals = portals
        self.sources = sources

    @cached_property
    def by_ward(self) -> Mapping[str, list[Portal]]:
        """Slug of a ward of today → the portals that speak for it."""
        gazetteer = load_gazetteer()
        home = Annotator(gazetteer, self.sources).home
        found: dict[str, list[Portal]] = {}
        for portal in self.portals:
            source = self.sources.get(portal.id)
            ward = home(source, False).ward if source else None
            for today in gazetteer.today(ward.slug) if ward else ():
                found.setdefault(today.slug, []).append(portal)
        return found

    def of(self, wards: Iterable[str]) -> list[Portal]:
        """The portals of these wards, or of what became of them, each once."""
        today = (unit.slug for ward in wards for unit in load_gazetteer().today(ward))
        found = (portal for slug in today for portal in self.by_ward.get(slug, ()))
        return list({portal.id: portal for portal in found}.values())


def coverage_of(wards: Iterable[str], now: datetime) -> list[Coverage]:
    """The portals that speak for these wards; none where no portal of ours does."""
    speakers: Speakers = current_app.extensions["speakers"]
    portals = speakers.of(wards)
    if not portals:
        return []
    with reading().store() as store:
        successes = last_successes(store, [portal.id for portal in portals])
    return [
        Coverage(
            source=speakers.sources[portal.id],
            site=portal.start[0],
            succeeded=at,
            stale=at is None or now - at > STALE,
        )
        for portal in portals
        for at in [successes.get(portal.id)]
    ]


def stale(wards: Iterable[str]) -> list[Coverage]:
    """The portals of these wards that have not been read for long: for a notice beside results."""
    return [each for each in coverage_of(wards, datetime.now(VIETNAM)) if each.stale]
