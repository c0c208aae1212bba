"""Wards named in a text, taken only where their places tell them apart."""

from __future__ import annotations

from datetime import date

import pytest

from indexer.mentions import mentions
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


def test_a_mention_says_where_the_name_stands(gazetteer: Gazetteer) -> None:
    text = "Uỷ ban phường Phúc Đồng, quận Long Biên"
    [found] = mentions(gazetteer, text)
    assert text[found.start : found.end] == "Phúc Đồng"
