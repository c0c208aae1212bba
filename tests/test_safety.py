"""Nothing that was crawled or asked comes alive, leads away or breaks a page: every route."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlencode, urlsplit
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from lxml import html
from playwright.sync_api import Browser
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

import webui
from indexer.wards import Gazetteer
from tests.hostile_site import PAYLOADS, make_hostile_site
from tests.killers import fuzzed, killers
from tests.routes import paths
from tests.small_site import configuration, opened
from tests.test_build import as_nobody
from webui import HEADERS, create_app
from webui.params import FACETS

PARAMETERS = ("q", *FACETS, "from", "to", "sort", "page", "exact", "lang", "none")

TEMPLATES = Path(webui.__file__).parent / "templates"

OWN_ELEMENTS = {
    *("html", "head", "body", "mark", "h2", "h3"),  # that code writes, or the parser
    *(
        name
        for path in TEMPLATES.iterdir()
        for name in re.findall(r"<([a-z][a-z0-9]*)", path.read_text())
    ),
}
"""Elements that our templates write."""

TOGETHER = [" ".join(PAYLOADS[at : at + 4]) for at in range(0, len(PAYLOADS), 4)]
"""Four payloads in a row, since there are many routes."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, gazetteer: Gazetteer) -> dict[str, Any]:
    return make_hostile_site(tmp_path_factory.mktemp("hostile"), gazetteer)


@pytest.fixture(scope="module")
def client(hostile: dict[str, Any]) -> Iterator[FlaskClient]:
    with opened(hostile) as app:
        yield app.test_client()


@pytest.fixture(scope="module")
def small(small_site: dict[str, Any]) -> Iterator[FlaskClient]:
    with opened(small_site) as app:
        yield app.test_client()


def live(text: str) -> list[str]:
    """What of a page is not ours and would do something: elements, handlers, addresses."""
    page = html.fromstring(text)
    roots = re.findall(r"<(html|head|body)\b", text.lower())
    found = [f"<{name}> again" for name in set(roots) if roots.count(name) > 1]
    for element in page.iter(html.etree.Element):
        if element.tag not in OWN_ELEMENTS:
            found.append(f"<{element.tag}>")
        if element.tag in ("script", "style") and element.text and not is_data(element):
            found.append(f"<{element.tag}> with a text")
        if element.get("http-equiv"):
            found.append("http-equiv")
        found += [f"{name}={value}" for name, value in element.items() if acts(name, value)]
    return found


def is_data(element: html.HtmlElement) -> bool:
    """Whether a script is none but JSON that cannot end before its end."""
    return element.get("type") == "application/ld+json" and "<" not in (element.text or "")


def acts(name: str, value: str) -> bool:
    """Whether an attribute runs something or takes something from elsewhere."""
    if name in ("src", "action", "formaction", "data", "poster", "srcset", "background"):
        return not value.startswith("/") or value.startswith("//")
    if name in ("href", "xlink:href"):
        scheme = re.match(r"[\s\x00-\x20]*([a-zA-Z][a-zA-Z0-9+.-]*)\s*:", value)
        away = value.strip().startswith(("//", "\\", "/\\"))
        return away or (scheme is not None and scheme[1].lower() not in ("http", "https", "mailto"))
    return name.startswith("on") or name in ("style", "srcdoc", "ping", "manifest", "xmlns:xlink")


def looked_through(answer: TestResponse) -> list[str]:
    """What is live in an answer of whatever type."""
    assert answer.status_code < 500 or answer.status_code == 503, answer.request.path
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if answer.mimetype == "text/html":
        return live(answer.text)
    if answer.mimetype.endswith("json"):
        json.loads(answer.text)
        return []
    if answer.mimetype.endswith("xml"):
        return live_in_feed(answer.text)
    cells = [cell for row in csv.reader(answer.text.splitlines()) for cell in row]
    return [cell for cell in cells if answer.mimetype == "text/csv" and cell.startswith(("=", "@"))]


def live_in_feed(text: str) -> list[str]:
    """What would run in a reader of feeds: its HTML, its links, elements of other languages."""
    found = []
    for element in ElementTree.fromstring(text).iter():
        if "xhtml" in element.tag or "svg" in element.tag:
            found.append(element.tag)
        if element.get("type") == "html" and element.text:
            found += live(f"<div>{element.text}</div>")
        found += [f"{name}={value}" for name, value in element.items() if acts(name, value)]
    return found


@pytest.mark.parametrize("live_text", PAYLOADS[:37])
def test_what_looks_for_live_text_finds_it(live_text: str) -> None:
    """The oracle itself: payloads that are elements are seen where they are not escaped."""
    assert live(f"<!doctype html><html><body><div>{live_text}</div></body></html>") != []


def test_there_are_enough_payloads() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 60


