"""The gazetteer: both times, their names and what became of them."""

from __future__ import annotations

import re

import pytest

from indexer.wards import Gazetteer

FOUND = [
    # a unit of before, with and without kind, accents, province
    ("phường Phúc Đồng", "", ["phuong-phuc-dong-long-bien-ha-noi"]),
    ("Phúc Đồng", "Thành phố Hà Nội", ["phuong-phuc-dong-long-bien-ha-noi"]),
    ("phuong phuc dong", "ha noi", ["phuong-phuc-dong-long-bien-ha-noi"]),
    # the unit of today comes first
    (
        "Phường Việt Hưng",
        "Hà Nội",
        ["phuong-viet-hung-ha-noi", "phuong-viet-hung-long-bien-ha-noi"],
    ),
    # either tone placement
    ("Phường Thuỵ Khuê", "Hà Nội", ["phuong-thuy-khue-tay-ho-ha-noi"]),
    # numbers with and without a zero, and the district that tells them apart
    ("Phường 05, Quận 3", "TPHCM", ["phuong-5-quan-3-ho-chi-minh"]),
    ("P. 5, Q. 3", "TP. Hồ Chí Minh", ["phuong-5-quan-3-ho-chi-minh"]),
    # a name that only numbered units bear
    (
        "Mỹ Đình",
        "Hà Nội",
        ["phuong-my-dinh-1-nam-tu-liem-ha-noi", "phuong-my-dinh-2-nam-tu-liem-ha-noi"],
    ),
    # merged already before 2025; province by its name of then and of today
    ("Phường Thanh Sơn", "Ninh Thuận", ["phuong-phu-ha-phan-rang-thap-cham-ninh-thuan"]),
    ("Phường Thanh Sơn", "Khánh Hoà", ["phuong-phu-ha-phan-rang-thap-cham-ninh-thuan"]),
    # an island district without communes
    ("Côn Đảo", "", ["dac-khu-con-dao-ho-chi-minh", "huyen-con-dao-ba-ria-vung-tau"]),
    # accents count where they are typed
    ("Phường Phục Đồng", "", []),
    ("Phường Phúc Đồng", "Cà Mau", []),
    ("Phường Phúc Đồng", "no such province", []),
    ("", "", []),
]

PROVINCES = [
    ("Hà Nội", "ha-noi"), ("ha noi", "ha-noi"), ("TP. Hồ Chí Minh", "ho-chi-minh"),
    ("Thành phố Hồ Chí Minh", "ho-chi-minh"), ("TPHCM", "ho-chi-minh"), ("TP Huế", "hue"),
    ("Thừa Thiên - Huế", "hue"), ("tỉnh Ninh Thuận", "ninh-thuan"), ("Đắc Lắc", "dak-lak"),
    ("Hà Tây", "ha-noi"), ("Trường Sa", None), ("", None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "province", "slugs"), FOUND)
def test_find(gazetteer: Gazetteer, name: str, province: str, slugs: list[str]) -> None:
    assert [unit.slug for unit in gazetteer.find(name, province)] == slugs


@pytest.mark.parametrize(("name", "slug"), PROVINCES)
def test_province_named(gazetteer: Gazetteer, name: str, slug: str | None) -> None:
    found = gazetteer.province_named(name)
    assert (found.slug if found else None) == slug


def test_a_split_ward_is_in_all_its_successors(gazetteer: Gazetteer) -> None:
    today = gazetteer.today("phuong-phuc-dong-long-bien-ha-noi")
    assert [unit.name for unit in today] == [
        "Phường Bồ Đề",
        "Phường Long Biên",
        "Phường Phúc Lợi",
        "Phường Việt Hưng",
    ]
    for unit in today:
        assert "phuong-phuc-dong-long-bien-ha-noi" in unit.predecessors


def test_today_of_a_unit_of_today_and_of_nothing(gazetteer: Gazetteer) -> None:
    unit = gazetteer.unit("phuong-viet-hung-ha-noi")
    assert unit
    assert gazetteer.today(unit.slug) == (unit,)
    assert gazetteer.today("phuong-khong-co") == ()


def test_the_whole_country(gazetteer: Gazetteer) -> None:
    units = list(gazetteer)
    assert len({unit.slug for unit in units}) == len(units)
    assert all(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", unit.slug) for unit in units)
    assert all(unit.name.lower() == f"{unit.kind} {unit.short}".lower() for unit in units)
    current = [unit for unit in units if unit.current]
    assert (len(current), len(gazetteer.provinces()), len(units) - len(current)) == (
        3_321,
        34,
        10_040,
    )
    assert all(unit.predecessors for unit in current)
    assert all(unit.successors for unit in units if not unit.current)
    assert sum(len(unit.successors) > 1 for unit in units) > 250


def test_links_go_both_ways(gazetteer: Gazetteer) -> None:
    forward = {(unit.slug, after) for unit in gazetteer for after in unit.successors}
    backward = {(before, unit.slug) for unit in gazetteer for before in unit.predecessors}
    assert forward == backward


def test_every_unit_is_found_by_its_own_name(gazetteer: Gazetteer) -> None:
    for unit in list(gazetteer)[::50]:
        assert unit in gazetteer.find(unit.name, unit.province)


def test_merged_provinces_name_their_successor(gazetteer: Gazetteer) -> None:
    province = gazetteer.province("ninh-thuan")
    assert province
    assert (province.name, province.current, province.successors) == (
        "Tỉnh Ninh Thuận",
        False,
        ("khanh-hoa",),
    )


def test_labels_name_the_places_around(gazetteer: Gazetteer) -> None:
    unit = gazetteer.unit("phuong-phuc-dong-long-bien-ha-noi")
    assert unit
    assert unit.label == "Phường Phúc Đồng, Quận Long Biên, Hà Nội"
