"""The command: every subcommand as a person calls it, over the sample portals on loopback."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.portals.server import portals_toml, serve
from tests.portals.sites import article_path, load_sites

ROOT = Path(__file__).parent.parent
PATIENCE = 120
"""Seconds for a whole demo on a busy machine; it takes about fifteen."""


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "tinphuong.py"), *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=PATIENCE)


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


def test_nothing_is_due_right_after_a_crawl(place: Path) -> None:
    assert "Nothing is due" in run("crawl", cwd=place).stdout


def test_index_again_has_nothing_to_do(place: Path) -> None:
    assert run("index", cwd=place).stdout.startswith("0 articles indexed")


def test_status_reports_what_was_no_article(place: Path) -> None:
    told = run("status", cwd=place).stdout
    for outcome in ("HTTP 500", "empty page", "not HTML", "HTTP 404"):
        assert outcome in told


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
