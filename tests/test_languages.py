"""In which language the page answers; the catalogues are whole, and compiled as they stand."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
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
