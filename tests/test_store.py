"""The store keeps what it is given, through edits, crashes and readers without rights."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date, datetime, time
from multiprocessing import get_context
from pathlib import Path

import pytest

from crawler.article import VIETNAM, Article, Attachment, PrintedDate
from crawler.migrations import MIGRATIONS
from crawler.store import (
    StoreMissing,
    StoreTooNew,
    from_record,
    open_readonly,
    open_store,
    to_record,
)
from tests.replay_site import unindexed

ARTICLE = Article(
    url="http://127.0.0.2/bai-1",
    portal="mau",
    identity="bai-1",
    title="Hội nghị ngân sách (bài mẫu)",
    published=PrintedDate(date(2025, 8, 1), time(8, 30), "layout", 1.0),
    updated=PrintedDate(date(2025, 8, 2), None, "line", 0.8),
    lead="Mở đầu.",
    body=("Đoạn một.", "Đoạn hai."),
    captions=("Ảnh mẫu",),
    byline="Cộng tác viên mẫu",
    section="Tin tức",
    attachments=(Attachment("http://127.0.0.2/a.pdf", "Kế hoạch"),),
    layout="wordpress",
    fetched_at=datetime(2025, 8, 3, 9, 0, tzinfo=VIETNAM),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store" / "articles.db"


@pytest.mark.parametrize(
    "article",
    [
        ARTICLE,
        replace(ARTICLE, published=None, updated=None, lead="", body=(), attachments=()),
    ],
)
def test_record_round_trip(article: Article) -> None:
    assert from_record(to_record(article)) == article


def test_put_tells_new_same_and_changed_and_keeps_the_revision(path: Path) -> None:
    later = datetime(2025, 8, 4, 9, 0, tzinfo=VIETNAM)
    seen_again = replace(ARTICLE, fetched_at=later)
    edited = replace(ARTICLE, body=("Đoạn một, đã sửa.",), fetched_at=later)
    with open_store(path) as store:
        with store.transaction():
            assert store.put(ARTICLE) == "new"
            assert store.put(seen_again) == "same"
            assert store.put(edited) == "changed"
        [stored] = store.all_articles()
        [revision] = store.revisions(stored.id)
    assert stored.article == edited
    assert (stored.first_seen, stored.changed_at) == (ARTICLE.fetched_at, later)
    assert (revision.article, revision.replaced_at) == (ARTICLE, later)


def test_one_identity_in_two_portals_is_two_articles(path: Path) -> None:
    with open_store(path) as store:
        with store.transaction():
            store.put(ARTICLE)
            store.put(replace(ARTICLE, portal="khac"))
        assert store.counts() == {"mau": 1, "khac": 1}


def test_an_edit_during_indexing_stays_unindexed(path: Path) -> None:
    with open_store(path) as store:
        with store.transaction():
            store.put(ARTICLE)
        taken = [(stored.id, stored.change) for stored in unindexed(store)]
        with store.transaction():
            store.put(replace(ARTICLE, title="Tên mới (bài mẫu)"))
        store.mark_indexed(taken)
        assert [stored.article.title for stored in unindexed(store)] == ["Tên mới (bài mẫu)"]
        store.mark_indexed((stored.id, stored.change) for stored in unindexed(store))
        assert store.waiting() == 0


def test_articles_leaves_unknown_ids_out(path: Path) -> None:
    with open_store(path) as store:
        with store.transaction():
            store.put(ARTICLE)
        assert list(store.articles([1, 99])) == [1]


def test_a_failed_transaction_leaves_nothing(path: Path) -> None:
    with open_store(path) as store:
        with pytest.raises(ZeroDivisionError), store.transaction():
            store.put(ARTICLE)
            raise ZeroDivisionError
        assert store.counts() == {}


def test_no_store_says_which_command_makes_one(path: Path) -> None:
    with pytest.raises(StoreMissing, match="tinphuong crawl"):
        open_readonly(path)


def test_a_store_from_the_future_is_refused(path: Path) -> None:
    open_store(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    with pytest.raises(StoreTooNew, match="update tinphuong"):
        open_store(path)


def test_a_reader_sees_what_a_writer_commits(path: Path) -> None:
    with open_store(path) as writer, open_readonly(path) as reader:
        with writer.transaction():
            writer.put(ARTICLE)
            assert reader.counts() == {}
        assert reader.counts() == {"mau": 1}


@pytest.mark.skipif(os.geteuid() != 0, reason="becoming another user takes root")
def test_a_user_who_may_not_write_reads_with_no_writer_running(path: Path, tmp_path: Path) -> None:
    with open_store(path) as store, store.transaction():
        store.put(ARTICLE)
    program = (
        "import os, sys; from pathlib import Path; from crawler.store import open_readonly;"
        "os.setgid(65534); os.setuid(65534);"
        "store = open_readonly(Path(sys.argv[1])); print(store.counts());"
        "store.connection.execute('DELETE FROM articles')"
    )
    public = Path("/tmp") / f"tinphuong-{os.getpid()}"  # pytest's own folders are closed to others
    shutil.copytree(path.parent, public)
    try:
        done = subprocess.run(
            [sys.executable, "-c", program, str(public / path.name)],
            capture_output=True,
            text=True,
        )
    finally:
        shutil.rmtree(public)
    assert "{'mau': 1}" in done.stdout
    assert "readonly database" in done.stderr


def test_kill_9_in_a_transaction_loses_only_that_transaction(path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from crawler.store import open_store;"
        "from crawler.store import from_record; article = from_record(sys.argv[2]);"
        "from dataclasses import replace; store = open_store(Path(sys.argv[1]));\n"
        "with store.transaction(): store.put(article)\n"
        "with store.transaction():\n"
        "    store.put(replace(article, identity='bai-2'))\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path), to_record(ARTICLE)])
    assert done.returncode == -9
    with open_store(path) as store:
        assert [stored.article.identity for stored in store.all_articles()] == ["bai-1"]
        assert store.connection.execute("PRAGMA quick_check").fetchone() == ("ok",)


def test_a_damaged_record_is_found_and_written_anew(path: Path) -> None:
    """It is no revision: nobody wrote it."""
    with open_store(path) as store:
        with store.transaction() as connection:
            store.put(ARTICLE)
            store.put(replace(ARTICLE, identity="bai-2"))
            connection.execute("UPDATE articles SET record = replace(record, 'Ảnh', 'Ành')")
        assert store.audit() == (1, 2)
        with store.transaction():
            assert store.put(ARTICLE) == "changed"
            assert store.put(replace(ARTICLE, identity="bai-2", title="Khác")) == "changed"
        assert store.audit() == ()
        assert store.revisions(1) == store.revisions(2) == ()


def test_several_processes_may_make_the_store_at_once(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, get_context("spawn")) as pool:
        for number in range(50):
            path = tmp_path / f"{number}" / "articles.db"
            assert list(pool.map(_made, [path] * 4)) == [len(MIGRATIONS)] * 4


def _made(path: Path) -> int:
    with open_store(path) as store:
        return int(store.connection.execute("PRAGMA user_version").fetchone()[0])
