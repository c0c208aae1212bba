"""Bytes become NFC text: charsets as portals really declare them."""

from __future__ import annotations

import codecs
import unicodedata
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article import VIETNAM
from crawler.page import Page, decode, parse

TEXT = "Phường Mỏ Chè: 12/12 tổ dân phố, uỷ ban, Đặng"
HTML = f"<html><head>{{}}</head><body><p>{TEXT}</p></body></html>"


def page(body: bytes, kind: str = "text/html") -> Page:
    return Page(
        "http://phuong.example.vn/", datetime.now(VIETNAM), 200, {"content-type": kind}, body
    )


def cp1258(text: str) -> bytes:
    """As Windows writes it: base letters with their shape, tone marks apart."""
    apart = []
    for letter in unicodedata.normalize("NFC", text):
        marks = unicodedata.normalize("NFD", letter)
        tones = [mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323"]
        base = unicodedata.normalize("NFC", "".join(m for m in marks if m not in tones))
        apart.append(base + "".join(tones))
    return "".join(apart).encode("cp1258")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (TEXT.encode(), "text/html"),
        # NFD, as some editors save it
        (unicodedata.normalize("NFD", TEXT).encode(), "text/html; charset=utf-8"),
        # the declaration is wrong more often than UTF-8 is valid by chance
        (TEXT.encode(), "text/html; charset=iso-8859-1"),
        (TEXT.encode(), "text/html; charset=windows-1252"),
        # byte order marks win over everything
        (codecs.BOM_UTF8 + TEXT.encode(), "text/html; charset=windows-1258"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "text/html; charset=utf-8"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "text/html"),
        # UTF-16 without a mark shows by its NULs
        (TEXT.encode("utf-16-le"), "text/html"),
        (TEXT.encode("utf-16-be"), "text/html; charset=utf-8"),
        # windows-1258: declared, undeclared, and called Latin-1
        (cp1258(TEXT), "text/html; charset=windows-1258"),
        (cp1258(TEXT), "text/html"),
        (cp1258(TEXT), "text/html; charset=iso-8859-1"),
        # names that are no charsets
        (cp1258(TEXT), "text/html; charset=hex"),
        (cp1258(TEXT), "text/html; charset=khong-co"),
    ],
)
def test_every_charset_comes_out_as_nfc(body: bytes, kind: str) -> None:
    assert decode(body, kind) == TEXT


def test_a_letter_cut_in_two_does_not_spoil_the_page() -> None:
    assert decode(TEXT.encode() * 3 + "ệ".encode()[:2]) == TEXT * 3 + "\ufffd"


def test_a_charset_declared_in_the_page() -> None:
    html = HTML.format('<meta http-equiv="Content-Type" content="text/html; charset=windows-1258">')
    assert TEXT in decode(cp1258(html))


@pytest.mark.parametrize(
    "written",
    [
        "te&#769;t",  # the mark as a reference
        "te&#x301;t",
        "t&eacute;t",
        "te\u0301t",
        "te&#0769;t",
    ],
)
def test_marks_written_as_references_join_their_letter(written: str) -> None:
    parsed = parse(page(f"<p>{written}</p>".encode()))
    assert parsed is not None
    assert parsed.root.text_content() == "tét"


def test_a_mark_after_a_letter_written_as_a_reference() -> None:
    parsed = parse(page(b"<p>&ecirc;&#769;</p><p>&ecirc;\xcc\xa3 &amp; &lt;</p>"))
    assert parsed is not None
    assert [p.text for p in parsed.root.iter("p")] == ["ế", "ệ & <"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "text/html"),
        (b"  \n ", "text/html"),
        (b"<!-- -->", "text/html"),
        ("Lịch công tác tuần".encode(), "text/html"),  # text under a wrong name
        (b"%PDF-1.4 binary", "text/html"),
        (b"<p>x</p>", "application/pdf"),
        (b'{"html": "x"}', "application/json"),
        (bytes(range(256)) * 4, "text/html"),
    ],
)
def test_what_is_no_page(body: bytes, kind: str) -> None:
    assert parse(page(body, kind)) is None


def test_nuls_and_an_xml_declaration_do_no_harm() -> None:
    parsed = parse(
        page(b'<?xml version="1.0" encoding="iso-8859-1"?><html><p>m\0\xe1\xbb\x99t</p>')
    )
    assert parsed is not None
    assert parsed.root.text_content().strip() == "một"


@given(st.binary(max_size=300), st.sampled_from(["", "utf-8", "utf-16", "windows-1258", "big5"]))
def test_any_bytes_become_nfc_text(body: bytes, charset: str) -> None:
    text = decode(body, f"text/html; charset={charset}")
    assert unicodedata.is_normalized("NFC", text)
    assert "\0" not in text
