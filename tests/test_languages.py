"""In which language the page answers; the catalogues are whole, and compiled as they stand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from tests.small_site import opened
from webui.languages import LANGUAGES, SOURCE

ROOT = Path(__file__).parent.parent
CATALOGUES = sorted((ROOT / "webui" / "translations").glob("*/LC_MESSAGES/messages.po"))


@pytest.fixture(scope="module")
def client(small_site: dict[str, Any]) -> Iterator[FlaskClient]:
    with opened(small_site) as app:
        yield app.test_client()


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file) if path.suffix == ".po" else read_mo(file)


def texts() -> set[str]:
    """Every text that code and templates want translated, as `make translations` finds them."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in mappings]
    options = {mapping["pattern"]: mapping for mapping in mappings}
    keywords = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
    found = extract_from_dir(ROOT, methods, options, keywords=keywords)
    return {message if isinstance(message, str) else message[0] for _, _, message, *_ in found}


def test_there_is_a_catalogue_for_every_other_language() -> None:
    assert {path.parts[-3] for path in CATALOGUES} == set(LANGUAGES) - {SOURCE}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_a_catalogue_is_compiled_as_it_stands(path: Path) -> None:
    """`make translations` compiles."""
    compiled = BytesIO()
    write_mo(compiled, read(path))
    assert path.with_suffix(".mo").read_bytes() == compiled.getvalue()


CHOICES = [  # address, cookie, the language of the answer
    ("/", None, "vi"),
    ("/?lang=en", None, "en"),
    ("/?lang=vi", "en", "vi"),  # the address goes before the cookie
    ("/", "en", "en"),
    ("/?lang=xx", None, "vi"),  # nobody's language
    ("/", "<script>", "vi"),
    ("/none", "en", "en"),
]


@pytest.mark.parametrize(("address", "cookie", "expected"), CHOICES)
def test_the_address_chooses_and_the_cookie_keeps(
    client: FlaskClient, address: str, cookie: str | None, expected: str
) -> None:
    if cookie is not None:
        client.set_cookie("lang", cookie)
    answer = client.get(address)
    client.delete_cookie("lang")
    assert f'<html lang="{expected}">' in answer.text
    assert "Cookie" in answer.vary
    kept = expected if f"?lang={expected}" in address and cookie != expected else None
    assert (f"lang={kept};" in answer.headers.get("Set-Cookie", "")) == (kept is not None)


def test_only_a_choice_sets_a_cookie(client: FlaskClient) -> None:
    addresses = ("/", "/search?q=rác", "/status", "/?lang=xx")
    assert ["Set-Cookie" in client.get(each).headers for each in addresses] == [False] * 4
    cookie = client.get("/?lang=en").headers["Set-Cookie"]
    client.delete_cookie("lang")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


def test_row_48_every_text_is_translated() -> None:
    """`make translations` brings new texts into the catalogues."""
    wanted = texts()
    assert len(wanted) > 200
    for path in CATALOGUES:
        messages = [message for message in read(path) if message.id]
        ids = {each.id if isinstance(each.id, str) else each.id[0] for each in messages}
        assert ids == wanted
        assert [each.id for each in messages if each.fuzzy or not all(strings(each.string))] == []


def strings(translated: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (translated,) if isinstance(translated, str) else tuple(translated)


PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")


def test_row_48_translations_have_the_same_places_to_fill() -> None:
    for path in CATALOGUES:
        for message in read(path):
            wanted = set(PLACES.findall(strings(message.id)[0]))
            for translated in strings(message.string):
                assert not message.id or set(PLACES.findall(translated)) == wanted


VIETNAMESE = re.compile("[À-ỹ]")


def test_row_48_no_text_of_a_template_is_left_out(small_site: dict[str, Any]) -> None:
    with opened(small_site) as app:
        for path in sorted((ROOT / "webui" / "templates").iterdir()):
            for line, kind, text in app.jinja_env.lexer.tokeniter(path.read_text(), None):
                left = text.replace("Tin Phường", "")
                assert kind != "data" or not VIETNAMESE.search(left), f"{path.name}:{line}"


def test_row_48_a_language_can_be_chosen_and_left_again(client: FlaskClient) -> None:
    english = client.get("/search?q=ng%C3%A2n+s%C3%A1ch&lang=en")
    assert "results for “ngân sách”" in english.text
    assert "12 Jan 2025" in english.text
    again = client.get("/search?q=ng%C3%A2n+s%C3%A1ch")
    assert "results for “ngân sách”" in again.text  # by the cookie
    back = client.get("/search?q=ng%C3%A2n+s%C3%A1ch&lang=vi")
    assert "kết quả cho “ngân sách”" in back.text
    assert "12/01/2025" in back.text
    client.delete_cookie("lang")


def test_row_48_every_page_leads_to_itself_in_the_other_language(client: FlaskClient) -> None:
    page = client.get("/search?q=a%26b&ward=x&ward=y").text
    assert 'href="?q=a%26b&amp;ward=x&amp;ward=y&amp;lang=en" hreflang="en" lang="en"' in page
