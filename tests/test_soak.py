"""Long runs, by `make soak`: many kills where the default suite tries a few."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from crawler.spider import crawl
from crawler.store import open_store
from tests.test_spider import SPAWN, Site, fixed, news, run

pytestmark = pytest.mark.soak

KILLS = 50
ARTICLES = 780


def test_fifty_kills_at_random_lose_no_page(tmp_path: Path) -> None:
    """781 pages; a kill may repeat the one request in flight, and robots.txt is asked anew."""
    chance = random.Random(1)
    site = Site("127.0.4.9", fixed(news(ARTICLES, seconds=0.01)))
    portal = site.portal("mau")
    try:
        for _ in range(KILLS):
            arguments = ([portal], tmp_path / "articles.db", tmp_path, "")
            process = SPAWN.Process(target=crawl, args=arguments)
            process.start()
            asked = len(site.asked)
            while len(site.asked) == asked and process.is_alive():
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.3))
            assert process.pid is not None
            if process.is_alive():
                os.kill(process.pid, signal.SIGKILL)
            process.join()
        [report] = run([portal], tmp_path).portals
    finally:
        site.stop()
    assert report.error == ""
    fetches = Counter(site.pages())
    assert set(fetches) == {"/", *(f"/bai-{number}" for number in range(ARTICLES))}
    assert fetches.total() <= len(fetches) + KILLS
    with open_store(tmp_path / "articles.db") as store:
        assert store.counts() == {"mau": ARTICLES}
        assert store.connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
