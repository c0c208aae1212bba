"""From the crawl into the store: what files say stands with the articles that link them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.archive import Archive, files
from crawler.article import Article, Attachment
from crawler.attached import Attached, attached_to, note
from crawler.attachments import FileText
from crawler.forget import forget
from crawler.page import Page
from crawler.reading import read_page, with_file
from crawler.replay import extract_all, import_files
from crawler.store import Store, open_store
from indexer.build import build
from indexer.document import Annotator
from indexer.query import Query
from indexer.search import Searcher, open_searcher
from indexer.wards import load_gazetteer
from tests.documents import pdf
from tests.replay_site import DAY, HOME, PORTAL, article, crawl, listing, unindexed
from tests.test_store import ARTICLE

PLAN = "Kế hoạch số 05/KH-UBND của phường Sao Mai (bài mẫu), năm 2025"
SITE = {
    "/": listing("/bai-1", "/bai-2"),
    "/bai-1": article("một", file="/rieng.pdf"),
    "/bai-2": article("hai", file="/chung.pdf"),
    "/rieng.pdf": pdf([PLAN]),
    "/chung.pdf": pdf([""]),
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store" / "articles.db") as store:
        yield store


def by_title(store: Store) -> dict[str, Article]:
    return {each.article.title: each.article for each in store.all_articles()}


def rows(store: Store) -> list[tuple[str, str, str]]:
    query = "SELECT url, state, text FROM attachments ORDER BY url"
    return list(store.connection.execute(query).fetchall())


def test_files_are_read_as_they_are_crawled(store: Store, tmp_path: Path) -> None:
    crawl(store, tmp_path / "pages", SITE)
    articles = by_title(store)
    name = "Kế hoạch kèm theo"
    assert attached_to(store, articles["Bài mẫu một"]) == (
        Attached(f"{HOME}/rieng.pdf", name, "text", PLAN),
    )
    assert attached_to(store, articles["Bài mẫu hai"]) == (
        Attached(f"{HOME}/chung.pdf", name, "scan", ""),
    )


def test_a_file_that_changes_is_read_again_and_its_article_indexed(
    store: Store, tmp_path: Path
) -> None:
    crawl(store, tmp_path / "pages", SITE)
    store.mark_indexed([(each.id, each.change) for each in unindexed(store)])
    crawl(store, tmp_path / "pages", SITE, DAY + timedelta(1))
    assert store.waiting() == 0
    changed = SITE | {"/rieng.pdf": pdf([PLAN.replace("2025", "2026")])}
    crawl(store, tmp_path / "pages", changed, DAY + timedelta(2))
    assert [each.article.title for each in unindexed(store)] == ["Bài mẫu một"]
    assert "2026" in attached_to(store, by_title(store)["Bài mẫu một"])[0].text


def test_every_article_that_links_it_is_indexed_again(store: Store) -> None:
    url = ARTICLE.attachments[0].url
    other = replace(ARTICLE, identity="bai-2", attachments=(Attachment(f"{url}?x", "Khác"),))
    same = replace(ARTICLE, identity="bai-3")
    elsewhere = replace(ARTICLE, portal="khac")
    with store.transaction():
        for each in (ARTICLE, other, same, elsewhere):
            store.put(each)
    store.mark_indexed([(each.id, each.change) for each in unindexed(store)])
    for file in (FileText("text", "Một"), FileText("text", "Một"), FileText("text", "Hai")):
        with store.transaction():
            note(store, "mau", url, "00", file)
    waiting = unindexed(store)
    assert [each.article.identity for each in waiting] == ["bai-1", "bai-3"]
    assert len({each.change for each in waiting}) == 2  # so each can begin a family of its own


def test_a_file_that_was_not_fetched_is_named_all_the_same(store: Store) -> None:
    (attachment,) = ARTICLE.attachments
    expected = (Attached(attachment.url, attachment.name, None, ""),)
    assert attached_to(store, ARTICLE) == expected


def test_what_is_forgotten_goes_with_its_files(store: Store, tmp_path: Path) -> None:
    crawl(store, tmp_path / "pages", SITE)
    forget(store, tmp_path / "pages", PORTAL, f"{HOME}/bai-1", "Theo đơn")
    assert rows(store) == [(f"{HOME}/chung.pdf", "scan", "")]
    forget(store, tmp_path / "pages", PORTAL, None, "Theo đơn")
    assert rows(store) == []


def test_a_file_that_wishes_not_to_be_found_is_not_read() -> None:
    kind = {"content-type": "application/pdf"}
    for header, state in (("noindex", "withheld"), ("noarchive", "text")):
        page = Page(f"{HOME}/a.pdf", DAY, 200, kind | {"x-robots-tag": header}, pdf([PLAN]))
        file = with_file(read_page(page, PORTAL), page).file
        assert file is not None
        assert file.state == state


def test_files_of_the_archive_are_read_again(store: Store, tmp_path: Path) -> None:
    crawl(store, tmp_path / "pages", SITE)
    before = rows(store)
    store.connection.execute("DELETE FROM attachments")
    done = extract_all(store, tmp_path / "pages", [PORTAL])
    assert done.counts["attachment"] == 2
    assert rows(store) == before


def test_files_of_other_crawlers_are_read(store: Store, tmp_path: Path) -> None:
    crawl(store, tmp_path / "pages", SITE)
    before, archived = rows(store), files(tmp_path / "pages")
    with open_store(tmp_path / "other" / "articles.db") as other:
        archive = Archive(tmp_path / "other" / "pages")
        import_files(other, archive, [PORTAL], archived)
        archive.close()
        assert rows(other) == before


@pytest.fixture
def searcher(store: Store, tmp_path: Path) -> Searcher:
    site = SITE | {"/rieng.pdf": pdf([PLAN, "Trồng 150 cây bàng ở vườn hoa"])}
    crawl(store, tmp_path / "pages", site)
    build(store, tmp_path / "whoosh", Annotator(load_gazetteer(), {}).annotate, {})
    return open_searcher(tmp_path / "whoosh", tmp_path / "store" / "articles.db")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cây bàng", {"một"}),
        ("cay bang", {"một"}),  # accents as in the article's own text
        ('"150 cây bàng"', {"một"}),
        ('"năm 2025 trồng"', {"một"}),  # from page to page of one file
        ('"kèm theo kế hoạch"', set()),  # no phrase from text to file
        ("ngân sách bàng", {"một"}),  # a word in the text, another in the file
        ("ủy ban nhân dân", {"một"}),  # the file has UBND
        ("ngân sách -bàng", {"hai"}),
        ("tieude:bàng", set()),
    ],
)
def test_files_are_searched_as_part_of_their_article(
    searcher: Searcher, text: str, expected: set[str]
) -> None:
    hits = searcher.search(Query(text)).hits
    assert {hit.title.removeprefix("Bài mẫu ") for hit in hits} == expected


def test_the_passage_shown_is_of_the_file_where_the_words_are_there_alone(
    searcher: Searcher,
) -> None:
    (hit,) = searcher.search(Query("cây bàng")).hits
    assert hit.file == "Kế hoạch kèm theo"
    assert [hit.snippet[start:end] for start, end in hit.snippet_marks] == ["cây bàng"]
    assert all(not hit.file for hit in searcher.search(Query("ngân sách")).hits)


def test_a_word_in_a_file_weighs_less_than_one_in_the_text(store: Store, tmp_path: Path) -> None:
    site = SITE | {"/bai-2": article("hai", "Cây xà cừ."), "/rieng.pdf": pdf(["Cây xà cừ " * 9])}
    crawl(store, tmp_path / "pages", site)
    build(store, tmp_path / "whoosh", Annotator(load_gazetteer(), {}).annotate, {})
    searcher = open_searcher(tmp_path / "whoosh", tmp_path / "store" / "articles.db")
    hits = searcher.search(Query("xà cừ")).hits
    assert [hit.title for hit in hits] == ["Bài mẫu hai", "Bài mẫu một"]
