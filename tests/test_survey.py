"""A look around the sample portals, without a network: what is proposed of a site."""

from __future__ import annotations

import asyncio
from itertools import count

import pytest

from crawler.failures import LeftAlone
from crawler.frontier import Address
from crawler.lane import Download
from crawler.page import Page
from crawler.portals import Portal
from crawler.survey import ARTICLES, MOST_PAGES, Survey, stranger
from tests.portals.pages import answer, routes
from tests.portals.sites import Site, load_sites
from tests.replay_site import DAY, HOME, HTML, article, listing

SITES = {site.family: site for site in load_sites()}


def survey_of(pages: dict[str, bytes]) -> Survey:
    """A survey of a site with these pages, by their paths."""

    async def download(portal: Portal, address: Address) -> Page:
        body = pages.get(address.url.removeprefix(HOME))
        return Page(address.url, DAY, 404 if body is None else 200, HTML, body or b"")

    return looked(Survey(stranger(HOME)), download)


def survey_of_sample(site: Site) -> Survey:
    rendered, requests, base = routes(site), count(1), f"http://{site.host}"

    async def download(portal: Portal, address: Address) -> Page:
        target = address.url.removeprefix(base)
        found = answer(rendered, site, target, base, next(requests))
        headers = {"content-type": found.kind}
        return Page(address.url, DAY, int(found.status), headers, found.body)

    return looked(Survey(stranger(base, allow_private=True)), download)


def looked(seen: Survey, download: Download) -> Survey:
    async def way() -> None:
        async for _ in seen.pages(download):
            pass

    asyncio.run(way())
    return seen


@pytest.mark.parametrize(
    ("family", "layout"),
    [
        ("liferay", "liferay-hanoi"),
        ("nukeviet", "nukeviet"),
        ("wordpress", "wordpress"),
        ("vnpt", "liferay-vnpt"),
        ("sharepoint", "sharepoint"),
    ],
)
def test_the_family_of_every_sample_and_three_of_its_articles(family: str, layout: str) -> None:
    site = SITES[family]
    seen = survey_of_sample(site)
    assert (seen.layout, seen.name, seen.error) == (layout, site.name, "")
    shown = [sample.article.title for sample in seen.samples]
    assert len(set(shown)) == ARTICLES
    assert set(shown) <= {article.title for article in site.articles}


def test_feeds_are_named() -> None:
    feed = f"""<rss version="2.0"><channel><title>Trang mẫu</title>
        <item><link>{HOME}/a</link></item></channel></rss>""".encode()
    head = '<link rel="alternate" type="application/rss+xml" href="/feed">'
    home = f"<html><head><title>Xã Mẫu</title>{head}</head><body></body></html>".encode()
    seen = survey_of({"/": home, "/feed": feed, "/a": article("một")})
    assert seen.feeds == [f"{HOME}/feed"]
    assert [sample.article.url for sample in seen.samples] == [f"{HOME}/a"]


def test_a_site_without_articles_is_left_soon() -> None:
    pages = {f"/trang-{number}": listing(f"/trang-{number + 1}") for number in range(99)}
    seen = survey_of({"/": listing("/trang-0"), **pages})
    assert (seen.done, seen.samples, seen.layout) == (MOST_PAGES, [], "")


def test_a_start_page_that_is_not_there_is_told() -> None:
    assert survey_of({}).error == "HTTP 404"


def test_what_may_not_be_asked_for_is_told() -> None:
    async def download(portal: Portal, address: Address) -> Page:
        raise LeftAlone("robots.txt: HTTP 503")

    assert looked(Survey(stranger(HOME)), download).error == "robots.txt: HTTP 503"


def test_other_hosts_are_not_asked() -> None:
    asked: list[str] = []

    async def download(portal: Portal, address: Address) -> Page:
        asked.append(address.url)
        return Page(address.url, DAY, 200, HTML, listing("https://khac.example.vn/bai-1"))

    looked(Survey(stranger(HOME)), download)
    assert asked == [f"{HOME}/", f"{HOME}/sitemap.xml"]


def test_no_address_is_refused() -> None:
    with pytest.raises(ValueError, match="no http"):
        stranger("ftp://xa.example.vn")
