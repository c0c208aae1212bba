"""A real WordPress is crawled whole, whichever one way leads to its posts. By `make wordpress`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from crawler.article import Article
from crawler.portals import Portal
from crawler.store import open_store
from tests.test_spider import run
from tests.wordpress_site import (
    OLD_LINKS,
    Way,
    WordPress,
    answers,
    missing_packages,
    wordpress,
    write_posts,
)

pytestmark = pytest.mark.wordpress

POSTS = write_posts(200)

START: dict[Way, str] = {"feed": "/feed/", "sitemap": "/wp-sitemap.xml", "listing": "/", "": "/"}
"""The portal's one start page for each way to the posts, and with all of them open."""


@dataclass(frozen=True)
class Crawled:
    """What one crawl left. `posts` are the paths of the posts, `answers` is the server's own log,
    `named_by` holds the paths of the pages on which the crawler first saw a post."""

    only: Way
    error: str
    posts: list[str]
    articles: list[Article]
    answers: list[tuple[str, int]]
    named_by: set[str]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPress]:
    if missing := missing_packages():
        pytest.skip(f"for a real WordPress: apt-get install {' '.join(missing)}")
    with wordpress(tmp_path_factory.mktemp("wordpress"), POSTS) as site:
        yield site


@pytest.fixture(scope="module", params=START, ids=lambda only: only or "all")
def crawled(
    request: pytest.FixtureRequest, site: WordPress, tmp_path_factory: pytest.TempPathFactory
) -> Crawled:
    only: Way = request.param
    folder = tmp_path_factory.mktemp("crawl")
    start = (site.home + START[only],)
    portal = Portal(
        "mau", "Mẫu", "", "Hà Nội", start, (site.host,), delay=timedelta(0), allow_private=True
    )
    with site.serving(only) as log:
        [report] = run([portal], folder).portals
    with open_store(folder / "articles.db") as store:
        articles = [each.article for each in store.all_articles()]
        parents = dict(store.connection.execute("SELECT url, parent FROM addresses"))
    return Crawled(
        only,
        report.error,
        [path_of(address) for address in site.addresses],
        articles,
        answers(log),
        {path_of(parents[address]) for address in site.addresses},
    )


def path_of(address: str) -> str:
    return urlsplit(address).path


def test_every_post_is_an_article_once_and_nothing_else_is(crawled: Crawled) -> None:
    assert crawled.error == ""
    assert len(crawled.posts) == 200
    assert Counter(path_of(each.url) for each in crawled.articles) == Counter(crawled.posts)


def test_posts_are_complete(crawled: Crawled) -> None:
    articles = {path_of(each.url): each for each in crawled.articles}
    for path, post in zip(crawled.posts, POSTS, strict=True):
        article = articles[path]
        assert article.title == post.title
        assert article.body == post.paragraphs
        assert article.section == post.category
        assert article.published is not None
        assert article.published.day == post.date.date()


def test_closed_ways_were_closed_and_open_ones_tried(crawled: Crawled) -> None:
    """Which pages named the posts, by the store; what else was answered, by the server's log."""
    others = {path for path, status in crawled.answers if status == 200} - {*crawled.posts}
    if crawled.only == "feed":
        assert crawled.named_by == others == {"/feed/"}
    elif crawled.only == "sitemap":
        parts = {f"/wp-sitemap-posts-post-{number}.xml" for number in range(1, 5)}
        assert crawled.named_by == parts
        assert others == {"/wp-sitemap.xml", *parts}
    elif crawled.only == "":
        assert others >= {"/", "/page/20/", "/feed/", "/wp-sitemap-posts-post-1.xml"}
    else:
        assert not crawled.named_by & {*crawled.posts}
        assert not [path for path in others if "feed" in path or "sitemap" in path]


def test_a_post_is_fetched_once_and_once_more_by_an_old_link(crawled: Crawled) -> None:
    asked = Counter(path for path, _ in crawled.answers)
    old = [path for path in asked if path.startswith("/?p=")]
    twice = sum(asked[path] == 2 for path in crawled.posts)
    assert {asked[path] for path in crawled.posts} <= {1, 2}
    assert twice <= len(old) == (OLD_LINKS if crawled.only in ("listing", "") else 0)