def test_nothing_crawled_comes_alive_on_any_route(client: FlaskClient) -> None:
    addresses = [*paths(client.application), "/search?q=bài+mẫu", "/search?page=2", "/none"]
    addresses += [f"/search?page={page}&lang=en" for page in (3, 4)]
    addresses += ["/search?source=cong-3&source=cong-8", "/search.json?page=2"]
    for address in addresses:
        assert looked_through(client.get(address)) == [], address


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_an_article_shows_what_was_written_as_text(client: FlaskClient, number: int) -> None:
    page = client.get(f"/articles/{number + 1}")
    assert page.status_code == 200
    assert looked_through(page) == []
    shown = " ".join(html.fromstring(page.text).find(".//h1").text_content().split())
    assert shown == " ".join(PAYLOADS[number].split()) or "•" in shown


@pytest.mark.parametrize("payload", TOGETHER)
def test_nothing_asked_comes_alive_on_any_route(client: FlaskClient, payload: str) -> None:
    """In every parameter at once, in the words alone, in the path, and in what browsers tell."""
    asked = urlencode([(name, payload) for name in PARAMETERS])
    told = {"Referer": payload, "User-Agent": payload, "Accept-Language": payload}
    for address in (f"{path}?{asked}" for path in paths(client.application)):
        assert looked_through(client.get(address, headers=told)) == [], address
    words = urlencode({"q": payload, "source": "cong-1"})
    for address in (f"/search?{words}", f"/search.atom?{words}"):
        assert looked_through(client.get(address)) == [], address
    for place in ("/%s", "/wards/%s", "/topics/%s", "/articles/%s", "/static/%s"):
        answer = client.open(environ_overrides=as_served(quote(place % payload), ""))
        assert looked_through(answer) == [], place


@pytest.mark.browser
def test_no_dialog_opens_in_a_browser(browser: Browser, hostile: dict[str, Any]) -> None:
    server = make_server("127.0.62.1", 0, create_app(hostile), threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.62.1:{server.port}"
    foreign: list[str] = []
    try:
        with browser.new_context() as context:
            page = context.new_page()
            page.on("dialog", lambda dialog: (foreign.append(dialog.message), dialog.dismiss()))
            page.on("request", lambda request: foreign.append(request.url))
            for address in (
                *(f"/search?q=bài+mẫu&page={number}" for number in (1, 2, 3, 4)),
                *("/", "/status", "/articles/1", f"/articles/{len(PAYLOADS)}"),
                *(f"/search?{urlencode({'q': payload})}" for payload in PAYLOADS[::6]),
            ):
                page.goto(f"{base}{address}")
    finally:
        server.shutdown()
    assert [url for url in foreign if not url.startswith(base)] == []


# --- every route ------------------------------------------------------------------------------


def test_every_answer_of_every_route_has_the_headers(small: FlaskClient) -> None:
    missing = ("/none", "/static/none", "/wards/none", "/articles/9999", "/search?page=99999")
    wrong = ("/search.json?page=x", "/search.csv?from=x", "/search.atom?sort=x")
    for address in (*paths(small.application), *missing, *wrong):
        answer = small.get(address)
        for name, value in HEADERS.items():
            assert answer.headers[name] in (value, "cross-origin"), (address, name)
        assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_no_route_takes_anything_but_questions(small: FlaskClient) -> None:
    for path in paths(small.application):
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            answer = small.open(path, method=method, data=b"x" if method == "POST" else None)
            assert answer.status_code == 405, (method, path)
            assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}
        assert small.head(path).status_code == small.get(path).status_code


