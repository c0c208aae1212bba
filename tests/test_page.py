"""Bytes become NFC text: charsets as portals really declare them."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
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


PARAGRAPH = (
    "Bài mẫu: Uỷ ban nhân dân phường đã họp và gặp các tổ trưởng tổ dân phố, bắt đầu từ bảy giờ."
    " Mạng lưới khuyến khích trẻ em đọc sách; mẹ và bé nghỉ hè, nhà có vườn nhỏ sẽ rõ lịch mới."
    " Cấp thẻ, hỗ trợ khẩn cấp bằng tiền, sẵn sàng cử người giữ sự yên tĩnh, thẳng thắn, kỹ lưỡng,"
    " đỡ đần người ốm, chú ý kỳ thi, thị xã cũ, kiết lỵ, lễ hội, củng cố, mũ, thuỷ lợi, cục bộ,"
    " tập thể, mở cửa, ngẫm nghĩ, xử lý, chợ quê, vì cơm hộp, bụi, lần hai, giải thưởng, đẹp,"
    " ruột thừa, tưởng nhớ, chữ, chứng thực, về, võ, bẵng, ngã tư, đò, hẻm."
    " Cùng làm việc, trồng cây cho năm mới, không quên."
)
"""With every letter of the alphabet and every tone, also in capitals (below)."""

ACCENTED = "àảãáạăằẳẵắặâầẩẫấậèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵđ"

TCVN3 = dict(
    zip(
        ACCENTED,
        bytes.fromhex(
            "b5b6b7b8b9 a8bbbcbdbec6 a9c7c8c9cacb cccecfd0d1 aad2d3d4d5d6 d7d8dcddde dfe1e2e3e4"
            "abe5e6e7e8e9 aceaebecedee eff1f2f3f4 adf5f6f7f8f9 fafbfcfdfe ae"
        ).decode("latin-1"),
        strict=True,
    )
)
VNI_MARKS = {
    "": {"": "", "\u0300": "ø", "\u0301": "ù", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"},
    "\u0302": {"": "â", "\u0300": "à", "\u0301": "á", "\u0309": "å", "\u0303": "ã", "\u0323": "ä"},
    "\u0306": {"": "ê", "\u0300": "è", "\u0301": "é", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë"},
}
VNI_LETTERS = {"đ": "ñ", "í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î"}


def vni(letter: str) -> str:
    """As VNI-Times has it: the vowel, then one mark for its shape and its tone."""
    if letter.isascii():
        return letter
    if letter.lower() in VNI_LETTERS:
        written = VNI_LETTERS[letter.lower()]
    else:
        base, *marks = list(unicodedata.normalize("NFD", letter.lower()))
        shape = next((mark for mark in marks if mark in VNI_MARKS), "")
        tone = next((mark for mark in marks if mark in VNI_MARKS[""]), "")
        horned = {"o": "ô", "u": "ö"}[base] if "\u031b" in marks else base
        written = horned + VNI_MARKS[shape][tone]
    return written if letter.islower() else written.upper()


def in_fonts(paragraph: str) -> str:
    """As Word saves TCVN3: capitals are small letters under a font of capitals."""
    font = ".VnTimeH" if paragraph.isupper() else ".VnTime"
    letters = paragraph.lower() if paragraph.isupper() else paragraph
    return f'<font face="{font}">{"".join(TCVN3.get(each, each) for each in letters)}</font>'


def both_cases(write: Callable[[str], str]) -> str:
    """A page with the paragraph in both cases, each as `write` writes it."""
    return (
        "<html><head><title>Bai mau</title></head><body>"
        f"<p>{write(PARAGRAPH)}</p><p>{write(PARAGRAPH.upper())}</p></body></html>"
    )


PLAIN = both_cases(str)
CHARSETS = {
    "utf-8": (PLAIN.encode(), "text/html; charset=utf-8"),
    "utf-8 labelled iso-8859-1": (PLAIN.encode(), "text/html; charset=iso-8859-1"),
    "utf-8 labelled windows-1252": (PLAIN.encode(), "text/html; charset=windows-1252"),
    "utf-8 with its mark": (codecs.BOM_UTF8 + PLAIN.encode(), "text/html"),
    "utf-8 in NFD": (unicodedata.normalize("NFD", PLAIN).encode(), "text/html"),
    "windows-1258": (cp1258(PLAIN), "text/html; charset=windows-1258"),
    "windows-1258 unlabelled": (cp1258(PLAIN), "text/html"),
    "windows-1258 labelled utf-8": (cp1258(PLAIN), "text/html; charset=utf-8"),
    "utf-16le": (codecs.BOM_UTF16_LE + PLAIN.encode("utf-16-le"), "text/html"),
    "utf-16be": (codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"), "text/html"),
    "utf-16 without a mark": (PLAIN.encode("utf-16-le"), "text/html; charset=utf-8"),
    "utf-8 cut in a letter": (
        PLAIN.encode().replace(b"</body></html>", "<p>Bài m".encode() + "ẫ".encode()[:2]),
        "text/html; charset=windows-1258",
    ),
    "TCVN3": (both_cases(in_fonts).encode("latin-1"), "text/html; charset=iso-8859-1"),
    "VNI": (
        both_cases(lambda text: "".join(map(vni, text))).encode("latin-1"),
        "text/html; charset=windows-1252",
    ),
}


@pytest.mark.parametrize("name", CHARSETS)
def test_every_letter_in_every_charset(name: str) -> None:
    assert {*ACCENTED} <= {*PARAGRAPH}
    parsed = parse(page(*CHARSETS[name]))
    assert parsed is not None
    found = [paragraph.text_content() for paragraph in parsed.root.iter("p")]
    assert found[:2] == [PARAGRAPH, PARAGRAPH.upper()]


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "x-user-defined", "tcvn", "utf-8"])
@pytest.mark.parametrize("named", [True, False])
def test_a_font_under_any_label(label: str, named: bool) -> None:
    written = in_fonts(PARAGRAPH) if named else re.sub("<[^>]*>", "", in_fonts(PARAGRAPH))
    body = f"<html><body><p>{written}</p></body></html>"
    for charset in ("latin-1", "utf-8"):  # the letters as bytes, or once more in Unicode
        parsed = parse(page(body.encode(charset), f"text/html; charset={label}"))
        assert parsed is not None
        assert parsed.root.text_content() == PARAGRAPH


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
    "marks",
    [
        "\u0301\u0323",  # out of order: each has to pass all that stand before it
        "\u094d\u093c",  # the same in Devanagari
        "\u0e38\u3099",  # of two alphabets
        "\U0001d16d\U0001d165",  # of musical notes
        "\u0f73",  # one sign, which is two marks
    ],
)
def test_a_letter_keeps_thirty_marks(marks: str) -> None:
    """Five megabytes of them: to order them all would take an hour."""
    text = decode(f"xa{marks * (5_000_000 // len(marks.encode()))}ã".encode())
    assert text == unicodedata.normalize("NFC", f"xa{(marks * 30)[:30]}ã")


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
