"""Hijacked portals (row 46 of the faults): what was smuggled in is told from news about it."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from benchmarks.gold import PORTAL, read_gold
from crawler.article import VIETNAM
from crawler.extract import Extraction, extract
from crawler.page import Page, parse
from crawler.reading import Reading, read_page
from crawler.spam import evidence_in, load_spam
from tests.pages.pages import HERE, load_pages, page_with

TEXTS = tomllib.loads((HERE / "spam.toml").read_text(encoding="utf-8"))
SITES = [each.site for each in load_pages()[::5]]
CAUGHT = 0.9
WRONGLY = 0.01


def pages(kind: str) -> list[Page]:
    """Each text on a page of another site, in the manner of its system."""
    return [
        page_with(SITES[number % len(SITES)], each["title"], each["body"])
        for number, each in enumerate(TEXTS[kind])
    ]


def read(page: Page) -> Extraction:
    parsed = parse(page)
    assert parsed is not None
    return extract(parsed, PORTAL)


def test_what_was_smuggled_in_is_quarantined() -> None:
    found = [read(page) for page in pages("spam")]
    assert len(found) == 30
    caught = [each for each in found if each.reason.startswith("quarantined: ")]
    assert len(caught) >= CAUGHT * len(found)
    for each in caught:
        assert each.article is None
        assert [removed for removed in each.removed if removed.rule.startswith("spam")]


@pytest.mark.parametrize("page", pages("news"), ids=lambda page: page.url)
def test_news_about_it_is_news(page: Page) -> None:
    extraction = read(page)
    assert extraction.article is not None, extraction.reason


def test_other_pages_are_news() -> None:
    for each in load_pages():
        assert read(each.page).article is not None


@pytest.mark.data
def test_pages_of_a_real_portal_are_news(data: Path) -> None:
    gold = read_gold(data)
    wrong = [each.title for each in gold if evidence_in(each.title, each.text)]
    assert len(wrong) <= WRONGLY * len(gold)


def test_nobody_follows_the_links_of_a_quarantined_page() -> None:
    spam, news = (read_page(pages(kind)[0], PORTAL) for kind in ("spam", "news"))
    assert (spam.outcome, spam.article, spam.found) == ("quarantined: gambling", None, ())
    assert isinstance(news, Reading)
    assert news.outcome == "article"


def test_hidden_links_in_an_article_leave_it_an_article() -> None:
    """The commonest break-in: nothing is seen of it, and nothing of it is read."""
    hidden = "<div style='display:none'>nhà cái uy tín, nổ hũ, link vào, đăng ký ngay, casino</div>"
    page = load_pages()[0].page
    body = page.body.replace(b'<div class="journal-content-article">', hidden.encode(), 1)
    now = datetime(2026, 9, 1, tzinfo=VIETNAM)
    extraction = read(replace(page, body=body, fetched_at=now))
    assert extraction.article is not None
    assert "nhà cái" not in extraction.article.text


def test_every_word_is_written_as_it_is_looked_for() -> None:
    kinds, sober = load_spam()
    for word in (*sober, *(word for kind in kinds for word in (*kind.subjects, *kind.lures))):
        assert word == " ".join(word.lower().split())
