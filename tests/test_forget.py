"""After forgetting, the text stands nowhere, and no way brings it back."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import crawler.forget
from crawler import captures
from crawler.archive import Archive, files, read_pages
from crawler.forget import Forgotten, forget
from crawler.lane import Lane
from crawler.locks import Locks
from crawler.replay import extract_all, import_files
from crawler.store import Store, open_store
from tests.replay_site import DAY, HOME, PORTAL, article, crawl, listing, page, unindexed

WORD = "mongxemlai"
"""Stands in every text, file and revision that is to be forgotten, and nowhere else."""

SITE = {
    "/": listing("/bai-1", "/bai-1?print=1", "/bai-2", "/bai-3"),
    "/bai-1": article("một", f"{WORD}.", '<link rel="canonical" href="/bai-1">', "/rieng.pdf"),
    "/bai-1?print=1": article("một", f"{WORD}.", '<link rel="canonical" href="/bai-1">'),
    "/bai-2": article("hai", file="/chung.pdf"),
    "/bai-3": article("ba", f"{WORD} nữa.", file="/chung.pdf"),
    "/rieng.pdf": f"%PDF {WORD}".encode(),
    "/chung.pdf": b"%PDF chung",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store" / "articles.db") as store:
        crawl(store, tmp_path / "store" / "pages", SITE)
        edited = article("một", f"{WORD}, bản đã sửa.", file="/rieng.pdf")
        crawl(store, tmp_path / "store" / "pages", SITE | {"/bai-1": edited}, DAY + timedelta(1))
        yield store


def places(folder: Path, word: str = WORD) -> list[str]:
    """The files that hold the word: as they lie, or unpacked."""
    return [
        path.name
        for path in sorted(folder.rglob("*"))
        if path.is_file() and word.encode() in path.read_bytes() + unpacked(path)
    ]


def unpacked(path: Path) -> bytes:
    if not path.name.endswith(".gz"):
        return b""
    with gzip.open(path) as file:
        return file.read()


def urls(folder: Path) -> list[str]:
    return sorted(each.url for path in files(folder) for each in read_pages(path))


def test_one_article_with_all_that_is_its_own(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    before = urls(folder / "pages")
    assert len(places(folder)) >= 3
    assert forget(store, folder / "pages", PORTAL, f"{HOME}/bai-3", "Theo đơn") == Forgotten(
        articles=1, addresses=1, attachments=0, records=1
    )
    done = forget(store, folder / "pages", PORTAL, f"{HOME}/bai-1", "Theo đơn")
    assert (done.articles, done.attachments) == (1, 1)
    assert places(folder) == []
    assert {each.article.title for each in store.all_articles()} == {"Bài mẫu hai"}
    gone = {f"{HOME}{path}" for path in ("/bai-1", "/bai-1?print=1", "/bai-3", "/rieng.pdf")}
    assert urls(folder / "pages") == [url for url in before if url not in gone]
    assert len(store.deleted()) == 2
    reasons = store.connection.execute("SELECT DISTINCT reason FROM tombstones").fetchall()
    assert reasons == [("Theo đơn",)]


def test_no_way_brings_it_back(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    for path in ("/bai-1", "/bai-3"):
        forget(store, folder / "pages", PORTAL, f"{HOME}{path}", "Theo đơn")
    again = {"/bai-1?lan=2": SITE["/bai-1"], "/": listing("/bai-1", "/bai-1?lan=2", "/bai-3")}
    lane = crawl(store, folder / "pages", SITE | again, DAY + timedelta(2))
    assert lane.counts["new"] == 0
    assert lane.last_failure == "forgotten on request"
    assert places(folder) == []
    others = Archive(tmp_path / "others")
    for path, body in SITE.items():
        others.write(page(path, body, DAY + timedelta(3)))
        others.write(replace(page(path, body), url=f"http://www.xa.example.vn{path}"))
    others.close()
    archive = Archive(folder / "pages")
    report = import_files(store, archive, [PORTAL], files(tmp_path / "others"))
    archive.close()
    assert report.counts["forgotten on request"] == 8
    extract_all(store, folder / "pages", [PORTAL])
    assert {each.article.title for each in store.all_articles()} == {"Bài mẫu hai"}
    assert places(folder) == []


def test_the_index_builder_is_told(store: Store, tmp_path: Path) -> None:
    store.mark_indexed([(each.id, each.change) for each in unindexed(store)])
    assert store.waiting() == 0
    forget(store, tmp_path / "store" / "pages", PORTAL, f"{HOME}/bai-2", "Theo đơn")
    assert store.waiting() == 1


def test_a_whole_portal(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    other = replace(PORTAL, id="khac", start=("https://khac.example.vn/",))
    kept = page("/", article("của cổng khác"))
    archive = Archive(folder / "pages")
    capture = archive.write(replace(kept, url="https://khac.example.vn/"))
    archive.close()
    with store.transaction() as connection:
        captures.note(connection, other.id, kept, capture)
    done = forget(store, folder / "pages", PORTAL, None, "Cổng yêu cầu")
    assert done.articles == 3
    assert places(folder) == []
    assert urls(folder / "pages") == ["https://khac.example.vn/"]
    for table in ("articles", "revisions", "addresses", "crawls"):
        assert store.connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    assert not Lane(store, archive, PORTAL, Locks(folder)).may_start("toi@example.vn")
    crawl(store, folder / "pages", SITE, DAY + timedelta(9))
    assert list(store.all_articles()) == []
    assert places(folder) == []


@pytest.mark.parametrize("step", ["trim", "erase", "_purge", "_clear_free_room"])
@pytest.mark.parametrize("url", [f"{HOME}/bai-1", None])
def test_the_same_command_completes_one_that_was_killed(
    step: str, url: str | None, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "store"
    forget(store, folder / "pages", PORTAL, f"{HOME}/bai-3", "Theo đơn")

    def killed(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(crawler.forget, step, killed)
        forget(store, folder / "pages", PORTAL, url, "Theo đơn")
    assert places(folder) != []
    forget(store, folder / "pages", PORTAL, url, "Theo đơn")
    assert places(folder) == []


def test_what_killed_crawls_left_in_the_archive_goes_too(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "store" / "pages"
    store.connection.execute("DELETE FROM captures WHERE url LIKE '%bai-1' AND fetched_at > 0")
    archive = Archive(folder)
    archive.write(page("/bai-1", article("một", f"{WORD} {WORD}"), DAY + timedelta(5)))
    archive.close()
    newest = files(folder)[-1]
    newest.write_bytes(newest.read_bytes()[:-20])
    for path in ("/bai-1", "/bai-3"):
        forget(store, folder, PORTAL, f"{HOME}{path}", "Theo đơn")
    assert places(tmp_path / "store") == []


def test_what_was_never_seen_is_not_fetched_either(store: Store, tmp_path: Path) -> None:
    done = forget(store, tmp_path / "store" / "pages", PORTAL, f"{HOME}/bai-9", "Theo đơn")
    assert done == Forgotten(0, 0, 0, 0)
    assert not store.is_forgotten(PORTAL.id, "", "")
    site = {"/": listing("/bai-9"), "/bai-9": article("chín", WORD)}
    crawl(store, tmp_path / "store" / "pages", site, DAY + timedelta(2))
    assert len(list(store.all_articles())) == 3


def test_an_open_reader_is_said(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(tmp_path / "store" / "articles.db") as reader:
        reader.connection.execute("BEGIN")
        reader.connection.execute("SELECT * FROM articles").fetchone()
        store.connection.execute("PRAGMA busy_timeout = 100")
        with pytest.raises(crawler.forget.Unfinished, match="run the same command again"):
            forget(store, tmp_path / "store" / "pages", PORTAL, f"{HOME}/bai-1", "Theo đơn")
        reader.connection.execute("COMMIT")
    forget(store, tmp_path / "store" / "pages", PORTAL, f"{HOME}/bai-3", "Theo đơn")
    assert places(tmp_path / "store") == []
