"""What is read again is what was fetched; what is imported is as if it had been crawled."""

from __future__ import annotations

import gzip
import signal
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path

import brotli
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

import crawler.warc
from crawler.archive import Archive, files
from crawler.page import Page
from crawler.portals import Portal
from crawler.reading import Reading, read_page
from crawler.replay import BATCH, Replayed, extract_all, import_files
from crawler.store import Store, open_store
from tests.replay_site import DAY, HOME, PORTAL, article, crawl, listing, unindexed

LATER = DAY + timedelta(days=30)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "articles.db") as store:
        yield store


def texts(store: Store) -> dict[str, str]:
    """The text of every article, by the path of its address."""
    found = (stored.article for stored in store.all_articles())
    return {each.url.removeprefix(HOME): each.text for each in found}


def revisions(store: Store) -> int:
    return int(store.connection.execute("SELECT count(*) FROM revisions").fetchone()[0])


def better(page: Page, portal: Portal) -> Reading:
    """As a later version of this program would read it."""
    reading = read_page(page, portal)
    if reading.article is None:
        return reading
    lead = f"Đọc lại: {reading.article.title}"
    return replace(reading, article=replace(reading.article, lead=lead))


# --- our own archive -------------------------------------------------------------------------


SITE = {
    "/": listing("/bai-1", "/bai-2", "/bai-3"),
    "/bai-1": article("một"),
    "/bai-2": article("hai"),
    "/bai-3": article("ba"),
}


def test_the_same_rules_change_nothing(store: Store, tmp_path: Path) -> None:
    crawl(store, tmp_path / "pages", SITE)
    before = list(store.connection.iterdump())
    report = extract_all(store, tmp_path / "pages", [PORTAL])
    assert report.counts == {"same": 3, "no article": 1}
    assert list(store.connection.iterdump()) == before


def test_better_rules_change_the_newest_text_of_each_article(store: Store, tmp_path: Path) -> None:
    crawl(store, tmp_path / "pages", SITE)
    edited = SITE | {"/bai-1": article("một", "Bản đã sửa.")}
    crawl(store, tmp_path / "pages", edited, LATER)
    assert revisions(store) == 1
    told: list[tuple[int, int]] = []
    report = extract_all(
        store, tmp_path / "pages", [PORTAL], lambda *numbers: told.append(numbers), better
    )
    assert report.counts == {"changed": 3, "no article": 1}
    assert all(text.startswith("Đọc lại") for text in texts(store).values())
    assert "Bản đã sửa" in texts(store)["/bai-1"]
    assert told[-1] == (4, 4)
    again = extract_all(store, tmp_path / "pages", [PORTAL], read=better)
    assert again.counts == {"same": 3, "no article": 1}


def test_what_stands_beside_the_text_is_renewed_without_a_revision(
    store: Store, tmp_path: Path
) -> None:
    def sections(page: Page, portal: Portal) -> Reading:
        reading = read_page(page, portal)
        article = reading.article and replace(reading.article, section="Tin mới")
        return replace(reading, article=article)

    crawl(store, tmp_path / "pages", SITE)
    store.mark_indexed([(each.id, each.change) for each in unindexed(store)])
    report = extract_all(store, tmp_path / "pages", [PORTAL], read=sections)
    assert report.counts == {"renewed": 3, "no article": 1}
    assert (revisions(store), store.waiting(), store.audit()) == (0, 3, ())


def test_an_article_that_rules_no_longer_see_is_reported_and_stays(
    store: Store, tmp_path: Path
) -> None:
    def blind(page: Page, portal: Portal) -> Reading:
        reading = read_page(page, portal)
        return replace(reading, article=None) if page.url.endswith("2") else reading

    crawl(store, tmp_path / "pages", SITE)
    report = extract_all(store, tmp_path / "pages", [PORTAL], read=blind)
    assert report.vanished == (f"{HOME}/bai-2",)
    assert set(texts(store)) == {"/bai-1", "/bai-2", "/bai-3"}


