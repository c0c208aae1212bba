"""Samples: which pages bear witness to a portal's frame. Rows of the store.

The sample is the same in whatever order the pages come, and however often they are fetched: of all
titles seen it holds those whose hash is smallest (a bottom-k sketch: Cohen and Kaplan, PODC 2007).
One article under many addresses has one title, so it is no witness to itself.
"""

from __future__ import annotations

from array import array

from crawler.frame import Frame, Sample, learned
from crawler.page import Page
from crawler.portals import Portal
from crawler.reading import Reading, read_page
from crawler.store import Store

SAMPLED = 16
"""Pages of a portal that are kept, as hashes of their texts: about 12 kB."""


class Samples:
    """The samples of all portals, and what is learned from them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.frames: dict[str, Frame] = {}

    def read(self, page: Page, portal: Portal) -> Reading:
        """What a page tells, as read_page() has it, by one who knows the portal's other pages."""
        reading = read_page(page, portal, self.frame(portal.id))
        if reading.sample:
            self.add(portal.id, reading.sample)
        return reading

    def frame(self, portal: str) -> Frame:
        """What is known of a portal's frame."""
        if portal not in self.frames:
            rows = self.store.connection.execute(
                "SELECT texts FROM samples WHERE portal = ?", (portal,)
            )
            self.frames[portal] = learned(array("I", texts) for (texts,) in rows)
        return self.frames[portal]

    def add(self, portal: str, sample: Sample) -> None:
        """Add a page to the sample of a portal, if it belongs there."""
        kept = self._pages(portal)
        if sample.page in kept or (len(kept) >= SAMPLED and sample.page > kept[-1]):
            return
        texts = array("I", sorted(sample.texts)).tobytes()
        with self.store.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO samples VALUES (?, ?, ?)", (portal, sample.page, texts)
            )
            connection.executemany(
                "DELETE FROM samples WHERE portal = ? AND page = ?",
                [(portal, page) for page in self._pages(portal)[SAMPLED:]],
            )
        self.frames.pop(portal, None)

    def _pages(self, portal: str) -> list[int]:
        rows = self.store.connection.execute(
            "SELECT page FROM samples WHERE portal = ? ORDER BY page", (portal,)
        )
        return [page for (page,) in rows]
