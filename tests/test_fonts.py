"""Texts under .VnTime and VNI-Times become Unicode; no other text is touched."""

from __future__ import annotations

import re
import unicodedata

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fonts import encoding_of, load_encodings, respell

TCVN3, VNI = load_encodings()

MOTTO = "Cộng hòa xã hội chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc; phường, ủy ban, đường"
IN_TCVN3 = (
    "Céng hßa x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc; ph\xadêng, ñy ban, ®\xadêng"
)
IN_VNI = (
    "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, Ñoäc laäp - Töï do - Haïnh phuùc; phöôøng, uûy ban,"
    " ñöôøng"
)

LETTERS = "àảãáạăằẳẵắặâầẩẫấậèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵđ"

VIETNAMESE = re.findall(
    r"\S+",
    "và là các không có của dân phố phường họp báo cáo số một hai ba tiền lá cà phê chè bánh quà"
    " tổ ủy ban hội nghị già trẻ thôn xã văn hóa ấm no năm mới Hà Nội Đà Nẵng Huế Cà Mau Mỹ Tho",
)
FRENCH = re.findall(
    r"\S+",
    "été déjà très né thé là où ça côté hôtel forêt élève été marché société qualité à même être"
    " français garçon leçon Noël naïf août fête rêve idée bébé année première près après métro"
    " über Straße Müller schön niño año señor mañana coração São João ångström smörgås"
    " café résumé fiancée © 2026 « oui » 20°C §5 ½ ¿qué? naïve façade",
)


def page(inside: str) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(f"<html><body>{inside}</body></html>")


def shown(root: lxml.html.HtmlElement) -> str:
    return str(root.text_content())


def test_the_tables_hold_every_letter_once() -> None:
    assert sorted(set(TCVN3.letters.values())) == sorted({*LETTERS, *"ĂÂÊÔƠƯĐ"})
    assert sorted(set(VNI.letters.values())) == sorted({*LETTERS, *LETTERS.upper()})
    assert all(unicodedata.is_normalized("NFC", letter) for letter in LETTERS)
    for encoding in (TCVN3, VNI):
        assert all(ord(each) < 256 for written in encoding.letters for each in written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (IN_TCVN3, MOTTO),
        (
            "NghÞ quyÕt cña §¶ng uû, bÝ th\xad, «ng §ç V¨n ¢n",
            "Nghị quyết của Đảng uỷ, bí thư, ông Đỗ Văn Ân",
        ),
        ("kh¶ n¨ng, s½n sµng, th¼ng, gÆp, mÉu", "khả năng, sẵn sàng, thẳng, gặp, mẫu"),
        ("tû lÖ, kü thuËt, lþ, quý, kú", "tỷ lệ, kỹ thuật, lỵ, quý, kỳ"),
    ],
)
def test_tcvn3(written: str, expected: str) -> None:
    assert TCVN3.unicode_of(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (IN_VNI, MOTTO),
        ("UÛY BAN NHAÂN DAÂN PHÖÔØNG", "ỦY BAN NHÂN DÂN PHƯỜNG"),
        ("Ñaûng uûy, Ñaëng Vaên AÂn, AÙnh, Aùnh, YÙ", "Đảng ủy, Đặng Văn Ân, Ánh, Ánh, Ý"),
        ("thò xaõ, nghæ heø, ly, lî, kyõ thuaät", "thị xã, nghỉ hè, ly, lỵ, kỹ thuật"),
        ("saün saøng, thaúng, gaëp, maãu, caám", "sẵn sàng, thẳng, gặp, mẫu, cấm"),
    ],
)
def test_vni(written: str, expected: str) -> None:
    assert VNI.unicode_of(written) == expected


