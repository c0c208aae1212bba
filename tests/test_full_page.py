"""A page with as much on it as there can be stays small enough for a slow phone."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from crawler.store import open_store
from indexer.build import build
from indexer.document import Annotator, Source
from indexer.wards import Gazetteer
from tests.parsed import get, text
from tests.small_site import configuration, make_article, opened

WARDS = 60
SUBJECTS = (
    *("thu gom rác thải, vệ sinh môi trường", "thu chi ngân sách", "tiêm vắc xin ở trạm y tế"),
    *("trường học, năm học mới", "an ninh trật tự, công an phường", "cải cách hành chính"),
    *("lễ hội, thể thao", "quy hoạch, đất đai", "phòng cháy chữa cháy", "giao thông đường bộ"),
)
KINDS = ("Thông báo", "Kế hoạch số 12/KH-UBND", "Tin")

BYTES = 30 * 1024
NODES = 1200


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, gazetteer: Gazetteer) -> Iterator[FlaskClient]:
    """Sixty wards of the whole country; each article names five and has three subjects."""
    choose = random.Random(1)
    units = choose.sample([unit for unit in gazetteer if unit.current], WARDS)
    sources = {
        f"n{n}": Source(f"n{n}", f"Trang thông tin điện tử {unit.label}", unit.name, unit.province,
                        "full")
        for n, unit in enumerate(units)
    }  # fmt: skip
    config = configuration(tmp_path_factory.mktemp("full")) | {"SOURCES": sources}
    with open_store(config["STORE"]) as store:
        with store.transaction():
            for n, unit in enumerate(units):
                subject = " và ".join(choose.sample(SUBJECTS, 3))
                places = " ".join(f"{each.label}." for each in choose.sample(units, 4))
                body = f"Bài mẫu về {subject} tại {places} " + "Mọi người cùng tham gia. " * 9
                title = f"{KINDS[n % 3]} về {subject} tại {unit.name}"
                day = date(2002 + n % 24, 1 + n % 12, 5)
                store.put(make_article(f"n{n}", "1", title, body, day=day))
        build(store, config["INDEX"], Annotator(gazetteer, sources).annotate, sources)
    with opened(config) as app:
        yield app.test_client()


@pytest.mark.parametrize(
    "asked",
    [
        [],
        [("q", "bài mẫu tham gia")],
        [("q", "bai mau"), ("from", "2010"), ("to", "2021"), ("type", "thong-bao"),
         ("type", "tin-tuc"), ("type", "van-ban")],
    ],
)  # fmt: skip
def test_a_full_page_is_small(client: FlaskClient, asked: list[tuple[str, str]]) -> None:
    address = f"/search?{urlencode(asked)}"
    page = get(client, address)
    assert len(page.xpath("//ol/li/article")) == 20
    assert len(page.xpath("//figure//tbody/tr")) == 24
    assert len(page.xpath("//label[@class='choice']")) >= 8 * 4
    assert "và 2 nơi khác" in {text(each) for each in page.xpath("//p[@class='facts']/span")}
    assert len(gzip.compress(client.get(address).data)) <= BYTES
    assert len(page.xpath("//*")) <= NODES


def test_the_page_of_a_full_facet_is_small(client: FlaskClient) -> None:
    page = get(client, "/search/facets/source")
    assert len(page.xpath("//label[@class='choice']")) == WARDS
    assert len(page.xpath("//*")) <= NODES
