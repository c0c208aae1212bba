"""Article, the record that the crawler hands over.

It knows no index. Everything a later room says about an article (ward, topic, family) is derived
from these fields and can be derived again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Literal

VIETNAM = timezone(timedelta(hours=7))
"""The one zone every portal prints its times in; Vietnam has had no summer time since 1975."""

DateSource = Literal["meta", "layout", "line", "address", "text"]


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date as a page prints it: the time is None where only a day is printed.

    `source` says where it stood; `certainty` runs from 0 to 1 (1: a labelled field of a known
    layout; under 0.5: partly inferred, for instance the year of "Sáng ngày 11/5").
    """

    day: date
    time: time | None
    source: DateSource
    certainty: float

    @property
    def moment(self) -> datetime:
        """The instant in +07:00; midnight where no time is printed."""
        return datetime.combine(self.day, self.time or time(), VIETNAM)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that an article links: absolute address and the words of the link."""

    url: str
    name: str


@dataclass(frozen=True, slots=True)
class Article:
    """One article of one portal. All text is NFC; `body` and `captions` hold one paragraph each.

    `identity` tells articles of one portal apart, whatever address they were fetched under (the
    id that the layout carries in the address, else the canonical address, else a hash of title,
    date and text). `layout` names the entry of layouts.toml that read the page, or "general".

    `pictures` are the addresses of those in the body: they are linked, not kept. A changed one
    makes no new revision, for portals move them about.

    `noarchive` and `nosnippet` are the page's own wishes (robots meta): show no copy of the text,
    show not even a passage of it.
    """

    url: str
    portal: str
    identity: str
    title: str
    published: PrintedDate | None
    updated: PrintedDate | None
    lead: str
    body: tuple[str, ...]
    captions: tuple[str, ...]
    byline: str
    section: str
    attachments: tuple[Attachment, ...]
    layout: str
    fetched_at: datetime
    noarchive: bool = False
    nosnippet: bool = False
    pictures: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Lead and body, one paragraph a line: what is shown, segmented and searched."""
        return "\n".join((self.lead, *self.body)) if self.lead else "\n".join(self.body)

    @property
    def sha256(self) -> str:
        """Hex digest over what a reader sees and may. A changed view counter leaves it as it is."""
        seen = (
            self.title,
            self.published.moment.isoformat() if self.published else "",
            self.lead,
            *self.body,
            *self.captions,
            self.byline,
            *(attachment.url for attachment in self.attachments),
            *(("noarchive",) if self.noarchive else ()),
            *(("nosnippet",) if self.nosnippet else ()),
        )
        return hashlib.sha256("\x1f".join(seen).encode()).hexdigest()
