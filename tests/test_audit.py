"""What the disk changed is named, and mended from the archive, else by the next crawl."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.archive import files
from crawler.audit import audit, give_up
from crawler.replay import extract_all
from crawler.store import Store, open_store
from tests.replay_site import DAY, HOME, PORTAL, article, crawl, listing

SITE = {"/": listing("/bai-1", "/bai-2"), "/bai-1": article("một"), "/bai-2": article("hai")}
EDITED = SITE | {"/bai-2": article("hai", "Bản đã sửa.")}
LATER = DAY + timedelta(days=30)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    return tmp_path / "pages"


@pytest.fixture
def store(tmp_path: Path, pages: Path) -> Iterator[Store]:
    """Two articles, one of them edited once."""
    with open_store(tmp_path / "articles.db") as store:
        crawl(store, pages, SITE)
        crawl(store, pages, EDITED, LATER)
        yield store


def texts(store: Store) -> list[tuple[str, bool]]:
    """Each text, and whether its article is hidden."""
    return [(each.article.text, bool(each.withdrawn_at)) for each in store.all_articles()]


DAMAGES = {
    "a letter": "UPDATE {} SET record = replace(record, 'ngân sách', 'ngân sạch')",
    "no JSON any more": "UPDATE {} SET record = substr(record, 9)",
    "no UTF-8 any more": "UPDATE {} SET record = CAST(x'ff' || CAST(record AS BLOB) AS TEXT)",
}


def damage(store: Store, table: str, how: str = "a letter") -> None:
    assert store.connection.execute(DAMAGES[how].format(table)).rowcount


def test_what_is_whole(store: Store) -> None:
    found = audit(store)
    assert (found.articles, found.file, found.damaged) == (2, "ok", ())


@pytest.mark.parametrize("how", DAMAGES)
def test_the_archive_mends_what_is_damaged(how: str, store: Store, pages: Path) -> None:
    before = texts(store)
    damage(store, "articles", how)
    assert audit(store).damaged == (f"{HOME}/bai-1", f"{HOME}/bai-2")
    extract_all(store, pages, [PORTAL])
    assert give_up(store) == {}
    assert audit(store).damaged == ()
    assert texts(store) == before
    assert len(store.revisions(2)) == 1  # what was damaged is no former text


def test_what_was_hidden_stays_hidden_when_it_is_mended(store: Store, pages: Path) -> None:
    with store.transaction():
        store.withdraw(1, LATER + timedelta(days=1))
    before = texts(store)
    damage(store, "articles")
    extract_all(store, pages, [PORTAL])
    assert texts(store) == before


def test_a_damaged_former_text_is_dropped(store: Store, pages: Path) -> None:
    damage(store, "revisions")
    assert audit(store).damaged == (f"{HOME}/bai-2",)
    extract_all(store, pages, [PORTAL])
    assert give_up(store) == {"former texts lost to the disk": 1}
    assert (audit(store).damaged, store.revisions(2)) == ((), ())


def test_what_the_archive_no_longer_has_is_fetched_again_whole(store: Store, pages: Path) -> None:
    before = texts(store)
    for path in files(pages):
        path.unlink()
    damage(store, "articles")
    extract_all(store, pages, [PORTAL])
    assert give_up(store) == {"damaged, to be fetched again": 2}
    due = "SELECT url, etag, sha256 FROM addresses WHERE due = 0 ORDER BY url"
    assert store.connection.execute(due).fetchall() == [
        (f"{HOME}/bai-1", None, None),
        (f"{HOME}/bai-2", None, None),
    ]
    crawl(store, pages, EDITED, LATER + timedelta(days=1))
    assert audit(store).damaged == ()
    assert texts(store) == before


def test_damage_of_the_file_itself_is_told(store: Store) -> None:
    """A row of an index that its table does not have, as a lost page leaves it."""
    store.connection.execute("PRAGMA writable_schema = ON")
    store.connection.execute(
        "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema"
        " WHERE name = 'captures_file') WHERE name = 'articles_first_seen'"
    )
    store.connection.execute("PRAGMA writable_schema = RESET")
    assert audit(store).file != "ok"


@pytest.mark.parametrize("how", DAMAGES)
def test_what_is_damaged_is_not_read(how: str, store: Store) -> None:
    damage(store, "articles", how)
    damage(store, "revisions", how)
    assert store.articles([1, 2]) == {}
    assert list(store.all_articles()) == []
    assert store.revisions(2) == ()