def test_a_fault_of_ours_keeps_the_headers(
    small: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("secret of the machine room")

    monkeypatch.setattr("webui.views.reading", fail)
    answer = small.get("/search")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


# --- who only reads ---------------------------------------------------------------------------


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_every_route_works_for_a_user_who_may_write_nothing(small_site: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as made:  # tmp_path lies where only its owner may enter
        folder = Path(made)
        shutil.copytree(small_site["INDEX"].parent, folder, dirs_exist_ok=True)
        for each in (folder, *folder.rglob("*")):
            each.chmod(0o555 if each.is_dir() else 0o444)
        before = state(folder)
        assert as_nobody(lambda: answers_all(configuration(folder)))
        assert state(folder) == before


def answers_all(config: dict[str, Any]) -> bool:
    """Whether every route answers; which one does not is printed."""
    with opened(config) as app:
        client = app.test_client()
        failed = [path for path in paths(app) if client.get(path).status_code not in (200, 404)]
    print(failed)
    return not failed


def state(folder: Path) -> dict[Path, tuple[int, int]]:
    """Size and time of every file."""
    return {
        each: (each.stat().st_size, each.stat().st_mtime_ns)
        for each in folder.rglob("*")
        if each.is_file()
    }


# --- queries of death -------------------------------------------------------------------------


def ask(client: FlaskClient, asked: str) -> int:
    """The status of the page; the answer to programs must be one as well."""
    raw = {"QUERY_STRING": asked}
    strict = client.get("/search.json", environ_overrides=raw).status_code
    assert strict in (200, 400), asked
    return client.get("/search", environ_overrides=raw).status_code


@pytest.mark.parametrize(("name", "asked"), [*killers()], ids=[name for name, _ in killers()])
def test_no_query_of_death_kills(small: FlaskClient, name: str, asked: str) -> None:
    assert ask(small, asked) in (200, 400, 404)


def test_queries_by_chance_are_answered(small: FlaskClient) -> None:
    statuses = {ask(small, asked) for asked in fuzzed(60)}
    assert statuses <= {200, 404}


DEEP = ("1000000000", "-1", "NaN", "1e400", "٣", "0", "1.5", "+1", "0x1", "9" * 400, "١٢", "1_0")


@pytest.mark.parametrize("page", DEEP)
def test_pages_that_are_none(small: FlaskClient, page: str) -> None:
    asked = urlencode({"q": "rác", "page": page})
    known = page.isascii() and page.isdigit() and page != "0" and len(page) < 10
    assert small.get(f"/search?{asked}").status_code == (404 if known else 200)
    for path in ("/search.json", "/search.csv", "/search.atom"):
        answer = small.get(f"{path}?{asked}")
        assert answer.status_code == 400, path
        assert answer.mimetype == "application/problem+json"


# --- traversal, redirects, split headers, SQL ------------------------------------------------

VECTORS = {
    "traversal": (
        *("/static/../../etc/passwd", "/static/..%2f..%2fetc%2fpasswd", "/static/%2e%2e/server.py"),
        *("/static/....//....//etc/passwd", "/static/..%5c..%5cwindows", "/static//etc/passwd"),
        *("/static/%c0%ae%c0%ae/etc/passwd", "/static/style.css%00.txt", "/../../../etc/passwd"),
        *("/wards/../../etc/passwd", "/wards/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/topics/..%2f.."),
        *("/static/style.css/../../__init__.py", "/?lang=../../../etc/passwd"),
        "/search?lang=..%2f..%2ftranslations%2fen",
    ),
    "redirect": (
        *("//evil.example", "//evil.example/%2e%2e", "/%2f%2fevil.example", "/\\evil.example"),
        *("/wards//evil.example", "/wards/%2f%2fevil.example", "/wards/http:%2f%2fevil.example"),
        *("/search?next=//evil.example", "/?lang=en&url=https://evil.example", "/@evil.example"),
        *("/wards/..%2f%2fevil.example", "/topics//evil.example/"),
    ),
    "split header": (
        *("/%0d%0aX-Injected:%20a", "/search?lang=en%0d%0aX-Injected:%20a"),
        *("/search?q=a%0d%0aX-Injected:%20a", "/wards/a%0d%0aX-Injected:%20a"),
        *("/search.csv?q=a%0d%0aX-Injected:%20a", "/search.atom?q=%e5%98%8a%e5%98%8dX-Injected:a"),
    ),
    "SQL": (
        *("/articles/1'%20OR%20'1'='1", "/articles/1;DROP%20TABLE%20articles", "/articles/-1"),
        *("/articles/9223372036854775808", "/articles/1%20UNION%20SELECT%201", "/articles/1%00"),
        *("/wards/x'%20OR%201=1--", "/search?source=x'%20UNION%20SELECT%20*%20FROM%20articles--"),
        *("/search.csv?q=%27%3B%20DROP%20TABLE%20articles%3B--", "/search?sort=published;DROP"),
        *("/compare?ward=x'%20OR%20'1'='1&ward=y", "/status?state='%20OR%20'1'='1"),
    ),
}


def test_there_are_enough_vectors() -> None:
    assert sum(map(len, VECTORS.values())) >= 40


@pytest.mark.parametrize("target", [each for kind in VECTORS.values() for each in kind])
def test_no_vector_leads_anywhere(small: FlaskClient, target: str) -> None:
    path, _, asked = target.partition("?")
    answer = small.open(environ_overrides=as_served(path, asked))
    assert answer.status_code in (200, 301, 302, 303, 307, 308, 400, 404), target
    assert "root:x:0" not in answer.text
    assert "def create_app" not in answer.text
    assert "X-Injected" not in answer.headers
    location = answer.headers.get("Location", "/")
    assert urlsplit(location).hostname in (None, "localhost"), location
    assert not location.startswith(("//", "/\\"))
    assert small.get("/articles/1").status_code == 200  # the tables are still there


def as_served(path: str, asked: str) -> dict[str, str]:
    """What gunicorn makes of an address: its path as bytes, without their coding."""
    return {"PATH_INFO": unquote_to_bytes(path).decode("latin-1"), "QUERY_STRING": asked}
