"""The command: every subcommand as a person calls it, over the sample portals on loopback."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.portals import Keep, load_portals
from crawler.store import open_store
from indexer.backup import NotEmpty
from indexer.search import IndexMissing
from tests.portals.server import portals_toml, serve
from tests.portals.sites import article_path, load_sites
from tests.replay_site import HOME, PORTAL, article, crawl, listing
from tinphuong import Place, audit_apart, cli, crawl_apart

ROOT = Path(__file__).parent.parent
PATIENCE = 120
"""Seconds for a whole demo on a busy machine; it takes about fifteen."""


STORE = Path("index/store/articles.db")


def run(*arguments: str, cwd: Path, answer: str = "") -> subprocess.CompletedProcess[str]:
    """The command as a process of its own: Scrapy's reactor starts once a process."""
    command = [sys.executable, str(ROOT / "tinphuong.py"), *arguments]
    return subprocess.run(
        command, cwd=cwd, input=answer, capture_output=True, text=True, timeout=PATIENCE
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a portals.toml for running sample portals, crawled and indexed."""
    folder = tmp_path_factory.mktemp("place")
    with serve() as bases:
        port = int(next(iter(bases.values())).rpartition(":")[2])
        (folder / "portals.toml").write_text(portals_toml(port))
        crawled = run("crawl", cwd=folder)
        assert crawled.returncode == 0, crawled.stderr
        indexed = run("index", cwd=folder)
        assert indexed.returncode == 0, indexed.stderr
        yield folder


def test_crawl_stores_every_sample_article_once(place: Path) -> None:
    status = json.loads(run("status", "--json", cwd=place).stdout)
    assert status["waiting"] == 0
    assert {row["portal"]: row["articles"] for row in status["portals"]} == {
        site.id: len(site.articles) for site in load_sites()
    }


def test_status_as_json_has_all_that_the_table_has(place: Path) -> None:
    status = json.loads(run("status", "--json", cwd=place).stdout)
    for row in status["portals"]:
        assert (row["state"], row["error"], row["new_24h"]) == ("ok", "", row["articles"])
        assert row["new_7d"] == row["articles"]
        succeeded, due = (datetime.fromisoformat(row[name]) for name in ("succeeded", "due"))
        assert timedelta(hours=5) < due - succeeded < timedelta(hours=7)  # the interval is six
    table = run("status", cwd=place).stdout
    assert "portals: 5 × ok" in table
    for row in status["portals"]:
        due = datetime.fromisoformat(row["due"])
        assert re.search(rf"{row['portal']} +ok .*{due:%d %b %H:%M} +{row['articles']}", table)


def test_nothing_is_due_right_after_a_crawl(place: Path) -> None:
    assert "Nothing is due" in run("crawl", cwd=place).stdout


def test_index_again_has_nothing_to_do(place: Path) -> None:
    assert run("index", cwd=place).stdout.startswith("0 articles indexed")


def test_status_reports_what_was_no_article(place: Path) -> None:
    told = run("status", cwd=place).stdout
    for outcome in ("HTTP 500", "empty page", "not HTML", "HTTP 404"):
        assert outcome in told


def test_too_few_articles_teach_no_topic(place: Path) -> None:
    told = run("topics", "train", cwd=place)
    assert (told.returncode, told.stdout.split(":")[0]) == (
        0,
        "No topic has 100 articles in sections of its name",
    )
    assert not (place / "index" / "topics.json").exists()


def test_search_in_the_terminal(place: Path) -> None:
    told = run("search", "ngan", "sach", cwd=place).stdout
    assert "ngân sách" in told
    assert "topics: Kinh tế, ngân sách (" in told


def test_search_as_json_with_the_fields_of_query(place: Path) -> None:
    found = json.loads(run("search", "ngân sách", "--source", "sa-dec", "--json", cwd=place).stdout)
    assert found["total"] > 0
    assert {hit["portal"] for hit in found["hits"]} == {"sa-dec"}


def test_try_explains_a_page(place: Path) -> None:
    site = next(site for site in load_sites() if site.family == "nukeviet")
    article = site.articles[0]
    base = (place / "portals.toml").read_text().split(f"http://{site.host}")[1].split("/")[0]
    url = f"http://{site.host}{base}{article_path(site.family, article)}"
    told = run("try", url, cwd=place)
    assert told.returncode == 0
    for expected in (article.title[:30], "nukeviet", "published", "wards today", "topic"):
        assert expected in told.stdout


def test_try_says_why_a_page_is_no_article(place: Path, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html><body><p>Liên hệ</p></body></html>")
    told = run("try", str(tmp_path / "page.html"), cwd=place)
    assert told.returncode == 1
    assert "no article" in told.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        # no index, store or portals.toml yet: the command to run, or the file to copy
        (["search", "rác"], 1, "tinphuong index"),
        (["status"], 1, "tinphuong crawl"),
        (["audit"], 1, "tinphuong crawl"),
        (["extract", "--all"], 1, "portals.example.toml"),
        (["portals", "add", "https://portal.example.vn/"], 1, "contact"),
        (["index"], 1, "tinphuong crawl"),
        (["crawl"], 1, "portals.example.toml"),
        (["try", "http://portal.example.vn/"], 1, "portals.toml"),
        # called wrongly: usage, 2
        (["crawl", "--no-such-option"], 2, "--no-such-option"),
        (["search", "--since", "31/2"], 2, "--since"),
        (["search", "--page", "0"], 2, "--page"),
    ],
)
def test_errors_name_what_is_wrong(
    arguments: list[str], code: int, told: str, tmp_path: Path
) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_ward_is_refused_with_its_line(place: Path, tmp_path: Path) -> None:
    text = (place / "portals.toml").read_text().replace("Phường Sa Đéc", "Phường Không Có", 1)
    (tmp_path / "portals.toml").write_text(text)
    line = text[: text.index("Phường Không Có")].count("\n") + 1
    done = run("crawl", cwd=tmp_path)
    assert done.returncode == 1
    assert f"portals.toml:{line}: ward: expected" in done.stderr


def test_an_unknown_portal_is_a_wrong_call(place: Path) -> None:
    done = run("crawl", "--portal", "khong-co", cwd=place)
    assert (done.returncode, "khong-co" in done.stderr) == (2, True)


# --- portals add -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(place: Path) -> str:
    """The address of the sample portal of Thủy Xuân."""
    [url] = re.findall(r"http://127\.0\.0\.3:\d+/", (place / "portals.toml").read_text())
    return str(url)


def test_a_site_is_shown_and_no_is_no(place: Path, sample: str, tmp_path: Path) -> None:
    (tmp_path / "portals.toml").write_text('contact = "mau@tinphuong.invalid"\n')
    done = run("portals", "add", sample, "--allow-private", cwd=tmp_path, answer="n\n")
    assert done.returncode == 0, done.stderr
    assert "layout nukeviet" in done.stdout
    titles = [article.title for site in load_sites() for article in site.articles]
    told = done.stdout.replace("\n", " ")
    assert sum(title in told for title in titles) == 3
    assert "Nothing was written" in done.stdout
    assert (tmp_path / "portals.toml").read_text() == 'contact = "mau@tinphuong.invalid"\n'
    assert not (tmp_path / "index" / "store" / "pages").exists()


def test_the_proposed_entry_is_one_that_can_be_crawled(
    place: Path, sample: str, tmp_path: Path
) -> None:
    added = run(
        "portals", "add", sample, "--allow-private", "--id", "mau", cwd=tmp_path, answer="y\n"
    )
    assert added.returncode == 0, added.stderr
    assert "tinphuong crawl --portal mau" in added.stdout
    [portal] = load_portals(tmp_path / "portals.toml").portals
    assert (portal.ward, portal.province) == ("Phường Thủy Xuân", "Huế")
    again = run("portals", "add", sample, "--allow-private", "--id", "mau", cwd=tmp_path)
    assert (again.returncode, "another --id" in again.stderr) == (2, True)


def test_a_site_that_does_not_say_whose_it_is_is_shown_all_the_same(
    place: Path, sample: str, tmp_path: Path
) -> None:
    """The address of Sa Đéc's sample: the ward of today, or that of then?"""
    url = sample.replace("127.0.0.3", "127.0.0.4")
    done = run("portals", "add", url, "--allow-private", cwd=tmp_path)
    assert done.returncode == 1
    assert "layout wordpress" in done.stdout
    assert "--ward" in done.stderr


# --- extract, import, forget, audit: without a network ---------------------------------------

PAGES = {"/": listing("/bai-1", "/bai-2"), "/bai-1": article("một"), "/bai-2": article("hai")}


@pytest.fixture
def crawled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder where one portal of two articles was crawled; nobody may reach a network from it."""

    def refuse(*arguments: object) -> None:
        raise AssertionError("a request")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.chdir(tmp_path)
    Path("portals.toml").write_text(
        f'[[portal]]\nid = "{PORTAL.id}"\nname = "{PORTAL.name}"\nstart = ["{HOME}/"]\n'
        'ward = { name = "", province = "Hà Nội" }\n'
    )
    with open_store(STORE) as store:
        crawl(store, STORE.parent / "pages", PAGES)
    return tmp_path


def call(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(cli, arguments, input=answer)


def found(*words: str) -> set[str]:
    """The paths of the articles that a search finds."""
    hits = json.loads(call("search", *words, "--json").stdout)["hits"]
    return {hit["url"].removeprefix(HOME) for hit in hits}


@pytest.mark.usefixtures("crawled")
def test_extract_reads_everything_again_without_a_request() -> None:
    done = call("extract", "--all")
    assert done.exit_code == 0, done.output
    assert "2  same" in done.output
    assert call("extract").exit_code == 2


@pytest.mark.usefixtures("crawled")
def test_a_crawl_that_the_schedule_ends_keeps_the_archive_to_its_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every crawl of many portals is ended before its time; the archive would grow for ever."""

    def ended(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tinphuong.crawl_portals", ended)
    crawl_apart(Place(Path("portals.toml"), Path("index")), [PORTAL], "", Keep(size=1))
    assert [*(STORE.parent / "pages").iterdir()] == []


@pytest.mark.usefixtures("crawled")
def test_what_the_disk_damaged_is_named_and_mended() -> None:
    assert call("audit").output == "2 articles read, 0 damaged\n"
    with open_store(STORE) as store:
        store.connection.execute(
            "UPDATE articles SET record = replace(record, 'cây', 'cấy') WHERE id = 1"
        )
    told = call("audit")
    assert told.exit_code == 1
    for expected in (f"damaged: {HOME}/bai-1\n", "tinphuong extract --all", "2 articles read, 1"):
        assert expected in told.output
    assert call("extract", "--all").exit_code == 0
    assert call("audit").exit_code == 0


@pytest.mark.usefixtures("crawled")
def test_a_damaged_index_is_named_and_made_anew() -> None:
    assert call("verify").exit_code == 1  # there is none yet
    assert call("index").exit_code == 0
    assert call("verify").exit_code == 0
    path = max(Path("index/whoosh/000001").iterdir(), key=lambda each: each.stat().st_size)
    path.write_bytes(bytes(path.stat().st_size))
    told = call("verify")
    assert told.exit_code == 1
    for expected in (path.name, "tinphuong index --rebuild"):
        assert expected in told.output
    with pytest.raises(SystemExit):  # as the schedule does it once a day
        audit_apart(Place(Path("portals.toml"), Path("index")))
    assert isinstance(call("search", "cây").exception, IndexMissing)
    assert call("index", "--rebuild").exit_code == 0
    assert call("verify").exit_code == 0


@pytest.mark.usefixtures("crawled")
def test_a_backup_is_searched_where_it_lies_and_put_back() -> None:
    assert call("index").exit_code == 0
    before = found()
    told = call("backup", "backup")
    assert (told.exit_code, "1 files of the archive and generation 000001" in told.output) == (
        0,
        True,
    )
    assert isinstance(call("backup", "backup").exception, NotEmpty)
    shutil.rmtree("index")
    assert call("restore", "backup").exit_code == 0
    assert found() == before
    searched = call("--index", "backup", "search", "--json")
    assert len(json.loads(searched.stdout)["hits"]) == len(before)
    assert call("audit").exit_code == call("verify").exit_code == 0


def test_a_store_that_cannot_be_read_is_told(crawled: Path) -> None:
    STORE.write_bytes(b"SQLite format 3\0" + b"khong phai" * 1000)
    done = run("audit", cwd=crawled)
    assert (done.returncode, done.stdout) == (1, "")
    assert "docs/operating.md" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("crawled")
def test_an_import_that_was_stopped_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def stopped(words: str) -> Iterator[Callable[[int, int], None]]:
        def progress(done: int, total: int) -> None:
            raise KeyboardInterrupt

        yield progress

    warc = [str(path) for path in (STORE.parent / "pages").iterdir()]
    with monkeypatch.context() as patched:
        patched.setattr("tinphuong.watched", stopped)
        patched.setattr("crawler.replay.BATCH", 2)
        assert call("--index", "other", "import", *warc).exit_code == 1  # after the first batch
    counts = "SELECT count(*) FROM articles"
    with open_store(Path("other/store/articles.db")) as store:
        assert store.connection.execute(counts).fetchone()[0] < 2
        done = call("--index", "other", "import", *warc)
        assert done.exit_code == 0, done.output
        assert store.connection.execute(counts).fetchone()[0] == 2
    assert "1  files read before" in call("--index", "other", "import", *warc).output


@pytest.mark.usefixtures("crawled")
def test_forget_asks_and_then_the_article_is_found_no_more() -> None:
    assert call("index").exit_code == 0
    assert found("trồng cây") == {"/bai-1", "/bai-2"}
    target = "http://www.xa.example.vn/bai-1"  # another address of the same page
    refused = call("forget", target, "--reason", "yêu cầu của chủ trang", answer="n\n")
    assert (refused.exit_code, f"Forget {HOME}/bai-1" in refused.output) == (1, True)
    assert found("trồng cây") == {"/bai-1", "/bai-2"}
    done = call("forget", target, "--reason", "yêu cầu của chủ trang", answer="y\n")
    assert (done.exit_code, "1  articles" in done.output) == (0, True)
    assert found("trồng cây") == {"/bai-2"}
    assert call("extract", "--all").exit_code == 0  # the archive does not bring it back
    assert call("index", "--rebuild").exit_code == 0
    assert found("trồng cây") == {"/bai-2"}


@pytest.mark.usefixtures("crawled")
def test_an_index_of_nothing_is_searched() -> None:
    """As in the first minutes of a new place, or when all of it was forgotten."""
    open_store(Path("other/store/articles.db")).close()
    assert call("--index", "other", "index").exit_code == 0
    done = call("--index", "other", "search", '"thu gom" rac')
    assert (done.exit_code, "0 articles" in done.output) == (0, True)


@pytest.mark.usefixtures("crawled")
def test_forget_a_whole_portal_by_its_id() -> None:
    done = call("forget", PORTAL.id, "--reason", "cổng đã đóng", "--yes")
    assert (done.exit_code, "2  articles" in done.output) == (0, True)
    with open_store(STORE) as store:
        assert store.counts() == {}


@pytest.mark.usefixtures("crawled")
@pytest.mark.parametrize("target", ["khong-co", "http://khac.example.vn/bai-1", "xa-mau/bai-1"])
def test_forget_refuses_what_it_does_not_know(target: str) -> None:
    done = call("forget", target, "--reason", "thử", "--yes")
    assert (done.exit_code, "tinphuong status" in done.output) == (1, True)


# --- the demo --------------------------------------------------------------------------------


def test_the_demo_serves_a_page_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    demo = subprocess.Popen(
        [sys.executable, str(ROOT / "tinphuong.py"), "demo", "--port", str(port)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that Ctrl-C reaches its whole group, as in a terminal
    )
    try:
        page = _wait_for(f"http://127.0.0.1:{port}/search?q=ng%C3%A2n+s%C3%A1ch", demo)
    finally:
        os.killpg(demo.pid, signal.SIGINT)
        told, _ = demo.communicate(timeout=PATIENCE)
    assert "<mark>ngân sách</mark>" in page
    assert demo.returncode == 0
    for step in ("1/4", "2/4", "3/4", "4/4", "done in", "nothing of it runs any more"):
        assert step in told
    with pytest.raises(ProcessLookupError):
        os.killpg(demo.pid, 0)


def _wait_for(url: str, demo: subprocess.Popen[str]) -> str:
    deadline = time.monotonic() + PATIENCE
    while True:
        assert demo.poll() is None, "the demo ended by itself"
        assert time.monotonic() < deadline, "the demo never served its page"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                page: str = answer.read().decode()
                return page
        except OSError:
            time.sleep(0.2)
