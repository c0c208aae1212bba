"""Wards named in a text, taken only where their places tell them apart."""

from __future__ import annotations

from datetime import date

import pytest

from indexer.mentions import MOST_NAMES, mentions
from indexer.wards import Gazetteer

BEFORE, AFTER = date(2022, 1, 1), date(2026, 1, 1)
PHUC_DONG = "phuong-phuc-dong-long-bien-ha-noi"

MENTIONS = [
    # the name with its kind and its district
    ("Tại phường Phúc Đồng, quận Long Biên", "", BEFORE, [PHUC_DONG]),
    # in capitals
    ("UBND PHƯỜNG PHÚC ĐỒNG - QUẬN LONG BIÊN", "", BEFORE, [PHUC_DONG]),
    # the province of the portal is enough where it leaves one
    ("Tại phường Phúc Đồng hôm nay", "ha-noi", BEFORE, [PHUC_DONG]),
    # without any place near, it is not taken
    ("Tại phường Phúc Đồng hôm nay", "", BEFORE, []),
    # one name in several districts: the district near it decides
    ("xã Tân Lập (huyện Đan Phượng)", "ha-noi", BEFORE, ["xa-tan-lap-dan-phuong-ha-noi"]),
    ("xã Tân Lập, tỉnh Quảng Ninh", "", BEFORE, ["xa-tan-lap-dam-ha-quang-ninh"]),
    # several places left: none is taken
    ("xã Tân Lập, tỉnh Long An", "", BEFORE, []),
    # the unit of the day
    ("phường Việt Hưng, Hà Nội", "", BEFORE, ["phuong-viet-hung-long-bien-ha-noi"]),
    ("phường Việt Hưng, Hà Nội", "", AFTER, ["phuong-viet-hung-ha-noi"]),
    ("phường Việt Hưng, Hà Nội", "", None, ["phuong-viet-hung-ha-noi"]),
    # a unit that has gone is still named after the reform
    ("phường Phúc Đồng cũ", "ha-noi", AFTER, [PHUC_DONG]),
    # a list after "các"
    (
        "các phường Phúc Đồng, Việt Hưng và Gia Thụy, quận Long Biên",
        "",
        BEFORE,
        [PHUC_DONG, "phuong-viet-hung-long-bien-ha-noi", "phuong-gia-thuy-long-bien-ha-noi"],
    ),
    # without "các" what follows the comma is a place around it
    ("phường Phúc Đồng, Long Biên, Hà Nội", "", BEFORE, [PHUC_DONG]),
    # initials of a long name; a unit merged before 2025
    (
        "Thành ủy PRTC làm việc với phường Thanh Sơn",
        "",
        BEFORE,
        ["phuong-phu-ha-phan-rang-thap-cham-ninh-thuan"],
    ),
    # a list after a number; one in brackets, or after a colon
    (
        "hai phường Phúc Đồng và Gia Thụy",
        "ha-noi",
        BEFORE,
        [PHUC_DONG, "phuong-gia-thuy-long-bien-ha-noi"],
    ),
    (
        "quận Long Biên, các phường (Gia Thụy, Phúc Đồng)",
        "",
        BEFORE,
        ["phuong-gia-thuy-long-bien-ha-noi", PHUC_DONG],
    ),
    # numbers in a row; a number that the district does not have
    (
        "phường 9, 10, 77 (quận Tân Bình)",
        "",
        BEFORE,
        ["phuong-9-tan-binh-ho-chi-minh", "phuong-10-tan-binh-ho-chi-minh"],
    ),
    ("phường 9, 10 người dân quận Tân Bình", "", BEFORE, ["phuong-9-tan-binh-ho-chi-minh"]),
    # a mere number needs its district
    ("Phường 19, TP HCM", "", BEFORE, []),
    # the nearest district after the name
    (
        "phường 13 (quận 6), quận 11, quận 3",
        "",
        BEFORE,
        ["phuong-13-quan-6-ho-chi-minh"],
    ),
    # short kinds, and a district without its kind right after the name
    ("P.15, Q.Tân Bình", "", BEFORE, ["phuong-15-tan-binh-ho-chi-minh"]),
    ("xã Đông Hoàng, Đông Hưng", "", BEFORE, ["xa-dong-hoang-dong-hung-thai-binh"]),
    ("BS P. Liên, quận Tân Bình", "", BEFORE, []),
    # what the district was called before; no day, but a district: before the reform
    ("phường An Phú, quận 2", "", None, ["phuong-an-phu-thu-duc-ho-chi-minh"]),
    ("xã Đông Ngạc, huyện Từ Liêm", "", BEFORE, ["phuong-dong-ngac-bac-tu-liem-ha-noi"]),
    # another kind or other accents, only beside the district
    ("xã Ta Ca, huyện Kỳ Sơn, Nghệ An", "", BEFORE, ["xa-ta-ca-ky-son-nghe-an"]),
    ("xã Phúc Đồng ở Hà Nội", "", BEFORE, []),
    # a unit of the province named before one of a province that has joined it since
    ("xã Phước Tân, Đồng Nai", "", BEFORE, ["phuong-phuoc-tan-bien-hoa-dong-nai"]),
    # no communes
    ("thị xã Sơn Tây, hợp tác xã Tân Lập (huyện Đan Phượng)", "ha-noi", BEFORE, []),
    # no name
    ("phường xếp thứ 14 phường).\n\n(6) Về Hà Nội", "ha-noi", BEFORE, []),
    ("kinh tế - xã hội; xã; phường.", "ha-noi", BEFORE, []),
    ("Phường", "ha-noi", BEFORE, []),
    # lower case is prose, not a name
    ("xã tân tiến nhất", "ha-noi", BEFORE, []),
]


@pytest.mark.parametrize(("text", "province", "day", "slugs"), MENTIONS)
def test_mentions(
    gazetteer: Gazetteer, text: str, province: str, day: date | None, slugs: list[str]
) -> None:
    assert [found.unit.slug for found in mentions(gazetteer, text, province, day)] == slugs


def test_a_neighbour_needs_no_district(gazetteer: Gazetteer) -> None:
    """Quận 3's own portal means its own Phường 5, and the one Tân Lập of its district."""
    quan_3 = gazetteer.unit("phuong-9-quan-3-ho-chi-minh")
    for text, own, slugs in [
        ("Phường 5 họp", quan_3, ["phuong-5-quan-3-ho-chi-minh"]),
        ("Phường 1, Quận 10", quan_3, ["phuong-1-quan-10-ho-chi-minh"]),
        ("Phường 5 họp", None, []),
    ]:
        found = mentions(gazetteer, text, "ho-chi-minh", BEFORE, own)
        assert [each.unit.slug for each in found] == slugs


def test_a_mention_says_where_the_name_stands(gazetteer: Gazetteer) -> None:
    text = "Uỷ ban phường Phúc Đồng, quận Long Biên"
    [found] = mentions(gazetteer, text)
    assert text[found.start : found.end] == "Phúc Đồng"


def test_a_text_of_nothing_but_names_ends(gazetteer: Gazetteer) -> None:
    text = "phường Phúc Đồng, quận Long Biên; " * 5_000
    found = mentions(gazetteer, text)
    assert {mention.unit.slug for mention in found} == {PHUC_DONG}
    assert len(found) == MOST_NAMES
