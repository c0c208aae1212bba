"""What can be ticked of a facet: in view, on its own page, by old names, ward by province."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from lxml.html import HtmlElement

from indexer.query import Query
from indexer.results import FacetValue
from indexer.search import open_searcher
from tests.parsed import get, number, tags, text, total, values
from tests.small_site import opened
from webui import choices
from webui.choices import IN_VIEW, listed, old_names


@pytest.fixture(scope="module")
def client(small_site: dict[str, Any]) -> Iterator[FlaskClient]:
    with opened(small_site) as app:
        yield app.test_client()


def hidden(page: HtmlElement) -> list[tuple[str, str]]:
    """What the form keeps of the search without showing it."""
    return [(box.get("name"), box.get("value")) for box in page.xpath("//input[@type='hidden']")]


def see_all(page: HtmlElement, facet: str) -> HtmlElement:
    (link,) = page.xpath(f"//fieldset[@data-facet='{facet}']//a[@class='all']")
    return link


# --- in view ---------------------------------------------------------------------------------


def test_row_08_a_ticked_value_stays_where_it_is(client: FlaskClient) -> None:
    before = list(values(get(client, "/search"), "ward"))
    last = before[IN_VIEW - 1]
    after = values(get(client, f"/search?ward={last}"), "ward")
    assert list(after) == before
    assert [value for value, (_, ticked) in after.items() if ticked] == [last]


def test_row_08_a_ticked_value_that_is_not_among_the_first_is_in_view(client: FlaskClient) -> None:
    """At the end, and what stood in view stays."""
    first = list(values(get(client, "/search"), "ward"))
    every = values(get(client, "/search/facets/ward/values"), "ward")
    other = next(value for value in every if value not in first)
    assert list(values(get(client, f"/search?ward={other}"), "ward")) == [*first, other]


def test_row_23_eight_values_and_a_link_to_all_with_their_number(client: FlaskClient) -> None:
    page = get(client, "/search?q=-xyzzy&from=2020&page=2&sort=oldest")
    link = see_all(page, "ward")
    every = values(get(client, link.get("href")), "ward")
    assert len(values(page, "ward")) == IN_VIEW
    assert text(link) == f"Xem tất cả {len(every)} phường, xã"
    address = urlsplit(link.get("href"))
    assert address.path == "/search/facets/ward"
    assert parse_qsl(address.query) == [("q", "-xyzzy"), ("from", "2020-01-01"), ("sort", "oldest")]
    assert not page.xpath("//fieldset[@data-facet='province']//a[@class='all']")  # two of two


# --- the page of a facet ---------------------------------------------------------------------


def test_row_23_counts_on_the_page_of_a_facet_are_true(client: FlaskClient) -> None:
    found = values(get(client, "/search/facets/ward?q=ngân sách&from=2025"), "ward")
    for value, (count, _) in found.items():
        asked = urlencode({"q": "ngân sách", "from": "2025", "ward": value})
        assert total(get(client, f"/search?{asked}")) == count > 0


def test_row_23_by_number_or_by_name(client: FlaskClient) -> None:
    page = get(client, "/search/facets/ward")
    counts = [count for count, _ in values(page, "ward").values()]
    assert counts == sorted(counts, reverse=True)
    assert page.xpath("//button[@aria-pressed='true']/@value") == ["count"]
    page = get(client, "/search/facets/ward?order=name")
    assert page.xpath("//button[@aria-pressed='true']/@value") == ["name"]
    names = [text(name) for name in page.find_class("name")]
    assert [name.split(",")[0] for name in names[:3]] == [
        *("Phường Ba Đình", "Phường Bạch Mai", "Phường Bồ Đề"),
    ]


def test_row_23_ticks_and_everything_else_are_kept(client: FlaskClient) -> None:
    pairs = [("q", "rác"), ("ward", "phuong-bo-de-ha-noi"), ("topic", "moi-truong"), ("exact", "1")]
    page = get(client, f"/search/facets/ward?{urlencode([*pairs, ('find', 'hai chau')])}")
    assert hidden(page) == [("q", "rác"), ("topic", "moi-truong"), ("exact", "1")]
    found = values(page, "ward")
    assert found["phuong-bo-de-ha-noi"][1]  # ticked, though it is not what is looked for
    assert set(found) - {"phuong-bo-de-ha-noi"} == {"phuong-hai-chau-da-nang"}
    (form,) = page.find_class("values-form")
    assert (form.get("method"), form.get("action")) == ("get", "/search/facets/ward")
    (apply,) = form.xpath(".//button[@formaction]")
    assert (text(apply), apply.get("formaction")) == ("Áp dụng", "/search")
    assert form.xpath(".//button")[0].get("formaction") is None  # Enter in the box looks for text


def test_row_23_pages_of_values_never_overlap(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choices, "ON_A_PAGE", 5)
    every = list(values(get(client, "/search/facets/ward/values"), "ward"))
    page = get(client, "/search/facets/ward")
    numbers = page.xpath("//button[@name='page']/@value")
    seen: list[str] = []
    for n in range(1, int(numbers[-1]) + 1):
        page = get(client, f"/search/facets/ward?page={n}")
        assert page.xpath("//button[@aria-current='page']/@value") == [f"{n}"]
        seen += values(page, "ward")
    assert seen == every
    n_last = len(values(page, "ward"))
    assert list(values(get(client, "/search/facets/ward?page=99"), "ward")) == seen[-n_last:]


def test_the_page_of_what_is_no_facet_is_not_found(client: FlaskClient) -> None:
    for address in ("/search/facets/none", "/search/facets/q/values", "/search/facets/wards"):
        get(client, address, 404)


@pytest.mark.parametrize("facet", ["province", "ward", "topic", "source", "type"])
def test_every_facet_has_its_page(client: FlaskClient, facet: str) -> None:
    page = get(client, f"/search/facets/{facet}?q=ngân sách")
    assert values(page, facet)
    assert client.get(f"/search/facets/{facet}").headers["X-Robots-Tag"] == "noindex"
    found = get(client, f"/search/facets/{facet}?q=xyzzy&find=%00<b>")
    assert not values(found, facet)


# --- looking for a value ---------------------------------------------------------------------

FOUND = [
    # without accents, in any case, a part of the name
    ("Phường Bồ Đề, Hà Nội", "phuong-bo-de-ha-noi", "bo de", True),
    ("Phường Bồ Đề, Hà Nội", "phuong-bo-de-ha-noi", "BỒ ĐỀ", True),
    ("Phường Bồ Đề, Hà Nội", "phuong-bo-de-ha-noi", "ha noi", True),
    ("Phường Bồ Đề, Hà Nội", "phuong-bo-de-ha-noi", "bo ke", False),
    # by the wards and districts that its ground was of before 1 July 2025
    ("Phường Bồ Đề, Hà Nội", "phuong-bo-de-ha-noi", "ngoc lam", True),
    ("Phường Bồ Đề, Hà Nội", "phuong-bo-de-ha-noi", "Quận Long Biên", True),
    ("Phường Sài Gòn, Hồ Chí Minh", "phuong-sai-gon-ho-chi-minh", "ben nghe", True),
    ("Phường Sài Gòn, Hồ Chí Minh", "phuong-sai-gon-ho-chi-minh", "quan 1", True),
    ("Phường Sài Gòn, Hồ Chí Minh", "phuong-sai-gon-ho-chi-minh", "quan 3", False),
]


@pytest.mark.parametrize(("label", "slug", "typed", "found"), FOUND)
def test_row_22_a_ward_is_found_without_accents_and_by_old_names(
    label: str, slug: str, typed: str, found: bool
) -> None:
    value = FacetValue(slug, label, 1, selected=False)
    assert listed("ward", [value], typed).values == ((value,) if found else ())


def test_row_22_a_province_is_found_by_those_merged_into_it() -> None:
    value = FacetValue("ho-chi-minh", "Hồ Chí Minh", 1, selected=False)
    assert old_names("province", value.value) == "Tỉnh Bà Rịa - Vũng Tàu, Tỉnh Bình Dương"
    assert listed("province", [value], "binh duong").total == 1
    assert old_names("topic", "moi-truong") == ""


def test_row_22_without_scripts_the_box_is_on_the_page_of_the_facet(client: FlaskClient) -> None:
    page = get(client, "/search")
    assert not page.xpath("//fieldset//input[@type='search']")
    page = get(client, "/search/facets/ward?find=ngoc lam")  # once a ward of its own
    assert list(values(page, "ward")) == ["phuong-bo-de-ha-noi"]
    assert page.get_element_by_id("find-value").get("value") == "ngoc lam"
    assert text(page.xpath("//legend")[-1]) == "1 giá trị"


# --- province → ward -------------------------------------------------------------------------


def test_row_24_a_province_narrows_the_wards_to_its_own(client: FlaskClient) -> None:
    """Also where an article of the province names a ward of another."""
    for province, name in (("ha-noi", "Hà Nội"), ("da-nang", "Đà Nẵng")):
        page = get(client, f"/search/facets/ward?province={province}")
        labels = [text(label) for label in page.find_class("name")]
        assert labels
        assert all(label.endswith(f", {name}") for label in labels)


def test_row_24_breadcrumbs_lead_back_and_the_ticks_of_wards_stay(client: FlaskClient) -> None:
    pairs = [("ward", "phuong-bo-de-ha-noi"), ("province", "da-nang"), ("topic", "kinh-te")]
    for path in ("/search", "/search/facets/ward"):
        page = get(client, f"{path}?{urlencode(pairs)}")
        assert values(page, "ward")["phuong-bo-de-ha-noi"][1]
        (crumbs,) = page.xpath("//nav[@class='crumbs']")
        assert [text(each) for each in crumbs.iter("li")] == ["Cả nước", "Đà Nẵng"]
        (country,) = crumbs.xpath(".//a/@href")
        assert urlsplit(country).path == path
        assert parse_qsl(urlsplit(country).query) == [pairs[0], pairs[2]]
    assert not get(client, "/search").find_class("crumbs")


def test_row_24_a_province_counts_the_union_of_its_wards(client: FlaskClient) -> None:
    provinces = values(get(client, "/search/facets/province"), "province")
    for province, (count, _) in provinces.items():
        own = values(get(client, f"/search/facets/ward?province={province}"), "ward")
        asked = urlencode([("ward", ward) for ward in own])
        assert total(get(client, f"/search?{asked}")) == count


# --- boolean logic and counts over every value of the corpus ----------------------------------


def test_rows_04_and_05_over_all_values(small_site: dict[str, Any]) -> None:
    """OR inside a facet, AND across, and every count the total of the page it leads to."""
    searcher = open_searcher(small_site["INDEX"], small_site["STORE"])

    def found(*ticked: tuple[str, str]) -> frozenset[int]:
        fields = {name for name, _ in ticked}
        query = Query(**{f: tuple(value for name, value in ticked if name == f) for f in fields})
        listing = searcher.listing(query, 1000)
        hits = frozenset(hit.id for hit in listing.hits)
        assert len(hits) == listing.total
        return hits

    facets = searcher.search(Query()).facets
    alone = {
        (name, each.value): found((name, each.value)) for name in facets for each in facets[name]
    }
    counts = {(name, each.value): each.count for name in facets for each in facets[name]}
    assert {ticked: len(hits) for ticked, hits in alone.items()} == counts
    assert len(alone) > 30
    for one, other in combinations(alone, 2):
        both = alone[one] | alone[other] if one[0] == other[0] else alone[one] & alone[other]
        assert found(one, other) == both
    everything = frozenset.union(*alone.values())
    for ticked, hits in alone.items():
        under = searcher.search(Query(**{ticked[0]: (ticked[1],)}))
        for facet, shown in under.facets.items():
            across = hits if facet != ticked[0] else everything
            assert all(each.count == len(alone[facet, each.value] & across) for each in shown)


def test_row_06_a_ticked_value_without_articles_stays_and_can_be_dropped(
    client: FlaskClient,
) -> None:
    page = get(client, "/search?q=rác&source=khac-0")
    assert total(page) == 0
    assert values(page, "source")["khac-0"] == (0, True)
    assert all(count or ticked for count, ticked in values(page, "source").values())
    assert list(tags(page).values()) == ["/search?q=r%C3%A1c"]
    assert number(text(page.xpath("//span[@class='number']")[0]).split()[0].lstrip("(")) == 1