@pytest.mark.parametrize(
    ("written", "encoding"),
    [
        (IN_TCVN3, TCVN3),
        (IN_VNI, VNI),
        (IN_VNI.upper(), VNI),
        (MOTTO, None),
        ("UBND ph\xadêng", None),  # too little to tell by
        ('<font face=".VnTime">UBND ph\xadêng</font>', TCVN3),  # unless the font is named
        ("<p style=\"font-family: 'VNI-Times'\">phöôøng", VNI),
        ('<a href="http://bai.vni-mau.example.vn">né thé', None),  # in an address it is no font
    ],
)
def test_encoding_of(written: str, encoding: object) -> None:
    assert encoding_of(written) is encoding


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        # a font is named, in one way or the other
        (f'<font face=".VnTime">{IN_TCVN3}</font>', MOTTO),
        (f"<p style='font:12pt \".VnArial\", sans-serif'>{IN_TCVN3}</p>", MOTTO),
        (f"<p style='mso-fareast-font-family:Arial;font-family:VNI-Helve'>{IN_VNI}</p>", MOTTO),
        ('<font face=".VnTime">tæ d©n <b>phè</b> sè</font>', "tổ dân phố số"),
        ('<font face=".VnTime">B&micro;i m&Eacute;u</font>', "Bài mẫu"),
        # capitals
        ('<b style="font-family:.VnTimeH">th«ng b¸o 5a</b>', "THÔNG BÁO 5A"),
        ('<font face=".VnTimeH">§¶ng bé</font><font face=".VnTime"> x·</font>', "ĐẢNG BỘ xã"),
        # none is named, or the style sheet does it
        (f"<p>{IN_TCVN3}</p><p>Sè 5</p>", f"{MOTTO}Số 5"),
        (f"<p>{IN_VNI}</p><p>tænh</p>", f"{MOTTO}tỉnh"),
        # beside Unicode: a menu, and a paragraph pasted from Word
        (
            f'<p>Trang chủ không là</p><font face=".VnTime">{IN_TCVN3}</font><p>và cà phê</p>',
            f"Trang chủ không là{MOTTO}và cà phê",
        ),
        (
            f'<font face=".VnTime">{IN_TCVN3}<font face="Arial"> không quá ba</font> x·</font>',
            f"{MOTTO} không quá ba xã",
        ),
        # the title has no font
        (f'<h1>§¹i héi</h1><font face=".VnTime">{IN_TCVN3}</font>', f"Đại hội{MOTTO}"),
        # the name of the font was left when the text became Unicode
        (f'<font face=".VnTime">{MOTTO}</font>', MOTTO),
        (
            '<font face=".VnTime">các báo cáo không có lá cà phê</font>',
            "các báo cáo không có lá cà phê",
        ),
        ('<font face=".VnTimeH">hội nghị</font>', "hội nghị"),
        ('<font face="VNI-Times">UBND xa An Phu</font>', "UBND xa An Phu"),
        # markup and scripts stay
        (f'<a title="x·" href="/a">{IN_TCVN3}</a><script>"x·"</script>', f'{MOTTO}"x·"'),
    ],
)
def test_respell(markup: str, expected: str) -> None:
    root = page(markup)
    respell(root)
    assert shown(root) == expected


@given(
    st.lists(st.sampled_from([*VIETNAMESE, *FRENCH, "Bai mau", "12/12"]), max_size=60),
    st.sampled_from(["p", 'font face=".VnTime"', 'font face="VNI-Times"', 'font face=".VnTimeH"']),
)
def test_ordinary_text_comes_back_as_it_was(words: list[str], tag: str) -> None:
    text = " ".join(words)
    root = page(f"<{tag}>{text}</{tag.split()[0]}>")
    respell(root)
    assert shown(root) == text
    assert encoding_of(text) is None


@given(st.text(max_size=200))
def test_any_text_without_a_font_is_left(text: str) -> None:
    root = page("<p></p>")
    root[0].tail = "".join(each for each in text if each.isprintable())
    respell(root)
    assert shown(root) == "".join(each for each in text if each.isprintable())