def test_an_article_taken_down_stays_hidden(store: Store, tmp_path: Path) -> None:
    crawl(store, tmp_path / "pages", SITE)
    with store.transaction():
        store.withdraw(1, LATER)
    extract_all(store, tmp_path / "pages", [PORTAL], read=better)
    hidden = [each.id for each in store.all_articles() if each.withdrawn_at]
    assert hidden == [1]


def test_damage_and_portals_of_the_past_are_counted(store: Store, tmp_path: Path) -> None:
    crawl(store, tmp_path / "pages", SITE)
    assert extract_all(store, tmp_path / "pages", []).counts == {"of no portal in portals.toml": 4}
    [path] = files(tmp_path / "pages")
    row = store.connection.execute(
        "SELECT offset, length FROM captures WHERE url LIKE '%bai-2'"
    ).fetchone()
    packed = bytearray(path.read_bytes())
    packed[row[0] + row[1] // 2] ^= 0xFF
    path.write_bytes(packed)
    assert extract_all(store, tmp_path / "pages", [PORTAL]).counts["damaged"] == 1


def test_a_store_without_captures_finds_them_in_the_files(store: Store, tmp_path: Path) -> None:
    crawl(store, tmp_path / "pages", SITE)
    before = texts(store)
    with open_store(tmp_path / "new.db") as fresh:
        report = extract_all(fresh, tmp_path / "pages", [PORTAL])
        assert report.counts == {"new": 3, "no article": 1}
        assert texts(fresh) == before


# --- archives of others ----------------------------------------------------------------------


def record(
    writer: WARCWriter,
    url: str,
    body: bytes,
    when: datetime = DAY,
    status: str = "200 OK",
    kind: str = "response",
    **headers: str,
) -> None:
    names = {"Content-Type": "text/html; charset=utf-8"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    writer.write_record(
        writer.create_warc_record(
            url,
            kind,
            payload=BytesIO(body),
            length=len(body),
            http_headers=StatusAndHeaders(status, list(names.items()), protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": f"{when.astimezone():%Y-%m-%dT%H:%M:%S%z}"},
        )
    )


def warc(
    path: Path, pages: Mapping[str, bytes], when: datetime = DAY, gzipped: bool = True
) -> Path:
    """A file as another crawler would leave it."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=gzipped)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "khác"}))
        for url, body in pages.items():
            record(writer, url, body, when)
    return path


def imported(store: Store, folder: Path, *paths: Path) -> Replayed:
    archive = Archive(folder)
    report = import_files(store, archive, [PORTAL], paths)
    archive.close()
    return report


@pytest.mark.parametrize("gzipped", [True, False])
def test_pages_of_others_are_as_if_crawled(gzipped: bool, store: Store, tmp_path: Path) -> None:
    pages = {f"{HOME}{path}": body for path, body in SITE.items()}
    report = imported(store, tmp_path / "pages", warc(tmp_path / "x.warc", pages, DAY, gzipped))
    assert report.counts == {"new": 3, "listing": 1, "other records": 1}
    with open_store(tmp_path / "crawled.db") as other:
        crawl(other, tmp_path / "other", SITE)
        assert texts(store) == texts(other)
        query = "SELECT url, kind, outcome, content, sha256 FROM addresses WHERE kind = 'article'"
        rows = [sorted(each.connection.execute(query)) for each in (store, other)]
    assert rows[0] == rows[1]
    assert {state for (state,) in store.connection.execute("SELECT state FROM addresses")} == {
        "live"
    }
    assert extract_all(store, tmp_path / "pages", [PORTAL]).counts == {"same": 3, "no article": 1}


BODY = article("đóng gói")
CHUNKED = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (BODY[:999], BODY[999:], b""))
PACKED = {
    "gzip": (gzip.compress(BODY), {"Content_Encoding": "gzip"}),
    "deflate": (zlib.compress(BODY), {"Content_Encoding": "deflate"}),
    "deflate without a frame": (zlib.compress(BODY)[2:-4], {"Content_Encoding": "deflate"}),
    "brotli": (brotli.compress(BODY), {"content_encoding": "br"}),
    "chunks": (CHUNKED, {"Transfer_Encoding": "chunked"}),
    "unpacked before it was archived": (
        BODY,
        {"Content_Encoding": "gzip", "Transfer_Encoding": "chunked"},
    ),
    "a label that packs nothing": (BODY, {"Content_Encoding": "utf-8"}),
}


@pytest.mark.parametrize("how", PACKED)
def test_packed_bodies_are_unpacked(how: str, store: Store, tmp_path: Path) -> None:
    body, headers = PACKED[how]
    with (tmp_path / "x.warc.gz").open("wb") as file:
        record(WARCWriter(file), f"{HOME}/bai-1", body, **headers)
    imported(store, tmp_path / "pages", tmp_path / "x.warc.gz")
    assert "bài mẫu đóng gói" in texts(store)["/bai-1"]


def test_a_bomb_is_left_out(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawler.warc, "LONGEST", 15_000_000)
    with (tmp_path / "x.warc.gz").open("wb") as file:
        writer = WARCWriter(file)
        record(writer, f"{HOME}/1", gzip.compress(bytes(20_000_000)), Content_Encoding="gzip")
        record(writer, f"{HOME}/2", brotli.compress(bytes(20_000_000)), Content_Encoding="br")
        record(writer, f"{HOME}/3", bytes(20_000_000))
    report = imported(store, tmp_path / "pages", tmp_path / "x.warc.gz")
    assert report.counts == {"broken: too large": 2, "broken: too long": 1}


def test_what_is_no_page_of_a_portal_is_counted(store: Store, tmp_path: Path) -> None:
    with (tmp_path / "x.warc.gz").open("wb") as file:
        writer = WARCWriter(file)
        record(writer, f"{HOME}/bai-1", article("một"))
        record(writer, f"{HOME}/bai-1", article("một"))
        record(writer, f"{HOME}/bai-1", article("một"), LATER)
        record(writer, f"{HOME}/bai-1", b"", LATER, kind="revisit")
        record(writer, f"{HOME}/het", b"", status="404 Not Found")
        record(writer, f"{HOME}/sau", article("sau"), datetime.now().astimezone() + timedelta(1))
        record(writer, "dns:xa.example.vn", b"127.0.0.1", kind="resource")
        for number in range(12):
            record(writer, f"https://xa-khac.example.vn/{number}", article("khác"))
    report = imported(store, tmp_path / "pages", tmp_path / "x.warc.gz")
    assert report.counts == {
        "new": 1,
        "fetched before": 2,
        "other records": 2,
        "other answers than 200": 1,
        "broken: a date to come": 1,
    }
    assert report.strangers == {"xa-khac.example.vn": 12}


@pytest.mark.parametrize(
    "url", ["http://xa.example.vn/bai-1", "http://www.xa.example.vn/bai-1", f"{HOME}:443/bai-1#a"]
)
def test_other_names_of_the_host_are_the_portal(url: str, store: Store, tmp_path: Path) -> None:
    imported(store, tmp_path / "pages", warc(tmp_path / "x.warc.gz", {url: article("một")}))
    assert set(texts(store)) == {"/bai-1"}


def test_older_texts_become_revisions(store: Store, tmp_path: Path) -> None:
    crawl(store, tmp_path / "pages", {"/": listing("/bai-1"), "/bai-1": article("một")}, LATER)
    versions = {-30: "Bản đầu.", -20: "Bản sau.", -10: ""}
    paths = [
        warc(
            tmp_path / f"{days}.warc.gz",
            {f"{HOME}/bai-1": article("một", text)},
            LATER + timedelta(days),
        )
        for days, text in sorted(versions.items(), reverse=True)
    ]
    due = store.connection.execute("SELECT url, due FROM addresses ORDER BY url").fetchall()
    report = imported(store, tmp_path / "pages", *paths)
    assert report.counts["older"] == 2
    assert "Bản" not in texts(store)["/bai-1"]
    former = store.revisions(1)
    assert "Bản sau" in former[0].article.text
    assert "Bản đầu" in former[1].article.text
    assert [LATER - each.replaced_at for each in former] == [timedelta(0), timedelta(20)]
    [stored] = store.all_articles()
    assert stored.first_seen == LATER - timedelta(30)
    assert store.connection.execute("SELECT url, due FROM addresses ORDER BY url").fetchall() == due
    assert extract_all(store, tmp_path / "pages", [PORTAL]).counts["changed"] == 0


def test_broken_files_give_what_is_whole(store: Store, tmp_path: Path) -> None:
    pages = {f"{HOME}/bai-{number}": article(str(number)) for number in range(4)}
    whole = warc(tmp_path / "x.warc.gz", pages).read_bytes()
    starts = [at for at in range(len(whole)) if whole.startswith(b"\x1f\x8b\x08\0", at)]
    middle = bytearray(whole)
    middle[starts[2] + 200] ^= 0xFF
    (tmp_path / "torn.warc.gz").write_bytes(whole[:-100])
    (tmp_path / "hole.warc.gz").write_bytes(middle)
    (tmp_path / "no.warc.gz").write_bytes(b"khong phai WARC" * 100)
    (tmp_path / "empty.warc.gz").write_bytes(b"")
    names = ("torn", "hole", "no", "empty")
    report = imported(store, tmp_path / "pages", *(tmp_path / f"{name}.warc.gz" for name in names))
    broken = {name: count for name, count in report.counts.items() if name.startswith("broken")}
    assert broken == {
        "broken: cut short": 1,
        "broken: not gzip, or damaged": 1,
        "broken: not a WARC record": 1,
    }
    assert len(texts(store)) == 4


def _import_slowly(folder: Path) -> None:
    def read(page: Page, portal: Portal) -> Reading:
        time.sleep(0.001)
        return Reading("listing", "trang mẫu", page.url)

    with open_store(folder / "articles.db") as store:
        archive = Archive(folder / "pages")
        import_files(store, archive, [PORTAL], [folder / "x.warc.gz"], read=read)
        archive.close()


def _offset(folder: Path) -> int:
    """How far the file was read, in bytes."""
    with open_store(folder / "articles.db") as store:
        row = store.connection.execute("SELECT offset FROM imports").fetchone()
    return int(row[0]) if row else 0


def test_an_import_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    count = 12 * BATCH
    pages = {f"{HOME}/bai-{number}": b"<p>%d" % number for number in range(count)}
    warc(tmp_path / "x.warc.gz", pages)
    open_store(tmp_path / "articles.db").close()
    for killed in (True, True, False):
        began = _offset(tmp_path)
        process = get_context("spawn").Process(target=_import_slowly, args=(tmp_path,))
        process.start()
        while killed and process.is_alive() and _offset(tmp_path) == began:
            time.sleep(0.005)
        if killed:
            process.kill()
        process.join()
        assert process.exitcode == (-signal.SIGKILL if killed else 0)
    with open_store(tmp_path / "articles.db") as store:
        query = "SELECT count(*), count(DISTINCT url) FROM captures"
        assert store.connection.execute(query).fetchone() == (count, count)
        [(offset, size)] = store.connection.execute("SELECT offset, size FROM imports")
        assert offset == size
        assert imported(store, tmp_path / "pages", tmp_path / "x.warc.gz").counts == {
            "files read before": 1
        }
        lengths = sum(path.stat().st_size for path in files(tmp_path / "pages"))
        (noted,) = store.connection.execute("SELECT sum(length) FROM captures").fetchone()
        assert lengths - noted < 400 * len(files(tmp_path / "pages"))
