"""A site whose portals are called, and write, what runs in a browser that believes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from crawler.article import Article, Attachment
from crawler.store import open_store
from indexer.build import build
from indexer.document import Annotator, Source
from indexer.wards import Gazetteer
from tests.small_site import configuration, make_article

PAYLOADS = [
    line
    for line in Path(__file__).with_name("xss_payloads.txt").read_text().splitlines()
    if not line.startswith("# ")
]


def articles() -> Iterator[Article]:
    """For each payload an article that has it everywhere; the last one was edited."""
    for number, payload in enumerate(PAYLOADS):
        written = make_article(
            f"cong-{number}", str(number), payload, f"bài mẫu {payload} đây", day=date(2026, 1, 2)
        )
        yield replace(
            written,
            url=payload,
            lead=f"mở đầu {payload}",
            captions=(payload,),
            byline=payload,
            section=payload,
            attachments=(Attachment(payload, payload),),
        )
    yield replace(written, body=(f"bài mẫu {PAYLOADS[0]} khác",))


def hostile_sources() -> dict[str, Source]:
    """The portals, each called as its payload."""
    return {
        f"cong-{number}": Source(f"cong-{number}", payload, "Phường Bồ Đề", "Hà Nội", "full")
        for number, payload in enumerate(PAYLOADS)
    }


def make_hostile_site(folder: Path, gazetteer: Gazetteer) -> dict[str, Any]:
    """The store and the index of these articles; the configuration over them."""
    sources = hostile_sources()
    config = {**configuration(folder), "SOURCES": sources, "CONTACT": PAYLOADS[0]}
    with open_store(config["STORE"]) as store:
        with store.transaction():
            for article in articles():
                store.put(article)
        build(store, config["INDEX"], Annotator(gazetteer, sources).annotate, sources)
    return config
